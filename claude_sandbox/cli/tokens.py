"""Where a token comes from: arguments, files, stdin or environment. From then on it is never written."""

from pathlib import Path
from typing import Final

from claude_sandbox.cli.files import STDIN, read_file
from claude_sandbox.cli.report import usage_error
from claude_sandbox.cli.session import Session

MAX_TOKEN_CHARACTERS: Final = 4_096


def checked_token(session: Session, token: str | None) -> str | None:
    """The token, from now on never written.

    Raises:
        ToolError: it is not what a header can carry.
    """
    if token is None:
        return None
    session.secrets.add(token)
    if not is_plain(token) or len(token) > MAX_TOKEN_CHARACTERS:
        raise usage_error(
            "The token has characters that a header can't carry", "Give the token alone, on one line."
        )
    return token


def is_plain(text: str) -> bool:
    """Visible ASCII only: what a header or an address can carry."""
    return text.isascii() and text.isprintable() and " " not in text


def explicit_token(session: Session, token: str | None, file: Path | None) -> str | None:
    """Of the arguments: as it is, by file, or `-` for stdin."""
    if token == STDIN:
        return token_line(session.read_stdin())
    return token or (read_token(session, file) if file else None)


def environment_token(session: Session) -> str | None:
    token = session.environment.get("CLAUDE_SANDBOX_TOKEN")
    file = session.environment.get("CLAUDE_SANDBOX_TOKEN_FILE")
    return token or (read_token(session, Path(file)) if file else None)


def has_environment_token(session: Session) -> bool:
    return any(session.environment.get(f"CLAUDE_SANDBOX_TOKEN{end}") for end in ("", "_FILE"))


def read_token(session: Session, file: Path) -> str:
    """The token in a file, or on stdin for `-`.

    Raises:
        ToolError: the file can't be read or is empty.
    """
    return token_line(read_file(session, file, "token file"))


def token_line(text: str) -> str:
    token = text.strip()
    if not token:
        raise usage_error("The token is empty", "Write the token alone into the file or on stdin.")
    return token
