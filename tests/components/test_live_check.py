"""`up` ends when the version that it deployed answers."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from cloudflare import Cloudflare

from infra.components.live_check import LiveCheckError, await_version
from infra.workers_api import WorkersApi
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.localcloud.conftest import API_TOKEN, SANDBOX, Cloud

VERSION = "11111111-1111-4111-8111-111111111111"


def answering(*answers: tuple[int, str]) -> Callable[[httpx.Request], httpx.Response]:
    """One answer after another, status and version; the last one again and again."""
    left = list(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        status, version = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(status, headers={"Worker-Version-Id": version})

    return answer


def check(handler: Callable[[httpx.Request], httpx.Response], timeout_seconds: float = 300) -> list[float]:
    """Waits without waiting; returns the pauses."""
    pauses: list[float] = []
    client = httpx.Client(transport=httpx.MockTransport(handler))
    await_version(
        "https://x.example.com",
        VERSION,
        client=client,
        now=lambda: sum(pauses),
        sleep=pauses.append,
        timeout_seconds=timeout_seconds,
    )
    return pauses


def test_it_passes_at_once_where_the_version_answers() -> None:
    assert check(answering((200, VERSION))) == []


def test_it_waits_while_another_version_answers() -> None:
    assert len(check(answering((200, "old"), (200, "old"), (200, VERSION)))) == 2


def test_it_waits_while_the_hostname_is_not_there() -> None:
    state = {"calls": 0}

    def unreachable_once(request: httpx.Request) -> httpx.Response:
        state["calls"] += 1
        if state["calls"] == 1:
            raise httpx.ConnectError("no such host", request=request)
        return httpx.Response(200, headers={"Worker-Version-Id": VERSION})

    assert len(check(unreachable_once)) == 1


def test_it_says_what_it_saw_last_when_the_time_is_up() -> None:
    with pytest.raises(LiveCheckError, match=r"last answer 500, version old.*wrangler tail"):
        check(answering((500, "old")), timeout_seconds=10)


@pytest.fixture
def workers(cloud: Cloud) -> Iterator[WorkersApi]:
    base_url = str(cloud.client.base_url.join("/client/v4"))
    with Cloudflare(api_token=API_TOKEN, base_url=base_url) as client:
        yield WorkersApi(client, ACCOUNT_ID)


def test_the_serving_version_is_the_newest_deployments(cloud: Cloud, workers: WorkersApi) -> None:
    cloud.run_sandbox()
    worker = cloud.result("GET", "/workers/workers")[0]
    second = cloud.upload(worker["id"], **SANDBOX)
    before = workers.serving_version_id("demo")
    workers.serve("demo", second["id"])
    assert before != workers.serving_version_id("demo") == second["id"]


def test_a_worker_that_is_gone_serves_no_version(workers: WorkersApi) -> None:
    assert workers.serving_version_id("demo") is None


def test_the_address_under_workers_dev_is_read(workers: WorkersApi) -> None:
    assert workers.workers_dev_url("demo") == "https://demo.localcloud.workers.dev"
