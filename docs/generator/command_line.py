"""cli.md, from the command line's own help."""

from collections.abc import Iterator
from typing import Final

import typer
from typer.core import TyperCommand, TyperGroup

from claude_sandbox.cli.app import PROGRAM, app
from claude_sandbox.cli.report import EXIT_CODE_MEANINGS
from docs.generator.markdown import document, fenced, table

WIDTH: Final = 100
"""The same on every terminal."""

ROOT_WIDTH: Final = 78

SCHEMA_FILE: Final = "claude_sandbox/schemas/outputs.schema.json"

INTRODUCTION: Final = f"""\
Every command prints exactly one JSON document on stdout, whatever happens, and prose on stderr. On a
terminal a person gets a table instead; `--format json` is always JSON.

The keys of every document stand in one JSON Schema, shipped with the program and held by its tests:
[`{SCHEMA_FILE}`](../../{SCHEMA_FILE}). A command's document is the one of its name in
`$defs`; `failure` is any command's where something went wrong, `help` that of `--help`.

The address comes from `--url`, else from the file of `--outputs`, else from `CLAUDE_SANDBOX_URL`, else from
`.localcloud/outputs.json` in the current folder. The token comes from `--token-file`, else from the file that
the same outputs name, else from `CLAUDE_SANDBOX_TOKEN` or `CLAUDE_SANDBOX_TOKEN_FILE`; these are sent to no
other address than `CLAUDE_SANDBOX_URL`, where that is set. An empty variable counts as not set. The seed's
positional form (`execute-task <url> <token> <task>`) works, and shows the token to every user of the machine.

`claude-sandbox --install-completion` completes commands and options in your shell."""

SEED_EXITS: Final = """\
A call in the seed's positional form knows 0 and 1 only, as the seed's scripts did. A call of `execute-task`
or `test-deployment` without the address, token or task that it needs ends with 1 too; of any other command
with 2."""


def page() -> str:
    sections = [f"## {name}\n\n{fenced(text)}" for name, text in commands(typer.main.get_command(app), "")]
    return document("Command line", INTRODUCTION, *sections, exit_codes())


def root_help() -> str:
    """What `--help` prints on a terminal of 80 columns; shipped, so that no parser is needed for it."""
    command = typer.main.get_command(app)
    context = command.make_context(PROGRAM, [], resilient_parsing=True, terminal_width=ROOT_WIDTH)
    return command.get_help(context) + "\n"


def commands(command: object, path: str) -> Iterator[tuple[str, str]]:
    """Each command's full name and its help."""
    if isinstance(command, TyperGroup):
        for name, one in command.commands.items():
            yield from commands(one, f"{path} {name}")
    elif isinstance(command, TyperCommand):
        name = PROGRAM + path
        context = command.make_context(
            name, [], resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH
        )
        yield path.strip(), command.get_help(context)


def exit_codes() -> str:
    rows = [[str(int(code)), meaning] for code, meaning in EXIT_CODE_MEANINGS.items()]
    return f"## Exit codes\n\n{table(['Code', 'Meaning'], rows)}\n\n{SEED_EXITS}"
