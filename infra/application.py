"""A container application as it should be, as it is, and what lies between. Knows nothing of Pulumi."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from infra.versions import INSTANCE_TYPES

PATCHED: Final = ("max_instances", "rollout_grace_seconds")
"""Fields that change without touching an instance."""

ROLLED_OUT: Final = ("image", "instance_type")
"""Fields that a rollout brings to the instances."""

REPLACED: Final = ("account_id", "name", "script_name")
"""Fields that make it another application."""


@dataclass(frozen=True)
class Application:
    """What we set. `rollout_grace_seconds` is Cloudflare's `rollout_active_grace_period`."""

    account_id: str
    name: str
    script_name: str
    class_name: str
    image: str
    instance_type: str
    max_instances: int
    rollout_grace_seconds: int

    def create_body(self, namespace_id: str) -> dict[str, Any]:
        """POST body; the objects of the class are the instances, so the initial number is 0."""
        return {
            "name": self.name,
            "scheduling_policy": "default",
            "instances": 0,
            "max_instances": self.max_instances,
            "configuration": self.configuration(),
            "durable_objects": {"namespace_id": namespace_id},
            "observability": {"logs": {"enabled": True}},
            "rollout_active_grace_period": self.rollout_grace_seconds,
        }

    def patch_body(self) -> dict[str, Any]:
        return {
            "max_instances": self.max_instances,
            "rollout_active_grace_period": self.rollout_grace_seconds,
        }

    def configuration(self) -> dict[str, Any]:
        """What a rollout has as its target."""
        return {"image": self.image, "instance_type": self.instance_type}

    def differences(self, other: "Application") -> list[str]:
        fields = (*REPLACED, *PATCHED, *ROLLED_OUT)
        return [field for field in fields if getattr(self, field) != getattr(other, field)]


def live(desired: Application, answer: Mapping[str, Any]) -> Application:
    """The application as Cloudflare answers it, in our words; account and script are the desired ones."""
    configuration = answer.get("configuration") or {}
    return replace(
        desired,
        name=str(answer["name"]),
        image=str(configuration.get("image", "")),
        instance_type=instance_type(configuration),
        max_instances=int(answer.get("max_instances", 0)),
        rollout_grace_seconds=int(answer.get("rollout_active_grace_period") or 0),
    )


def instance_type(configuration: Mapping[str, Any]) -> str:
    """The name, which the API expands into numbers and may not answer (cloudflare-containers-api.md 1.4)."""
    named = configuration.get("instance_type")
    if named in INSTANCE_TYPES:
        return str(named)
    disk = configuration.get("disk") or {}
    size = (configuration.get("vcpu"), configuration.get("memory_mib"), disk.get("size_mb"))
    return next((name for name, known in INSTANCE_TYPES.items() if known == size), f"custom {size}")


def namespace_of(answer: Mapping[str, Any]) -> str:
    return str((answer.get("durable_objects") or {}).get("namespace_id", ""))
