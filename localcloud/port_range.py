"""Which ports of 127.0.0.1 a localcloud takes: the first of its range that are free."""

from typing import Final

FIRST_PORT: Final = 8787
WORKERS: Final = 1000


def control_plane_port(first_port: int) -> int:
    return first_port + 1


def model_port(first_port: int) -> int:
    return first_port + 2


def worker_ports(first_port: int) -> list[int]:
    """Those that Workers may have, the first one first."""
    ports = range(first_port, first_port + WORKERS)
    return [port for port in ports if port != control_plane_port(first_port)]
