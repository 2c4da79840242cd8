"""JSON as RFC 8259 has it. What Python reads beyond that could not be written again, so it is refused."""

import json
import math
from typing import Any, Final

MAX_DEPTH: Final = 64
"""Levels of objects and lists. No document of the service, of Cloudflare or of a stack has ten."""


def loads(text: str | bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The value.

    Raises:
        ValueError: no JSON; a number that is none, as NaN or 1e999; or more levels than `MAX_DEPTH`.
    """
    try:
        value = json.loads(text, parse_constant=_refused, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _require_depth(value)
    return value


def _refused(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refused(digits)


def _require_depth(value: object) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for one in level for child in _children(one)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _children(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
