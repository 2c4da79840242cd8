"""The pack judges the real program: what it declares passes, and a setting that weakens it is found."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from tests.components.program import run
from tests.policy.analyzer import running_pack
from tests.policy.declaration import broken_rules

TOKEN = {"sha256": "a" * 64, "notAfter": "2027-03-31T00:00:00Z"}
PRODUCTION: Mapping[str, Any] = {
    "environment": "prod",
    "clients": [{"name": "ci", "tokens": [TOKEN]}],
    "serverAuthTokenNotAfter": "2027-03-31T00:00:00Z",
    "worker": {"customDomain": "claude.example.com", "workersDev": False},
}


@pytest.fixture(scope="module")
def fresh_pack() -> Iterator[AnalyzerStub]:
    """With the levels and options that it ships, which other tests change."""
    with running_pack() as stub:
        yield stub


@pytest.mark.parametrize(
    "settings",
    [
        PRODUCTION,
        {**PRODUCTION, "container": {"build": True}},
        {**PRODUCTION, "environment": "pr-7", "ephemeral": True, "worker": {}},
        {**PRODUCTION, "durableObjects": {"flow": "migrations", "migration": {"newTag": "v1"}}},
    ],
    ids=["production", "built-image", "ephemeral", "migrations"],
)
def test_the_program_breaks_no_rule(fresh_pack: AnalyzerStub, settings: Mapping[str, Any]) -> None:
    program = run(settings, preview=bool(settings.get("container")))
    assert broken_rules(fresh_pack, program) == set()


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("clients-expire", {"serverAuthTokenNotAfter": None}),
        ("egress-denied", {"egress": {"allowedHosts": ["pypi.org"]}}),
        ("observability-on", {"worker": {**PRODUCTION["worker"], "observability": {"enabled": False}}}),
        ("production-address", {"worker": {}}),
        ("subscription-for-one", {"claude": {"credential": "oauthToken"}}),
        ("instance-disk", {"container": {"build": True, "instanceType": "lite"}}),
    ],
)
def test_a_setting_that_weakens_it_is_found(
    fresh_pack: AnalyzerStub, rule: str, change: Mapping[str, Any]
) -> None:
    program = run({**PRODUCTION, **change}, preview=True)
    assert broken_rules(fresh_pack, program) == {rule}
