"""One port per Worker name, kept for good: a Worker's URL is known before it is deployed."""

import socket
import threading
import time
from typing import Final

from localcloud.control_plane.store import Collection, Record, Store
from localcloud.port_range import worker_ports

PATIENCE_S: Final = 2.0


class PortRecord(Record):
    """A reservation, by Worker name."""

    port: int


class Ports:
    """The ports that Workers have on 127.0.0.1."""

    def __init__(self, store: Store, first_port: int) -> None:
        self._records = Collection(store, "ports", PortRecord)
        self._range = worker_ports(first_port)
        self._reserving = threading.Lock()
        self._held: dict[str, socket.socket] = {}

    def of(self, worker_name: str) -> int:
        """The Worker's port: the one it has, or the first that nobody has reserved and nobody uses."""
        with self._reserving:
            reservation = self._records.find(worker_name)
            return reservation.port if reservation else self._reserve(worker_name)

    def move(self, worker_name: str) -> int:
        """Give up the port and reserve another."""
        with self._reserving:
            return self._reserve(worker_name)

    def hold(self, worker_name: str) -> None:
        """Keep other programs off the port until its Worker is served; nothing where that is so already."""
        holder = socket.socket()
        try:
            holder.bind(("127.0.0.1", self.of(worker_name)))
        except OSError:
            holder.close()
        else:
            self._held[worker_name] = holder

    def release(self, worker_name: str) -> None:
        """Let the Worker have its port."""
        holder = self._held.pop(worker_name, None)
        if holder:
            holder.close()

    def release_all(self) -> None:
        for worker_name in list(self._held):
            self.release(worker_name)

    def _reserve(self, worker_name: str) -> int:
        """A port that no Worker has, which may be one that another program has just given up.

        Raises:
            RuntimeError: every port of the range is taken.
        """
        taken = {record.port for record in self._records.all()}
        for port in self._range:
            if port not in taken and is_free(port):
                self._records.put(worker_name, PortRecord(port=port))
                return port
        raise RuntimeError(f"no free port from {self._range[0]} to {self._range[-1]}")


def becomes_free(port: int) -> bool:
    """Whether the port is free, or is given up soon by a process that is just ending."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def url_of(port: int) -> str:
    return f"http://127.0.0.1:{port}"
