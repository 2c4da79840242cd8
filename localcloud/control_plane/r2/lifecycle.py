"""A bucket's lifecycle rules: one list, put whole and read back in the same order."""

from typing import Literal

from pydantic import Field, JsonValue

from localcloud.control_plane.errors import InvalidRequestError
from localcloud.control_plane.r2.buckets import Buckets
from localcloud.control_plane.wire import Answer, Body, Call


class AgeCondition(Body):
    """Objects older than `maxAge` seconds."""

    type: Literal["Age"]
    max_age: int = Field(alias="maxAge", ge=0)


class DateCondition(Body):
    """From this day on."""

    type: Literal["Date"]
    date: str


class Transition(Body):
    """What happens once the condition is met; the key that holds it says what."""

    condition: AgeCondition | DateCondition = Field(discriminator="type")
    storage_class: Literal["InfrequentAccess"] | None = Field(default=None, alias="storageClass")


class Conditions(Body):
    """Which objects: those whose key starts with `prefix`."""

    prefix: str


class Rule(Body):
    """One rule, in the API's camelCase (pulumi-cloudflare-wire.md 2)."""

    id: str
    enabled: bool
    conditions: Conditions
    delete_objects: Transition | None = Field(default=None, alias="deleteObjectsTransition")
    abort_uploads: Transition | None = Field(default=None, alias="abortMultipartUploadsTransition")
    storage_classes: list[Transition] | None = Field(default=None, alias="storageClassTransitions")


class RulesBody(Body):
    """The full list: what is not in it is gone."""

    rules: list[Rule] = Field(default_factory=list)


class Lifecycle:
    """Rules are stored, and enforced by nobody: the data plane keeps objects until they are deleted."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets

    def get(self, call: Call) -> Answer:
        """Read a bucket's lifecycle rules."""
        rules: list[JsonValue] = [*self._buckets.named(call).lifecycle_rules]
        return Answer({"rules": rules})

    def put(self, call: Call) -> Answer:
        """Replace a bucket's lifecycle rules; answers `{}` (pulumi-cloudflare-wire.md 2).

        They are stored, not enforced.
        """
        bucket = self._buckets.named(call)
        rules = call.parse(RulesBody).rules
        if len({rule.id for rule in rules}) < len(rules):
            raise InvalidRequestError("rules: each id must be unique")
        stored = [rule.model_dump(mode="json", by_alias=True, exclude_none=True) for rule in rules]
        self._buckets.records.put(bucket.name, bucket.model_copy(update={"lifecycle_rules": stored}))
        return Answer({})
