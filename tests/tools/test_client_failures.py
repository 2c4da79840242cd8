"""The Python client where something is in the way: what passes is waited for, what does not is typed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from claude_sandbox import AsyncSandboxClient, SandboxClient
from claude_sandbox.client import (
    BadAnswer,
    Busy,
    InvalidRequest,
    SandboxError,
    ServiceFailed,
    Unreachable,
)
from tests.tools.service import (
    RESULT,
    TASK_ID,
    TOKEN,
    Answer,
    FakeService,
    answering,
    answering_text,
    dead_url,
    in_turn,
    served,
    silent_server,
    task_service,
)

RESULT_PATH = f"GET /tasks/{TASK_ID}/result"
STORAGE_DOWN = answering({"error": "Storage unavailable", "code": "STORAGE_UNAVAILABLE"}, 503)
BLIPS = {"503": STORAGE_DOWN, "page of a proxy": answering_text("<html>", 502)}


@contextmanager
def connected(service: FakeService) -> Iterator[SandboxClient]:
    """Waits for no time at all."""
    with served(service) as url, SandboxClient(url, TOKEN, pause=lambda _seconds: None) as sandbox:
        yield sandbox


def error_of(answer: Answer) -> SandboxError:
    service = FakeService({"POST /execute": answer})
    with connected(service) as sandbox, pytest.raises(SandboxError) as raised:
        sandbox.submit("hello")
    return raised.value


@pytest.mark.parametrize("blip", BLIPS)
def test_wait_outlasts_a_long_blip(blip: str) -> None:
    service = task_service()
    service.answers[RESULT_PATH] = in_turn(*[BLIPS[blip]] * 20, answering(RESULT))
    with connected(service) as sandbox:
        assert sandbox.wait(TASK_ID).success
    assert len(service.calls) == 21


def test_error_that_stays_is_told_at_the_deadline_with_the_task() -> None:
    clock = iter(range(0, 1_000, 10))
    with (
        SandboxClient(dead_url(), TOKEN, pause=lambda _seconds: None, now=lambda: next(clock)) as sandbox,
        pytest.raises(Unreachable) as raised,
    ):
        sandbox.wait(TASK_ID, timeout_ms=100_000)
    assert raised.value.facts.task_id == TASK_ID
    assert next(clock) >= 100


def test_wait_never_sleeps_past_its_deadline() -> None:
    pauses: list[float] = []
    clock = iter([0, 4, 11])
    busy = answering({"error": "Too many requests"}, 429, **{"Retry-After": "60"})
    with (
        served(FakeService({RESULT_PATH: busy})) as url,
        SandboxClient(url, TOKEN, pause=pauses.append, now=lambda: next(clock)) as sandbox,
        pytest.raises(Busy),
    ):
        sandbox.wait(TASK_ID, timeout_ms=10_000)
    assert pauses == [6.0]


@pytest.mark.parametrize("status", [401, 403, 500])
def test_permanent_error_ends_the_wait_and_names_the_task(status: int) -> None:
    service = FakeService({RESULT_PATH: answering({"error": "told"}, status)})
    with connected(service) as sandbox, pytest.raises(SandboxError) as raised:
        sandbox.wait(TASK_ID)
    assert (raised.value.facts.task_id, len(service.calls)) == (TASK_ID, 1)


def test_run_that_never_started_is_transient() -> None:
    body = {"error": "Task execution failed", "code": "SANDBOX_UNAVAILABLE", "retryable": True}
    error = error_of(answering(body, 500))
    assert (type(error), error.is_transient, error.facts.is_retryable) == (ServiceFailed, True, True)


def test_service_without_its_settings_is_permanent() -> None:
    error = error_of(answering({"error": "Service not configured", "code": "NOT_CONFIGURED"}, 503))
    assert (type(error), error.is_transient) == (ServiceFailed, False)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", '"NaN"'])
def test_number_that_is_none_is_a_bad_answer(number: str) -> None:
    text = f'{{"taskId": "a", "success": true, "stdout": "", "stderr": "", "cost_usd": {number}}}'
    assert isinstance(error_of(answering_text(text, media_type="application/json")), BadAnswer)


@pytest.mark.parametrize("levels", [70, 900, 100_000])
def test_answer_without_end_of_brackets_is_a_bad_answer(levels: int) -> None:
    result = '"taskId": "a", "success": true, "stdout": "", "stderr": ""'
    text = f'{{{result}, "more": {"[" * levels}{"]" * levels}}}'
    assert isinstance(error_of(answering_text(text, media_type="application/json")), BadAnswer)


@pytest.mark.parametrize("token", ["é", "a\nb", "a b", "", "\ud800"])
@pytest.mark.parametrize("client", [SandboxClient, AsyncSandboxClient])
def test_token_that_no_header_carries_is_refused(client: type, token: str) -> None:
    with pytest.raises(InvalidRequest, match="BAD_TOKEN"):
        client("http://sandbox", token)


HALF_A_PAIR = "\ud800"


def test_text_that_is_no_unicode_is_refused_before_it_is_sent() -> None:
    service = task_service()
    with connected(service) as sandbox:
        for send in (
            lambda: sandbox.submit(HALF_A_PAIR),
            lambda: sandbox.status(HALF_A_PAIR),
            lambda: sandbox.wait(HALF_A_PAIR),
            lambda: sandbox.page(cursor=HALF_A_PAIR),
        ):
            with pytest.raises(InvalidRequest, match="NOT_UNICODE"):
                send()
    assert service.calls == []


@pytest.mark.parametrize("key", ["é", "a\nb", "", HALF_A_PAIR])
def test_key_that_no_header_carries_is_refused(key: str) -> None:
    with connected(task_service()) as sandbox, pytest.raises(InvalidRequest, match="BAD_IDEMPOTENCY_KEY"):
        sandbox.submit("hello", idempotency_key=key)


@pytest.mark.parametrize("url", ["http://\x00", "http://\ud800"])
def test_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadAnswer, match="BAD_ADDRESS"):
        SandboxClient(url, TOKEN)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("HTTP_PROXY", "gopher://x"), ("ALL_PROXY", "socks5://x:1"), ("SSL_CERT_FILE", "/nope")],
)
def test_environment_that_httpx_can_not_use_is_told(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(Unreachable, match="BAD_NETWORK_SETTINGS") as raised:
        SandboxClient("https://sandbox", TOKEN)
    assert not raised.value.is_transient


def test_silent_service_is_given_up_after_the_calls_own_time() -> None:
    with (
        silent_server() as url,
        SandboxClient(url, TOKEN, timeout_s=0.05, attempts=1) as sandbox,
        pytest.raises(Unreachable, match="NO_ANSWER_IN_TIME"),
    ):
        sandbox.health()


def test_event_loops_client_gives_a_silent_service_up_too() -> None:
    async def ask(url: str) -> None:
        async with AsyncSandboxClient(url, TOKEN, timeout_s=0.05, attempts=1) as sandbox:
            await sandbox.health()

    with silent_server() as url, pytest.raises(Unreachable, match="NO_ANSWER_IN_TIME"):
        asyncio.run(ask(url))


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_every_further_attempt_is_told(attempts: int) -> None:
    told: list[tuple[str, float]] = []
    with (
        SandboxClient(
            dead_url(),
            TOKEN,
            attempts=attempts,
            pause=lambda _seconds: None,
            on_retry=lambda error, seconds: told.append((error.code, seconds)),
        ) as sandbox,
        pytest.raises(Unreachable),
    ):
        sandbox.health()
    assert told == [("UNREACHABLE", 0.25), ("UNREACHABLE", 0.5)][: attempts - 1]
