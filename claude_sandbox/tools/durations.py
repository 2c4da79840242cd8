"""Lengths of time as people write them: `90d`, `24h`, `15m`."""

import re
from datetime import timedelta
from typing import Final

from claude_sandbox.cli.report import usage_error

DURATION: Final = re.compile(r"(\d{1,4})(m|h|d)")
UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: str, option: str) -> timedelta:
    """The length of time.

    Raises:
        ToolError: it is not written so.
    """
    found = DURATION.fullmatch(text)
    if found is None:
        raise usage_error(f"{option} is no length of time", "Write it as 90d, 24h or 15m.")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def parse_lifetime(text: str) -> timedelta | None:
    """The life of a token; None for `never`."""
    return None if text == "never" else parse_duration(text, "--expires-in")
