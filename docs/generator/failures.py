"""failures.md, from the table that `claude-sandbox doctor` judges by."""

from typing import Final

from claude_sandbox.doctor.table import known_failures
from docs.generator.markdown import code, document, table

INTRODUCTION: Final = """\
`claude-sandbox doctor` holds what a service and this machine show, or an error text, against this table,
and names cause and fix; a case that it does not know it calls unknown. `--fix` makes the repairs that
destroy nothing."""


def page() -> str:
    failures = known_failures()
    sections = [section(area) for area in dict.fromkeys(one.area for one in failures)]
    return document("Known failures", INTRODUCTION, *sections)


def section(area: str) -> str:
    rows = [
        [code(one.code), one.cause, one.fix + (" (`--fix`)" if one.remedy else "")]
        for one in known_failures()
        if one.area == area
    ]
    return f"## {area.capitalize()}\n\n{table(['Code', 'Cause', 'Fix'], rows)}"
