"""Which kind a type token is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from localcloud.deploy.api import Api
from localcloud.deploy.errors import DeployError
from localcloud.deploy.kinds.alerting import NotificationPolicy
from localcloud.deploy.kinds.kind import Kind
from localcloud.deploy.kinds.provider import Provider
from localcloud.deploy.kinds.r2 import R2Bucket, R2BucketLifecycle
from localcloud.deploy.kinds.worker_version import WorkerVersion
from localcloud.deploy.kinds.workers import Worker, WorkersCustomDomain, WorkersDeployment

DYNAMIC: Final = "pulumi-python:dynamic"
PROVIDERS: Final = "pulumi:providers:"


class Kinds:
    """All kinds. Dynamic resources need Pulumi, which is imported only where there is one."""

    def __init__(self, api: Api, project_folder: Path, config: Mapping[str, str], project: str) -> None:
        self._config = config
        self._project = project
        self._dynamic: Kind | None = None
        self._provider = Provider(api)
        self._native: dict[str, Kind] = {
            "cloudflare:index/r2Bucket:R2Bucket": R2Bucket(api),
            "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle": R2BucketLifecycle(api),
            "cloudflare:index/worker:Worker": Worker(api),
            "cloudflare:index/workerVersion:WorkerVersion": WorkerVersion(api, project_folder),
            "cloudflare:index/workersDeployment:WorkersDeployment": WorkersDeployment(api),
            "cloudflare:index/workersCustomDomain:WorkersCustomDomain": WorkersCustomDomain(api),
            "cloudflare:index/notificationPolicy:NotificationPolicy": NotificationPolicy(api),
        }

    def of(self, type_token: str) -> Kind:
        """The kind.

        Raises:
            DeployError: localcloud has none for this type.
        """
        if type_token.startswith(DYNAMIC):
            return self._dynamic_kind()
        if type_token.startswith(PROVIDERS):
            return self._provider
        if type_token not in self._native:
            raise DeployError(
                "UNSUPPORTED_RESOURCE",
                f"this deploy does not know the resource type {type_token}",
                "Leave it out for the local stack, or use `pulumi up`",
            )
        return self._native[type_token]

    def _dynamic_kind(self) -> Kind:
        from localcloud.deploy.kinds.dynamic import Dynamic  # noqa: PLC0415 - see the class

        self._dynamic = self._dynamic or Dynamic(self._config, self._project)
        return self._dynamic
