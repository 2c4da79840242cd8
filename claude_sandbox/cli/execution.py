"""`execute-task` and `generate-token`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from claude_sandbox.cli.options import FormatOption, OutputsOption, TokenFileOption, UrlOption
from claude_sandbox.cli.report import Format, Report


def execute_task(
    context: typer.Context,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TASK | URL TOKEN TASK [TIMEOUT-MS]]", help="The task, in plain language."),
    ] = None,
    *,
    url: UrlOption = None,
    token_file: TokenFileOption = None,
    outputs: OutputsOption = None,
    task_file: Annotated[
        Path | None, typer.Option("--task-file", help="File with the task, `-` for stdin.")
    ] = None,
    timeout_ms: Annotated[
        str | None, typer.Option("--timeout-ms", help="Milliseconds that the run may take.")
    ] = None,
    idempotency_key: Annotated[
        str | None,
        typer.Option("--idempotency-key", help="The same key never runs a task twice; makes a retry safe."),
    ] = None,
    _format: FormatOption = Format.AUTO,
) -> Report:
    """Run a task in a fresh sandbox and wait for its answer.

    The form URL TOKEN TASK is the seed's: a token given so is visible to other users of the machine.
    """
    from claude_sandbox.cli import connection  # noqa: PLC0415
    from claude_sandbox.tools import execute_task as tool  # noqa: PLC0415 - httpx, when it is needed

    chosen = connection.Chosen(url=url, token_file=token_file, outputs=outputs)
    request = tool.read_request(context.obj, arguments or [], chosen, task_file, timeout_ms)
    return tool.execute(context.obj, replace(request, idempotency_key=tool.checked_key(idempotency_key)))


def generate_token(*, _format: FormatOption = Format.AUTO) -> Report:
    """Make a token of 256 random bits, and its SHA-256 for the stack's settings."""
    from claude_sandbox.tools.generate_token import generate  # noqa: PLC0415 - when it is needed

    return generate()
