"""What an application runs: an image of the process backend, on an instance type or a size of one's own."""

import re
from typing import Final, Literal

from pydantic import Field, JsonValue

from localcloud.control_plane.containers.errors import ApplicationError, InvalidApplicationError
from localcloud.control_plane.containers.limits import (
    MAX_DISK_MB,
    MAX_MEMORY_MIB,
    MAX_VCPU,
    MIN_MEMORY_MIB_PER_VCPU,
)
from localcloud.control_plane.platform import ACCOUNT_ID
from localcloud.control_plane.wire import Body, JsonObject

REGISTRY_HOST: Final = "registry.cloudflare.com"
PROCESS_IMAGE: Final = re.compile(
    rf"{re.escape(REGISTRY_HOST)}/{ACCOUNT_ID}/localcloud-process@sha256:[0-9a-f]{{64}}"
)
"""The one repository there is: the process backend stands for any image, so any digest exists, and no tag."""

INSTANCE_TYPES: Final[dict[str, tuple[float, int, int]]] = {
    "lite": (0.0625, 256, 2000),
    "basic": (0.25, 1024, 4000),
    "standard-1": (0.5, 4096, 8000),
    "standard-2": (1, 6144, 12000),
    "standard-3": (2, 8192, 16000),
    "standard-4": (4, 12288, 20000),
}
"""vCPU, memory in MiB, disk in decimal MB (cloudflare-containers-api.md 2)."""


class Disk(Body):
    """Disk of a custom size."""

    size_mb: int


class EnvironmentVariable(Body):
    """Handed to the container."""

    name: str
    value: str


class Configuration(Body):
    """What creates or changes instances; every field of it is optional in a rollout or a PATCH."""

    image: str | None = None
    instance_type: Literal["lite", "basic", "standard-1", "standard-2", "standard-3", "standard-4"] | None = (
        None
    )
    vcpu: float | None = None
    memory_mib: int | None = None
    disk: Disk | None = None
    command: list[str] | None = None
    entrypoint: list[str] | None = None
    environment_variables: list[EnvironmentVariable] | None = None
    authorized_keys: list[JsonObject] | None = None
    wrangler_ssh: JsonObject | None = None
    observability: JsonObject | None = None


class Size(Body):
    """vCPU, memory and disk of one instance."""

    vcpu: float = Field(default=INSTANCE_TYPES["lite"][0])
    memory_mib: int = Field(default=INSTANCE_TYPES["lite"][1])
    disk_mb: int = Field(default=INSTANCE_TYPES["lite"][2])


def expanded(configuration: Configuration, base: JsonObject | None = None) -> JsonObject:
    """The configuration as it is stored and answered: the type becomes vCPU, memory and disk
    (containers-api.md 1.4).

    Args:
        configuration: what was sent.
        base: what stays where nothing was sent.

    Raises:
        ApplicationError: the image is not there, or the size is none that the platform has.
    """
    sent = configuration.model_dump(mode="json", exclude_none=True)
    merged: JsonObject = {"network": {"mode": "private"}, **(base or {}), **sent}
    if "image" in sent or base is None:
        require_image(configuration.image)
    if base is None or {"instance_type", "vcpu", "memory_mib", "disk"} & sent.keys():
        merged |= sized(configuration)
    merged.pop("instance_type", None)
    return merged


def require_image(image: str | None) -> None:
    """Images are checked when an application or a rollout is made (cloudflare-containers-api.md 1.2)."""
    if not image:
        raise InvalidApplicationError({"configuration.image": "required"})
    if not image.startswith(f"{REGISTRY_HOST}/"):
        raise ApplicationError("IMAGE_REGISTRY_NOT_CONFIGURED", {"image": image})
    if not PROCESS_IMAGE.fullmatch(image):
        raise ApplicationError("IMAGE_REGISTRY_DOESNT_CONTAIN_IMAGE", {"image": image})


def sized(configuration: Configuration) -> JsonObject:
    """The size as the API writes it; a custom size takes what it lacks from `lite` (containers-api.md 2)."""
    size = size_of(configuration)
    require_allowed(configuration, size)
    gib = size.memory_mib / 1024
    return {
        "vcpu": size.vcpu,
        "memory_mib": size.memory_mib,
        "memory": f"{gib:g}GiB",
        "disk": {"size_mb": size.disk_mb, "size": f"{size.disk_mb / 1000:g}GB"},
    }


def size_of(configuration: Configuration) -> Size:
    if configuration.instance_type:
        vcpu, memory_mib, disk_mb = INSTANCE_TYPES[configuration.instance_type]
        return Size(vcpu=vcpu, memory_mib=memory_mib, disk_mb=disk_mb)
    custom: dict[str, JsonValue] = {"vcpu": configuration.vcpu, "memory_mib": configuration.memory_mib}
    custom["disk_mb"] = configuration.disk.size_mb if configuration.disk else None
    return Size.model_validate({key: value for key, value in custom.items() if value is not None})


def require_allowed(configuration: Configuration, size: Size) -> None:
    """The platform's rules for one instance (containers-api.md 2)."""
    if size.vcpu > MAX_VCPU or size.memory_mib > MAX_MEMORY_MIB or size.disk_mb > MAX_DISK_MB:
        raise ApplicationError("SURPASSED_BASE_LIMITS")
    is_custom = configuration.vcpu is not None or configuration.memory_mib is not None
    if is_custom and (size.vcpu < 1 or size.memory_mib < size.vcpu * MIN_MEMORY_MIB_PER_VCPU):
        raise InvalidApplicationError(
            {"configuration": "a custom size needs 1 to 4 vCPU and 3 GiB of memory for each"}
        )
