"""What the engine needs to know of a kind of resource."""

from abc import ABC, abstractmethod
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

from localcloud.deploy.errors import DeployError
from localcloud.deploy.registration import JsonObject, Registration
from localcloud.deploy.state import ResourceRecord


class Change(StrEnum):
    """What becomes of a resource that exists."""

    SAME = "same"
    UPDATE = "update"
    REPLACE = "replace"
    REPLACE_DELETE_FIRST = "replace, delete first"


@dataclass(frozen=True)
class Made:
    """A resource that now exists."""

    id: str
    outputs: JsonObject = field(default_factory=dict)


class Kind(ABC):
    """One kind. Inputs have Pulumi's names; every call may raise `DeployError`."""

    has_delete = True
    """Whether its deletion is a call. Where not, it goes with its parent (pulumi-cloudflare-wire.md 2)."""

    echoes_inputs = True
    """Whether inputs are outputs, too."""

    finds_interrupted = True
    """Whether `find` can tell what a create made whose answer was never recorded."""

    def check(self, registration: Registration) -> JsonObject:
        """The inputs, validated. Runs in previews, too."""
        return registration.inputs

    def compared(self, inputs: JsonObject) -> JsonObject:
        """What the digests are made of: the inputs, and what they stand for."""
        return inputs

    @abstractmethod
    def kept(self, inputs: JsonObject) -> JsonObject:
        """The inputs that `read`, `find` and `delete` need. None is a secret."""

    def provider(self, inputs: JsonObject) -> str | None:  # noqa: ARG002 - most kinds have none
        """The class behind a dynamic resource, as `module:Class`."""
        return None

    def read(self, record: ResourceRecord, inputs: JsonObject) -> ResourceRecord | None:
        """The record as it is now, None where the resource is gone."""
        raise NotImplementedError

    @abstractmethod
    def change(self, record: ResourceRecord, changed: AbstractSet[str], inputs: JsonObject) -> Change:
        """What to do, given the names of inputs whose digests differ."""

    def imported_id(self, import_id: str, inputs: JsonObject) -> str:  # noqa: ARG002 - most kinds can't
        """The id of a resource that is there already, from what the provider calls its import id.

        Raises:
            DeployError: resources of this kind can't be taken over here, or it is another account's.
        """
        raise DeployError(
            "UNSUPPORTED",
            f"this deploy can't import {import_id}",
            "Leave it out of the file, or use `pulumi up`",
        )

    def before_create(self, kept: JsonObject) -> JsonObject:  # noqa: ARG002 - most kinds need nothing
        """What `find` has to know of the time before."""
        return {}

    def find(self, kept: JsonObject, before: JsonObject) -> Made | None:
        """What an interrupted create made, None if nothing."""
        raise NotImplementedError

    @abstractmethod
    def create(self, inputs: JsonObject) -> Made: ...

    @abstractmethod
    def update(self, record: ResourceRecord, inputs: JsonObject) -> JsonObject:
        """Change in place; returns the computed outputs."""

    @abstractmethod
    def delete(self, record: ResourceRecord) -> None:
        """Delete; what is gone already is deleted."""
