"""A declared resource, and all resources of a stack, as plain data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from rules.properties import Properties

ACCESS_APPLICATION: Final = "cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication"
ACCOUNT_TOKEN: Final = "cloudflare:index/accountToken:AccountToken"  # noqa: S105
API_TOKEN: Final = "cloudflare:index/apiToken:ApiToken"  # noqa: S105
BUCKET: Final = "cloudflare:index/r2Bucket:R2Bucket"
BUCKET_CUSTOM_DOMAIN: Final = "cloudflare:index/r2CustomDomain:R2CustomDomain"
BUCKET_LIFECYCLE: Final = "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle"
BUCKET_MANAGED_DOMAIN: Final = "cloudflare:index/r2ManagedDomain:R2ManagedDomain"
CUSTOM_DOMAIN: Final = "cloudflare:index/workersCustomDomain:WorkersCustomDomain"
DEPLOYMENT: Final = "cloudflare:index/workersDeployment:WorkersDeployment"
DOCKER_IMAGE: Final = "docker:index/image:Image"
VERSION: Final = "cloudflare:index/workerVersion:WorkerVersion"
WORKER: Final = "cloudflare:index/worker:Worker"

CONTAINER_APPLICATION: Final = "ContainerApplication"
LIVE_CHECK: Final = "LiveCheck"
DYNAMIC_PREFIX: Final = "pulumi-python:dynamic/"


def no_files(_path: str) -> str | None:
    return None


@dataclass(frozen=True)
class Resource:
    """One resource. `properties` are its inputs, or its outputs where a rule sees the whole stack.

    `provider` is the logical name of its provider resource. `dependencies` are URNs.
    `read_file` gives the text of a file by its path relative to the program, or None.
    """

    type: str
    name: str
    urn: str
    properties: Properties
    protect: bool = False
    delete_before_replace: bool = False
    ignore_changes: tuple[str, ...] = ()
    provider: str | None = None
    dependencies: frozenset[str] = frozenset()
    read_file: Callable[[str], str | None] = field(default=no_files, compare=False)

    def is_a(self, type_: str) -> bool:
        """A dynamic resource's type names the module of its class, which may move; the last part does not."""
        if self.type.startswith(DYNAMIC_PREFIX):
            return self.type.rpartition(":")[2] == type_
        return self.type == type_


@dataclass(frozen=True)
class Stack:
    """All resources of one stack, with their outputs."""

    resources: tuple[Resource, ...]

    def all(self, *types: str) -> Iterator[Resource]:
        return (one for one in self.resources if any(one.is_a(type_) for type_ in types))
