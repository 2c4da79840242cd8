"""The table of known failures, `failures.toml`."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("failures.toml")


@dataclass(frozen=True)
class KnownFailure:
    """One failure.

    Args:
        code: stable, UPPER_SNAKE.
        area: network, access, deploy, image, task, model, code or local.
        recognised: one of these is found in the evidence.
        unless: rules it out where it is found.
        cause: what is wrong.
        fix: what to do, exactly.
        remedy: name of the repair that `--fix` may make; None where a person must decide.
    """

    code: str
    area: str
    recognised: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    cause: str
    fix: str
    remedy: str | None


@cache
def known_failures() -> tuple[KnownFailure, ...]:
    """All of them, in the table's order."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    return tuple(
        KnownFailure(
            code=code,
            area=row["area"],
            recognised=tuple(compiled(one) for one in row["recognised"]),
            unless=compiled(row["unless"]) if "unless" in row else None,
            cause=row["cause"],
            fix=row["fix"],
            remedy=row.get("remedy"),
        )
        for code, row in table.items()
    )


def compiled(pattern: str) -> re.Pattern[str]:
    """For a text in lower case: a search that ignores case is four times slower.

    A blank is any white space, for terminals break lines. `.*` reaches 200 characters at most, so that a
    megabyte on one line takes no quadratic time.
    """
    lowered = re.sub(r"\\.|[A-Z]", lambda found: found[0] if len(found[0]) > 1 else found[0].lower(), pattern)
    spaced = re.sub(r" (?![?*+{])", r"\\s+", lowered)
    return re.compile(spaced.replace(".*", ".{0,200}"), re.MULTILINE)
