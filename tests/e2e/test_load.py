"""More than fits: a burst is queued, what does not fit is refused, a repeated request is one run."""

import base64
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.e2e.cloud import MAX_INSTANCES, Cloud, Service, await_condition

BURST = 50
STORM = 100


def test_a_burst_is_queued_and_each_task_is_answered(
    recording_cloud: Cloud, recording_service: Service
) -> None:
    prompts = [f"burst {number}" for number in range(BURST)]
    with ThreadPoolExecutor(BURST) as senders:
        ids = list(senders.map(recording_service.submit, prompts))
    most = 0

    def all_ended() -> bool:
        nonlocal most
        most = max(most, len(recording_cloud.status()["instances"]))
        return all(recording_service.result(one).is_success for one in ids[-5:])

    await_condition(all_ended, seconds=120)
    tasks = [recording_service.await_status(one, {"succeeded"}) for one in ids]
    assert (len({task["taskId"] for task in tasks}), most <= MAX_INSTANCES) == (BURST, True)
    outputs = [base64.b64decode(recording_service.result(one).json()["stdout"]).decode() for one in ids]
    assert outputs == prompts


def test_a_full_queue_refuses_and_starts_nothing(recording_cloud: Cloud) -> None:
    service = recording_cloud.service("limits.maxQueuedTasks=2", "container.maxInstances=1")
    with recording_cloud.occupied(service, 1):
        queued = [service.submit("hello") for _ in range(2)]
        refused = service.execute("one too many")
        for one in queued:
            service.cancel(one)
    assert (refused.status_code, refused.json()["code"]) == (503, "CAPACITY_EXHAUSTED"), refused.text
    assert int(refused.headers["retry-after"]) > 0
    assert "task-id" not in refused.headers
    recording_cloud.service()


def test_a_storm_of_one_request_is_one_run(cloud: Cloud, service: Service) -> None:
    marker = "marker-storm-"
    headers = {"idempotency-key": "storm"}
    body = {"task": f"{marker} What is 2 + 2?"}
    with service.client() as client, ThreadPoolExecutor(STORM) as senders:
        answers = list(
            senders.map(lambda _: client.post("/execute", json=body, headers=headers), range(STORM))
        )
    counted = Counter(answer.status_code for answer in answers)
    assert set(counted) <= {httpx.codes.OK, httpx.codes.CONFLICT}, counted
    assert counted[httpx.codes.OK] >= 1
    assert len({answer.json()["taskId"] for answer in answers}) == 1
    assert cloud.runs(marker) == 1


def test_a_key_reused_for_another_task_is_refused(service: Service) -> None:
    headers = {"idempotency-key": "reused"}
    with service.client() as client:
        first = client.post("/execute", json={"task": "What is 2 + 2?"}, headers=headers)
        again = client.post("/execute", json={"task": "What is 2 + 2?"}, headers=headers)
        other = client.post("/execute", json={"task": "What is 3 + 3?"}, headers=headers)
    assert (first.status_code, again.headers["idempotency-replayed"]) == (httpx.codes.OK, "true")
    assert again.json()["output"] == first.json()["output"]
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
