"""SIGKILL of workerd while a task is queued, starting, running and storing: one answer each, no run twice."""

import json
import sqlite3
from functools import partial
from typing import Any

import httpx
import pytest

from tests.e2e.cloud import TERMINAL, Cloud, Service, await_condition

ROUNDS = 10


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
    assert cloud.runs(marker) <= 1, "the run happened twice"
    ends = [entry for entry in cloud.worker_log(service) if entry.get("event") == "task_ended"]
    assert {end["status"] for end in ends if end["taskId"] == task_id} == {task["status"]}
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


def test_queued_tasks_survive(recording_cloud: Cloud, recording_service: Service) -> None:
    cloud, service = recording_cloud, recording_service
    blockers = [service.submit("fault:sleep") for _ in range(5)]
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
    marker = f"marker-starting-{number}-"
    task_id = service.submit(f"{marker} What is 2 + 2?")
    await_condition(lambda: cloud.has_phase(service, task_id, "starting"))
    cloud.kill_workerd(service.name)
    assert require_one_answer(cloud, service, task_id, marker) == "succeeded"


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_running_task_survives(cloud: Cloud, service: Service, number: int) -> None:
    marker = f"marker-running-{number}-"
    task_id = service.submit(f"{marker} scenario:slow")
    await_condition(lambda: cloud.model_calls(marker))
    cloud.kill_workerd(service.name)
    assert require_one_answer(cloud, service, task_id, marker) in {"succeeded", "interrupted"}


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_storing_task_survives(cloud: Cloud, service: Service, number: int) -> None:
    cloud.set_faults(bucket_put_delay_ms=400)
    marker = f"marker-storing-{number}-"
    task_id = service.submit(f"{marker} What is 2 + 2?")
    await_condition(lambda: cloud.has_phase(service, task_id, "storing"))
    cloud.kill_workerd(service.name)
    assert require_one_answer(cloud, service, task_id, marker) == "succeeded"


def test_a_sandbox_that_is_killed_ends_its_task(cloud: Cloud, service: Service) -> None:
    marker = "marker-sandbox-killed-"
    task_id = service.submit(f"{marker} scenario:never-ends")
    await_condition(lambda: cloud.model_calls(marker))
    cloud.kill_sandboxes()
    assert require_one_answer(cloud, service, task_id, marker) == "interrupted"


def test_no_sandbox_is_left(cloud: Cloud) -> None:
    await_condition(lambda: not cloud.status()["instances"])
