"""Signals: while the program is imported, waits for a task, or writes. Each is told, none cuts a document."""

import json
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import Ran, program, run_program
from tests.tools.schemas import strict
from tests.tools.service import TASK_ID, TOKEN, served, task_service

pytestmark = pytest.mark.usefixtures("interruptible")

ENDS = [
    (signal.SIGINT, ExitCode.INTERRUPTED, "INTERRUPTED"),
    (signal.SIGTERM, ExitCode.TERMINATED, "TERMINATED"),
]


@pytest.mark.parametrize(("number", "exit_code", "code"), ENDS)
def test_signal_while_importing_is_told(
    number: signal.Signals, exit_code: ExitCode, code: str, tmp_path: Path
) -> None:
    (tmp_path / "json.py").write_text(f"import os, signal\nos.kill(os.getpid(), signal.{number.name})\n")
    ran = run_program("generate-token", environment={"PYTHONPATH": str(tmp_path)})
    assert (ran.exit_code, ran.document["code"], ran.stderr) == (exit_code, code, "")


def long_writer(folder: Path) -> subprocess.Popen[str]:
    """Writes more than a pipe holds, so after its first character it waits for its reader."""
    logs = folder / ".localcloud" / "logs"
    logs.mkdir(parents=True)
    outputs = {"worker_url": "http://127.0.0.1:8787", "worker_name": "dev"}
    (folder / ".localcloud" / "outputs.json").write_text(json.dumps(outputs))
    (logs / "worker-dev.jsonl").write_text(json.dumps({"event": "x" * 2_000_000}))
    return program("logs", folder=folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_while_writing_does_not_cut_the_document(number: signal.Signals, tmp_path: Path) -> None:
    with long_writer(tmp_path) as process:
        assert process.stdout is not None
        first = process.stdout.read(1)
        process.send_signal(number)
        document = strict(first + process.stdout.read())
    assert len(document["entries"][0]["event"]) == 2_000_000
    assert process.returncode == ExitCode.OK


def test_further_signals_end_a_writer_that_nobody_reads(tmp_path: Path) -> None:
    with long_writer(tmp_path) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        while process.poll() is None:
            process.terminate()
        stderr = process.communicate(timeout=30)[1]
    assert (process.returncode, stderr) == (-signal.SIGTERM, "")


class HangingService:
    """Takes a request and never answers."""

    def __init__(self) -> None:
        self.arrived = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        while scope["type"] == "http" and (await receive())["type"] != "http.disconnect":
            self.arrived.set()


def interrupted(number: signal.Signals, url: str, has_begun: Callable[[subprocess.Popen[str]], None]) -> Ran:
    """A task that waits for ever gets a signal once it has begun to."""
    environment = {"CLAUDE_SANDBOX_TOKEN": TOKEN, "CLAUDE_SANDBOX_URL": url}
    process = program("execute-task", "hello", environment=environment)
    has_begun(process)
    process.send_signal(number)
    try:
        stdout, stderr = process.communicate(timeout=30)
    finally:
        process.kill()
    assert "Traceback" not in stderr
    return Ran(process.returncode, stdout, stderr)


@pytest.mark.parametrize(("number", "exit_code", "code"), ENDS)
def test_signal_is_told_in_a_document(number: signal.Signals, exit_code: ExitCode, code: str) -> None:
    service = HangingService()
    with served(service) as url:
        ran = interrupted(number, url, lambda _process: require(service.arrived.wait(timeout=30)))
    assert (ran.exit_code, ran.document["code"]) == (exit_code, code)
    assert "taskId" not in ran.document


@pytest.mark.parametrize(("number", "exit_code", "code"), ENDS)
def test_signal_while_a_task_runs_names_the_task(
    number: signal.Signals, exit_code: ExitCode, code: str
) -> None:
    with served(task_service(*["running"] * 1_000)) as url:
        ran = interrupted(number, url, lambda process: require(read_until("is running", process)))
    assert (ran.exit_code, ran.document["code"], ran.document["taskId"]) == (exit_code, code, TASK_ID)


def read_until(words: str, process: subprocess.Popen[str]) -> bool:
    assert process.stderr is not None
    return any(words in line for line in process.stderr)


def require(condition: object) -> None:
    assert condition
