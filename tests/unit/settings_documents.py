"""Documents of settings: a good one, and the good one with any other value at any place."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

from infra.settings import StackSettings
from tests.unit.schema_values import Path, Schema, Values

GOOD: dict[str, Any] = {
    "accountId": "0123456789abcdef0123456789abcdef",
    "team": "acme",
    "environment": "dev",
    "container": {"image": f"registry.cloudflare.com/x/y@sha256:{'a' * 64}"},
    "claudeCredential": "[secret]",
    "serverAuthToken": "[secret]",
}


SCHEMA = Schema(StackSettings.model_json_schema(by_alias=True))
SETTINGS = list(SCHEMA.nodes())

patient = settings(deadline=None, max_examples=3, suppress_health_check=list(HealthCheck))


def with_value(path: Path, value: object, draw: Callable[[Values], Any]) -> dict[str, Any]:
    """The good settings with one value at a path, and with what it needs around it."""
    document: dict[str, Any] = json.loads(json.dumps(GOOD))
    target: Any = document
    nodes = dict(SETTINGS)
    for depth, key in enumerate(path[:-1], start=1):
        inner = draw(SCHEMA.valid(nodes[path[:depth]]))
        if key == 0:
            target[:] = [inner]
        elif key not in target:
            target[key] = inner
        target = target[key]
    if path[-1] == 0:
        target[:] = [value]
    else:
        target[path[-1]] = value
    return document


def plain(path: Path, value: object) -> dict[str, Any]:
    """The good settings with one value where it needs nothing around it."""
    return with_value(path, value, lambda _values: {})
