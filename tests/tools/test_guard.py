"""What happens around the frame: signals while it is imported or writes, a defect, a folder that is gone."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import Ran, program, run_program
from tests.tools.schemas import strict

pytestmark = pytest.mark.usefixtures("interruptible")

ENDS = [
    (signal.SIGINT, ExitCode.INTERRUPTED, "INTERRUPTED"),
    (signal.SIGTERM, ExitCode.TERMINATED, "TERMINATED"),
]


def run_while_importing(statement: str, folder: Path) -> Ran:
    """The statement runs where the frame imports `json`."""
    (folder / "json.py").write_text(f"import os, signal\n{statement}\n")
    return run_program("generate-token", environment={"PYTHONPATH": str(folder)})


@pytest.mark.parametrize(("number", "exit_code", "code"), ENDS)
def test_signal_while_importing_is_told(
    number: signal.Signals, exit_code: ExitCode, code: str, tmp_path: Path
) -> None:
    ran = run_while_importing(f"os.kill(os.getpid(), signal.{number.name})", tmp_path)
    assert (ran.exit_code, ran.document["code"], ran.stderr) == (exit_code, code, "")


def test_defect_before_the_frame_stands_is_told(tmp_path: Path) -> None:
    ran = run_while_importing("raise ZeroDivisionError('secret detail')", tmp_path)
    assert (ran.exit_code, ran.document["code"], ran.stderr) == (ExitCode.INTERNAL, "INTERNAL_ERROR", "")
    assert "secret detail" not in ran.stdout


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


@pytest.mark.parametrize("tool", ["generate-token", "costs", "validate-config", "diagnose", "tasks list"])
def test_folder_that_is_gone_stops_no_tool(tool: str, tmp_path: Path) -> None:
    command = f'mkdir gone && cd gone && rmdir ../gone && exec "$0" -m claude_sandbox {tool}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert strict(done.stdout)
    assert (done.returncode == ExitCode.INTERNAL, done.stderr) == (False, "")
