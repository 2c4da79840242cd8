"""Each rule passes its good fixture and finds its bad one."""

import pytest
from rules.catalogue import GOTCHAS, RULES
from rules.rule import ResourceRule, StackRule

from tests.policy.fixture import FIXTURES, findings, read

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@every_rule
def test_accepts_its_good_fixture(rule: ResourceRule | StackRule) -> None:
    fixture = read(rule.id, "good")
    assert findings(rule, fixture.stack(), fixture.options) == []


@every_rule
def test_finds_its_bad_fixture(rule: ResourceRule | StackRule) -> None:
    fixture = read(rule.id, "bad")
    assert findings(rule, fixture.stack(), fixture.options)


@every_rule
def test_names_every_bad_resource(rule: ResourceRule | StackRule) -> None:
    assert all(finding.resource for finding in findings(rule, read(rule.id, "bad").stack()))


@every_rule
def test_good_fixture_needs_its_options_only_where_the_rule_has_some(rule: ResourceRule | StackRule) -> None:
    assert set(read(rule.id, "good").options) == {option.name for option in rule.options}


@every_rule
def test_says_what_why_and_what_next(rule: ResourceRule | StackRule) -> None:
    assert all(text.endswith(".") and len(text) > 20 for text in (rule.demand, rule.why, rule.fix))


def test_every_fixture_belongs_to_a_rule() -> None:
    assert {folder.name for folder in FIXTURES.iterdir()} == {rule.id for rule in RULES}


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_every_gotcha_of_the_seed_has_a_rule() -> None:
    assert {rule.gotcha for rule in RULES if rule.gotcha} == set(GOTCHAS)
