"""The schemas of the outputs: each command has one, and each is a schema."""

import json
from collections.abc import Iterator
from pathlib import Path

import typer
from jsonschema import Draft202012Validator
from typer.core import TyperGroup

from claude_sandbox.cli.app import app
from claude_sandbox.cli.report import ExitCode
from docs.generator.command_line import SCHEMA_FILE, SEED_EXITS, page
from tests.tools.command_line import run_tool
from tests.tools.schemas import SCHEMA, TOOLS

ROOT = Path(__file__).parents[2]


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
    files = TOOLS["validate-config"]["properties"]["files"]
    assert {"dockerfile", "wrangler", "index_ts", "package_json"} <= set(files["required"])
    hashes = TOOLS["diagnose"]["properties"]["project_files"]
    assert {"dockerfile_hash", "wrangler_hash", "index_hash"} <= set(hashes["required"])


def test_page_names_the_shipped_schema() -> None:
    assert SCHEMA_FILE in page()
    assert json.loads((ROOT / SCHEMA_FILE).read_text()) == SCHEMA


NEEDED_BY_SEED = ("execute-task", "test-deployment")
NEEDED = ("tasks list", "tasks show", "tasks result", "tasks cancel", "logs", "images list", "images prune")


def test_page_tells_how_a_call_without_what_it_needs_ends(tmp_path: Path) -> None:
    ends = {tool: run_tool(*tool.split(), folder=tmp_path).exit_code for tool in (*NEEDED_BY_SEED, *NEEDED)}
    assert {tool for tool, end in ends.items() if end == ExitCode.FAILED} == set(NEEDED_BY_SEED)
    assert {end for tool, end in ends.items() if tool in NEEDED} == {ExitCode.USAGE}
    assert all(f"`{tool}`" in SEED_EXITS for tool in NEEDED_BY_SEED)
    assert SEED_EXITS in page()
