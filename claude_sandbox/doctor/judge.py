"""Evidence judged: which known failures it shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Final

from claude_sandbox.doctor.masking import masked
from claude_sandbox.doctor.table import KnownFailure, known_failures

MAX_EVIDENCE_CHARACTERS: Final = 1_000_000
MAX_SHOWN_CHARACTERS: Final = 200
LOWER_CASE: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
"""Of ASCII only, so that a place in the one text is the same place in the other."""


@dataclass(frozen=True)
class Finding:
    """A known failure, and the words that showed it, secrets masked."""

    failure: KnownFailure
    evidence: str


def judge(evidence: str) -> list[Finding]:
    """The known failures in a text, in the table's order. An empty list says that nothing known was found."""
    text = masked(evidence[:MAX_EVIDENCE_CHARACTERS])
    lowered = text.translate(LOWER_CASE)
    found = ((failure, recognise(failure, lowered)) for failure in known_failures())
    return [
        Finding(failure, text[where][:MAX_SHOWN_CHARACTERS]) for failure, where in found if where is not None
    ]


def recognise(failure: KnownFailure, lowered: str) -> slice | None:
    """Where a text in lower case shows the failure."""
    matches = (pattern.search(lowered) for pattern in failure.recognised)
    first = next((match for match in matches if match is not None), None)
    if first is None or (failure.unless is not None and failure.unless.search(lowered)):
        return None
    return slice(*first.span())


def fact_lines(facts: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Facts as `path=value` lines, such as `service.http_code=401`, for the patterns of error texts."""
    if isinstance(facts, dict):
        for key, value in facts.items():
            yield from fact_lines(value, f"{path}.{key}" if path else str(key))
    elif isinstance(facts, list):
        for index, value in enumerate(facts):
            yield from fact_lines(value, f"{path}[{index}]")
    else:
        shown = {True: "true", False: "false"}.get(facts, facts) if isinstance(facts, bool) else facts
        yield f"{path}={shown}"
