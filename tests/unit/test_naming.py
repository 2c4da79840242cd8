"""No two stacks on one account share a name."""

import re

from hypothesis import given
from hypothesis import strategies as st

from infra.naming import PhysicalNames, physical_names
from infra.settings import StackSettings


def pattern_of(field: str) -> str:
    patterns = [getattr(one, "pattern", None) for one in StackSettings.model_fields[field].metadata]
    return next(str(one) for one in patterns if one)


TEAMS = st.from_regex(pattern_of("team"), fullmatch=True)
ENVIRONMENTS = st.from_regex(pattern_of("environment"), fullmatch=True)


def readings(text: str) -> list[tuple[str, str]]:
    """Every way to read a name as team and environment that the settings allow."""
    parts = text.split("-")
    ways = [("-".join(parts[:at]), "-".join(parts[at:])) for at in range(1, len(parts))]
    fields = ("team", "environment")
    return [way for way in ways if all(map(re.search, map(pattern_of, fields), way))]


def all_names(names: PhysicalNames) -> set[str]:
    return {names.worker, names.bucket, names.application}


@given(TEAMS, ENVIRONMENTS)
def test_a_name_is_read_in_one_way(team: str, environment: str) -> None:
    assert readings(f"{team}-{environment}") == [(team, environment)]


@given(TEAMS, ENVIRONMENTS, TEAMS, ENVIRONMENTS)
def test_another_stack_has_other_names(team: str, environment: str, other: str, elsewhere: str) -> None:
    is_same = (team, environment) == (other, elsewhere)
    own, others = physical_names(team, environment), physical_names(other, elsewhere)
    assert all_names(own).isdisjoint(all_names(others)) is not is_same


@given(TEAMS, ENVIRONMENTS)
def test_a_name_fits_where_it_is_used(team: str, environment: str) -> None:
    """A Worker's name is a label of its hostname; a bucket's has 3 to 63 characters (pulumi.md 7.3)."""
    assert all(3 <= len(name) <= 63 for name in all_names(physical_names(team, environment)))
