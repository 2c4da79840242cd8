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
        (("durableObjects", "deleted"), ["Task"], "is a class that the code has"),
        (("durableObjects", "renamed"), {"Old": "Nothing"}, "is no class of the code"),
        (("durableObjects", "migration"), {"newTag": "v2"}, "needs the flow migrations"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    path: tuple[str, ...], value: object, rule: str
) -> None:
    assert rule in refusal(plain(path, value))


def test_a_client_named_twice_is_refused() -> None:
    client = {"name": "default", "tokens": [{"sha256": "a" * 64}]}
    assert "is named twice" in refusal(plain(("clients",), [client]))


def test_no_key_is_twice_in_a_part() -> None:
    assert len(known_keys()) >= 30
