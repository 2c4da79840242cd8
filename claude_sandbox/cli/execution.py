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
        str | None,
        typer.Option("--timeout-ms", help="Milliseconds that the run may take. Default: 300000."),
    ] = None,
    idempotency_key: Annotated[
        str | None,
        typer.Option("--idempotency-key", help="The same key runs a task once; makes a retry safe."),
    ] = None,
    _format: FormatOption = Format.AUTO,
) -> Report:
    """Run a task in a fresh sandbox and wait for its answer.

    The form URL TOKEN TASK is the seed's: a token given so is visible to other users of the machine.
    """
    from claude_sandbox.cli.connection import Chosen  # noqa: PLC0415
    from claude_sandbox.tools.execute_task import execute  # noqa: PLC0415 - httpx, when it is needed
    from claude_sandbox.tools.task_request import checked_key, read_request  # noqa: PLC0415

    chosen = Chosen(url=url, token_file=token_file, outputs=outputs)
    request = read_request(context.obj, arguments or [], chosen, task_file, timeout_ms)
    return execute(context.obj, replace(request, idempotency_key=checked_key(idempotency_key)))


def generate_token(*, _format: FormatOption = Format.AUTO) -> Report:
    """Make a token of 256 random bits, and its SHA-256 for the stack's settings."""
    from claude_sandbox.tools.generate_token import generate  # noqa: PLC0415 - when it is needed

    return generate()
