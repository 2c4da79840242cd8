"""What Cloudflare answers about an application, read in our words."""

from typing import Any

import pytest

from infra.application import at_target, has_logs, instance_type
from infra.versions import INSTANCE_TYPES


@pytest.mark.parametrize("name", INSTANCE_TYPES)
def test_a_type_is_known_by_its_name_and_by_its_size(name: str) -> None:
    vcpu, memory_mib, disk_mb = INSTANCE_TYPES[name]
    assert instance_type({"instance_type": name}) == name
    assert instance_type({"vcpu": vcpu, "memory_mib": memory_mib, "disk": {"size_mb": disk_mb}}) == name


@pytest.mark.parametrize(("legacy", "name"), [("dev", "lite"), ("standard", "standard-1")])
def test_a_type_is_known_by_its_former_name(legacy: str, name: str) -> None:
    assert instance_type({"instance_type": legacy}) == name


def test_another_size_is_no_type() -> None:
    assert instance_type({"vcpu": 3, "memory_mib": 9_216}).startswith("custom")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"observability": {"logs": {"enabled": True}}}, True),
        ({"configuration": {"observability": {"logs": {"enabled": True}}}}, True),
        ({"observability": {"logs": {"enabled": False}}}, False),
        (
            {
                "observability": {"logs": {"enabled": False}},
                "configuration": {"observability": {"logs": {"enabled": True}}},
            },
            False,
        ),
        ({"observability": None, "configuration": {"observability": {}}}, False),
        ({}, False),
    ],
)
def test_logs_are_as_the_newer_place_says_or_else_the_older(
    answer: dict[str, Any], *, expected: bool
) -> None:
    assert has_logs(answer) is expected


NOW = {"name": "demo", "configuration": {"image": "old", "instance_type": "lite", "vcpu": 0.0625}}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"image": "new"}, {"image": "new", "instance_type": "lite", "vcpu": 0.0625}),
        ({"vcpu": 1, "memory_mib": 6_144}, {"image": "old", "vcpu": 1, "memory_mib": 6_144}),
        ({"instance_type": "basic"}, {"image": "old", "instance_type": "basic"}),
        ({}, NOW["configuration"]),
    ],
)
def test_a_rollout_changes_what_its_target_names(target: dict[str, Any], expected: dict[str, Any]) -> None:
    assert at_target(NOW, {"target_configuration": target})["configuration"] == expected


def test_without_a_rollout_it_stays_as_it_is() -> None:
    assert at_target(NOW, None) == NOW
