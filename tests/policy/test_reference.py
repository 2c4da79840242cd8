"""docs/reference/policies.md documents every rule, and no other."""

import re

from reference import PAGE, page
from rules.catalogue import GOTCHAS, RULES


def test_page_is_the_one_that_the_rules_make() -> None:
    assert PAGE.read_text() == page(), "write it again with `python policy/reference.py`"


def test_every_documented_rule_exists_and_every_rule_is_documented() -> None:
    assert set(re.findall(r"^### (\S+)$", PAGE.read_text(), re.MULTILINE)) == {rule.id for rule in RULES}


def test_every_gotcha_links_to_a_rule() -> None:
    rows = re.findall(r"^\| (\d) \| .* \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    assert {int(number) for number, links in rows if links} == set(GOTCHAS)
