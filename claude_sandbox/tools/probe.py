"""What a service answers to reading calls: the facts that `diagnose` tells and `doctor` judges."""

from typing import Final

import httpx

from claude_sandbox.cli.report import Document
from claude_sandbox.client import NotFound, SandboxError
from claude_sandbox.client.flows import task_path
from claude_sandbox.client.http import address, bearer, opened
from claude_sandbox.client.models import Health, TaskPage, TaskResult, TaskState
from claude_sandbox.client.wire import Model, json_object, parse, unreachable
from claude_sandbox.tools.allowed_words import AUTH_METHODS, CHECKS, OTHER, known_code, told

LONGEST_TIMEOUT_S: Final = 5.0
"""Each call is made once: that an address is silent is a finding, and no reason to wait."""
FAILURES_LOOKED_AT: Final = 3
REFUSALS: Final = (401, 403)


def probe(
    url: str, token: str | None, timeout_s: float, transport: httpx.BaseTransport | None = None
) -> Document:
    """Health; with a token whether it is taken, whether a task could run, and how the last ones ended."""
    shortest_s = min(timeout_s, LONGEST_TIMEOUT_S)
    try:
        with opened(lambda: httpx.Client(timeout=shortest_s, transport=transport)) as http:
            http.base_url, http.headers = address(url), bearer(token)
            return health_facts(http) if token is None else {**health_facts(http), **client_facts(http)}
    except SandboxError as error:
        return {"healthy": False, **told(error)}


def health_facts(http: httpx.Client) -> Document:
    health = ask(http, "/health", Health)
    auth_method = health.auth_method if health.auth_method in AUTH_METHODS else OTHER
    return {"healthy": health.status == "healthy", "auth_method": auth_method}


def client_facts(http: httpx.Client) -> Document:
    """The seed's service has neither tasks nor readiness to ask for; it answers 404."""
    try:
        failed = ask(http, "/tasks", TaskPage, status=TaskState.FAILED, limit=str(FAILURES_LOOKED_AT))
    except SandboxError as error:
        return {"token": {"accepted": is_accepted(error), **told(error)}}
    try:
        codes = failures_since_success(http, failed)
        return {"token": {"accepted": True}, **readiness(http), "tasks": {"failed_since_success": codes}}
    except SandboxError as error:
        return {"token": {"accepted": True, **told(error)}}


def is_accepted(error: SandboxError) -> bool | None:
    """Any answer but a refusal says that the token was; None where there is no answer."""
    return None if error.facts.status is None else error.facts.status not in REFUSALS


def readiness(http: httpx.Client) -> Document:
    body = json_object(answer_of(http, "/readyz"))
    checks = body.get("checks")
    if not isinstance(body.get("ready"), bool) or not isinstance(checks, dict):
        return {}
    return {"ready": body["ready"], "checks": {name: checks.get(name) is True for name in CHECKS}}


def failures_since_success(http: httpx.Client, failed: TaskPage) -> list[str]:
    """The codes of the newest failed tasks. What failed before a task succeeded has been mended since."""
    if not failed.tasks:
        return []
    succeeded = ask(http, "/tasks", TaskPage, status=TaskState.SUCCEEDED, limit="1").tasks
    newer = [one for one in failed.tasks if not succeeded or one.created_at > succeeded[0].created_at]
    codes = (code_of(http, one.task_id) for one in newer)
    return [code for code in codes if code is not None]


def code_of(http: httpx.Client, task_id: str) -> str | None:
    """Why a task failed; None where its result has been deleted."""
    try:
        return known_code(ask(http, f"{task_path(task_id)}/result", TaskResult).code)
    except NotFound:
        return None


def ask(http: httpx.Client, path: str, model: type[Model], **query: str) -> Model:
    """An answer of the service.

    Raises:
        SandboxError: there is none, or another one.
    """
    return parse(answer_of(http, path, **query), model)


def answer_of(http: httpx.Client, path: str, **query: str) -> httpx.Response:
    try:
        return http.get(path, params=query)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise unreachable(error) from None
