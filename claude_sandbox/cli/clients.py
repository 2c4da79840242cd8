"""`clients list|add|rotate|revoke`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from claude_sandbox.cli.options import FormatOption
from claude_sandbox.cli.report import Format, Report

clients = typer.Typer(
    help="Who may call the service: tokens made, replaced, taken away.", rich_markup_mode=None
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The client's name.")]
Stack = Annotated[str, typer.Option("--stack", help="Pulumi.<stack>.yaml is changed.")]
ReadStack = Annotated[str, typer.Option("--stack", help="Pulumi.<stack>.yaml is read.")]
Folder = Annotated[Path, typer.Option("--project-dir", help="Where the stack's file is.")]
NewTokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", help="New file for the new token, mode 0600. Default: in the document."),
]
Lifetime = Annotated[str, typer.Option("--expires-in", help="Life of the new token: 90d, 12h or never.")]
PresentTokenFile = Annotated[
    Path | None,
    typer.Option(
        "--present-token-file", help="File with the present token of `default`, `-` for stdin; for it alone."
    ),
]
PresentUrl = Annotated[
    str | None,
    typer.Option("--url", help="Service that has to take the present token. Default: the stack's address."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")]


@clients.command("list")
def list_command(
    context: typer.Context,
    *,
    stack: ReadStack,
    project_dir: Folder = Path(),
    _format: FormatOption = Format.AUTO,
) -> Report:
    """Clients of a stack, by name: scopes, and when their tokens end."""
    from claude_sandbox.tools.clients import list_clients  # noqa: PLC0415

    return list_clients(context.obj, stack, project_dir, datetime.now(UTC))


@clients.command("add")
def add_command(
    context: typer.Context,
    name: Name,
    *,
    stack: Stack,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="tasks:read or tasks:write. Default: both.")
    ] = None,
    expires_in: Lifetime = "90d",
    token_file: NewTokenFile = None,
    dry_run: DryRun = False,
    project_dir: Folder = Path(),
    _format: FormatOption = Format.AUTO,
) -> Report:
    """Add a client. Its token is shown once; the stack's file gets the digest."""
    from claude_sandbox.tools.clients import Change, add  # noqa: PLC0415
    from claude_sandbox.tools.durations import parse_lifetime  # noqa: PLC0415

    change = Change(stack, project_dir, name, datetime.now(UTC), dry_run, token_file)
    return add(context.obj, change, scope or [], parse_lifetime(expires_in))


@clients.command("rotate")
def rotate_command(
    context: typer.Context,
    name: Name,
    *,
    stack: Stack,
    overlap: Annotated[str, typer.Option("--overlap", help="How long the old tokens stay valid.")] = "24h",
    expires_in: Lifetime = "90d",
    token_file: NewTokenFile = None,
    present_token_file: PresentTokenFile = None,
    url: PresentUrl = None,
    dry_run: DryRun = False,
    project_dir: Folder = Path(),
    _format: FormatOption = Format.AUTO,
) -> Report:
    """Give a client a new token. The old one stays valid for a while, so no call fails.

    `default` is the secret serverAuthToken: it is listed by digest from then on, and needs its present token.
    """
    from claude_sandbox.tools.clients import Change, rotate  # noqa: PLC0415
    from claude_sandbox.tools.default_client import Present  # noqa: PLC0415
    from claude_sandbox.tools.durations import parse_duration, parse_lifetime  # noqa: PLC0415

    change = Change(stack, project_dir, name, datetime.now(UTC), dry_run, token_file)
    ends = parse_duration(overlap, "--overlap"), parse_lifetime(expires_in)
    return rotate(context.obj, change, *ends, Present(present_token_file, url))


@clients.command("revoke")
def revoke_command(
    context: typer.Context,
    name: Name,
    *,
    stack: Stack,
    dry_run: DryRun = False,
    project_dir: Folder = Path(),
    _format: FormatOption = Format.AUTO,
) -> Report:
    """Take a client out with all its tokens. `removed` in the document undoes it."""
    from claude_sandbox.tools.clients import Change, revoke  # noqa: PLC0415

    return revoke(context.obj, Change(stack, project_dir, name, datetime.now(UTC), dry_run))
