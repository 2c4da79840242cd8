"""A fixture of a rule: resources as JSON, and the options that the rule runs with."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules.properties import Properties
from rules.resource import Resource, Stack
from rules.rule import Finding, ResourceRule, StackRule

FIXTURES = Path(__file__).parents[2] / "policy" / "fixtures"


@dataclass(frozen=True)
class Fixture:
    """`resources` in the JSON's own form, `options` of the rule."""

    resources: list[dict[str, Any]]
    options: dict[str, Any]

    def stack(self) -> Stack:
        return Stack(tuple(declared(one) for one in self.resources))


def read(rule_id: str, kind: str) -> Fixture:
    document = json.loads((FIXTURES / rule_id / f"{kind}.json").read_text())
    return Fixture(document["resources"], document.get("options", {}))


def urn(one: dict[str, Any]) -> str:
    return f"urn:pulumi:acme-prod::autonomous-claude-sandbox::{one['type']}::{one['name']}"


def declared(one: dict[str, Any]) -> Resource:
    return Resource(
        type=one["type"],
        name=one["name"],
        urn=urn(one),
        properties=Properties(one["properties"]),
        protect=one.get("protect", False),
        delete_before_replace=one.get("delete_before_replace", False),
        ignore_changes=tuple(one.get("ignore_changes", ())),
        provider=one.get("provider"),
        dependencies=frozenset(one.get("dependencies", ())),
    )


def findings(
    rule: ResourceRule | StackRule, stack: Stack, options: dict[str, Any] | None = None
) -> list[Finding]:
    return list(_findings(rule, stack, Properties(options or {})))


def _findings(rule: ResourceRule | StackRule, stack: Stack, options: Properties) -> Iterator[Finding]:
    if isinstance(rule, StackRule):
        yield from rule.findings(stack, options)
        return
    for resource in stack.resources:
        yield from rule.findings(resource, options)
