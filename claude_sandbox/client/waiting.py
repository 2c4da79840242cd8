"""Waiting for the end of a task, through whatever passes on the way."""

from typing import Final

import httpx

from claude_sandbox.client.errors import BadAnswer, SandboxError, TimedOut
from claude_sandbox.client.flows import (
    GRACE_MS,
    Exchange,
    Flow,
    Now,
    OnProgress,
    Pause,
    answer_in,
    submit,
    task_path,
    transient_error,
)
from claude_sandbox.client.models import Progress, TaskResult, TaskState
from claude_sandbox.client.wire import error_of, parse

POLL_PAUSES_S: Final = (0.2, 0.4, 0.8, 1.5)
"""Between looks at a task; the last one stays."""
STATES: Final = frozenset(state.value for state in TaskState)
ENDED: Final = TaskState.SUCCEEDED
"""Stands for every end: the result tells which."""


def wait(task_id: str, timeout_ms: int, on_progress: OnProgress | None, now: Now) -> Flow[TaskResult]:
    """The result, once it is there. Works with the seed's service, which tells only that it is not.

    Raises:
        TimedOut: the deadline passed; the task goes on.
        NotFound: there is no such task, or its result was deleted.
        SandboxError: permanent, or transient and still there at the deadline. Each names the task.
    """
    try:
        return (yield from looks(task_id, timeout_ms, on_progress, now))
    except SandboxError as error:
        error.name_task(task_id)
        raise


def looks(task_id: str, timeout_ms: int, on_progress: OnProgress | None, now: Now) -> Flow[TaskResult]:
    exchange = Exchange("GET", f"{task_path(task_id)}/result", is_retried=False)
    deadline_s, look = now() + timeout_ms / 1000, 0
    while True:
        reply = yield exchange
        error = transient_error(reply)
        state = None if error else pending_state(answer_in(reply))
        if state is ENDED:
            return parse(answer_in(reply), TaskResult)
        left_s = deadline_s - now()
        if on_progress is not None and error is None:
            on_progress(Progress(task_id, state, timeout_ms / 1000 - left_s))
        if left_s <= 0:
            raise error or deadline_passed(timeout_ms)
        yield Pause(min(pause_s(look, error), left_s), because=error)
        look += 1


def pause_s(look: int, error: SandboxError | None) -> float:
    """Until the next look: as long as the service asks, else a little longer each time."""
    asked_s = error.facts.retry_after_s if error else None
    return asked_s or POLL_PAUSES_S[min(look, len(POLL_PAUSES_S) - 1)]


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


def deadline_passed(timeout_ms: int) -> TimedOut:
    return TimedOut(
        f"The task did not end within {timeout_ms} ms",
        code="WAIT_TIMED_OUT",
        next_step="The task is not lost: wait again with its id, or cancel it.",
    )


def run(
    task: str, timeout_ms: int, idempotency_key: str | None, on_progress: OnProgress | None, now: Now
) -> Flow[TaskResult]:
    """Submit and wait."""
    submission = yield from submit(task, timeout_ms, idempotency_key)
    if submission.result is not None:
        return submission.result
    return (yield from wait(submission.task_id, timeout_ms + GRACE_MS, on_progress, now))
