"""A container application as it is stored, and as the API answers it."""

from datetime import datetime
from typing import Final, Literal

from pydantic import Field

from localcloud.control_plane.containers.configuration import Configuration
from localcloud.control_plane.platform import ACCOUNT_ID
from localcloud.control_plane.store import Record
from localcloud.control_plane.wire import Body, JsonObject

DELETE_WINDOW_S: Final = 1.0
"""Deleting goes on after the answer; how long at Cloudflare is unknown (cloudflare-containers-api.md 1.7)."""


class NamespaceReference(Body):
    """By id, or by script and class: the published contract has both (containers-api.md 1.4)."""

    namespace_id: str | None = None
    script_name: str | None = None
    class_name: str | None = None


class ApplicationBody(Body):
    """A create (containers-api.md 1.4); the other scheduling policy is another kind of application."""

    name: str = Field(min_length=1)
    scheduling_policy: Literal["default", "durable_object"]
    instances: int = Field(ge=0)
    max_instances: int = Field(ge=1)
    configuration: Configuration
    durable_objects: NamespaceReference
    constraints: JsonObject | None = None
    observability: JsonObject | None = None
    rollout_active_grace_period: int = Field(default=0, ge=0)


class ApplicationPatch(Body):
    """A PATCH: what needs no rollout, and a configuration for later instances (containers-api.md 1.5)."""

    max_instances: int | None = Field(default=None, ge=1)
    instances: int | None = Field(default=None, ge=0)
    constraints: JsonObject | None = None
    observability: JsonObject | None = None
    rollout_active_grace_period: int | None = Field(default=None, ge=0)
    configuration: Configuration | None = None


class ApplicationRecord(Record):
    """An application.

    `version` and `configuration` are those after its last rollout; `deleted_at` starts its end.
    """

    id: str
    name: str
    namespace_id: str
    version: int
    created_at: str
    updated_at: str
    instances: int
    max_instances: int
    configuration: JsonObject
    constraints: JsonObject | None = None
    observability: JsonObject | None = None
    rollout_active_grace_period: int
    deleted_at: datetime | None = None

    def is_gone(self, now: datetime) -> bool:
        return self.deleted_at is not None and (now - self.deleted_at).total_seconds() >= DELETE_WINDOW_S

    def image(self) -> str:
        return str(self.configuration["image"])


def data_plane_form(application: ApplicationRecord) -> JsonObject:
    return {
        "image": application.image(),
        "max_instances": application.max_instances,
        "environment_variables": application.configuration.get("environment_variables") or [],
    }


def shown(application: ApplicationRecord, active: int) -> JsonObject:
    """The answer, with the old and the new members of `health` (containers-api.md 1.4).

    Args:
        application: with the configuration and version that count now.
        active: running instances.
    """
    hidden = {"namespace_id", "deleted_at"}
    fields = application.model_dump(mode="json", exclude=hidden, exclude_none=True)
    return {
        **fields,
        "account_id": ACCOUNT_ID,
        "scheduling_policy": "default",
        "durable_objects": {"namespace_id": application.namespace_id},
        "health": health(active),
    }


def health(active: int) -> JsonObject:
    idle: JsonObject = {"assigned": 0, "healthy": 0, "failed": 0, "starting": 0, "scheduling": 0}
    return {"instances": {"active": active, **idle}, "errors": []}
