"""The R2 bucket that keeps results, and how long it keeps them."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_cloudflare as cloudflare

from infra import naming

SECONDS_PER_DAY: Final = 86_400
RESULTS_PREFIX: Final = "tasks/"
"""All that the Worker writes lies below it."""


@dataclass(frozen=True)
class ResultsBucketArgs:
    """Inputs of `ResultsBucket`.

    Args:
        account_id: Cloudflare account.
        name: of the bucket.
        jurisdiction: where its data must stay; `default` is anywhere.
        retention_days: until a result is deleted.
        is_protected: whether the bucket is refused to be deleted.
    """

    account_id: str
    name: str
    jurisdiction: str
    retention_days: int
    is_protected: bool


class ResultsBucket(pulumi.ComponentResource):
    """An `R2Bucket` and its `R2BucketLifecycle`, which owns all rules of the bucket.

    Attributes:
        bucket_name: known once the bucket is there.
    """

    bucket_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: ResultsBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(naming.type_token("ResultsBucket"), name, None, opts)
        bucket = cloudflare.R2Bucket(
            name,
            account_id=args.account_id,
            name=args.name,
            jurisdiction=args.jurisdiction,
            opts=pulumi.ResourceOptions(parent=self, protect=args.is_protected),
        )
        cloudflare.R2BucketLifecycle(
            f"{name}-lifecycle",
            account_id=args.account_id,
            bucket_name=bucket.name,
            jurisdiction=args.jurisdiction,
            rules=[expiry(args.retention_days)],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.bucket_name = bucket.name
        self.register_outputs({"bucketName": self.bucket_name})


def expiry(retention_days: int) -> cloudflare.R2BucketLifecycleRuleArgs:
    """The type of the condition is stated: without it the age has ended as 0 (pulumi.md 2.1)."""
    return cloudflare.R2BucketLifecycleRuleArgs(
        id="expire-results",
        enabled=True,
        conditions=cloudflare.R2BucketLifecycleRuleConditionsArgs(prefix=RESULTS_PREFIX),
        delete_objects_transition=cloudflare.R2BucketLifecycleRuleDeleteObjectsTransitionArgs(
            condition=cloudflare.R2BucketLifecycleRuleDeleteObjectsTransitionConditionArgs(
                type="Age", max_age=retention_days * SECONDS_PER_DAY
            )
        ),
    )
