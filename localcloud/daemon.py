"""Starts the supervisor in the background, tells whether it runs, and stops it."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from localcloud.home import Home
from localcloud.lock import is_locked
from localcloud.model_choice import without_credentials
from localcloud.options import Options

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
    """The running localcloud of this home, or None.

    A file that a killed supervisor left is not trusted: its pid may be another process by now, so the home's
    lock must be held as well.
    """
    try:
        endpoints = Endpoints(**json.loads(home.endpoints.read_text()))
        os.kill(endpoints.pid, 0)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    return endpoints if is_locked(home) else None


def start(home: Home, options: Options = Options()) -> Endpoints:  # noqa: B008 - it is frozen
    """Start localcloud and wait until all of it answers; does nothing where it runs already.

    Raises:
        DaemonError: it ended while it started, or took longer than `START_S`.
    """
    running = find(home)
    if running:
        return running
    home.prepare()
    log = home.logs / "localcloud.log"
    process = spawn(home, log, options)
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        running = find(home)
        if running:
            return running
        time.sleep(0.05)
    process.kill()
    raise DaemonError(f"localcloud did not start; the end of {log}:\n{tail(log)}")


def spawn(home: Home, log: Path, options: Options) -> subprocess.Popen[bytes]:
    """A session of its own keeps it alive when the terminal that started it closes."""
    command = [sys.executable, "-m", "localcloud", "--home", str(home.folder), "serve", *options.arguments()]
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=without_credentials(os.environ),
            start_new_session=True,
        )


def tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def stop(home: Home) -> bool:
    """Stop localcloud and wait until nothing of it is left; data stays. Returns whether it was running.

    One that still starts is stopped once it has started.

    Raises:
        DaemonError: it was still there after `STOP_S`.
    """
    was_running = False
    deadline = time.monotonic() + STOP_S
    while is_locked(home):
        if time.monotonic() > deadline:
            raise DaemonError(
                f"localcloud did not stop within {STOP_S:.0f} s; {home.lock} is still locked. See "
                f"{home.logs / 'localcloud.log'}, end the pid of {home.endpoints}, then run this again"
            )
        was_running |= terminate(home)
        time.sleep(0.05)
    return was_running


def terminate(home: Home) -> bool:
    running = find(home)
    if running is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(running.pid, signal.SIGTERM)
    return True
