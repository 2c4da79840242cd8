"""Whatever a stack sets: what the program declares breaks no rule, tells no secret, publishes no bucket."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from pulumi.runtime import rpc
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from tests.components.program import SECRETS, Program, run
from tests.policy.analyzer import running_pack
from tests.policy.configurations import CHOICES, configuration
from tests.policy.declaration import broken_rules

SEEDS = range(64)

every_stack = pytest.mark.parametrize("seed", SEEDS)


@pytest.fixture(scope="module")
def fresh_pack() -> Iterator[AnalyzerStub]:
    with running_pack() as stub:
        yield stub


@cache
def declared(seed: int) -> Program:
    """As an update would be, or the preview of one where an image is built first."""
    settings, secrets = configuration(seed)
    return run(settings, secrets, preview=settings["container"]["build"])


def in_the_clear(value: Any) -> Any:  # noqa: ANN401
    """Without everything that is marked as secret."""
    if rpc.is_rpc_secret(value):
        return None
    if isinstance(value, dict):
        return {key: in_the_clear(one) for key, one in value.items()}
    return [in_the_clear(one) for one in value] if isinstance(value, list) else value


@every_stack
def test_no_rule_is_broken(fresh_pack: AnalyzerStub, seed: int) -> None:
    assert broken_rules(fresh_pack, declared(seed)) == set()


@every_stack
def test_no_secret_is_in_the_clear(seed: int) -> None:
    program = declared(seed)
    shown = json.dumps([[in_the_clear(one.inputs) for one in program.resources.values()], program.outputs])
    assert not [name for name, secret in SECRETS.items() if secret in shown]


@every_stack
def test_no_bucket_is_public(seed: int) -> None:
    program = declared(seed)
    assert not program.of_type(":R2ManagedDomain") + program.of_type(":R2CustomDomain")


def test_every_choice_of_every_setting_is_taken_by_a_stack() -> None:
    taken = {
        (name, json.dumps(value)) for seed in SEEDS for name, value in flat(configuration(seed)[0]).items()
    }
    left_out = {(name, json.dumps(None)) for name in CHOICES}
    possible = {(name, json.dumps(value)) for name, values in CHOICES.items() for value in values}
    assert possible <= taken | left_out


def flat(document: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in document.items():
        name = f"{prefix}{key}"
        if name in CHOICES:
            found[name] = value
        else:
            found |= flat(value, f"{name}.")
    return found
