"""Rules about the container application and its image."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rules.properties import Properties
from rules.resource import CONTAINER_APPLICATION, DOCKER_IMAGE, VERSION, Resource, Stack
from rules.rule import Finding, ResourceRule, StackRule
from rules.version import entry_module, stack_settings

PINNED: Final = re.compile(r"[^@\s]+@sha256:[0-9a-f]{64}")
BASE_VERSION: Final = re.compile(r"\bcloudflare/sandbox:(\d+\.\d+\.\d+)")
MIN_DISK_MB: Final = 8_000
"""Room for the base image, Claude Code (381 MB unpacked) and a checkout, as in Cloudflare's tutorial."""


@dataclass(frozen=True)
class InstanceType:
    """The size of one instance: memory in MiB, disk in decimal MB."""

    vcpu: float
    memory_mib: int
    disk_mb: int


INSTANCE_TYPES: Final = {
    "lite": InstanceType(0.0625, 256, 2_000),
    "basic": InstanceType(0.25, 1_024, 4_000),
    "standard-1": InstanceType(0.5, 4_096, 8_000),
    "standard-2": InstanceType(1, 6_144, 12_000),
    "standard-3": InstanceType(2, 8_192, 16_000),
    "standard-4": InstanceType(4, 12_288, 20_000),
}
ACCOUNT: Final = InstanceType(1_500, 6 * 1024 * 1024, 30_000_000)
"""What an account's running instances may have together (Cloudflare's container limits, September 2026)."""


def movable_images(application: Resource, _options: Properties) -> Iterator[str]:
    image = application.properties.text("image")
    if not PINNED.fullmatch(image or ""):
        yield f"image is {image}"


def small_disks(application: Resource, _options: Properties) -> Iterator[str]:
    name = application.properties.text("instanceType") or ""
    if name not in INSTANCE_TYPES:
        yield f"instance type {name!r} is not known"
    elif INSTANCE_TYPES[name].disk_mb < MIN_DISK_MB:
        yield f"instance type {name} has {INSTANCE_TYPES[name].disk_mb} MB of disk"


def too_many_instances(stack: Stack, _options: Properties) -> Iterator[Finding]:
    for application in stack.all(CONTAINER_APPLICATION):
        count = application.properties.integer("maxInstances")
        size = INSTANCE_TYPES.get(application.properties.text("instanceType") or "")
        if count is None or count < 1:
            yield Finding("max instances is not set", application)
        elif size is not None and count > _fitting(size):
            yield Finding(f"{count} instances exceed the account's limits; {_fitting(size)} fit", application)


def _fitting(size: InstanceType) -> int:
    shares = (ACCOUNT.vcpu / size.vcpu, ACCOUNT.memory_mib / size.memory_mib, ACCOUNT.disk_mb / size.disk_mb)
    return int(min(shares))


def short_graces(stack: Stack, _options: Properties) -> Iterator[Finding]:
    longest_ms = stack_settings(stack).child("limits").integer("maxTimeoutMs")
    for application in stack.all(CONTAINER_APPLICATION):
        grace_seconds = application.properties.integer("rolloutActiveGracePeriod") or 0
        if longest_ms is None:
            yield Finding("the longest task is not known: SETTINGS has no limits.maxTimeoutMs", application)
        elif grace_seconds * 1000 < longest_ms:
            yield Finding(
                f"grace is {grace_seconds} s, the longest task {longest_ms / 1000:g} s", application
            )


def base_versions(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """The Sandbox server's version in each image of the stack, as far as the stack names it.

    One that is built here names it in its arguments, a promoted one by the tag that the program has read.
    """
    for image in stack.all(DOCKER_IMAGE):
        arguments = image.properties.child("build").child("args")
        yield from ((image, version) for name in arguments for version in _versions(arguments.text(name)))
    for application in stack.all(CONTAINER_APPLICATION):
        version = application.properties.text("sandboxVersion")
        if version is not None:
            yield application, version


def _versions(text: str | None) -> list[str]:
    return BASE_VERSION.findall(text or "")


def version_skew(stack: Stack, _options: Properties) -> Iterator[Finding]:
    sources = [entry_module(version) or "" for version in stack.all(VERSION)]
    for resource, version in base_versions(stack):
        if not all(re.search(rf"[\"'`]{re.escape(version)}[\"'`]", source) for source in sources):
            yield Finding(
                f"the image's Sandbox server is {version}; the Worker carries another SDK", resource
            )


def other_platforms(image: Resource, _options: Properties) -> Iterator[str]:
    platform = image.properties.child("build").text("platform")
    if platform != "linux/amd64":
        yield f"the image is built for {platform or 'the platform of whoever builds it'}"


RULES: Final = (
    ResourceRule(
        id="image-by-digest",
        demand="The container application runs an image by its digest.",
        why="A tag can be moved: what was reviewed is then not what runs, and no rollout tells.",
        fix="Set container.image to the output `image` of the stack that built it, "
        "`repository:tag@sha256:<digest>`.",
        types=(CONTAINER_APPLICATION,),
        check=movable_images,
    ),
    StackRule(
        id="image-matches-sdk",
        demand="The image is built on cloudflare/sandbox at the version of the Worker's npm package, whether "
        "it is built here or promoted.",
        why="Worker and Sandbox server speak one protocol; on a mismatch only a log line tells, and calls "
        "fail later.",
        fix="Change both together: @cloudflare/sandbox in worker/package.json and SANDBOX_IMAGE of "
        "container/Dockerfile; promote an image that was built with them.",
        gotcha=1,
        check=version_skew,
    ),
    ResourceRule(
        id="image-platform",
        demand="An image is built for linux/amd64.",
        why="Cloudflare runs no other platform; without the argument, an image built on an ARM laptop does "
        "not start.",
        fix="Set build.platform to linux/amd64.",
        types=(DOCKER_IMAGE,),
        check=other_platforms,
    ),
    ResourceRule(
        id="instance-disk",
        demand=f"An instance has at least {MIN_DISK_MB} MB of disk.",
        why="The image must fit on the instance's disk beside what a task writes; on a full disk a task "
        "ends without an outcome.",
        fix="Set container.instanceType to standard-1 or larger.",
        types=(CONTAINER_APPLICATION,),
        check=small_disks,
    ),
    StackRule(
        id="instances-within-account",
        demand="The most instances that may run at once fit into the account's limits.",
        why="Beyond the limit the create call is refused, or starts fail under load.",
        fix="Lower container.maxInstances, or take a smaller container.instanceType.",
        check=too_many_instances,
    ),
    StackRule(
        id="rollout-grace",
        demand="A rollout leaves a busy instance at least as long as the longest task may take.",
        why="When the grace is over the instance is stopped, and the task in it ends as interrupted.",
        fix="Raise container.rolloutGraceSeconds to limits.maxTimeoutMs / 1000 or more, or lower that limit.",
        check=short_graces,
    ),
)
