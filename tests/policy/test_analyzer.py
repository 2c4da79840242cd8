"""The pack over the engine's own protocol, in the pack's own environment."""

import json
from typing import Any

import pytest
import yaml
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub
from rules.catalogue import RULES
from rules.resource import VERSION
from rules.rule import Level, ResourceRule, StackRule

from tests.policy.analyzer import PACK, analyze_request, diagnostics, struct
from tests.policy.fixture import read

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)

LEVELS = {
    Level.ADVISORY: proto.ADVISORY,
    Level.MANDATORY: proto.MANDATORY,
    Level.REMEDIATE: proto.REMEDIATE,
}
SECRET_MARK = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
CANARY = "sk-ant-canary-3f9b"


def configure(pack: AnalyzerStub, rule: ResourceRule | StackRule, options: dict[str, Any]) -> None:
    level = LEVELS[rule.level]
    config = {rule.id: proto.PolicyConfig(enforcementLevel=level, properties=struct(options))}
    pack.Configure(proto.ConfigureAnalyzerRequest(policyConfig=config))


def version(bindings: object) -> dict[str, Any]:
    return {"type": VERSION, "name": "version", "properties": {"bindings": bindings}}


def remedied(pack: AnalyzerStub, bindings: object) -> list[Any]:
    answer = pack.Remediate(analyze_request(version(bindings)))
    return [MessageToDict(one.properties)["bindings"] for one in answer.remediations]


def test_offers_every_rule_at_its_level(pack: AnalyzerStub) -> None:
    offered = {one.name: one.enforcementLevel for one in pack.GetAnalyzerInfo(Empty()).policies}
    assert offered == {rule.id: LEVELS[rule.level] for rule in RULES}


def test_tells_the_engine_every_option(pack: AnalyzerStub) -> None:
    offered = {one.name: set(one.configSchema.properties) for one in pack.GetAnalyzerInfo(Empty()).policies}
    assert offered == {rule.id: {option.name for option in rule.options} for rule in RULES}


def test_configuration_file_names_every_option_and_nothing_else() -> None:
    configured = {
        rule: set(options) for rule, options in json.loads((PACK / "config.json").read_text()).items()
    }
    assert configured == {rule.id: {option.name for option in rule.options} for rule in RULES if rule.options}


def test_version_stands_where_the_engine_looks_for_it() -> None:
    assert yaml.safe_load((PACK / "PulumiPolicy.yaml").read_text())["version"]


@every_rule
def test_accepts_the_good_fixture(pack: AnalyzerStub, rule: ResourceRule | StackRule) -> None:
    fixture = read(rule.id, "good")
    configure(pack, rule, fixture.options)
    assert [one.message for one in diagnostics(pack, fixture) if one.policyName == rule.id] == []


@every_rule
def test_reports_the_bad_fixture_with_the_next_step(
    pack: AnalyzerStub, rule: ResourceRule | StackRule
) -> None:
    configure(pack, rule, {})
    reported = [one for one in diagnostics(pack, read(rule.id, "bad")) if one.policyName == rule.id]
    assert reported
    assert all(rule.fix in one.message for one in reported)


def test_a_secret_that_is_not_marked_is_marked(pack: AnalyzerStub) -> None:
    bindings = [
        {"name": "CLIENTS", "type": "secret_text", "text": CANARY},
        {"name": "VERSION", "type": "version_metadata"},
    ]
    [mended] = remedied(pack, bindings)
    assert mended == [{**bindings[0], "text": {**SECRET_MARK, "value": CANARY}}, bindings[1]]


@pytest.mark.parametrize("whole", [True, False], ids=["whole list", "value alone"])
def test_a_marked_secret_is_left_alone(pack: AnalyzerStub, *, whole: bool) -> None:
    marked = {**SECRET_MARK, "value": CANARY}
    bindings: Any = [{"name": "CLIENTS", "type": "secret_text", "text": CANARY if whole else marked}]
    assert remedied(pack, {**SECRET_MARK, "value": bindings} if whole else bindings) == []


def test_an_unknown_value_is_judged_later(pack: AnalyzerStub) -> None:
    application = read("image-by-digest", "bad").resources[0]
    reported = pack.Analyze(
        analyze_request({**application, "properties": {"image": UNKNOWN_TEXT}})
    ).diagnostics
    note = next(one for one in reported if one.policyName == "image-by-digest")
    assert (note.enforcementLevel, "during preview" in note.message) == (proto.ADVISORY, True)


def test_no_message_holds_a_secret(pack: AnalyzerStub) -> None:
    bindings = [
        {"name": name, "type": type_, "text": text, "json": text}
        for name in ("CLIENTS", "SETTINGS", "ANTHROPIC_API_KEY", "OTHER")
        for type_ in ("plain_text", "secret_text", "json")
        for text in (
            CANARY,
            json.dumps({"claude": CANARY}),
            json.dumps([{"name": "a", "tokens": [{"sha256": CANARY}]}]),
        )
    ]
    reported = pack.Analyze(analyze_request(version(bindings))).diagnostics
    assert reported
    assert not any(CANARY in str(one) for one in reported)
