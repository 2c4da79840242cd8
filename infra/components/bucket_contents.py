"""What the results bucket holds, as a resource: Cloudflare deletes no bucket that is not empty.

The provider meets that as three minutes of retries (pulumi.md 2.2). Here it is refused at once, or emptied.
"""

from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi.dynamic import (
    ConfigureRequest,
    CreateResult,
    DiffResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)

from infra.cloudflare_client import ProviderConfiguration, connect
from infra.r2_api import BucketObjects
from infra.results_kept import ResultsKeptError

IDENTITY: Final = ("accountId", "bucketName", "jurisdiction")

Properties = dict[str, Any]


class BucketContentsProvider(ResourceProvider):
    """Does nothing until it is deleted: then the bucket is empty, or the deletion fails."""

    serialize_as_secret_always = False
    _config: ProviderConfiguration

    def configure(self, req: ConfigureRequest) -> None:
        self._config = req.config

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        replaces = [name for name in IDENTITY if olds.get(name) != news.get(name)]
        is_changed = bool(replaces) or olds.get("isDisposable") != news.get("isDisposable")
        return DiffResult(changes=is_changed, replaces=replaces)

    def create(self, props: Properties) -> CreateResult:
        return CreateResult(str(props["bucketName"]), props)

    def update(self, _id: str, _olds: Properties, news: Properties) -> UpdateResult:
        return UpdateResult(news)

    def delete(self, _id: str, props: Properties) -> None:
        """Raises ResultsKeptError: results would be lost."""
        objects = BucketObjects(
            connect(self._config),
            str(props["accountId"]),
            str(props["bucketName"]),
            str(props["jurisdiction"]),
        )
        if props["isDisposable"]:
            objects.delete_all()
        elif not objects.is_empty():
            raise ResultsKeptError(f"bucket {objects.bucket_name} holds results, so it was not deleted")


@dataclass(frozen=True)
class BucketContentsArgs:
    """Inputs of `BucketContents`.

    Args:
        account_id: Cloudflare account.
        bucket_name: output of the bucket.
        jurisdiction: of the bucket.
        is_disposable: whether what it holds is deleted with it; else it is protected.
    """

    account_id: str
    bucket_name: pulumi.Input[str]
    jurisdiction: str
    is_disposable: bool


class BucketContents(Resource, module="infra.bucket_contents", name="BucketContents"):
    """Stands between the bucket and whoever writes to it: writer, contents, bucket is the order of deletion.

    Let the writer depend on it. It is protected like the bucket: who leaves the one leaves the other.

    Attributes:
        bucketName: of the bucket.
    """

    bucketName: pulumi.Output[str]  # noqa: N815 - a dynamic resource's outputs have the properties' names

    def __init__(
        self, name: str, args: BucketContentsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        props = {
            "accountId": args.account_id,
            "bucketName": args.bucket_name,
            "jurisdiction": args.jurisdiction,
            "isDisposable": args.is_disposable,
        }
        protection = pulumi.ResourceOptions(protect=not args.is_disposable)
        super().__init__(
            BucketContentsProvider(), name, props, pulumi.ResourceOptions.merge(opts, protection)
        )
