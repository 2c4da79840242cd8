"""What is wrong with a settings file: every problem at once, each with key path, value, rule and fix."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

UNSHOWN: Final = frozenset({"sha256", "tokens", "claudeCredential", "serverAuthToken"})
"""A token pasted where its digest belongs must not come back in an error."""

SECRET: Final = re.compile(r"sk-ant-|(?<!sha256:)(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{40,}")
"""What keys and tokens look like, wherever one was pasted: Anthropic's, Cloudflare's, our own."""

MAX_SHOWN: Final = 80


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
    found = error.errors(include_url=False)
    return [_problem(details, tuple(known)) for details in found if not _is_echo(details, found)]


def _is_echo(details: ErrorDetails, found: list[ErrorDetails]) -> bool:
    """A list is called too short when what is wrong in it does not count; its elements tell more."""
    place = details["loc"]
    inner = (one["loc"] for one in found if len(one["loc"]) > len(place))
    return details["type"] == "too_short" and any(one[: len(place)] == place for one in inner)


def _problem(details: ErrorDetails, known: tuple[str, ...]) -> Problem:
    path = path_text(details["loc"])
    if details["type"] == "missing":
        return Problem(path, None, "is missing", "Set it")
    if details["type"] == "extra_forbidden":
        return Problem(path, None, "is no setting", _nearest(str(details["loc"][-1]), known))
    rule = details["msg"][0].lower() + details["msg"][1:]
    shown = _shown(details)
    if shown is not None and SECRET.search(shown):
        return Problem(path, None, rule, "It looks like a secret, so it is not shown. Remove it and renew it")
    return Problem(path, _cut(shown), rule, "Change it, or remove it if it has a default")


def path_text(location: tuple[int | str, ...]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".")


def _shown(details: ErrorDetails) -> str | None:
    if UNSHOWN.intersection(map(str, details["loc"])):
        return None
    try:
        return json.dumps(details["input"], ensure_ascii=True)
    except (TypeError, ValueError):
        return None


def _cut(text: str | None) -> str | None:
    """At most a line of a terminal."""
    return text if text is None or len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 3]}..."


def _nearest(name: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - for errors only

    near = get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else "Remove it"
