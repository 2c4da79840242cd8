"""What a `destroy` meets first: a stack that keeps its results is not taken apart before that is said.

The engine refuses a protected resource when its turn comes, and the bucket's turn is the last: without a
preview, Worker and containers would be gone by then.
"""

from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult

from infra.results_kept import ResultsKeptError

COMPARED: Final = ("bucketName", "isDisposable")

Properties = dict[str, Any]


class DestroyGuardProvider(ResourceProvider):
    """Knows what it was told, and makes no call."""

    serialize_as_secret_always = False

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Nothing replaces it: the end of the old one would be refused."""
        return DiffResult(changes=any(olds.get(name) != news.get(name) for name in COMPARED), replaces=[])

    def create(self, props: Properties) -> CreateResult:
        return CreateResult("destroy-guard", props)

    def update(self, _id: str, _olds: Properties, news: Properties) -> UpdateResult:
        return UpdateResult(news)

    def delete(self, _id: str, props: Properties) -> None:
        """Raises ResultsKeptError: the stack is no ephemeral one."""
        if not props["isDisposable"]:
            bucket = props["bucketName"]
            raise ResultsKeptError(f"the results in bucket {bucket} are protected, so nothing was deleted")


@dataclass(frozen=True)
class DestroyGuardArgs:
    """Inputs of `DestroyGuard`.

    Args:
        bucket_name: of the results.
        is_disposable: whether they are deleted with the stack.
    """

    bucket_name: pulumi.Input[str]
    is_disposable: bool


class DestroyGuard(Resource, module="infra.destroy_guard", name="DestroyGuard"):
    """Let it depend on everything, so that it is deleted before anything."""

    def __init__(self, name: str, args: DestroyGuardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props = {"bucketName": args.bucket_name, "isDisposable": args.is_disposable}
        super().__init__(DestroyGuardProvider(), name, props, opts)
