"""Files that the arguments name."""

from pathlib import Path
from typing import Final

from claude_sandbox.cli.report import usage_error
from claude_sandbox.cli.session import Session

STDIN: Final = "-"


def read_file(session: Session, file: Path, what: str) -> str:
    """A UTF-8 file of the user's; `-` is stdin.

    Raises:
        ToolError: it can't be read.
    """
    if str(file) == STDIN:
        return session.read_stdin()
    try:
        return (session.folder / file).read_text("utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise usage_error(f"The {what} can't be read: {reason}", f"Check the path {file}") from None
