"""`tasks list|show|result|cancel`."""

from typing import Annotated

import typer

from claude_sandbox.cli.options import FormatOption, OutputsOption, TokenFileOption, UrlOption
from claude_sandbox.cli.report import Format, Report

tasks = typer.Typer(
    help="List, show and cancel the tasks of this client, and fetch their results.", rich_markup_mode=None
)

TaskId = Annotated[str, typer.Argument(metavar="TASK-ID", help="As execute-task gave it.")]


@tasks.command("list")
def list_command(
    context: typer.Context,
    *,
    status: Annotated[str | None, typer.Option("--status", help="Only tasks in this state.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="Tasks on a page.")] = 20,
    cursor: Annotated[str | None, typer.Option("--cursor", help="`cursor` of the page before.")] = None,
    url: UrlOption = None,
    token_file: TokenFileOption = None,
    outputs: OutputsOption = None,
    _format: FormatOption = Format.AUTO,
) -> Report:
    """One page of this client's tasks, newest first."""
    from claude_sandbox.cli.connection import Chosen  # noqa: PLC0415
    from claude_sandbox.tools import tasks as tool  # noqa: PLC0415 - httpx, when it is needed

    chosen = Chosen(url=url, token_file=token_file, outputs=outputs)
    return tool.list_tasks(context.obj, chosen, tool.checked_state(status), limit, cursor)


@tasks.command("show")
def show_command(
    context: typer.Context,
    task_id: TaskId,
    *,
    url: UrlOption = None,
    token_file: TokenFileOption = None,
    outputs: OutputsOption = None,
    _format: FormatOption = Format.AUTO,
) -> Report:
    """How a task stands: state, attempts, times."""
    from claude_sandbox.cli.connection import Chosen  # noqa: PLC0415
    from claude_sandbox.tools import tasks as tool  # noqa: PLC0415

    return tool.show_task(context.obj, Chosen(url=url, token_file=token_file, outputs=outputs), task_id)


@tasks.command("result")
def result_command(
    context: typer.Context,
    task_id: TaskId,
    *,
    url: UrlOption = None,
    token_file: TokenFileOption = None,
    outputs: OutputsOption = None,
    _format: FormatOption = Format.AUTO,
) -> Report:
    """The result of a task that has ended. Exit code 1 where the task failed or has not ended."""
    from claude_sandbox.cli.connection import Chosen  # noqa: PLC0415
    from claude_sandbox.tools import tasks as tool  # noqa: PLC0415

    return tool.show_result(context.obj, Chosen(url=url, token_file=token_file, outputs=outputs), task_id)


@tasks.command("cancel")
def cancel_command(
    context: typer.Context,
    task_id: TaskId,
    *,
    url: UrlOption = None,
    token_file: TokenFileOption = None,
    outputs: OutputsOption = None,
    _format: FormatOption = Format.AUTO,
) -> Report:
    """End a task. One that has ended stays as it is."""
    from claude_sandbox.cli.connection import Chosen  # noqa: PLC0415
    from claude_sandbox.tools import tasks as tool  # noqa: PLC0415

    return tool.cancel_task(context.obj, Chosen(url=url, token_file=token_file, outputs=outputs), task_id)
