"""The Python client, against a server on a real port: the seed's API and the newer one."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from claude_sandbox import AsyncSandboxClient, SandboxClient
from claude_sandbox.client import (
    BadAnswer,
    Busy,
    Forbidden,
    InvalidRequest,
    NotFound,
    Progress,
    SandboxError,
    ServiceFailed,
    TaskState,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from tests.tools.service import (
    TASK_ID,
    TIME,
    TOKEN,
    Answer,
    FakeService,
    answering,
    answering_text,
    dead_url,
    in_turn,
    seed_service,
    served,
    task_service,
)


class Pauses:
    """Waits for no time at all and remembers for how long it should have."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@contextmanager
def connected(
    service: FakeService, pauses: Pauses | None = None, now: Callable[[], float] = time.monotonic
) -> Iterator[SandboxClient]:
    with (
        served(service) as url,
        SandboxClient(url, TOKEN, pause=pauses or Pauses(), now=now) as sandbox,
    ):
        yield sandbox


def test_runs_a_task_on_the_seeds_service() -> None:
    with connected(seed_service()) as sandbox:
        result = sandbox.run("What is 2 + 2?")
    assert (result.success, result.text, result.task_id) == (True, "4\n", TASK_ID)


def test_runs_a_task_on_the_service() -> None:
    states: list[Progress] = []
    with connected(task_service("queued", "running", "running")) as sandbox:
        result = sandbox.run("What is 2 + 2?", on_progress=states.append)
    assert result.success
    assert [one.state for one in states] == ["queued", "running", "running"]


def test_event_loops_client_runs_a_task() -> None:
    async def run(url: str) -> bool:
        async with AsyncSandboxClient(url, TOKEN, pause=lambda _seconds: asyncio.sleep(0)) as sandbox:
            return (await sandbox.run("What is 2 + 2?")).success

    with served(task_service("queued")) as url:
        assert asyncio.run(run(url))


def test_event_loops_client_lists_every_page() -> None:
    async def ids(url: str) -> list[str]:
        async with AsyncSandboxClient(url, TOKEN) as sandbox:
            return [task.task_id async for task in sandbox.tasks()]

    with served(task_service()) as url:
        assert asyncio.run(ids(url)) == [TASK_ID, TASK_ID]


def test_lists_every_page() -> None:
    with connected(task_service()) as sandbox:
        assert [task.status for task in sandbox.tasks()] == [TaskState.SUCCEEDED, TaskState.SUCCEEDED]


def test_waits_for_a_result_of_the_seeds_service() -> None:
    missing = answering({"error": "Task result not found"}, 404)
    service = seed_service()
    path = f"GET /tasks/{TASK_ID}/result"
    service.answers[path] = in_turn(missing, missing, service.answers[path])
    with connected(service) as sandbox:
        assert sandbox.wait(TASK_ID).success


def test_wait_gives_up_at_its_deadline_and_names_the_task() -> None:
    clock = iter(range(0, 1_000, 10))
    with (
        connected(task_service(*["running"] * 50), now=lambda: next(clock)) as sandbox,
        pytest.raises(TimedOut) as raised,
    ):
        sandbox.wait(TASK_ID, timeout_ms=30_000)
    assert raised.value.facts.task_id == TASK_ID


def test_wait_for_an_unknown_task_fails_at_once() -> None:
    unknown = answering({"error": "Task result not found", "code": "RESULT_NOT_FOUND"}, 404)
    with (
        connected(FakeService({f"GET /tasks/{TASK_ID}/result": unknown})) as sandbox,
        pytest.raises(NotFound),
    ):
        sandbox.wait(TASK_ID)


def test_cancel_tells_the_state() -> None:
    with connected(task_service()) as sandbox:
        assert sandbox.cancel(TASK_ID).status is TaskState.CANCELLED


