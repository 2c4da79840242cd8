"""A version of a Worker: code, bindings and Durable Object lifecycle, immutable once uploaded."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from typing import Final, Literal

from pydantic import Field, JsonValue, field_validator

from localcloud.control_plane.store import Record
from localcloud.control_plane.wire import Body, JsonObject
from localcloud.control_plane.workers.bindings import without_texts
from localcloud.control_plane.workers.exports import live_entries, parse_exports
from localcloud.control_plane.workers.lifecycle import Migrations

COMPATIBILITY_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class Module(Body):
    """A file of the Worker."""

    name: str
    content_type: str
    content_base64: str

    @field_validator("content_base64")
    @classmethod
    def decodes(cls, text: str) -> str:
        try:
            b64decode(text, validate=True)
        except Base64Error:
            raise ValueError("must be base64") from None
        return text


class ContainerClass(Body):
    """Makes the class's namespace container-enabled when the version is deployed."""

    class_name: str


class VersionSettings(Body):
    """An upload without code and bindings (pulumi-cloudflare-wire.md 2; `exports` from the official SDK)."""

    main_module: str
    compatibility_date: str
    compatibility_flags: list[str] = Field(default_factory=list)
    containers: list[ContainerClass] = Field(default_factory=list)
    migrations: Migrations | None = None
    exports: dict[str, JsonObject] | None = None
    annotations: dict[str, str] = Field(default_factory=dict)
    limits: JsonObject | None = None
    usage_model: Literal["standard"] = "standard"

    @field_validator("compatibility_date")
    @classmethod
    def is_a_date(cls, text: str) -> str:
        if not COMPATIBILITY_DATE.fullmatch(text):
            raise ValueError("must be a date such as 2026-08-01")
        return text


class VersionBody(VersionSettings):
    """An upload."""

    modules: list[Module] = Field(min_length=1)
    bindings: list[JsonObject] = Field(default_factory=list)

    def settings(self) -> VersionSettings:
        return VersionSettings.model_validate(
            self.model_dump(by_alias=True, exclude={"modules", "bindings"}, exclude_unset=True)
        )


class ModulesRecord(Record):
    """A version's code, stored apart: it is large and seldom read."""

    modules: list[Module]


class VersionRecord(Record):
    """A stored version, without its modules. `bindings` hold secret texts: they go to the data plane and
    nowhere else.

    `namespace_ids` maps each Durable Object class of the Worker, as this version has them, to its
    namespace.
    """

    id: str
    worker_id: str
    number: int
    created_on: str
    upload: VersionSettings
    bindings: list[JsonObject]
    namespace_ids: dict[str, str]
    reconciliation: JsonObject | None = None
    is_lifecycle_applied: bool = False

    @property
    def container_classes(self) -> set[str]:
        return {container.class_name for container in self.upload.containers}

    @property
    def migration_tag(self) -> str | None:
        """Set once the version has been deployed (official SDK, `Version.migration_tag`)."""
        migrations = self.upload.migrations
        return migrations.new_tag if migrations and self.is_lifecycle_applied else None


def shown(version: VersionRecord, modules: list[Module] | None = None) -> JsonObject:
    """A version as the API answers it.

    `migrations`, `limits` and unset annotations are left out, as the provider needs
    (pulumi-cloudflare-wire.md 2).
    """
    upload = version.upload
    answer: JsonObject = {
        "id": version.id,
        "number": version.number,
        "created_on": version.created_on,
        "source": "api",
        "annotations": {**upload.annotations, "workers/triggered_by": "upload"},
        "compatibility_date": upload.compatibility_date,
        "compatibility_flags": [*upload.compatibility_flags],
        "main_module": upload.main_module,
        "usage_model": upload.usage_model,
        "urls": [],
        "bindings": without_texts(version.bindings),
        "containers": [container.model_dump() for container in upload.containers],
    }
    optional: dict[str, JsonValue] = {
        "limits": upload.limits,
        "migration_tag": version.migration_tag,
        "exports": live_entries(parse_exports(upload.exports)) if upload.exports is not None else None,
        "modules": None if modules is None else [module.model_dump() for module in modules],
    }
    return answer | {key: value for key, value in optional.items() if value is not None}
