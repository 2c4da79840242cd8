"""Secret outputs in the state: a keyed digest is stored, the value comes back from the program's inputs."""

from typing import Final

from pydantic import JsonValue

from localcloud.deploy.digests import Digests
from localcloud.deploy.registration import JsonObject

MARK: Final = "secret_digest"
HIDDEN: Final = "[secret]"
"""What stands where a stored secret is no longer known, in `delete` and in `diff` of a changed one."""


def masked(outputs: JsonObject, secret_keys: frozenset[str], digests: Digests) -> JsonObject:
    """The outputs as they are stored."""
    return {
        name: {MARK: digests.of(value)} if name in secret_keys else value for name, value in outputs.items()
    }


def unmasked(outputs: JsonObject, inputs: JsonObject, digests: Digests) -> JsonObject:
    """The stored outputs, each secret filled in from the input of that name, if it is the same value."""
    return {name: reveal(name, value, inputs, digests) for name, value in outputs.items()}


def reveal(name: str, stored: JsonValue, inputs: JsonObject, digests: Digests) -> JsonValue:
    if not isinstance(stored, dict) or stored.keys() != {MARK}:
        return stored
    is_same = name in inputs and digests.of(inputs[name]) == stored[MARK]
    return inputs[name] if is_same else HIDDEN
