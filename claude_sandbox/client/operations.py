"""The service's calls, each as a flow."""

from typing import Final

from claude_sandbox.client.flows import Exchange, Flow, call, task_path
from claude_sandbox.client.models import Health, Task, TaskPage, TaskResult, TaskState
from claude_sandbox.client.text import sendable
from claude_sandbox.client.wire import Model, parse

DEFAULT_TIMEOUT_MS: Final = 300_000
"""Of a task, as the seed's."""


def fetch(exchange: Exchange, model: type[Model]) -> Flow[Model]:
    return parse((yield from call(exchange)), model)


def health() -> Flow[Health]:
    return fetch(Exchange("GET", "/health"), Health)


def status(task_id: str) -> Flow[Task]:
    return fetch(Exchange("GET", task_path(task_id)), Task)


def result(task_id: str) -> Flow[TaskResult]:
    return fetch(Exchange("GET", f"{task_path(task_id)}/result"), TaskResult)


def cancel(task_id: str) -> Flow[Task]:
    return fetch(Exchange("POST", f"{task_path(task_id)}/cancel"), Task)


def page(state: TaskState | None, limit: int, cursor: str | None) -> Flow[TaskPage]:
    query = {"limit": str(limit), "status": state, "cursor": cursor}
    given = {key: sendable(one, key) for key, one in query.items() if one is not None}
    return fetch(Exchange("GET", "/tasks", query=given), TaskPage)
