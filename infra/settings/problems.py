"""What is wrong with a settings file: every problem at once, each with key path, value, rule and fix."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

UNSHOWN: Final = frozenset({"sha256", "tokens", "claudeCredential", "serverAuthToken"})
"""A token pasted where its digest belongs must not come back in an error."""


@dataclass(frozen=True)
class Problem:
    """One wrong setting.

    Args:
        path: such as `limits.maxTimeoutMs` or `clients[0].name`.
        value: as JSON, None where it is missing or must not be shown.
        rule: what must hold.
        fix: the next step.
    """

    path: str
    value: str | None
    rule: str
    fix: str

    def __str__(self) -> str:
        shown = "" if self.value is None else f" = {self.value}"
        return f"{self.path}{shown}: {self.rule}. {self.fix}"


class SettingsError(ValueError):
    """Settings that can't be used. Nothing has been declared or called."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        title = f"{count} setting{'s' * (count > 1)} can't be used, so nothing was deployed:"
        super().__init__("\n".join([title, *(f"  - {problem}" for problem in self.problems)]))


def problems_of(error: ValidationError, known: Iterable[str]) -> list[Problem]:
    """Pydantic's findings in our words. `known` are all keys that there are, for spelling mistakes."""
    return [_problem(details, tuple(known)) for details in error.errors(include_url=False)]


def _problem(details: ErrorDetails, known: tuple[str, ...]) -> Problem:
    path = path_text(details["loc"])
    if details["type"] == "missing":
        return Problem(path, None, "is missing", "Set it")
    if details["type"] == "extra_forbidden":
        return Problem(path, None, "is no setting", _nearest(str(details["loc"][-1]), known))
    rule = details["msg"][0].lower() + details["msg"][1:]
    return Problem(path, _shown(details), rule, "Change it, or remove it to get the default")


def path_text(location: tuple[int | str, ...]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".")


def _shown(details: ErrorDetails) -> str | None:
    if UNSHOWN.intersection(map(str, details["loc"])):
        return None
    try:
        text = json.dumps(details["input"], ensure_ascii=True)
    except (TypeError, ValueError):
        return None
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - a line of a terminal


def _nearest(name: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - for errors only

    near = get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else "Remove it"
