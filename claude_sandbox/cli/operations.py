"""`costs` and `logs`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from claude_sandbox.cli.options import FormatOption, OutputsOption, TokenFileOption, UrlOption, finite
from claude_sandbox.cli.report import Format, Report

OptionalStack = Annotated[
    str | None, typer.Option("--stack", help="Pulumi.<stack>.yaml is read. Default: the default settings.")
]
Folder = Annotated[Path, typer.Option("--project-dir", help="Where the stack's file is.")]


def costs(
    context: typer.Context,
    *,
    stack: OptionalStack = None,
    task_minutes: Annotated[
        float,
        typer.Option(
            "--task-minutes",
            min=0,
            max=60,
            callback=finite,
            help="Length of the task that is estimated.",
        ),
    ] = 5.0,
    since: Annotated[
        str | None, typer.Option("--since", help="Also what this client's tasks cost since then: 30d, 12h.")
    ] = None,
    project_dir: Folder = Path(),
    url: UrlOption = None,
    token_file: TokenFileOption = None,
    outputs: OutputsOption = None,
    _format: FormatOption = Format.AUTO,
) -> Report:
    """What a stack costs: idle, per task and at most; with --since, what its tasks did cost.

    `least` is with an idle CPU, `most` with a busy one. The model's part comes from the tasks' results.
    """
    from claude_sandbox.cli.connection import Chosen  # noqa: PLC0415
    from claude_sandbox.tools import costs as tool  # noqa: PLC0415
    from claude_sandbox.tools.durations import parse_duration  # noqa: PLC0415
    from claude_sandbox.tools.priced_settings import container_settings  # noqa: PLC0415

    settings = container_settings(context.obj, project_dir, stack)
    if since is None:
        return tool.estimate(settings, task_minutes)
    begin = datetime.now(UTC) - parse_duration(since, "--since")
    chosen = Chosen(url=url, token_file=token_file, outputs=outputs)
    return tool.spent_since(context.obj, chosen, settings, task_minutes, begin)


def logs(
    context: typer.Context,
    *,
    task: Annotated[str | None, typer.Option("--task", help="Only events of this task.")] = None,
    lines: Annotated[int, typer.Option("--lines", min=1, max=10_000, help="At most so many events.")] = 100,
    outputs: OutputsOption = None,
    _format: FormatOption = Format.AUTO,
) -> Report:
    """The newest events of a local Worker's log; at Cloudflare, the command that follows it."""
    from claude_sandbox.tools.logs import logs as read  # noqa: PLC0415

    return read(context.obj, outputs, lines=lines, task_id=task)
