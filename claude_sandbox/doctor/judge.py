"""Evidence judged: which known failures it shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from claude_sandbox.doctor.masking import masked
from claude_sandbox.doctor.table import KnownFailure, known_failures

MAX_EVIDENCE_CHARACTERS = 1_000_000
MAX_SHOWN_CHARACTERS = 200


@dataclass(frozen=True)
class Finding:
    """A known failure, and the words that showed it, secrets masked."""

    failure: KnownFailure
    evidence: str


def judge(evidence: str) -> list[Finding]:
    """The known failures in a text, in the table's order. An empty list says that nothing known was found."""
    text = masked(evidence[:MAX_EVIDENCE_CHARACTERS])
    found = ((failure, recognise(failure, text)) for failure in known_failures())
    return [Finding(failure, words) for failure, words in found if words is not None]


def recognise(failure: KnownFailure, text: str) -> str | None:
    """The words that show the failure."""
    if failure.unless is not None and failure.unless.search(text):
        return None
    matches = (pattern.search(text) for pattern in failure.recognised)
    first = next((match for match in matches if match is not None), None)
    return None if first is None else first[0][:MAX_SHOWN_CHARACTERS]


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
