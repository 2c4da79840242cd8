"""The client for an event loop."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Self, TypeVar

import httpx

from claude_sandbox.client import flows, operations, waiting
from claude_sandbox.client.flows import Exchange, Flow, Now, OnProgress, OnRetry, Pause, Reply
from claude_sandbox.client.http import TIMEOUT_S, address, bearer, opened, request_arguments
from claude_sandbox.client.models import (
    Health,
    Submission,
    Task,
    TaskPage,
    TaskResult,
    TaskState,
    TaskSummary,
)
from claude_sandbox.client.operations import DEFAULT_TIMEOUT_MS
from claude_sandbox.client.retries import ATTEMPTS, retrying
from claude_sandbox.client.wire import unreachable

T = TypeVar("T")


class AsyncSandboxClient:
    """A deployment of the service. Use it in `async with`, or call `aclose`.

    Every method raises `SandboxError`.

    Args:
        url: of the Worker, without a path.
        token: of one of the stack's clients. None reaches `health` only.
        timeout_s: how long a call may be silent; one that waits for its task, so much longer than it.
        attempts: how often a call is sent that may be sent again.
        on_retry: told of each transient error, and after how many seconds its call is sent again.
        transport: of httpx, in place of the network.
        pause: waits for seconds.
        now: seconds of a clock that never goes back.

    Raises:
        SandboxError: address, token, or the environment's proxy or certificates can't be used.
    """

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        timeout_s: float = TIMEOUT_S,
        attempts: int = ATTEMPTS,
        on_retry: OnRetry | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Now = time.monotonic,
    ) -> None:
        base, headers = address(url), bearer(token)
        self._http = opened(lambda: httpx.AsyncClient(base_url=base, headers=headers, transport=transport))
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._on_retry = on_retry
        self._pause = pause
        self._now = now

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def health(self) -> Health:
        """Whether the service lives. Needs no token."""
        return await self._drive(operations.health())

    async def run(
        self,
        task: str,
        *,
        timeout_ms: int = DEFAULT_TIMEOUT_MS,
        idempotency_key: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> TaskResult:
        """Submit a task and wait for its end. `success` of the result tells how it ended."""
        return await self._drive(waiting.run(task, timeout_ms, idempotency_key, on_progress, self._now))

    async def submit(
        self, task: str, *, timeout_ms: int = DEFAULT_TIMEOUT_MS, idempotency_key: str | None = None
    ) -> Submission:
        """Hand a task over. With an idempotency key it is repeated on transient errors."""
        return await self._drive(flows.submit(task, timeout_ms, idempotency_key))

    async def wait(
        self,
        task_id: str,
        *,
        timeout_ms: int = DEFAULT_TIMEOUT_MS,
        on_progress: OnProgress | None = None,
    ) -> TaskResult:
        """The result, once the task has ended. `TimedOut` leaves the task going."""
        return await self._drive(waiting.wait(task_id, timeout_ms, on_progress, self._now))

    async def status(self, task_id: str) -> Task:
        """How a task stands."""
        return await self._drive(operations.status(task_id))

    async def result(self, task_id: str) -> TaskResult:
        """The result of a task that has ended; `NotFound` before."""
        return await self._drive(operations.result(task_id))

    async def cancel(self, task_id: str) -> Task:
        """End a task. One that has ended stays as it is."""
        return await self._drive(operations.cancel(task_id))

    async def page(
        self, *, state: TaskState | None = None, limit: int = 20, cursor: str | None = None
    ) -> TaskPage:
        """One page of this client's tasks, newest first."""
        return await self._drive(operations.page(state, limit, cursor))

    async def tasks(self, *, state: TaskState | None = None) -> AsyncIterator[TaskSummary]:
        """All of this client's tasks, newest first, a page at a time."""
        cursor: str | None = None
        while True:
            page = await self.page(state=state, limit=100, cursor=cursor)
            for task in page.tasks:
                yield task
            cursor = page.cursor
            if cursor is None:
                return

    async def _drive(self, flow: Flow[T]) -> T:
        reply: Reply = None
        steps = retrying(flow, self._attempts)
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as end:
                result: T = end.value
                return result
            reply = await self._perform(step)

    async def _perform(self, step: Exchange | Pause) -> Reply:
        if isinstance(step, Pause):
            if step.because is not None and self._on_retry is not None:
                self._on_retry(step.because, step.seconds)
            await self._pause(step.seconds)
            return None
        try:
            return await self._http.request(**request_arguments(step, self._timeout_s))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return unreachable(error)
