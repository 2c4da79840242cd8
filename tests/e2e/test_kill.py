"""SIGKILL of workerd while a task is queued, starting, running and storing: one answer each, no run twice."""

import json
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from tests.e2e.cloud import TERMINAL, Cloud, Service, await_condition

ROUNDS = 10
TRIES = 5


@pytest.fixture(autouse=True)
def _no_faults_left(faults: Cloud) -> None:
    """Every test starts and ends without injected faults."""
    faults.set_faults()


def stored_record(cloud: Cloud, service: Service, task_id: str) -> dict[str, Any]:
    """The record as the bucket has it on the disk, read without the Worker."""
    bucket = f"{service.name}-results"
    for database in cloud.home.folder.glob("buckets/miniflare-R2BucketObject/*.sqlite"):
        if database.stem == "metadata":
            continue
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            query = "SELECT blob_id FROM _mf_objects WHERE key = ?"
            row = connection.execute(query, (f"tasks/{task_id}/result.json",)).fetchone()
        if row is not None:
            blob = cloud.home.folder / "buckets" / bucket / "blobs" / row[0]
            document: dict[str, Any] = json.loads(blob.read_bytes())
            return document
    raise AssertionError(f"no record of {task_id} in the bucket")


def require_one_answer(cloud: Cloud, service: Service, task_id: str, marker: str) -> str:
    """The invariant; returns the task's status."""
    task = service.await_status(task_id, TERMINAL)
    answer = await_result(service, task_id)
    record = stored_record(cloud, service, task_id)
    assert record.items() <= answer.items(), (record, answer)
    assert task["status"] == answer["status"]
    runs = cloud.runs(marker)
    assert runs == 1 if task["status"] == "succeeded" else runs <= 1, f"the run happened {runs} times"
    ends = cloud.events(service, task_id, "task_ended")
    assert {end["status"] for end in ends} == {task["status"]}
    return str(task["status"])


def await_result(service: Service, task_id: str) -> dict[str, Any]:
    def fetched() -> dict[str, Any] | None:
        try:
            answer = service.result(task_id)
        except httpx.TransportError:
            return None
        return answer.json() if answer.is_success else None

    document: dict[str, Any] = await_condition(fetched)
    return document


def kill_in(cloud: Cloud, service: Service, task_id: str, phase: str) -> bool:
    """SIGKILL once the task is in this phase; whether it was in no later one just before."""
    await_condition(partial(cloud.has_phase, service, task_id, phase))
    was_in_it = cloud.phases(service, task_id)[-1] == phase
    cloud.kill_workerd(service.name)
    return was_in_it


def until_hit(kill_one: Callable[[str], bool], marker: str) -> None:
    """Every task must survive; a kill that came after its phase does not count, and another one is made."""
    assert any(kill_one(f"marker-{marker}-{tried}-") for tried in range(TRIES)), "no kill hit its phase"


def test_queued_tasks_survive(cloud: Cloud, service: Service) -> None:
    blockers = [service.submit("scenario:never-ends") for _ in range(5)]
    for blocker in blockers:
        await_condition(partial(cloud.has_phase, service, blocker, "running"))
    markers = [f"marker-queued-{number}-" for number in range(ROUNDS)]
    queued = [service.submit(f"{marker} What is 2 + 2?") for marker in markers]
    for _ in range(ROUNDS):
        cloud.kill_workerd(service.name)
        assert {service.await_status(one, {"queued"})["status"] for one in queued} == {"queued"}
    for blocker in blockers:
        service.cancel(blocker)
    statuses = [require_one_answer(cloud, service, *pair) for pair in zip(queued, markers, strict=True)]
    assert statuses == ["succeeded"] * ROUNDS


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_starting_task_survives(cloud: Cloud, service: Service, number: int) -> None:
    cloud.set_faults(container_start_delay_ms=400)

    def kill_one(marker: str) -> bool:
        task_id = service.submit(f"{marker} What is 2 + 2?")
        was_hit = kill_in(cloud, service, task_id, "starting")
        assert require_one_answer(cloud, service, task_id, marker) == "succeeded"
        return was_hit and service.task(task_id)["attempts"] == 2  # the start was cut off, and made again

    until_hit(kill_one, f"starting-{number}")


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_running_task_survives(cloud: Cloud, service: Service, number: int) -> None:
    def kill_one(marker: str) -> bool:
        task_id = service.submit(f"{marker} scenario:slow")
        await_condition(lambda: cloud.model_calls(marker))
        was_hit = kill_in(cloud, service, task_id, "running")
        assert require_one_answer(cloud, service, task_id, marker) in {"succeeded", "interrupted"}
        return was_hit

    until_hit(kill_one, f"running-{number}")


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_storing_task_survives(cloud: Cloud, service: Service, number: int) -> None:
    cloud.set_faults(bucket_put_delay_ms=400)

    def kill_one(marker: str) -> bool:
        task_id = service.submit(f"{marker} What is 2 + 2?")
        was_hit = kill_in(cloud, service, task_id, "storing")
        assert require_one_answer(cloud, service, task_id, marker) == "succeeded"
        return was_hit

    until_hit(kill_one, f"storing-{number}")


def test_a_sandbox_that_is_killed_ends_its_task(cloud: Cloud, service: Service) -> None:
    marker = "marker-sandbox-killed-"
    task_id = service.submit(f"{marker} scenario:never-ends")
    await_condition(lambda: cloud.model_calls(marker))
    cloud.kill_sandboxes()
    assert require_one_answer(cloud, service, task_id, marker) == "interrupted"


def test_no_sandbox_is_left(cloud: Cloud) -> None:
    cloud.await_no_sandbox()
