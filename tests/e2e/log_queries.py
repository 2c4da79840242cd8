"""The queries of docs/reference/log-queries.json, asked of lines that a Worker logged."""

import json
from collections.abc import Callable
from typing import Any

from tests.e2e.cloud import ROOT

QUERIES: dict[str, Any] = {
    one["name"]: one for one in json.loads((ROOT / "docs/reference/log-queries.json").read_text())
}
Line = dict[str, Any]

OPERATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda found, value: found == value,
    "neq": lambda found, value: found is not None and found != value,
    "in": lambda found, value: found in value.split(","),
}
TYPES: dict[str, type] = {"string": str, "number": int}


def found_by(name: str, lines: list[Line]) -> list[Line]:
    filters = QUERIES[name]["parameters"]["filters"]
    return [line for line in lines if all(holds(one, line) for one in filters)]


def holds(one: dict[str, Any], line: Line) -> bool:
    return OPERATIONS[one["operation"]](line.get(one["key"]), one["value"])


def columns(name: str) -> dict[str, type]:
    """The fields that the query counts, adds or groups, with their types."""
    parameters = QUERIES[name]["parameters"]
    added = {one["key"]: TYPES[one["keyType"]] for one in parameters.get("calculations", []) if "key" in one}
    return added | {one["value"]: TYPES[one["type"]] for one in parameters.get("groupBys", [])}


def require_answered(name: str, lines: list[Line]) -> None:
    """The query finds lines, and each has every field that it is about."""
    found = found_by(name, lines)
    assert found, f"{name} finds nothing"
    for line in found:
        assert {key for key, kind in columns(name).items() if not isinstance(line.get(key), kind)} == set()
