"""Tokens of clients as a stack file holds them: the digest, and the instant of the end."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from claude_sandbox.cli.report import Document, usage_error
from claude_sandbox.cli.session import Session

OWNER_ONLY: Final = 0o600


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def token_entry(token: str, end: datetime | None) -> Document:
    entry: Document = {"sha256": digest_of(token)}
    return entry if end is None else {**entry, "notAfter": quoted(end)}


def end_of(now: datetime, lifetime: timedelta | None) -> datetime | None:
    return None if lifetime is None else now + lifetime


def instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def quoted(value: datetime) -> str:
    """In quotes: bare, YAML would read a date."""
    text: str = DoubleQuotedScalarString(instant(value))
    return text


def parse_instant(value: object) -> datetime | None:
    """The instant; None where there is none.

    Raises:
        ToolError: it is no instant with an offset.
    """
    if value is None:
        return None
    try:
        parsed = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise usage_error("A notAfter is no instant with an offset", "See: claude-sandbox validate-config")
    return parsed


def has_ended(token: Any, now: datetime) -> bool:  # noqa: ANN401 - a mapping of the YAML library
    end = parse_instant(token.get("notAfter"))
    return end is not None and end <= now


def handed_over(session: Session, token: str, file: Path | None) -> Document:
    """The token, once: into a new file of the owner's, or into the document.

    Raises:
        ToolError: the file is there already or can't be made.
    """
    if file is None:
        return {"token": token}
    try:
        number = os.open(session.folder / file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no path"
        raise usage_error(f"The token file can't be made: {reason}", f"Check {file}") from None
    with os.fdopen(number, "w") as opened:
        opened.write(token)
    return {"token_file": str(file)}
