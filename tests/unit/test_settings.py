"""Settings: every one wrong in every way its type allows is refused, and each refusal says what to do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.settings import SettingsError, StackSettings, parse_settings
from infra.settings.problems import path_text
from infra.settings.stack import SECRET_KEYS, known_keys
from tests.unit.schema_values import Node, Path
from tests.unit.settings_documents import GOOD, SCHEMA, SETTINGS, patient, plain, with_value

NAMED = [(path, node) for path, node in SETTINGS if path[-1] != 0]
WRONG = {(path, kind): values for path, node in SETTINGS for kind, values in SCHEMA.wrong(node).items()}


def refusal(values: dict[str, Any]) -> str:
    with pytest.raises(SettingsError) as caught:
        parse_settings(values)
    return str(caught.value)


@pytest.mark.parametrize(("path", "kind"), WRONG, ids=[f"{path_text(path)}-{kind}" for path, kind in WRONG])
@given(data=st.data())
@patient
def test_a_wrong_value_is_refused_by_its_path(path: Path, kind: str, data: st.DataObject) -> None:
    value = data.draw(WRONG[path, kind])
    text = refusal(with_value(path, value, data.draw))
    assert f"- {path_text(path)}" in text


@pytest.mark.parametrize(("path", "node"), SETTINGS, ids=[path_text(path) for path, _ in SETTINGS])
@given(data=st.data())
@patient
def test_a_valid_value_is_never_refused_for_itself(path: Path, node: Node, data: st.DataObject) -> None:
    """Only for what it contradicts."""
    document = with_value(path, data.draw(SCHEMA.valid(node)), data.draw)
    StackSettings.model_validate({key: one for key, one in document.items() if key not in SECRET_KEYS})


@pytest.mark.parametrize("key", ["teem", "TEAM", "", "worker.name"])
def test_an_unknown_key_of_the_stack_is_refused(key: str) -> None:
    assert "is no setting" in refusal({**GOOD, key: "x"})


@pytest.mark.parametrize(("path", "node"), NAMED, ids=[path_text(path) for path, _ in NAMED])
def test_every_setting_is_described(path: Path, node: Node) -> None:
    whole, _ = SCHEMA.resolved(node)
    assert node.get("description", whole.get("description", "")).endswith(".")


def test_the_defaults_are_the_documented_ones() -> None:
    settings = parse_settings(GOOD)
    assert settings.container.instance_type == "standard-1"
    assert (settings.container.max_instances, settings.limits.default_timeout_ms) == (5, 300_000)
    assert (settings.claude.permission_mode, settings.results.retention_days) == ("acceptEdits", 30)
    assert settings.egress.allowed_hosts == ()


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        (("limits", "defaultTimeoutMs"), 600_001, "is more than limits.maxTimeoutMs"),
        (("limits", "maxTaskBytes"), 2_000_000, "is more than limits.maxBodyBytes"),
        (("container", "rolloutGraceSeconds"), 599, "is less than the longest task"),
        (("container", "build"), True, "both image and build are set"),
        (("worker", "workersDev"), False, "has no address"),
        (("egress", "allowedHosts"), ["api.anthropic.com"], "is the model's"),
        (("egress", "allowedHosts"), ["files.anthropic.com"], "is the model's"),
        (("durableObjects", "deleted"), ["Task"], "is a class that the code has"),
        (("durableObjects", "renamed"), {"Old": "Nothing"}, "is no class of the code"),
        (("durableObjects", "migration"), {"newTag": "v2"}, "needs the flow migrations"),
        (("durableObjects",), {"flow": "migrations", "deleted": ["Old"]}, "needs a step that deletes"),
        (("durableObjects",), {"flow": "migrations", "renamed": {"Old": "Task"}}, "needs the flow exports"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    path: tuple[str, ...], value: object, rule: str
) -> None:
    assert rule in refusal(plain(path, value))


def test_a_client_named_twice_is_refused() -> None:
    client = {"name": "default", "tokens": [{"sha256": "a" * 64}]}
    assert "is named twice" in refusal(plain(("clients",), [client]))


def test_a_deletion_with_its_step_is_a_setting_of_the_flow_migrations() -> None:
    part = {"flow": "migrations", "deleted": ["Old"], "migration": {"newTag": "v3", "oldTag": "v2"}}
    assert parse_settings(plain(("durableObjects",), part)).durable_objects.deleted == ("Old",)


def test_contradictions_are_told_together_with_what_is_wrong() -> None:
    values = plain(("limits",), {"maxTimeoutMs": "long", "maxTaskBytes": 2_000_000})
    text = refusal({**values, "team": "Acme!", "worker": {"workersDev": False}, "serverAuthToken": None})
    for part in (
        "5 settings can't be used", "limits.maxTimeoutMs", "team", "is more than limits.maxBodyBytes",
        "nobody could call the service", "has no address",
    ):  # fmt: skip
        assert part in text


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("limits", "maxTimeoutMs"), "long"),
        (("limits",), "none"),
        (("container",), {"build": 5, "rolloutGraceSeconds": 1_000}),
        (("clients",), [{"name": "default", "tokens": [{"sha256": "short"}]}]),
        (("durableObjects",), {"migration": {"oldTag": "v1"}, "deleted": ["Task"]}),
    ],
)
def test_of_a_wrong_setting_no_contradiction_is_told(path: tuple[str, ...], value: object) -> None:
    assert "1 setting can't be used" in refusal(plain(path, value))


@given(case=st.sampled_from(list(WRONG)), data=st.data())
def test_what_is_wrong_hides_no_other_problem(case: tuple[Path, str], data: st.DataObject) -> None:
    path, _ = case
    document = with_value(path, data.draw(WRONG[case]), data.draw)
    text = refusal({**document, "teem": 1, "serverAuthToken": None})
    assert f"- {path_text(path)}" in text
    assert "teem: is no setting" in text
    assert path[0] == "clients" or "nobody could call the service" in text


SECRETS = (f"sk-ant-api03-{'x' * 20}", "f" * 64, "Zk9_-" * 8)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "path", ["claude.credential", "claude.model", "team", "results", "egress.allowedHosts"]
)
def test_a_secret_pasted_anywhere_is_not_shown(path: str, secret: str) -> None:
    text = refusal(plain(tuple(path.split(".")), f"{secret}!"))
    assert "It looks like a secret" in text
    assert secret not in text


def test_a_digest_is_no_secret() -> None:
    reference = f"x/y:latest@sha256:{'a' * 64}?"
    assert reference[:40] in refusal(plain(("container", "image"), reference))


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_budget_is_a_number(value: float) -> None:
    assert "claude.maxBudgetUsd" in refusal(plain(("claude", "maxBudgetUsd"), value))


@pytest.mark.parametrize("value", ["5", 1.5, True])
def test_a_number_is_a_whole_number(value: object) -> None:
    assert "container.maxInstances" in refusal(plain(("container", "maxInstances"), value))


def test_no_key_is_twice_in_a_part() -> None:
    assert len(known_keys()) >= 30
