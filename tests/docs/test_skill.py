"""An agent that reads SKILL.md only finds its way; that its commands work, test_pages shows."""

import re

import typer
from typer.core import TyperGroup

from claude_sandbox.cli.app import app
from tests.docs.console import steps_of
from tests.docs.markdown import ROOT, Page

SKILL = Page(ROOT / "SKILL.md")
TEXT = SKILL.path.read_text()
PATH = ["make up", "execute-task", "diagnose"]
SEEDS_TOOLS = {
    "execute-task", "check-prerequisites", "validate-config", "test-deployment", "diagnose", "generate-token",
}  # fmt: skip


def commands() -> list[str]:
    return [step.command for one in SKILL.blocks if one.language == "console" for step in steps_of(one.text)]


def section(title: str) -> str:
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_routes_to_every_workflow() -> None:
    workflows = {page.name for page in (ROOT / "docs/workflows").iterdir()}
    assert workflows == set(re.findall(r"docs/workflows/([a-z]+\.md)\)", TEXT))


def test_commands_lead_from_nothing_to_a_diagnosis() -> None:
    first = [next(at for at, one in enumerate(commands()) if part in one) for part in PATH]
    assert first == sorted(first)


def test_nothing_of_it_needs_an_account() -> None:
    assert [block for block in SKILL.blocks if block.mark] == []


def test_names_every_tool() -> None:
    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    told = set(re.findall(r"^\| `([a-z-]+)[` ]", section("Tools"), re.MULTILINE))
    assert told >= SEEDS_TOOLS
    assert told == set(command.commands)


def test_each_gotcha_names_the_rule_that_enforces_it() -> None:
    rows = re.findall(r"^\| (\d) \| .*policies\.md#[a-z-]+\) \|$", TEXT, re.MULTILINE)
    assert rows == ["1", "2", "3", "4", "5", "6"]


def test_has_the_length_of_something_that_is_read_whole() -> None:
    assert len(TEXT.splitlines()) < 250
