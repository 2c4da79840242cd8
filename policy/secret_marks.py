"""Marking secrets on the way to the engine: the one thing that the pack mends by itself."""

from collections.abc import Mapping, Sequence
from typing import cast

from pulumi_policy import ResourceValidationArgs, Secret
from rules.secrecy import Marked, Path, unmarked_secrets

PROXIED = "__target"
"""The key by which the SDK's proxies of a remediation give what they stand for, with its secret marks."""


def mark_secrets(args: ResourceValidationArgs) -> Mapping[str, object] | None:
    """The properties with every secret marked, or None where all are."""
    properties = cast("Mapping[str, object]", without_proxies(args.props))
    paths = list(unmarked_secrets(args.resource_type, cast("Mapping[str, object]", with_marks(properties))))
    for path in paths:
        properties = cast("Mapping[str, object]", _secret_at(properties, path))
    return properties if paths else None


def without_proxies(value: object) -> object:
    """Plain mappings, lists and `Secret`s; the SDK puts a proxy at every level."""
    if isinstance(value, Secret):
        return Secret(without_proxies(value.value))
    if isinstance(value, Mapping):
        target = value if isinstance(value, dict) else value[PROXIED]
        return {key: without_proxies(inner) for key, inner in target.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [without_proxies(inner) for inner in value]
    return value


def with_marks(value: object) -> object:
    if isinstance(value, Secret):
        return Marked(with_marks(value.value))
    if isinstance(value, dict):
        return {key: with_marks(inner) for key, inner in value.items()}
    return [with_marks(inner) for inner in value] if isinstance(value, list) else value


def _secret_at(value: object, path: Path) -> object:
    if not path:
        return Secret(value)
    head, *tail = path
    if isinstance(value, dict):
        return {**value, head: _secret_at(value[head], tuple(tail))}
    if isinstance(value, list):
        return [
            _secret_at(inner, tuple(tail)) if index == head else inner for index, inner in enumerate(value)
        ]
    return value
