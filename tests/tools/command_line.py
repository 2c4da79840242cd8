"""Runs of the command line: in this process with a session of the test's, or as a program."""

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claude_sandbox.cli.frame import encoded, run
from claude_sandbox.cli.session import Session
from tests.tools.schemas import require_schema, strict


@dataclass(frozen=True)
class Ran:
    """What came out."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        document = strict(self.stdout)
        assert isinstance(document, dict)
        return document


def run_tool(
    *arguments: str,
    environment: dict[str, str] | None = None,
    folder: Path,
    stdin: str = "",
    timeout_s: float = 15.0,
) -> Ran:
    """In this process, with nothing of this machine's environment. The document must have its schema.

    Args:
        timeout_s: of a call and of a program.
    """
    messages = io.StringIO()
    session = Session(
        environment or {},
        folder,
        io.StringIO(stdin),
        messages,
        is_terminal=False,
        call_timeout_s=timeout_s,
        program_timeout_s=timeout_s,
    )
    content, exit_code = encoded(run(arguments, session), session)
    require_schema(arguments, content.decode())
    return Ran(exit_code, content.decode(), messages.getvalue())


def program(
    *arguments: str, environment: dict[str, str] | None = None, folder: Path | None = None
) -> subprocess.Popen[str]:
    """As a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "claude_sandbox", *arguments],
        env={"PATH": os.environ["PATH"], **(environment or {})},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_program(
    *arguments: str, environment: dict[str, str] | None = None, folder: Path | None = None
) -> Ran:
    process = program(*arguments, environment=environment, folder=folder)
    stdout, stderr = process.communicate(timeout=60)
    return Ran(process.returncode, stdout, stderr)
