"""Runs of the command line: in this process with a session of the test's, or as a program."""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claude_sandbox.cli.frame import encoded, run
from claude_sandbox.cli.session import Session
from tests.tools.schemas import require_schema


@dataclass(frozen=True)
class Ran:
    """What came out."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        document = json.loads(self.stdout)
        assert isinstance(document, dict)
        return document


def run_tool(
    *arguments: str, environment: dict[str, str] | None = None, folder: Path, stdin: str = ""
) -> Ran:
    """In this process, with nothing of this machine's environment. The document must have its schema."""
    messages = io.StringIO()
    session = Session(environment or {}, folder, io.StringIO(stdin), messages, is_terminal=False)
    report = run(arguments, session)
    written = encoded(report, session).decode()
    require_schema(arguments, written)
    return Ran(report.exit_code, written, messages.getvalue())


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
