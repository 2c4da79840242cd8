"""failures.md, from the table that `claude-sandbox doctor` judges by."""

from typing import Final

from claude_sandbox.doctor.table import known_failures
from docs.generator.markdown import code, document, table
from tests.tools.corpus import cases_of, score

INTRODUCTION: Final = """\
`claude-sandbox doctor` holds what a service, its last tasks, this machine and the project's files show, or an
error text, against this table, and names cause and fix; a case that it does not know it calls unknown.
`--fix` makes the repairs that stay on this machine and destroy nothing."""

MEASURED: Final = """\
How far to trust it with an error text: of {texts} texts that no pattern was written by, most of them from
issues of other projects, {said} findings were made and {right} of them were right (precision
{precision:.2f}); {expected} had a cause in this table and {right} of those were found (recall {recall:.2f}).
The {tuned} texts that the patterns were written by are all judged right, which proves nothing but that they
still are."""


def page() -> str:
    failures = known_failures()
    sections = [section(area) for area in dict.fromkeys(one.area for one in failures)]
    return document("Known failures", INTRODUCTION, measured(), *sections)


def measured() -> str:
    held_out = cases_of("held_out.toml")
    result = score(held_out)
    return MEASURED.format(
        texts=len(held_out),
        tuned=len(cases_of("corpus.toml")),
        precision=result.precision,
        recall=result.recall,
        **result._asdict(),
    )


def section(area: str) -> str:
    rows = [
        [code(one.code), one.cause, one.fix + (" (`--fix`)" if one.remedy else "")]
        for one in known_failures()
        if one.area == area
    ]
    return f"## {area.capitalize()}\n\n{table(['Code', 'Cause', 'Fix'], rows)}"
