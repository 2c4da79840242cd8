"""What the program declares, one resource at a time, and what it gets back."""

from dataclasses import dataclass, field

from pydantic import JsonValue

JsonObject = dict[str, JsonValue]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Pulumi's sign for a value that a preview cannot know; dynamic providers meet it in `check` and `diff`."""


@dataclass(frozen=True)
class Registration:
    """A resource as the program wants it. Input names are Pulumi's (camelCase).

    Args:
        urn: its identity in the state.
        type: Pulumi's type token.
        name: the logical name.
        inputs: values in the clear; those under `secret_keys` must not be stored or shown.
        unknown_keys: inputs that hold `UNKNOWN` somewhere; in a preview only.
        aliases: URNs that it had before it was renamed or moved.
    """

    urn: str
    type: str
    name: str
    inputs: JsonObject
    secret_keys: frozenset[str] = frozenset()
    unknown_keys: frozenset[str] = frozenset()
    dependencies: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    ignored_changes: frozenset[str] = frozenset()
    replacing_changes: frozenset[str] = frozenset()
    is_protected: bool = False
    is_retained_on_delete: bool = False
    deletes_before_replace: bool = False


@dataclass(frozen=True)
class Registered:
    """The resource as it is.

    In a preview `id` is empty, and outputs are missing, where they are not known yet.
    """

    id: str
    outputs: JsonObject = field(default_factory=dict)
