"""What lives on through a stop, a SIGKILL and a restart, and what `reset` forgets."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from localcloud import daemon
from localcloud.home import Home
from tests.e2e.callers import CALLS_PER_SECOND, Caller
from tests.e2e.cloud import TERMINAL, Cloud, Service, await_condition
from tests.e2e.processes import Process
from tests.e2e.test_kill import require_one_answer

STALL_S = 6
ENOUGH_CALLS = 10


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    cloud = Cloud(Home(tmp_path_factory.mktemp("survival") / "home"))
    cloud.start()
    yield cloud
    cloud.command("stop")


@pytest.fixture(scope="module")
def service(site: Cloud) -> Service:
    return site.service()


def kill_supervisor(site: Cloud) -> None:
    """SIGKILL, and nothing else; returns once all that it had started is gone."""
    running = daemon.find(site.home)
    assert running is not None
    supervisor = Process(running.pid)
    below = supervisor.descendants()
    assert {"workerd", "claude"} <= {one.name for one in below}
    os.kill(running.pid, signal.SIGKILL)
    await_condition(lambda: not any(one.is_running for one in below))


@contextmanager
def stopped(those: set[Process]) -> Iterator[None]:
    """They get no time, as on a machine that has none to give."""
    for one in those:
        os.kill(one.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in those:
            os.kill(one.pid, signal.SIGCONT)


def test_a_result_survives_stop_and_start(site: Cloud, service: Service) -> None:
    before = service.result(service.execute("What is 2 + 2?").json()["taskId"])
    site.command("stop")
    site.start()
    after = service.result(before.json()["taskId"])
    assert (after.status_code, after.content) == (httpx.codes.OK, before.content)


def test_nothing_is_to_be_deployed_after_stop_and_start(site: Cloud, service: Service) -> None:
    site.command("stop")
    site.start()
    assert set(site.deploy()["counts"]) == {"unchanged"}


def test_a_killed_supervisor_leaves_no_process_and_loses_nothing(site: Cloud, service: Service) -> None:
    before = service.result(service.execute("What is 2 + 2?").json()["taskId"])
    marker = "marker-supervisor-killed-"
    task_id = service.submit(f"{marker} scenario:never-ends")
    await_condition(lambda: site.model_calls(marker))
    kill_supervisor(site)
    site.start()
    assert service.await_status(task_id, TERMINAL)["attempts"] == 1
    assert require_one_answer(site, service, task_id)["status"] == "interrupted"
    assert site.runs(marker) == 0, "the run happened again"
    assert service.result(before.json()["taskId"]).content == before.content


def test_it_starts_again_right_after_the_kill(site: Cloud, service: Service) -> None:
    """While the killed one's data plane still ends: two never open the same data."""
    before = service.result(service.execute("What is 2 + 2?").json()["taskId"])
    running = daemon.find(site.home)
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    site.start()
    assert service.result(before.json()["taskId"]).content == before.content


def test_a_machine_that_stalls_loses_no_request(site: Cloud, service: Service) -> None:
    """For longer than workerd, Node and uvicorn keep an idle connection, which is five seconds."""
    running = daemon.find(site.home)
    assert running is not None
    all_of_it = {Process(running.pid), *Process(running.pid).descendants()}
    caller = Caller(service.url, service.token)
    with caller.calling():
        await_condition(lambda: caller.outcomes["200"] > ENOUGH_CALLS)
        with stopped(all_of_it):
            time.sleep(STALL_S)
        await_condition(lambda: caller.outcomes["200"] > (STALL_S + 2) * CALLS_PER_SECOND)
    assert caller.outcomes.keys() <= {"200", "202"}, caller.outcomes


def test_reset_forgets_everything(site: Cloud, service: Service) -> None:
    task_id = service.execute("What is 2 + 2?").json()["taskId"]
    running = daemon.find(site.home)
    assert running is not None
    all_of_it = {Process(running.pid), *Process(running.pid).descendants()}
    site.command("reset")
    assert not any(one.is_running for one in all_of_it)
    assert not site.home.folder.exists()
    site.start()
    assert site.status() == {"workers": [], "instances": [], "isolation": "bubblewrap"}
    fresh = site.service()
    assert fresh.token != service.token
    assert fresh.result(task_id).status_code == httpx.codes.NOT_FOUND
