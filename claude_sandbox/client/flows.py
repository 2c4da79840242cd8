"""What the client does, without waiting or sending: generators that a thread or an event loop drives.

A flow yields what is to happen next, an `Exchange` or a `Pause`, and gets the answer or the error back.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx

from claude_sandbox.client.errors import BadAnswer, Conflict, Facts, SandboxError, TimedOut
from claude_sandbox.client.models import Accepted, Progress, Submission, TaskResult, TaskState
from claude_sandbox.client.wire import error_of, parse

MAX_ATTEMPTS: Final = 4
FIRST_PAUSE_S: Final = 0.25
POLL_PAUSES_S: Final = (0.2, 0.4, 0.8, 1.5)
"""Between looks at a task; the last one stays."""
GRACE_MS: Final = 30_000
"""How much longer than a task's own timeout its end is waited for: queue, sandbox start, storage."""
ACCEPTED: Final = 202


@dataclass(frozen=True)
class Exchange:
    """One call of HTTP. `is_repeatable`: sending it twice changes nothing more than once."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 30.0
    is_repeatable: bool = True


@dataclass(frozen=True)
class Pause:
    """Wait."""

    seconds: float


T = TypeVar("T")
Reply = httpx.Response | SandboxError | None
Flow = Generator[Exchange | Pause, Reply, T]
OnProgress = Callable[[Progress], None]
Now = Callable[[], float]


def call(exchange: Exchange) -> Flow[httpx.Response]:
    """The answer, after further attempts where the error is transient and the call may be repeated.

    Raises:
        SandboxError: the last attempt's.
    """
    for attempt in range(1, MAX_ATTEMPTS + 1):
        reply = yield exchange
        error = reply if isinstance(reply, SandboxError) else transient_error(reply)
        if error is None:
            break
        if not (error.is_transient and exchange.is_repeatable) or attempt == MAX_ATTEMPTS:
            raise error
        yield Pause(error.facts.retry_after_s or FIRST_PAUSE_S * 2 ** (attempt - 1))
    assert isinstance(reply, httpx.Response)  # noqa: S101 - every other reply was raised
    return reply


def transient_error(reply: Reply) -> SandboxError | None:
    if not isinstance(reply, httpx.Response) or reply.is_success:
        return None
    error = error_of(reply)
    return error if error.is_transient else None


def task_path(task_id: str) -> str:
    return f"/tasks/{quote(task_id, safe='')}"


def submit(task: str, timeout_ms: int, idempotency_key: str | None) -> Flow[Submission]:
    """Hand a task over. The service answers at once, the seed's at the end of the run."""
    headers = {"Prefer": "respond-async"}
    if idempotency_key is not None:
        headers["Idempotency-Key"] = idempotency_key
    answer = yield from call(
        Exchange(
            "POST",
            "/execute",
            body={"task": task, "timeout": timeout_ms},
            headers=headers,
            timeout_s=(timeout_ms + GRACE_MS) / 1000,
            is_repeatable=idempotency_key is not None,
        )
    )
    if answer.status_code == ACCEPTED:
        return Submission(parse(answer, Accepted).task_id)
    try:
        result = parse(answer, TaskResult)
    except Conflict as error:
        if error.facts.task_id is None:
            raise
        return Submission(error.facts.task_id)
    return Submission(result.task_id, result)


def wait(task_id: str, timeout_ms: int, on_progress: OnProgress | None, now: Now) -> Flow[TaskResult]:
    """The result, once it is there. Works with the seed's service, which tells only that it is not.

    Raises:
        TimedOut: the deadline passed; the task goes on.
        NotFound: there is no such task, or its result was deleted.
    """
    began, look = now(), 0
    while True:
        answer = yield from call(Exchange("GET", f"{task_path(task_id)}/result"))
        state = pending_state(answer)
        if state is ENDED:
            return parse(answer, TaskResult)
        elapsed_s = now() - began
        if on_progress is not None:
            on_progress(Progress(task_id, state, elapsed_s))
        if elapsed_s * 1000 >= timeout_ms:
            raise deadline_passed(task_id, timeout_ms)
        yield Pause(POLL_PAUSES_S[min(look, len(POLL_PAUSES_S) - 1)])
        look += 1


STATES: Final = frozenset(state.value for state in TaskState)
ENDED: Final = TaskState.SUCCEEDED
"""Stands for every end: the result tells which."""


def pending_state(answer: httpx.Response) -> TaskState | None:
    """`ENDED` for an answer to be read as it is; else what is known of a task under way.

    The seed's service answers 404 with no code for a task that runs and for one that never was.
    """
    if answer.status_code != httpx.codes.NOT_FOUND:
        return ENDED
    error = error_of(answer)
    if isinstance(error, BadAnswer):
        return ENDED
    state = error.facts.state
    if state is None:
        return None if error.code == "HTTP_404" and error.message == "Task result not found" else ENDED
    return TaskState(state) if state in STATES else None


def deadline_passed(task_id: str, timeout_ms: int) -> TimedOut:
    return TimedOut(
        f"The task did not end within {timeout_ms} ms",
        code="WAIT_TIMED_OUT",
        next_step="The task is not lost: wait again with its id, or cancel it.",
        facts=Facts(task_id=task_id),
    )


def run(
    task: str, timeout_ms: int, idempotency_key: str | None, on_progress: OnProgress | None, now: Now
) -> Flow[TaskResult]:
    """Submit and wait."""
    submission = yield from submit(task, timeout_ms, idempotency_key)
    if submission.result is not None:
        return submission.result
    return (yield from wait(submission.task_id, timeout_ms + GRACE_MS, on_progress, now))
