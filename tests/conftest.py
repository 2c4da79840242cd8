"""Tests that run at once have ports of their own: a localcloud that is down leaves its ports to others."""

import os

import pytest

from localcloud.port_range import FIRST_PORT, WORKERS


def pytest_configure(config: pytest.Config) -> None:
    """Each localcloud that this process starts, by any command, looks for ports in a range of its own."""
    worker = getattr(config, "workerinput", {"workerid": "gw0"})["workerid"]
    first_port = int(os.environ.get("LOCALCLOUD_FIRST_PORT", FIRST_PORT))
    os.environ["LOCALCLOUD_FIRST_PORT"] = str(first_port + WORKERS * int(worker.removeprefix("gw")))
