"""What the client does, without waiting or sending: generators that a thread or an event loop drives.

A flow yields what is to happen next, an `Exchange` or a `Pause`, and gets the answer or the error back.
Sending again is not its business (`retries.py`), except in `waiting.py`, which goes on to its deadline.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx

from claude_sandbox.client.errors import Conflict, SandboxError
from claude_sandbox.client.models import Accepted, Progress, Submission, TaskResult
from claude_sandbox.client.text import checked_key, sendable
from claude_sandbox.client.wire import error_of, parse

GRACE_MS: Final = 30_000
"""How much longer than a task's own timeout its end is waited for: queue, sandbox start, storage."""
ACCEPTED: Final = 202


@dataclass(frozen=True)
class Exchange:
    """One call of HTTP.

    Args:
        extra_s: how much longer than other calls it may take.
        is_retried: whether it is sent again after a transient error. Only where that changes nothing twice.
    """

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    extra_s: float = 0.0
    is_retried: bool = True


@dataclass(frozen=True)
class Pause:
    """Wait; `because` of a transient error, before its call is sent again."""

    seconds: float
    because: SandboxError | None = None


T = TypeVar("T")
Reply = httpx.Response | SandboxError | None
Flow = Generator[Exchange | Pause, Reply, T]
OnProgress = Callable[[Progress], None]
OnRetry = Callable[[SandboxError, float], None]
Now = Callable[[], float]


def call(exchange: Exchange) -> Flow[httpx.Response]:
    """The answer, of whatever status.

    Raises:
        SandboxError: there was none.
    """
    return answer_in((yield exchange))


def answer_in(reply: Reply) -> httpx.Response:
    if isinstance(reply, SandboxError):
        raise reply
    assert reply is not None  # noqa: S101 - only a pause has no reply
    return reply


def transient_error(reply: Reply) -> SandboxError | None:
    error = error_of(reply) if isinstance(reply, httpx.Response) and not reply.is_success else reply
    return error if isinstance(error, SandboxError) and error.is_transient else None


def task_path(task_id: str) -> str:
    return f"/tasks/{quote(sendable(task_id, 'task id'), safe='')}"


def submit(task: str, timeout_ms: int, idempotency_key: str | None) -> Flow[Submission]:
    """Hand a task over. The service answers at once, the seed's at the end of the run."""
    headers = {"Prefer": "respond-async"}
    if idempotency_key is not None:
        headers["Idempotency-Key"] = checked_key(idempotency_key)
    answer = yield from call(
        Exchange(
            "POST",
            "/execute",
            body={"task": sendable(task, "task"), "timeout": timeout_ms},
            headers=headers,
            extra_s=timeout_ms / 1000,
            is_retried=idempotency_key is not None,
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
