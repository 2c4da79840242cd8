"""Kinds that the official Cloudflare provider has. Calls and bodies: pulumi-cloudflare-wire.md section 2."""

from collections.abc import Set as AbstractSet
from typing import ClassVar, Final

from pydantic import JsonValue

from localcloud.deploy.api import Api
from localcloud.deploy.errors import DeployError
from localcloud.deploy.kinds.kind import Change, Kind, Made
from localcloud.deploy.registration import JsonObject, Registration
from localcloud.deploy.state import ResourceRecord

DRIFTED: Final = ""
"""In place of a digest: what the program wants is not what is there."""


class NativeKind(Kind):
    """A kind whose inputs are known by name; one that is not known is refused rather than dropped.

    Class attributes: known: input names. replacing: inputs whose change makes a new resource; others are
    updated. keeping: inputs kept in the state. computed: fields of the API's answer that are outputs, by
    output name.
    """

    known: ClassVar[frozenset[str]]
    replacing: ClassVar[frozenset[str]]
    keeping: ClassVar[frozenset[str]]
    computed: ClassVar[dict[str, str]] = {}

    def __init__(self, api: Api) -> None:
        self.api = api

    def check(self, registration: Registration) -> JsonObject:
        unknown = sorted(registration.inputs.keys() - self.known)
        if unknown:
            raise DeployError(
                "UNSUPPORTED_INPUT",
                f"{registration.urn}: this deploy does not know {', '.join(unknown)} of {registration.type}",
                "Leave it out for the local stack, or teach localcloud/deploy/kinds about it",
            )
        return {name: whole_numbers(value) for name, value in registration.inputs.items()}

    def kept(self, inputs: JsonObject) -> JsonObject:
        return {name: inputs[name] for name in sorted(self.keeping & inputs.keys())}

    def change(
        self,
        record: ResourceRecord,  # noqa: ARG002 - the names tell all
        changed: AbstractSet[str],
        inputs: JsonObject,  # noqa: ARG002
    ) -> Change:
        if changed & self.replacing:
            return Change.REPLACE
        return Change.UPDATE if changed else Change.SAME

    def read(self, record: ResourceRecord, inputs: JsonObject) -> ResourceRecord | None:
        """An input that the GET does not confirm loses its digest, and so is changed back."""
        answer = self.find_by_record(record)
        if answer is None:
            return None
        shown = self.shown(inputs)
        drifted = {
            name
            for name in self.known
            if (key := snake_name(name)) in shown and not is_confirmed(shown[key], answer.get(key))
        }
        digests = {**record.digests, **dict.fromkeys(drifted, DRIFTED)}
        return record.model_copy(update={"digests": digests})

    def find_by_record(self, record: ResourceRecord) -> JsonObject | None:
        """The GET of this resource."""
        raise NotImplementedError

    def shown(self, inputs: JsonObject) -> JsonObject:  # noqa: ARG002 - what is immutable can't drift
        """What a GET answers for these inputs, as far as somebody could change it by hand."""
        return {}

    def made(self, resource_id: JsonValue, answer: JsonObject) -> Made:
        return Made(str(resource_id), self.outputs(answer))

    def outputs(self, answer: JsonObject) -> JsonObject:
        return {name: answer[key] for name, key in self.computed.items() if answer.get(key) is not None}

    def update(self, record: ResourceRecord, inputs: JsonObject) -> JsonObject:
        raise NotImplementedError(f"{type(self).__name__} has no update: {record.urn}, {sorted(inputs)}")

    def delete(self, record: ResourceRecord) -> None:
        """No call: it goes with its parent."""


def id_in_account(import_id: str, inputs: JsonObject) -> str:
    """The second part of an import id, whose first is the account (pulumi.md 1.7).

    Raises:
        DeployError: it has no such parts, or is another account's.
    """
    account_id, _, rest = import_id.partition("/")
    if account_id != inputs["accountId"] or not rest:
        raise DeployError(
            "IMPORT_ID_UNUSABLE",
            f"the import id {import_id} is not of the account {inputs['accountId']}",
            "Write it as `<account>/<id>`",
        )
    return rest.partition("/")[0]


def is_confirmed(stated: JsonValue, live: JsonValue) -> bool:
    """What the program does not state is the server's own, and no drift."""
    if isinstance(stated, dict) and isinstance(live, dict):
        return all(is_confirmed(value, live.get(key)) for key, value in stated.items())
    return stated == live


def account_path(inputs: JsonObject) -> str:
    return f"/accounts/{inputs['accountId']}"


def whole_numbers(value: JsonValue) -> JsonValue:
    """Protocol buffers know no integers, JSON bodies do: 5.0 is sent as 5."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: whole_numbers(item) for key, item in value.items()}
    return value


def snake_case(value: JsonValue) -> JsonValue:
    """Object keys in the API's spelling."""
    if isinstance(value, list):
        return [snake_case(item) for item in value]
    if isinstance(value, dict):
        return {snake_name(key): snake_case(item) for key, item in value.items()}
    return value


def snake_name(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
