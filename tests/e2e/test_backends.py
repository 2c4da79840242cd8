"""Both ways to run a sandbox: in namespaces, and as plain processes where a kernel refuses those."""

import os
import signal
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from localcloud import daemon
from localcloud.home import Home
from tests.e2e.cloud import TERMINAL, Cloud, Service, await_condition
from tests.e2e.processes import Process, processes

LINGERING_CLAUDE = Path(__file__).with_name("lingering-claude")
CANARY = "canary-of-a-real-key-0123456789abcdef"
CREDENTIALS = {"ANTHROPIC_API_KEY": CANARY, "CLAUDE_CODE_OAUTH_TOKEN": CANARY}
OPTIONS = {"bubblewrap": (), "none": ("--no-isolation",)}


@pytest.fixture(scope="module", params=OPTIONS)
def options(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return ("--claude", str(LINGERING_CLAUDE), *OPTIONS[request.param])


@pytest.fixture(scope="module")
def site(options: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Started where the user's own credentials are in the environment."""
    cloud = Cloud(Home(tmp_path_factory.mktemp("backend") / "home"))
    replace(cloud, environment=CREDENTIALS).start(*options)
    yield cloud
    cloud.command("stop")


@pytest.fixture
def service(site: Cloud, options: tuple[str, ...]) -> Service:
    """Nothing runs in a sandbox yet."""
    site.start(*options)
    await_condition(lambda: not site.status()["instances"])
    return site.service()


def supervisor(site: Cloud) -> Process:
    running = daemon.find(site.home)
    assert running is not None
    return Process(running.pid)


def data_plane(site: Cloud) -> Process:
    children = supervisor(site).descendants()
    return next(one for one in children if any(word.endswith("main.ts") for word in one.command))


def sandbox_server(site: Cloud) -> Process:
    (instance,) = site.status()["instances"]
    return Process(instance["pid"])


def linger(service: Service) -> tuple[str, set[Process]]:
    """A task that never ends; its id, the agent's process, and the one that the agent has let go."""
    name = f"lingering-{uuid.uuid4()}"
    task_id = service.submit(name)

    def both() -> set[Process]:
        found = {one for one in processes() if one.command[0] == name}
        return found if len(found) == 2 else set()

    return task_id, await_condition(both)


def test_no_process_of_localcloud_has_the_users_credential(site: Cloud, service: Service) -> None:
    task_id, inside = linger(service)
    all_of_it = {supervisor(site), *supervisor(site).descendants(), *inside}
    assert {one.name for one in all_of_it if CANARY.encode() in one.environment} == set()
    assert all(one.environment for one in (supervisor(site), data_plane(site), *inside))
    service.cancel(task_id)
    service.await_status(task_id, TERMINAL)


def test_an_ended_task_leaves_no_process(service: Service) -> None:
    task_id, inside = linger(service)
    service.cancel(task_id)
    assert service.await_status(task_id, TERMINAL)["status"] == "cancelled"
    await_condition(lambda: not any(one.is_running for one in inside))


@pytest.mark.parametrize("victim", [sandbox_server, data_plane, supervisor])
def test_no_process_outlives_the_one_that_is_killed(
    site: Cloud, service: Service, options: tuple[str, ...], victim: Callable[[Cloud], Process]
) -> None:
    task_id, inside = linger(service)
    killed = victim(site)
    below = {killed, *killed.descendants(), *inside}
    os.kill(killed.pid, signal.SIGKILL)
    await_condition(lambda: not any(one.is_running for one in below))
    site.start(*options)
    assert service.await_status(task_id, TERMINAL)["status"] == "interrupted"


def test_without_isolation_a_task_succeeds_and_no_real_key_is_taken(tmp_path: Path) -> None:
    """The key's address is one where nobody answers: a run that succeeds did not ask there."""
    site = Cloud(
        Home(tmp_path / "home"), environment={**CREDENTIALS, "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}
    )
    site.start("--no-isolation")
    try:
        printed = site.up()
        assert site.command("status")["isolation"] == "none"
    finally:
        site.command("stop")
    assert "I wrote hello.py" in printed
    assert "Sandboxes are NOT isolated" in printed
    files = [path for path in site.home.folder.rglob("*") if path.is_file()]
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []
