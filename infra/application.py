"""A container application as it should be, as it is, and what lies between. Knows nothing of Pulumi."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from infra.versions import INSTANCE_TYPES

PATCHED: Final = ("max_instances", "rollout_grace_seconds", "has_logs")
"""Fields that change without touching an instance."""

ROLLED_OUT: Final = ("image", "instance_type")
"""Fields that a rollout brings to the instances."""

REPLACED: Final = ("account_id", "name", "script_name")
"""Fields that make it another application."""

SIZE: Final = frozenset({"instance_type", "vcpu", "memory_mib", "disk"})
"""Parts of a configuration that say how large an instance is, by name or in numbers."""

LEGACY_TYPES: Final = {"dev": "lite", "standard": "standard-1"}
"""Names that the API may still answer (cloudflare-containers-api.md 2)."""


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
    has_logs: bool

    def create_body(self, namespace_id: str) -> dict[str, Any]:
        """POST body; the objects of the class are the instances, so the initial number is 0."""
        return {
            "name": self.name,
            "scheduling_policy": "default",
            "instances": 0,
            "configuration": self.configuration(),
            "durable_objects": {"namespace_id": namespace_id},
            **self.patch_body(),
        }

    def patch_body(self) -> dict[str, Any]:
        return {
            "max_instances": self.max_instances,
            "observability": {"logs": {"enabled": self.has_logs}},
            "rollout_active_grace_period": self.rollout_grace_seconds,
        }

    def configuration(self) -> dict[str, Any]:
        """What a rollout has as its target."""
        return {"image": self.image, "instance_type": self.instance_type}

    def differences(self, other: "Application") -> list[str]:
        fields = (*REPLACED, *PATCHED, *ROLLED_OUT)
        return [field for field in fields if getattr(self, field) != getattr(other, field)]


def live(desired: Application, answer: Mapping[str, Any]) -> Application:
    """The application as Cloudflare answers it, in our words; what it does not say is as desired."""
    configuration = answer.get("configuration") or {}
    return replace(
        desired,
        name=str(answer["name"]),
        image=str(configuration.get("image", "")),
        instance_type=instance_type(configuration),
        max_instances=int(answer.get("max_instances", 0)),
        rollout_grace_seconds=int(answer.get("rollout_active_grace_period") or 0),
        has_logs=has_logs(answer),
    )


def at_target(answer: Mapping[str, Any], rollout: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The answer as it will be when the rollout has ended. A rollout's target says only what it changes."""
    if rollout is None:
        return answer
    target = rollout.get("target_configuration") or {}
    replaced = SIZE if SIZE & target.keys() else frozenset()
    kept = {name: one for name, one in (answer.get("configuration") or {}).items() if name not in replaced}
    return {**answer, "configuration": {**kept, **target}}


def has_logs(answer: Mapping[str, Any]) -> bool:
    """Said by the application, or else by its configuration, which is the old place; absent is off."""
    places = (answer, answer.get("configuration") or {})
    said = [((place.get("observability") or {}).get("logs") or {}).get("enabled") for place in places]
    return bool(next((one for one in said if one is not None), False))


def instance_type(configuration: Mapping[str, Any]) -> str:
    """The name, which the API expands into numbers and may not answer (cloudflare-containers-api.md 1.4)."""
    named = str(configuration.get("instance_type"))
    named = LEGACY_TYPES.get(named, named)
    if named in INSTANCE_TYPES:
        return named
    disk = configuration.get("disk") or {}
    size = (configuration.get("vcpu"), configuration.get("memory_mib"), disk.get("size_mb"))
    return next((name for name, known in INSTANCE_TYPES.items() if known == size), f"custom {size}")


def namespace_of(answer: Mapping[str, Any]) -> str:
    return str((answer.get("durable_objects") or {}).get("namespace_id", ""))
