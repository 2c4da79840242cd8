"""What one run of the command line may use of the world around it."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from claude_sandbox.cli.report import Format, usage_error


class Session:
    """One run. Tests make their own.

    Args:
        environment: the variables.
        folder: where relative paths and `.localcloud/` are looked for.
        stdin: read at most once, for a token or a task.
        messages: for warnings and progress; never for the document.
        is_terminal: whether stdout is one, so that a table is shown.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        folder: Path,
        stdin: TextIO,
        messages: TextIO,
        *,
        is_terminal: bool,
    ) -> None:
        self.environment = environment
        self.folder = folder
        self.messages = messages
        self.format = Format.AUTO
        """As `--format` says."""
        self.secrets: set[str] = set()
        """Values that must never be written; every tool that reads one adds it."""
        self._stdin = stdin
        self._is_terminal = is_terminal
        self._is_stdin_read = False

    def warn(self, message: str) -> None:
        self.tell(f"warning: {message}")

    def tell(self, message: str) -> None:
        """Progress and prose. A closed stderr is no reason to fail."""
        try:
            print(self.redact(message), file=self.messages, flush=True)
        except (OSError, ValueError):
            return

    def read_stdin(self) -> str:
        """All of stdin.

        Raises:
            ToolError: it was read before, or is not UTF-8.
        """
        if self._is_stdin_read:
            raise usage_error("stdin was asked for twice", "Give the token or the task by file instead.")
        self._is_stdin_read = True
        try:
            return self._stdin.read()
        except (OSError, ValueError):
            raise usage_error("stdin can't be read as UTF-8", "Send UTF-8 text.") from None

    def redact(self, text: str) -> str:
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "[redacted]")
        return text

    @property
    def shows_table(self) -> bool:
        return self.format is Format.TABLE or (self.format is Format.AUTO and self._is_terminal)


def process_session(environment: Mapping[str, str]) -> Session:
    """The session of this process. A stream that is closed reads as empty and swallows what is written."""
    stdout_is_terminal = sys.stdout is not None and sys.stdout.isatty()
    return Session(
        environment=environment,
        folder=Path.cwd(),
        stdin=sys.stdin or Path("/dev/null").open(encoding="utf-8"),
        messages=sys.stderr or Path("/dev/null").open("w", encoding="utf-8"),
        is_terminal=stdout_is_terminal,
    )
