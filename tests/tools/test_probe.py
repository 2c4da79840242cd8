"""What is told of a service: facts by allow-list, asked once each."""

import json
from collections.abc import Callable, Mapping

import httpx
import pytest

from claude_sandbox.client.wire import unreachable
from claude_sandbox.tools.allowed_words import CODES, told
from claude_sandbox.tools.probe import probe
from docs.generator.worker_source import worker_facts
from tests.tools.service import RESULT, TASK_ID, TOKEN

URL = "https://canary-name.example.com"
CANARY = "canary-5e2d"
HEALTH = {"status": "healthy", "platform": "cloudflare_sandboxes", "auth_method": "anthropic_api_key"}
CLIENT_CODES = {
    "UNREACHABLE", "NO_ANSWER_IN_TIME", "CONNECTION_CUT", "BAD_ANSWER", "BAD_ADDRESS", "BAD_NETWORK_SETTINGS",
}  # fmt: skip
READY = {"ready": True, "checks": {"credential": True, "results": True, "queue": True}}


class Service:
    """Answers by path; the tasks by their status. Keeps what was asked."""

    def __init__(
        self, answers: Mapping[str, httpx.Response] | None = None, *, failed: str = "", succeeded: str = ""
    ) -> None:
        self.asked: list[str] = []
        self._created = {"failed": failed, "succeeded": succeeded}
        self._answers = answers or {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        self.asked.append(request.url.path)
        return self._answers.get(name) or self._usual(name, request.url.params.get("status", ""))

    def _usual(self, name: str, status: str) -> httpx.Response:
        created = self._created.get(status)
        summary = {"taskId": TASK_ID, "status": status, "created_at": created}
        bodies: dict[str, object] = {
            "health": HEALTH,
            "readyz": READY,
            "tasks": {"tasks": [summary] if created else [], "cursor": None},
            "result": {**RESULT, "success": False, "code": "MODEL_UNAUTHORIZED"},
        }
        return httpx.Response(200, json=bodies[name])


def facts_of(service: Callable[[httpx.Request], httpx.Response]) -> dict[str, object]:
    return probe(URL, TOKEN, 1.0, httpx.MockTransport(service))


def test_healthy_service_is_asked_for_health_token_and_readiness() -> None:
    service = Service()
    assert facts_of(service) == {
        "healthy": True,
        "auth_method": "anthropic_api_key",
        "token": {"accepted": True},
        **READY,
        "tasks": {"failed_since_success": []},
    }
    assert service.asked == ["/health", "/tasks", "/readyz"]


def test_failed_task_is_told_with_its_code() -> None:
    service = Service(failed="2026-11-23T22:00:00Z")
    assert facts_of(service)["tasks"] == {"failed_since_success": ["MODEL_UNAUTHORIZED"]}


@pytest.mark.parametrize(
    ("succeeded", "codes"),
    [("2026-11-23T21:00:00Z", ["MODEL_UNAUTHORIZED"]), ("2026-11-23T23:00:00Z", [])],
)
def test_a_failure_counts_until_a_task_succeeds(succeeded: str, codes: list[str]) -> None:
    service = Service(failed="2026-11-23T22:00:00Z", succeeded=succeeded)
    assert facts_of(service)["tasks"] == {"failed_since_success": codes}


def test_a_failure_whose_result_is_gone_is_left_out() -> None:
    gone = httpx.Response(404, json={"error": "Task result not found", "code": "RESULT_NOT_FOUND"})
    service = Service({"result": gone}, failed="2026-11-23T22:00:00Z")
    assert facts_of(service)["tasks"] == {"failed_since_success": []}


def test_service_that_is_not_ready_says_what_lacks() -> None:
    body = {"ready": False, "checks": {"credential": False, "results": True, "queue": True, CANARY: True}}
    facts = facts_of(Service({"readyz": httpx.Response(503, json=body)}))
    assert (facts["ready"], facts["checks"]) == (
        False,
        {"credential": False, "results": True, "queue": True},
    )


def test_seeds_service_has_no_tasks_to_ask_for() -> None:
    facts = facts_of(Service({"tasks": httpx.Response(404, json={"error": "Not found"})}))
    assert facts["token"] == {"accepted": True, "http_code": 404, "code": "HTTP_404", "reason": "other"}


def test_silent_address_is_asked_once() -> None:
    asked: list[str] = []

    def silence(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        raise httpx.ReadTimeout("The read operation timed out", request=request)

    assert facts_of(silence)["code"] == "NO_ANSWER_IN_TIME"
    assert asked == ["/health"]


def test_silence_after_health_ends_the_asking() -> None:
    asked: list[str] = []

    def half_silent(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path == "/health":
            return httpx.Response(200, json=HEALTH)
        raise httpx.ReadTimeout("timed out", request=request)

    token = facts_of(half_silent)["token"]
    assert token == {"accepted": None, "http_code": 0, "code": "NO_ANSWER_IN_TIME", "reason": "timed out"}
    assert asked == ["/health", "/tasks"]


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("error code: 1101", "error code: 1101"),
        ("<h1><span>Error</span> <span>1042</span></h1>", "error code: 1042"),
        ("<title>There is nothing here yet</title>", "there is nothing here yet"),
        (f"<title>{CANARY}: error 404</title>", "other"),
    ],
)
def test_page_of_cloudflares_network_is_told_by_its_number(page: str, reason: str) -> None:
    facts = facts_of(Service({"health": httpx.Response(500, text=page)}))
    assert facts == {"healthy": False, "http_code": 500, "code": "BAD_ANSWER", "reason": reason}


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500, 503])
@pytest.mark.parametrize("name", ["health", "tasks", "readyz", "result"])
def test_nothing_that_a_service_says_is_told_on(name: str, status: int) -> None:
    body = {
        **RESULT, **HEALTH, "error": CANARY, "detail": CANARY, "details": CANARY, "code": CANARY,
        "status": None, "auth_method": CANARY, "ready": False, "checks": {CANARY: CANARY}, "tasks": [],
        "cursor": CANARY,
    }  # fmt: skip
    failing = Service({name: httpx.Response(status, json=body)}, failed="2026-11-23T22:00:00Z")
    assert CANARY not in json.dumps(facts_of(failing))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("verify failed: Hostname mismatch, not valid for 'canary-name.example.com'", "hostname mismatch"),
        ("certificate verify failed: certificate has expired (_ssl.c:1006)", "certificate has expired"),
        ("[Errno -2] Name or service not known", "name or service not known"),
        ("canary-name.example.com is odd", "other"),
    ],
)
def test_reason_names_no_address(text: str, reason: str) -> None:
    facts = told(unreachable(httpx.ConnectError(text)))
    assert facts == {"http_code": 0, "code": "UNREACHABLE", "reason": reason}


def test_every_code_of_the_worker_may_be_told() -> None:
    worker = worker_facts()
    assert worker["problems"].keys() | worker["failures"].keys() | CLIENT_CODES == CODES
