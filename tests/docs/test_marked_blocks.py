"""A block that can't be run here at least names commands, options, targets and settings that there are."""

import re
import shlex
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from claude_sandbox.cli.app import app
from infra.settings.stack import SECRET_KEYS, StackSettings
from tests.docs.console import steps_of
from tests.docs.markdown import ROOT, Block, pages

MARKS = {"needs-account", "needs-network"}
SHELLS = {"console", "sh"}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
SETTINGS = {field.alias for field in StackSettings.model_fields.values()} | set(SECRET_KEYS)
MARKED = [
    pytest.param(block, id=f"{page.name}:{block.line}")
    for page in pages()
    for block in page.blocks
    if block.mark and block.language in SHELLS
]


def commands_of(block: Block) -> Iterator[list[str]]:
    """Each command as words; comments and what it prints are left out."""
    texts = [step.command for step in steps_of(block.text)] if block.language == "console" else [block.text]
    for line in "\n".join(texts).replace("\\\n", " ").splitlines():
        for part in re.split(r"\s(?:&&|\|)\s", line):
            words = shlex.split(part, comments=True)
            if words:
                yield words


def unknown_words(words: list[str]) -> list[str]:
    """What does not exist here of one command; programs that are not ours are not judged."""
    match words:
        case ["claude-sandbox" | ".venv/bin/claude-sandbox", *arguments]:
            return unknown_arguments(typer.main.get_command(app), arguments)
        case ["make", *targets]:
            return [one for one in targets if "=" not in one and one not in TARGETS]
        case ["pulumi", "config", "set", "--stack", _, *arguments]:
            return unknown_words(["pulumi", "config", "set", *arguments])
        case ["pulumi", "config", "set", *arguments]:
            key = next(one for one in arguments if not one.startswith("--"))
            name = re.split(r"[.\[]", key)[0]
            return [] if ":" in key or name in SETTINGS else [key]
    return []


def unknown_arguments(command: object, arguments: list[str]) -> list[str]:
    """Subcommands and options that the command line does not have."""
    if isinstance(command, TyperGroup) and arguments:
        name, *rest = arguments
        return unknown_arguments(command.commands[name], rest) if name in command.commands else [name]
    assert isinstance(command, TyperCommand | TyperGroup)
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    return [one for one in arguments if one.startswith("--") and one.partition("=")[0] not in known]


@pytest.mark.parametrize("block", MARKED)
def test_marked_block_names_what_there_is(block: Block) -> None:
    assert block.mark in MARKS
    assert [word for words in commands_of(block) for word in unknown_words(words)] == []


@pytest.mark.parametrize(
    "command", ["claude-sandbox nothing", "claude-sandbox diagnose --no", "make no", "pulumi config set no 1"]
)
def test_finds_what_there_is_not(command: str) -> None:
    assert unknown_words(command.split())
