"""The program at a terminal and at pipes: a table for people, JSON for programs, UTF-8 from both."""

import os
import pty
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from tests.tools.schemas import strict
from tests.tools.service import ANSWER, TOKEN, FakeService, answering, seed_service, served


def run_at_terminal(*arguments: str, folder: Path, **environment: str) -> str:
    """What a person sees of stdout."""
    terminal, program_side = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "claude_sandbox", *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=program_side,
        stderr=subprocess.DEVNULL,
    )
    os.close(program_side)
    seen = b"".join(iter(lambda: read_some(terminal), b""))
    os.close(terminal)
    process.wait(timeout=30)
    return seen.decode().replace("\r\n", "\n")


def read_some(terminal: int) -> bytes:
    """Linux answers EIO, not an empty read, once the program's side is closed."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


def test_person_at_a_terminal_gets_a_table(tmp_path: Path) -> None:
    seen = run_at_terminal("costs", folder=tmp_path)
    assert not seen.startswith("{")
    assert "standard-1" in seen


def test_person_at_a_terminal_can_ask_for_json(tmp_path: Path) -> None:
    assert strict(run_at_terminal("costs", "--format=json", folder=tmp_path))["success"]


@pytest.mark.parametrize("arguments", [("--help",), ("tasks", "--help"), ("no-such-command",)])
def test_person_at_a_terminal_reads_help_and_errors(arguments: tuple[str, ...], tmp_path: Path) -> None:
    seen = run_at_terminal(*arguments, folder=tmp_path)
    assert not seen.startswith("{")
    assert seen.endswith("\n")


def test_agent_never_steers_the_terminal(tmp_path: Path) -> None:
    output = "\x1b]0;title\x07\x1b[2Jcleared\r\nline\tend"
    service = FakeService({"POST /execute": answering({**ANSWER, "stdout": output, "output": output})})
    with served(service) as url:
        environment = {"CLAUDE_SANDBOX_URL": url, "CLAUDE_SANDBOX_TOKEN": TOKEN}
        seen = run_at_terminal("execute-task", "hello", folder=tmp_path, **environment)
    assert "cleared\nline\tend" in seen
    assert not [one for one in seen if unicodedata.category(one) == "Cc" and one not in "\n\t"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_task_on_stdin_is_utf_8_whatever_the_locale_says(encoding: str, tmp_path: Path) -> None:
    service = seed_service()
    with served(service) as url:
        subprocess.run(
            [sys.executable, "-m", "claude_sandbox", "execute-task", "--task-file=-"],
            env={"CLAUDE_SANDBOX_URL": url, "CLAUDE_SANDBOX_TOKEN": TOKEN, "PYTHONIOENCODING": encoding},
            cwd=tmp_path,
            input="é✓".encode(),
            capture_output=True,
            check=True,
        )
    assert service.calls[0].json == {"task": "é✓", "timeout": 300_000}
