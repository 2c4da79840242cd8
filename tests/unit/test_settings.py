"""Settings: every one wrong in every way its type allows is refused, and each refusal says what to do."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from infra.settings import SettingsError, StackSettings, parse_settings
from infra.settings.stack import known_keys

GOOD: dict[str, Any] = {
    "accountId": "0123456789abcdef0123456789abcdef",
    "team": "acme",
    "environment": "dev",
    "container": {"image": f"registry.cloudflare.com/x/y@sha256:{'a' * 64}"},
    "claudeCredential": "[secret]",
    "serverAuthToken": "[secret]",
}


def with_value(path: tuple[str, ...], value: object) -> dict[str, Any]:
    """The good settings with one value at a path."""
    document: dict[str, Any] = json.loads(json.dumps(GOOD))
    target = document
    for key in path[:-1]:
        target = target.setdefault(key, {})
    target[path[-1]] = value
    return document


def leaves(part: type[BaseModel] = StackSettings, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The paths of all settings that are not themselves a group of settings."""
    found: list[tuple[str, ...]] = []
    for name, field in part.model_fields.items():
        path = (*prefix, field.alias or name)
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += leaves(kind, path)
        else:
            found.append(path)
    return found


def refusal(values: dict[str, Any]) -> str:
    with pytest.raises(SettingsError) as caught:
        parse_settings(values)
    return str(caught.value)


WRONG = st.one_of(
    st.integers(max_value=-1),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda one: not one.is_integer() and one < 0),
    st.just({"unknown": 1}),
    st.just([{"unknown": 1}]),
    st.just([1.5]),
    st.text(alphabet="\x00\n \t\u202e", min_size=1, max_size=5),
)


@given(st.sampled_from(leaves()), WRONG)
def test_a_value_of_the_wrong_kind_is_refused_by_its_path(path: tuple[str, ...], value: object) -> None:
    assert ".".join(path) in refusal(with_value(path, value)).replace("[0]", "")


@given(st.sampled_from(leaves()), st.text(min_size=3, max_size=12))
def test_a_misspelt_key_is_refused(path: tuple[str, ...], suffix: str) -> None:
    misspelt = (*path[:-1], path[-1] + "X" + suffix)
    assert "is no setting" in refusal(with_value(misspelt, "x"))


@given(st.sampled_from(leaves()))
def test_every_setting_is_described(path: tuple[str, ...]) -> None:
    part: type[BaseModel] = StackSettings
    for key in path[:-1]:
        field = next(one for one in part.model_fields.values() if one.alias == key)
        assert isinstance(field.annotation, type)
        part = field.annotation
    field = next(one for name, one in part.model_fields.items() if (one.alias or name) == path[-1])
    assert field.description
    assert field.description.endswith(".")


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
    assert rule in refusal(with_value(path, value))


def test_a_client_named_twice_is_refused() -> None:
    client = {"name": "default", "tokens": [{"sha256": "a" * 64}]}
    assert "is named twice" in refusal(with_value(("clients",), [client]))


def test_no_key_is_twice_in_a_part() -> None:
    assert len(known_keys()) >= 30


@pytest.mark.parametrize("value", ["5", 1.5, True])
def test_a_number_is_a_whole_number(value: object) -> None:
    assert "container.maxInstances" in refusal(with_value(("container", "maxInstances"), value))
