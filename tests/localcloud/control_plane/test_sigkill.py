"""SIGKILL at any time: what was answered is there after the restart, and what is there fits together."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from localcloud.home import Home
from tests.localcloud.conftest import BASE, SANDBOX, application_body, deployment_body, version_body
from tests.localcloud.fake_data_plane import FakeDataPlane

KILLS = 10


@dataclass
class Answered:
    """What the control plane has said that it did, by name."""

    buckets: set[str] = field(default_factory=set)
    deleted_buckets: set[str] = field(default_factory=set)
    live: dict[str, str] = field(default_factory=dict)
    applications: set[str] = field(default_factory=set)


@pytest.fixture
def home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory(prefix="lc-") as folder:
        prepared = Home(Path(folder))
        prepared.prepare()
        yield prepared


@contextmanager
def running(home: Home) -> Iterator[tuple[int, httpx.Client]]:
    command = [sys.executable, "-m", "tests.localcloud.control_plane.served", str(home.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        headers = {"authorization": f"Bearer {home.api_token.read_text()}"}
        with httpx.Client(base_url=process.stdout.readline().strip() + BASE, headers=headers) as client:
            yield process.pid, client
        if process.poll() is None:
            process.terminate()


def work(client: httpx.Client, start: int, answered: Answered) -> None:
    """Make and delete things until the control plane is gone."""
    number = start
    while True:
        number += 1
        name = f"thing-{number}"
        try:
            make(client, name, answered)
        except httpx.HTTPError:
            return


def make(client: httpx.Client, name: str, answered: Answered) -> None:
    client.post("/r2/buckets", json={"name": name}).raise_for_status()
    answered.buckets.add(name)
    worker = client.post("/workers/workers", json={"name": name}).raise_for_status().json()["result"]
    path = f"/workers/workers/{worker['id']}/versions"
    version = client.post(path, json=version_body(**SANDBOX)).raise_for_status().json()["result"]
    deployments = f"/workers/scripts/{name}/deployments"
    client.post(deployments, json=deployment_body(version["id"])).raise_for_status()
    answered.live[name] = version["id"]
    namespace_id = version["bindings"][0]["namespace_id"]
    application = application_body(namespace_id, name=name)
    client.post("/containers/applications", json=application).raise_for_status()
    answered.applications.add(name)
    answered.buckets.discard(name)
    client.delete(f"/r2/buckets/{name}").raise_for_status()
    answered.deleted_buckets.add(name)


def test_what_was_answered_survives(home: Home) -> None:
    data_plane, answered = FakeDataPlane(), Answered()
    with data_plane.serve(home.data_plane_socket):
        for kill in range(KILLS):
            data_plane.forget()
            with running(home) as (pid, client):
                delay_s = random.Random(kill).uniform(0, 0.1)  # noqa: S311 - repeatable, not secret
                killer = threading.Thread(target=kill_at_work, args=(pid, answered, delay_s))
                killer.start()
                work(client, kill * 1000, answered)
                killer.join()
            data_plane.forget()
            with running(home) as (_, client):
                check(client, data_plane, answered)
    assert len(answered.applications) >= KILLS


def kill_at_work(pid: int, answered: Answered, delay_s: float) -> None:
    """Somewhere in the work that follows one more finished thing, however fast the machine is."""
    before = len(answered.applications)
    while len(answered.applications) == before:
        time.sleep(0.001)
    time.sleep(delay_s)
    os.kill(pid, signal.SIGKILL)


def check(client: httpx.Client, data_plane: FakeDataPlane, answered: Answered) -> None:
    buckets = {bucket["name"] for bucket in client.get("/r2/buckets").json()["result"]["buckets"]}
    assert answered.buckets <= buckets
    assert not answered.deleted_buckets & buckets
    applications = client.get("/containers/applications?per_page=500").json()["result"]
    assert answered.applications <= {application["name"] for application in applications}
    namespaces = client.get("/workers/durable_objects/namespaces?per_page=5000").json()["result"]
    held = {application["durable_objects"]["namespace_id"] for application in applications}
    assert held <= {namespace["id"] for namespace in namespaces}
    served = {name: worker["version_id"] for name, worker in data_plane.workers.items()}
    assert answered.live.items() <= served.items()
    assert held == data_plane.applications.keys()
    assert buckets == data_plane.buckets.keys()
