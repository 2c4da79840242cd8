"""A server for an ASGI application in a thread of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

IDLE_S: Final = 3600
"""A kept connection is closed after this: callers keep one for less, or might send on it as it closes."""


@contextmanager
def serve(app: ASGIApp, listener: socket.socket) -> Iterator[str]:
    """Serve on a bound socket; yields the base URL once the application has started.

    Raises:
        RuntimeError: the application's start-up failed; its log tells why.
    """
    config = uvicorn.Config(app, log_level="critical", access_log=False, timeout_keep_alive=IDLE_S)
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=server.run, args=([listener],), name=f"serve-{listener.getsockname()[1]}"
    )
    thread.start()
    try:
        await_start(server, thread)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    """uvicorn tells of its start by a flag only, so the flag is watched."""
    while not server.started:
        thread.join(0.01)
        if not thread.is_alive():
            raise RuntimeError("the server's application did not start")


def listen(preferred_port: int = 0) -> socket.socket:
    """A listening socket on the loopback address, on a free port where the preferred one is taken.

    Its connections inherit TCP_NODELAY. asyncio sets it only where the socket names its protocol, which this
    one does not; without it each answer on a kept connection waits 40 ms for the peer's delayed ACK.
    """
    try:
        listener = socket.create_server(("127.0.0.1", preferred_port))
    except OSError:
        listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
