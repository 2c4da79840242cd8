"""Starts the supervisor in the background, tells whether it runs, and stops it."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from localcloud.home import Home

START_S: Final = 90.0
STOP_S: Final = 20.0


class DaemonError(RuntimeError):
    """localcloud did not start or did not stop; the text names the log to read."""


@dataclass(frozen=True)
class Endpoints:
    """Where a running localcloud answers."""

    pid: int
    control_plane_url: str
    model_url: str


def find(home: Home) -> Endpoints | None:
    """The running localcloud of this home, or None. A file that a killed supervisor left is not trusted."""
    try:
        endpoints = Endpoints(**json.loads(home.endpoints.read_text()))
        os.kill(endpoints.pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return endpoints


def start(home: Home, *, claude: Path | None = None, has_faults: bool = False) -> Endpoints:
    """Start localcloud and wait until all of it answers; does nothing where it runs already.

    Args:
        home: of this localcloud.
        claude: a program that runs as `claude` in sandboxes, for tests.
        has_faults: whether tests may inject faults into the data plane.

    Raises:
        DaemonError: it ended while it started, or took longer than `START_S`.
    """
    running = find(home)
    if running:
        return running
    home.prepare()
    home.endpoints.unlink(missing_ok=True)
    log = home.logs / "localcloud.log"
    options = [*(["--claude", str(claude)] if claude else []), *(["--faults"] if has_faults else [])]
    process = spawn(home, log, options)
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        running = find(home)
        if running:
            return running
        time.sleep(0.05)
    process.kill()
    raise DaemonError(f"localcloud did not start; the end of {log}:\n{tail(log)}")


def spawn(home: Home, log: Path, options: list[str]) -> subprocess.Popen[bytes]:
    """A session of its own keeps it alive when the terminal that started it closes."""
    command = [sys.executable, "-m", "localcloud", "--home", str(home.folder), "serve", *options]
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )


def tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def stop(home: Home) -> bool:
    """Stop localcloud; data stays. Returns whether it was running.

    Raises:
        DaemonError: it was still there after `STOP_S`.
    """
    running = find(home)
    if running is None:
        return False
    os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    while find(home):
        if time.monotonic() > deadline:
            raise DaemonError(f"localcloud (process {running.pid}) did not stop within {STOP_S:.0f} s")
        time.sleep(0.05)
    return True
