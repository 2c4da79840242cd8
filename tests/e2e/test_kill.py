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


def require_one_answer(cloud: Cloud, service: Service, task_id: str) -> dict[str, Any]:
    """What must hold of every task, whatever was killed; returns the answer."""
    task = service.await_status(task_id, TERMINAL)
    answer = await_result(service, task_id)
    record = stored_record(cloud, service, task_id)
    assert record.items() <= answer.items(), (record, answer)
    assert task["status"] == answer["status"]
    ends = cloud.events(service, task_id, "task_ended")
    assert {end["status"] for end in ends} == {task["status"]}
    return answer


def require_one_run(cloud: Cloud, service: Service, task_id: str, marker: str) -> dict[str, Any]:
    """By the sessions of Claude Code that the model saw."""
    answer = require_one_answer(cloud, service, task_id)
    runs = cloud.runs(marker)
    assert runs == 1 if answer["success"] else runs <= 1, f"the task ran {runs} times"
    return answer


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
    """SIGKILL once the task is in this phase; whether it was in no later one just before.

    The answer of the task's object leaves it only when all that it wrote before is on the disk.
    """
    await_condition(partial(cloud.has_phase, service, task_id, phase))
    service.task(task_id)
    was_in_it = cloud.phases(service, task_id)[-1] == phase
    cloud.kill_workerd(service.name)
    return was_in_it


def until_hit(kill_one: Callable[[str], bool], marker: str) -> None:
    """Every task must survive; a kill that came after its phase does not count, and another one is made."""
    assert any(kill_one(f"marker-{marker}-{tried}-") for tried in range(TRIES)), "no kill hit its phase"


def starts(cloud: Cloud, service: Service, task_id: str) -> int:
    names = ("run_started", "run_start_unanswered")
    return sum(len(cloud.events(service, task_id, name)) for name in names)


def test_queued_tasks_survive(recording_cloud: Cloud, recording_service: Service) -> None:
    """What occupies the instances asks no model, or a kill would end it and let the queue move on."""
    cloud, service = recording_cloud, recording_service
    with cloud.occupied(service):
        queued = [service.submit("What is 2 + 2?") for _ in range(ROUNDS)]
        for _ in range(ROUNDS):
            cloud.kill_workerd(service.name)
            assert {service.await_status(one, {"queued"})["status"] for one in queued} == {"queued"}
    answers = [require_one_answer(cloud, service, one) for one in queued]
    assert [answer["status"] for answer in answers] == ["succeeded"] * ROUNDS
    assert [starts(cloud, service, one) for one in queued] == [1] * ROUNDS


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_starting_task_survives(cloud: Cloud, service: Service, number: int) -> None:
    cloud.set_faults(container_start_delay_ms=400)

    def kill_one(marker: str) -> bool:
        task_id = service.submit(f"{marker} What is 2 + 2?")
        was_hit = kill_in(cloud, service, task_id, "starting")
        answer = require_one_run(cloud, service, task_id, marker)
        assert answer["status"] == "succeeded"
        return was_hit and answer["attempts"] > 1  # a start was cut off

    until_hit(kill_one, f"starting-{number}")


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_running_task_survives(cloud: Cloud, service: Service, number: int) -> None:
    """Its model can't be reached while workerd is down; a run that this outlasts says so."""

    def kill_one(marker: str) -> bool:
        task_id = service.submit(f"{marker} scenario:slow")
        await_condition(lambda: cloud.model_calls(marker))
        was_hit = kill_in(cloud, service, task_id, "running")
        answer = require_one_run(cloud, service, task_id, marker)
        assert answer["status"] in {"succeeded", "interrupted"} or answer["code"] == "MODEL_ERROR"
        return was_hit

    until_hit(kill_one, f"running-{number}")


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_storing_task_survives(cloud: Cloud, service: Service, number: int) -> None:
    cloud.set_faults(bucket_put_delay_ms=400)

    def kill_one(marker: str) -> bool:
        task_id = service.submit(f"{marker} What is 2 + 2?")
        was_hit = kill_in(cloud, service, task_id, "storing")
        answer = require_one_run(cloud, service, task_id, marker)
        assert answer["status"] == "succeeded"
        return was_hit

    until_hit(kill_one, f"storing-{number}")


def test_a_sandbox_that_is_killed_ends_its_task(cloud: Cloud, service: Service) -> None:
    marker = "marker-sandbox-killed-"
    task_id = service.submit(f"{marker} scenario:never-ends")
    await_condition(lambda: cloud.model_calls(marker))
    cloud.kill_sandboxes()
    assert require_one_run(cloud, service, task_id, marker)["code"] == "SANDBOX_LOST"


def test_no_sandbox_is_left(cloud: Cloud, recording_cloud: Cloud) -> None:
    for one in (cloud, recording_cloud):
        one.await_no_sandbox()
