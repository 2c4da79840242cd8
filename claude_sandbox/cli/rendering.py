"""A document as a person reads it, on a terminal."""

import io
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from claude_sandbox.cli.report import Report
from claude_sandbox.cli.visible import visible


def readable(report: Report) -> str:
    """The report's own text, else its document as a table of two columns. No text steers the terminal."""
    if report.text is not None:
        return visible(report.text).rstrip("\n") + "\n"
    buffer = io.StringIO()
    Console(file=buffer, force_terminal=False, no_color=True).print(table_of(report.document))
    return visible(buffer.getvalue())


def table_of(document: dict[str, Any]) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in document.items():
        table.add_row(Text(key), cell(value))
    return table


def cell(value: Any) -> Table | Text:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict) and value:
        return table_of(value)
    if isinstance(value, list):
        return Text("\n".join(line(one) for one in value) or "none")
    return Text(line(value))


def line(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return "  ".join(f"{key}: {one}" for key, one in value.items())
    return (
        {True: "yes", False: "no", None: "-"}.get(value, str(value))
        if isinstance(value, bool | None)
        else str(value)
    )
