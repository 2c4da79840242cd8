"""Callers that do not stop while something is changed under them."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

CALLS_PER_SECOND = 20
SUBMITTED_EVERY = 60
"""Of so many calls one submits a task; the others list them."""
ASYNCHRONOUS = {"prefer": "respond-async"}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@contextmanager
def repeating(call: Callable[[], None], interval_s: float) -> Iterator[None]:
    """Calls on and on, in a thread of its own. A call that is late is made good."""
    stopped = threading.Event()

    def keep_calling() -> None:
        due = time.monotonic()
        while not stopped.is_set():
            call()
            due += interval_s
            stopped.wait(max(0.0, due - time.monotonic()))

    clock = threading.Thread(target=keep_calling)
    clock.start()
    try:
        yield
    finally:
        stopped.set()
        clock.join()


@dataclass
class Caller:
    """Lists its tasks, and submits one now and then. `token` may be changed meanwhile.

    Args:
        outcomes: how often each status came, or the kind of a failure without one.
        task_ids: of what was submitted.
        seconds: for how long it called.
    """

    url: str
    token: str
    outcomes: Counter[str] = field(default_factory=Counter)
    task_ids: list[str] = field(default_factory=list)
    seconds: float = 0.0
    _count: int = 0

    @contextmanager
    def calling(self) -> Iterator[None]:
        began = time.monotonic()
        with httpx.Client(base_url=self.url, timeout=60) as client, ThreadPoolExecutor(16) as pool:
            with repeating(lambda: self._begin(pool, client), 1 / CALLS_PER_SECOND):
                yield
            self.seconds = time.monotonic() - began

    def _begin(self, pool: ThreadPoolExecutor, client: httpx.Client) -> None:
        self._count += 1
        call = self._submit if self._count % SUBMITTED_EVERY == 0 else self._list
        pool.submit(self._told, call, client, bearer(self.token))

    def _told(
        self,
        call: Callable[[httpx.Client, dict[str, str]], httpx.Response],
        client: httpx.Client,
        token: dict[str, str],
    ) -> None:
        try:
            answer = call(client, token)
            self.outcomes[str(answer.status_code)] += 1
        except httpx.HTTPError as error:
            self.outcomes[type(error).__name__] += 1

    def _list(self, client: httpx.Client, token: dict[str, str]) -> httpx.Response:
        return client.get("/tasks", headers=token)

    def _submit(self, client: httpx.Client, token: dict[str, str]) -> httpx.Response:
        answer = client.post("/execute", json={"task": "What is 2 + 2?"}, headers={**token, **ASYNCHRONOUS})
        if answer.status_code == httpx.codes.ACCEPTED:
            self.task_ids.append(answer.json()["taskId"])
        return answer


@dataclass
class Watch:
    """Whether one token is taken, asked again and again: the status, and when it was asked and answered."""

    url: str
    token: str
    seen: list[tuple[datetime, int, datetime]] = field(default_factory=list)

    @contextmanager
    def watching(self) -> Iterator[None]:
        with httpx.Client(base_url=self.url, timeout=60) as client, repeating(lambda: self._ask(client), 0.1):
            yield

    def _ask(self, client: httpx.Client) -> None:
        asked = datetime.now(UTC)
        status = client.get("/tasks", headers=bearer(self.token)).status_code
        self.seen.append((asked, status, datetime.now(UTC)))

    @property
    def statuses(self) -> list[int]:
        return [status for _, status, _ in self.seen]
