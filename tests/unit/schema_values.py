"""Values for a node of a JSON Schema, as pydantic writes it: valid ones, and wrong ones by what is wrong."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

Node = Mapping[str, Any]
Values = st.SearchStrategy[Any]
Path = tuple[str | int, ...]

READ_AS_BOOLEAN: Final = frozenset({"0", "off", "f", "false", "n", "no", "1", "on", "t", "true", "y", "yes"})
"""Texts that pydantic reads as a boolean, as YAML 1.1 reads some of them."""

OF_TYPE: Final[Mapping[str, Values]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "integer": st.integers(2, 1_000_000),
    "number": st.sampled_from([1.5, -0.5, 1e300, math.nan]),
    "string": st.text(max_size=12).filter(lambda text: text.lower() not in READ_AS_BOOLEAN),
    "array": st.lists(st.integers(), max_size=2),
    "object": st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
}
"""Values that are of one JSON type and of no other; a number is no whole one."""


@dataclass(frozen=True)
class Schema:
    """A schema document, for its references."""

    document: Node

    def resolved(self, node: Node) -> tuple[Node, bool]:
        """What the node stands for, and whether null will do, too."""
        options = [one for one in node.get("anyOf", [node]) if one.get("type") != "null"]
        (only,) = options
        name = only.get("$ref", "").rpartition("/")[2]
        return (self.document["$defs"][name] if name else only), len(node.get("anyOf", [])) > 1

    def nodes(self, node: Node | None = None, path: Path = ()) -> Iterator[tuple[Path, Node]]:
        """Every setting below, at whatever depth: in lists the first item, in maps some key."""
        whole, _ = self.resolved(node or self.document)
        if path:
            yield path, node or self.document
        for name, child in whole.get("properties", {}).items():
            yield from self.nodes(child, (*path, name))
        if "items" in whole:
            yield from self.nodes(whole["items"], (*path, 0))

    def valid(self, node: Node) -> Values:
        """Values that the node allows, without what may be left out."""
        whole, _ = self.resolved(node)
        if "enum" in whole:
            return st.sampled_from(whole["enum"])
        if whole["type"] == "object":
            required = whole.get("required", [])
            return st.fixed_dictionaries({name: self.valid(whole["properties"][name]) for name in required})
        if whole["type"] == "array":
            least = whole.get("minItems", 0)
            return st.lists(self.valid(whole["items"]), min_size=least, max_size=least + 1)
        return {"string": text, "integer": number, "number": number, "boolean": boolean}[whole["type"]](whole)

    def wrong(self, node: Node) -> Mapping[str, Values]:
        """Every way in which a value can be wrong here."""
        whole, is_nullable = self.resolved(node)
        return {**wrong_types(whole, is_nullable=is_nullable), **self._broken_rules(whole)}

    def _broken_rules(self, whole: Node) -> Mapping[str, Values]:
        if "enum" in whole:
            return {"another-choice": st.text(max_size=8).filter(lambda one: one not in whole["enum"])}
        if whole["type"] in {"integer", "number"}:
            return beyond(whole)
        if whole["type"] == "string":
            return malformed(whole)
        return self._wrong_contents(whole)

    def _wrong_contents(self, whole: Node) -> Mapping[str, Values]:
        found: dict[str, Values] = {}
        if "maxItems" in whole:
            most = whole["maxItems"]
            found["too-many"] = self.valid(whole["items"]).map(lambda item: [item] * (most + 1))
        if whole.get("minItems"):
            found["too-few"] = st.just([])
        if "items" in whole:
            found["null-among-them"] = self.valid(whole["items"]).map(lambda item: [item, None])
        if whole.get("additionalProperties") is False:
            found["an-unknown-key"] = self.valid(whole).map(lambda group: {**group, "unknown": 1})
        for name in whole.get("required", []):
            rest = {**whole, "required": [one for one in whole["required"] if one != name]}
            found[f"without-{name}"] = self.valid(rest)
        if "patternProperties" in whole:
            found.update(wrong_map(whole))
        return found


def wrong_types(whole: Node, *, is_nullable: bool) -> Mapping[str, Values]:
    allowed = {"string"} if "enum" in whole else {whole["type"]}
    allowed |= {"integer"} if "number" in allowed else set()
    allowed |= {"null"} if is_nullable else set()
    return {f"a-{name}": values for name, values in OF_TYPE.items() if name not in allowed}


def wrong_map(whole: Node) -> Mapping[str, Values]:
    """Keys and values that break the pattern of either."""
    ((pattern, value),) = whole["patternProperties"].items()
    key, wrong_key = st.from_regex(pattern, fullmatch=True), malformed({"pattern": pattern})["malformed"]
    return {
        "another-key": st.dictionaries(wrong_key, key, min_size=1, max_size=1),
        "another-value": st.dictionaries(key, malformed(value)["malformed"], min_size=1, max_size=1),
    }


def boolean(_whole: Node) -> Values:
    return st.booleans()


def number(whole: Node) -> Values:
    least = whole.get("minimum", whole.get("exclusiveMinimum", 0) + 1)
    most = whole.get("maximum", least + 1000)
    return st.integers(int(least), int(most))


def beyond(whole: Node) -> Mapping[str, Values]:
    found: dict[str, Values] = {"digits": st.sampled_from(["5", "1e3"]), "not-a-number": st.just(math.nan)}
    if "minimum" in whole:
        found["below-the-minimum"] = st.integers(max_value=whole["minimum"] - 1)
    if "exclusiveMinimum" in whole:
        found["not-above-the-bound"] = st.integers(max_value=whole["exclusiveMinimum"])
    if "maximum" in whole:
        found["above-the-maximum"] = st.integers(min_value=whole["maximum"] + 1)
    return found


def text(whole: Node) -> Values:
    if whole.get("format") == "date-time":
        return st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
    if "pattern" not in whole:
        return st.text(min_size=whole.get("minLength", 0), max_size=whole.get("maxLength", 20))
    least, most = whole.get("minLength", 0), whole.get("maxLength", 10_000)
    matching = st.from_regex(whole["pattern"], fullmatch=True)
    return matching.filter(lambda one: least <= len(one) <= most)


def malformed(whole: Node) -> Mapping[str, Values]:
    found: dict[str, Values] = {}
    if whole.get("format") == "date-time":
        moments = st.datetimes().map(lambda moment: moment.isoformat())
        found["without-an-offset"] = moments
        found["no-instant"] = st.text(alphabet="abc -:", max_size=8)
    if "pattern" in whole:
        pattern = re.compile(whole["pattern"])
        found["malformed"] = st.text(max_size=12).filter(lambda one: not pattern.search(one))
        found["with-a-line-end"] = text(whole).map(lambda one: f"{one}\n")
        found["with-a-blank-before"] = text(whole).map(lambda one: f" {one}")
    if "maxLength" in whole:
        found["too-long"] = text({**whole, "maxLength": 10_000}).map(lambda one: (one * 300)[:900])
    return found
