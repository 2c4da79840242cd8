"""The schemas of the outputs: each command has one, and each is a schema."""

from collections.abc import Iterator

import typer
from jsonschema import Draft202012Validator
from typer.core import TyperGroup

from claude_sandbox.cli.app import app
from tests.tools.schemas import SCHEMA, TOOLS


def names(command: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(command, TyperGroup):
        for name, one in command.commands.items():
            yield from names(one, (*path, name))
    else:
        yield " ".join(path)


def test_every_command_has_a_schema() -> None:
    assert set(names(typer.main.get_command(app))) == set(TOOLS)


def test_schemas_are_schemas() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_seeds_keys_are_required() -> None:
    assert {"taskId", "success", "stdout", "stderr"} <= set(TOOLS["execute-task"]["required"])
    assert {"success", "token", "instructions"} <= set(TOOLS["generate-token"]["required"])
    assert {"success", "checks", "issues"} <= set(TOOLS["check-prerequisites"]["required"])
