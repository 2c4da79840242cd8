"""What the program has declared, as the engine tells it to the pack."""

from typing import Any

from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from tests.components.program import Declared, Program
from tests.policy.analyzer import diagnostics
from tests.policy.fixture import Fixture, urn


def resource(one: Declared) -> dict[str, Any]:
    """What the engine tells the pack of a resource; secrets keep their marks."""
    provider = str(one.options.get("provider", ""))
    return {
        "type": one.type,
        "name": one.name,
        "properties": dict(one.inputs),
        "protect": one.options.get("protect", False),
        "ignore_changes": one.options.get("ignoreChanges", []),
        "provider": provider.split("::")[-2] if provider else "",
        "dependencies": [flat(each) for each in one.options.get("dependencies", [])],
        **({"delete_before_replace": True} if one.options.get("deleteBeforeReplace") else {}),
    }


def flat(found: str) -> str:
    """A URN without its parents, as the fixtures have it."""
    type_, name = found.split("::")[-2:]
    return urn({"type": type_.rpartition("$")[2], "name": name})


def broken_rules(pack: AnalyzerStub, program: Program) -> set[str]:
    resources = [resource(one) for one in program.resources.values()]
    return {one.policyName for one in diagnostics(pack, Fixture(resources, {}))}
