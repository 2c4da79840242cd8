"""Arguments that several commands share."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claude_sandbox.cli.report import Format

if TYPE_CHECKING:
    from claude_sandbox.cli.session import Session


def remember_format(context: typer.Context, chosen: Format) -> Format:
    """Into the session, so that even an error in a later argument is written in the chosen form."""
    session: Session = context.obj
    session.format = chosen
    return chosen


def finite(number: float) -> float:
    """The number itself; `nan` is within every range, since no comparison holds for it."""
    if math.isnan(number):
        raise typer.BadParameter("nan is no number.")
    return number


FormatOption = Annotated[
    Format,
    typer.Option(
        "--format",
        callback=remember_format,
        is_eager=True,
        help="auto: a table on a terminal, JSON elsewhere.",
    ),
]
UrlOption = Annotated[
    str | None, typer.Option("--url", help="Address of the service. Default: CLAUDE_SANDBOX_URL.")
]
TokenFileOption = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        help="File with the token, `-` for stdin. Default: CLAUDE_SANDBOX_TOKEN, CLAUDE_SANDBOX_TOKEN_FILE.",
    ),
]
OutputsOption = Annotated[
    Path | None,
    typer.Option(
        "--outputs",
        help="File of `pulumi stack output --json`, or localcloud's. Default: .localcloud/outputs.json.",
    ),
]
