"""A task's states as Server-Sent Events, through the whole service."""

from collections.abc import Iterator

import httpx

from tests.e2e.cloud import Cloud, Service

RUNNING, ENDED = "2", "3"


def watch(service: Service, task_id: str, last_event_id: str | None = None) -> Iterator[dict[str, str]]:
    """The fields of each event, until the service ends the stream."""
    headers = {"last-event-id": last_event_id} if last_event_id else {}
    with (
        service.client() as client,
        client.stream("GET", f"/tasks/{task_id}/events", headers=headers) as answer,
    ):
        assert answer.headers["content-type"] == "text/event-stream"
        fields: dict[str, str] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name and name != "retry":
                fields[name] = value
            elif "id" in fields:
                yield fields
                fields = {}


def test_a_watched_task_is_told_from_its_run_to_its_end(service: Service) -> None:
    events = list(watch(service, service.submit("What is 2 + 2?")))
    ids = [event["id"] for event in events]
    assert ids == sorted(set(ids))
    assert ids[-1] == ENDED
    assert '"status":"succeeded"' in events[-1]["data"]


def test_a_broken_connection_is_taken_up_where_it_broke(cloud: Cloud, service: Service) -> None:
    task_id = service.submit("scenario:never-ends", timeout=60_000)
    before = next(event for event in watch(service, task_id) if event["id"] == RUNNING)
    cloud.kill_workerd(service.name)
    service.cancel(task_id)
    after = list(watch(service, task_id, last_event_id=before["id"]))
    assert [event["id"] for event in after] == [ENDED]
    assert '"status":"cancelled"' in after[0]["data"]


def test_a_client_that_saw_the_end_is_told_to_stay_away(service: Service) -> None:
    task_id = str(service.execute("What is 2 + 2?").json()["taskId"])
    with service.client() as client:
        answer = client.get(f"/tasks/{task_id}/events", headers={"last-event-id": ENDED})
    assert answer.status_code == httpx.codes.NO_CONTENT


def test_another_id_has_no_events(service: Service) -> None:
    with service.client() as client:
        answer = client.get("/tasks/00000000-0000-4000-8000-000000000000/events")
    assert (answer.status_code, answer.json()["code"]) == (404, "TASK_NOT_FOUND")
