"""A Worker's port is known before the Worker is there, and nobody else gets it meanwhile."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from localcloud.control_plane.store import Store
from localcloud.control_plane.workers.ports import Ports, is_free
from tests.localcloud.conftest import Cloud


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[Ports]:
    store = Store(tmp_path / "state.sqlite")
    found = Ports(store)
    yield found
    found.release_all()
    store.close()


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
