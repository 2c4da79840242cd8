"""A Worker's port is known before the Worker is there, and nobody else gets it meanwhile."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from localcloud.control_plane.store import Store
from localcloud.control_plane.workers.ports import Ports, is_free
from localcloud.port_range import WORKERS, control_plane_port
from tests.localcloud.conftest import Cloud

FIRST_PORT = int(os.environ["LOCALCLOUD_FIRST_PORT"])


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[Ports]:
    store = Store(tmp_path / "state.sqlite")
    found = Ports(store, FIRST_PORT)
    yield found
    found.release_all()
    store.close()


def test_ports_are_the_first_free_ones_of_the_range(ports: Ports) -> None:
    """The control plane's is not among them, also while it is free."""
    given = [ports.of(f"worker-{number}") for number in range(5)]
    assert given == sorted(set(given))
    assert FIRST_PORT <= given[0] < given[-1] < FIRST_PORT + WORKERS
    assert control_plane_port(FIRST_PORT) not in given


def test_a_range_that_is_used_up_is_an_error(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localcloud.control_plane.workers.ports.is_free", lambda _: False)
    with pytest.raises(RuntimeError, match=f"no free port from {FIRST_PORT} to {FIRST_PORT + WORKERS - 1}"):
        ports.of("demo")


def test_a_held_port_is_taken_for_every_other_program(ports: Ports) -> None:
    ports.hold("demo")
    assert not is_free(ports.of("demo"))


def test_a_released_port_is_the_workers(ports: Ports) -> None:
    ports.hold("demo")
    ports.release("demo")
    with socket.create_server(("127.0.0.1", ports.of("demo"))):
        ports.hold("demo")
    assert is_free(ports.of("demo"))


def test_a_port_that_was_told_is_held_until_its_worker_is_served(cloud: Cloud) -> None:
    url = cloud.send("GET", "/localcloud/workers/demo").json()["result"]["url"]
    port = urlsplit(url).port
    assert port
    assert not is_free(port)
    cloud.run_sandbox("demo")
    assert is_free(port)
    cloud.result("DELETE", "/workers/workers/demo")
    assert not is_free(port)