def test_key_of_a_running_task_leads_to_it() -> None:
    service = task_service("running")
    body = {"error": "Request in progress", "code": "REQUEST_IN_PROGRESS", "taskId": TASK_ID}
    service.answers["POST /execute"] = answering(body, 409)
    with connected(service) as sandbox:
        assert sandbox.run("hello", idempotency_key="k").task_id == TASK_ID


KINDS: list[tuple[int, type[SandboxError], bool]] = [
    (400, InvalidRequest, False),
    (401, Unauthorized, False),
    (403, Forbidden, False),
    (404, NotFound, False),
    (408, TimedOut, False),
    (429, Busy, True),
    (500, ServiceFailed, False),
    (503, Busy, True),
]


@pytest.mark.parametrize(("status", "kind", "is_transient"), KINDS)
def test_error_says_whether_it_passes(status: int, kind: type[SandboxError], is_transient: object) -> None:
    body = {"error": "told", "code": "CODE", "detail": "do this"}
    with (
        connected(FakeService({"POST /execute": answering(body, status)})) as sandbox,
        pytest.raises(kind) as raised,
    ):
        sandbox.run("hello")
    assert (raised.value.is_transient, raised.value.code, raised.value.next_step) == (
        is_transient,
        "CODE",
        "do this",
    )


@pytest.mark.parametrize("answer", [answering_text("<html>"), answering_text("<html>", 502), answering([])])
def test_page_of_something_else_is_a_bad_answer(answer: Answer) -> None:
    with connected(FakeService({"GET /health": answer})) as sandbox, pytest.raises(BadAnswer):
        sandbox.health()


def test_get_is_repeated_and_waits_as_long_as_asked() -> None:
    busy = answering(
        {"error": "Storage unavailable", "code": "STORAGE_UNAVAILABLE"}, 503, **{"Retry-After": "7"}
    )
    service, pauses = task_service(), Pauses()
    path = f"GET /tasks/{TASK_ID}/result"
    service.answers[path] = in_turn(busy, busy, service.answers[path])
    with connected(service, pauses=pauses) as sandbox:
        assert sandbox.result(TASK_ID).success
    assert pauses.seconds == [7.0, 7.0]


@pytest.mark.parametrize(("key", "attempts"), [(None, 1), ("key", 4)])
def test_task_is_sent_again_only_with_a_key(key: str | None, attempts: int) -> None:
    service = FakeService({"POST /execute": answering({"error": "Capacity exhausted"}, 503)})
    with connected(service) as sandbox, pytest.raises(Busy):
        sandbox.submit("hello", idempotency_key=key)
    assert len(service.calls) == attempts


def test_dead_port_was_never_reached() -> None:
    with SandboxClient(dead_url(), TOKEN) as sandbox, pytest.raises(Unreachable) as raised:
        sandbox.submit("hello")
    assert not raised.value.may_have_arrived


def test_transport_can_be_replaced() -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=seed_health()))
    with SandboxClient("http://sandbox", None, transport=transport) as sandbox:
        assert sandbox.health().status == "healthy"


def seed_health() -> dict[str, Any]:
    return {"status": "healthy", "platform": "cloudflare_sandboxes", "auth_method": "anthropic_api_key"}


def test_document_is_what_the_service_sent() -> None:
    body = {
        "taskId": TASK_ID,
        "success": False,
        "stdout": "",
        "stderr": "no",
        "timestamp": TIME,
        "newer": [1],
    }
    service = FakeService({f"GET /tasks/{TASK_ID}/result": answering(body)})
    with connected(service) as sandbox:
        assert sandbox.result(TASK_ID).document() == body


def test_id_never_leaves_its_part_of_the_path() -> None:
    service = FakeService({"GET /tasks/../health/result": answering({"error": "Task result not found"}, 404)})
    with connected(service) as sandbox, pytest.raises(NotFound):
        sandbox.result("../health")


def test_error_shows_code_and_next_step() -> None:
    service = FakeService({"GET /health": answering({"error": "No"}, 503)})
    with connected(service) as sandbox, pytest.raises(Busy, match=r"No \(HTTP_503\)"):
        sandbox.health()
