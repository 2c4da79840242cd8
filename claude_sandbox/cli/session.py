"""What one run of the command line may use of the world around it."""

import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TextIO

from claude_sandbox.cli.report import Format, usage_error
from claude_sandbox.cli.visible import visible

SHORTEST_SECRET: Final = 8
"""Characters. What is shorter guards nothing, and taken out it would only mangle words that hold it."""


class Session:
    """One run. Tests make their own.

    Args:
        environment: the variables.
        folder: where relative paths and `.localcloud/` are looked for.
        stdin: read at most once, for a token or a task.
        messages: for warnings and progress; never for the document.
        is_terminal: whether stdout is one, so that a table is shown.
        call_timeout_s: how long a call of the service or of Cloudflare may be silent.
        program_timeout_s: how long a program that is asked for its version may run.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        folder: Path,
        stdin: TextIO,
        messages: TextIO,
        *,
        is_terminal: bool,
        call_timeout_s: float = 20.0,
        program_timeout_s: float = 15.0,
    ) -> None:
        self.environment = environment
        self.folder = folder
        self.messages = messages
        self.call_timeout_s = call_timeout_s
        self.program_timeout_s = program_timeout_s
        self.format = Format.AUTO
        """As `--format` says."""
        self.secrets: set[str] = set()
        """Values that must never be written; every tool that reads one adds it."""
        self.task_id: str | None = None
        """Of the task that the service took for this run."""
        self._stdin = stdin
        self._is_terminal = is_terminal
        self._is_stdin_read = False

    def warn(self, message: str) -> None:
        self.tell(f"warning: {message}")

    def tell(self, message: str) -> None:
        """Progress and prose. A closed stderr is no reason to fail."""
        try:
            print(visible(self.redact(message)), file=self.messages, flush=True)
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
        secrets = (one for one in self.secrets if len(one) >= SHORTEST_SECRET)
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, "[redacted]")
        return text

    @property
    def shows_table(self) -> bool:
        return self.format is Format.TABLE or (self.format is Format.AUTO and self._is_terminal)


def process_session(environment: Mapping[str, str]) -> Session:
    """The session of this process. A stream that is closed reads as empty and swallows what is written.

    The folder is not asked for by name: it may have been deleted, which is no matter to most tools.
    """
    stdout_is_terminal = sys.stdout is not None and sys.stdout.isatty()
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="strict")  # whatever the locale says
    return Session(
        environment=environment,
        folder=Path(),
        stdin=sys.stdin or Path("/dev/null").open(encoding="utf-8"),
        messages=sys.stderr or Path("/dev/null").open("w", encoding="utf-8"),
        is_terminal=stdout_is_terminal,
    )
