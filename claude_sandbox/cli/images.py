"""`images list|prune`."""

from typing import Annotated

import typer

from claude_sandbox.cli.options import FormatOption
from claude_sandbox.cli.report import Format, Report

images = typer.Typer(
    help="The images in the account's registry, which holds 50 GB. Needs CLOUDFLARE_ACCOUNT_ID and "
    "CLOUDFLARE_API_TOKEN.",
    rich_markup_mode=None,
)


@images.command("list")
def list_command(context: typer.Context, *, _format: FormatOption = Format.AUTO) -> Report:
    """Every image: size, age, and whether an application runs it."""
    from claude_sandbox.tools.images import list_images  # noqa: PLC0415 - httpx, when it is needed

    return list_images(context.obj)


@images.command("prune")
def prune_command(
    context: typer.Context,
    *,
    repository: Annotated[
        str | None,
        typer.Option("--repository", help="Only this one, such as claude-sandbox-acme-dev."),
    ] = None,
    keep: Annotated[
        int, typer.Option("--keep", min=1, max=1_000, help="The newest of each repository stay.")
    ] = 3,
    yes: Annotated[
        bool, typer.Option("--yes", help="Delete. Without it, only say what would be deleted.")
    ] = False,
    _format: FormatOption = Format.AUTO,
) -> Report:
    """Delete images that no application runs, but the newest. Says only what it would do, without --yes."""
    from claude_sandbox.tools.images import prune  # noqa: PLC0415

    return prune(context.obj, repository, keep, is_confirmed=yes)
