"""Rules about the bucket of results."""

from collections.abc import Iterator
from typing import Final

from rules.environment import is_ephemeral
from rules.properties import Properties
from rules.resource import (
    BUCKET,
    BUCKET_CUSTOM_DOMAIN,
    BUCKET_LIFECYCLE,
    BUCKET_MANAGED_DOMAIN,
    Resource,
    Stack,
)
from rules.rule import Finding, ResourceRule, StackRule

MAX_RETENTION_DAYS: Final = 90
SECONDS_PER_DAY: Final = 86_400
RESULTS_PREFIX: Final = "tasks/"


def unprotected_buckets(stack: Stack, _options: Properties) -> Iterator[Finding]:
    if not is_ephemeral(stack):
        yield from (
            Finding("the bucket is not protected", one) for one in stack.all(BUCKET) if not one.protect
        )


def public_access(domain: Resource, _options: Properties) -> Iterator[str]:
    if domain.properties.flag("enabled") is not False:
        yield f"bucket {domain.properties.text('bucketName')} can be read by everybody at {domain.name}"


def retention_seconds(lifecycle: Resource) -> int | None:
    """After how long the results are deleted by the shortest rule that covers them all, or None for never."""
    ages = [
        rule.child("deleteObjectsTransition").child("condition").integer("maxAge")
        for rule in lifecycle.properties.children("rules")
        if rule.flag("enabled")
        and RESULTS_PREFIX.startswith(rule.child("conditions").text("prefix") or "")
        and rule.child("deleteObjectsTransition").child("condition").text("type") == "Age"
    ]
    return min((age for age in ages if age), default=None)


def endless_results(stack: Stack, _options: Properties) -> Iterator[Finding]:
    lifecycles = {one.properties.text("bucketName"): one for one in stack.all(BUCKET_LIFECYCLE)}
    for bucket in stack.all(BUCKET):
        lifecycle = lifecycles.get(bucket.properties.text("name"))
        age = retention_seconds(lifecycle) if lifecycle else None
        if age is None:
            yield Finding("results are never deleted", bucket)
        elif age > MAX_RETENTION_DAYS * SECONDS_PER_DAY:
            yield Finding(f"results are kept for {age // SECONDS_PER_DAY} days", lifecycle)


RULES: Final = (
    StackRule(
        id="bucket-protected",
        demand="The bucket of results is protected against deletion, outside pull requests' own stacks.",
        why="Results are the only thing in a stack that can't be made again.",
        fix="Set `ephemeral` to false; only `pr-<number>` environments may be ephemeral.",
        check=unprotected_buckets,
    ),
    ResourceRule(
        id="bucket-private",
        demand="No public domain serves a bucket.",
        why="Results hold what an agent has read and written; they are for the client that asked.",
        fix="Remove the domain; clients read their results from the Worker.",
        types=(BUCKET_CUSTOM_DOMAIN, BUCKET_MANAGED_DOMAIN),
        check=public_access,
    ),
    StackRule(
        id="results-expire",
        demand=f"Results are deleted after at most {MAX_RETENTION_DAYS} days.",
        why="Results may hold personal data and secrets that an agent came across.",
        fix=f"Set results.retentionDays to {MAX_RETENTION_DAYS} or less.",
        check=endless_results,
    ),
)
