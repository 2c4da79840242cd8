"""A task sent to the service, its answer waited for."""

import time
from dataclasses import dataclass
from typing import Final

from claude_sandbox.cli.report import Document, ExitCode, Report, failure
from claude_sandbox.cli.session import Session
from claude_sandbox.client import BadAnswer, InvalidRequest, SandboxError, TaskResult, TaskState
from claude_sandbox.tools.service import run_task, service_client
from claude_sandbox.tools.service_errors import report_of_error
from claude_sandbox.tools.task_request import Request

REQUEST_TIMEOUT: Final = 408
SERVICE_FAILURES: Final = frozenset({"SANDBOX_UNAVAILABLE", "SANDBOX_LOST", "RUNNER_DIED", "INTERNAL_ERROR"})
"""Codes of a result for which the waiting `POST /execute` answers 500: the run could not be carried out."""
NEVER_STARTED: Final = frozenset({"SANDBOX_UNAVAILABLE"})
"""Of these, the one for which the same answer says that the run provably never started."""


@dataclass(frozen=True)
class Words:
    """What the seed says of a status."""

    error: str
    exit_code: ExitCode
    hint: str | None = None


REFUSALS: Final = {
    400: Words("Bad request - task is required", ExitCode.FAILED),
    401: Words(
        "Unauthorized - check your auth token",
        ExitCode.AUTHENTICATION,
        "Give the token of a client of this deployment: claude-sandbox clients list",
    ),
    408: Words("Request timeout", ExitCode.TIMEOUT, "Increase timeout or simplify the task"),
    500: Words(
        "Server error - task execution failed", ExitCode.FAILED, "Look at the log: claude-sandbox logs"
    ),
}
WITHOUT_TASK: Final = frozenset({"TASK_REQUIRED", "HTTP_400"})
"""Codes of the 400 that the seed's words are about; for others the service's own words say what is wrong."""


def execute(session: Session, request: Request) -> Report:
    """Send the task, wait for its end, and say how it went."""
    began = time.monotonic()
    session.tell("Sending the task")
    try:
        with service_client(session, request.url, request.token) as sandbox:
            result = run_task(session, sandbox, request.task, request.timeout_ms, request.idempotency_key)
        report = finished(result, request)
    except SandboxError as error:
        report = refused(error, request)
    report.document["execution_time_ms"] = round((time.monotonic() - began) * 1000)
    return report


def finished(result: TaskResult, request: Request) -> Report:
    """A run that ended: its document, or the failure that the waiting call answers for such an end."""
    if result.status is TaskState.TIMED_OUT:
        return failed_run(result, 408, {"current_timeout_ms": request.timeout_ms})
    if result.code in SERVICE_FAILURES:
        return failed_run(result, 500, {})
    document = result.document()
    if "execution_time_ms" in document:
        document["run_time_ms"] = document["execution_time_ms"]
    return Report(document, ExitCode.OK if result.success else ExitCode.FAILED, result.text)


def failed_run(result: TaskResult, status: int, more: Document) -> Report:
    told = REFUSALS[status]
    return failure(
        told.error,
        code=result.code or f"HTTP_{status}",
        exit_code=told.exit_code,
        http_code=status,
        retryable=result.code in NEVER_STARTED,
        taskId=result.task_id,
        hint=told.hint,
        response=result.text,
        **more,
    )


def refused(error: SandboxError, request: Request) -> Report:
    """An error of the call in the seed's words for its status, where the service itself answered."""
    report = report_of_error(error)
    told = REFUSALS.get(error.facts.status or 0)
    is_other_400 = isinstance(error, InvalidRequest) and error.code not in WITHOUT_TASK
    if told is None or isinstance(error, BadAnswer) or is_other_400:
        return report
    words: Document = {"error": told.error}
    if told.hint or error.next_step:
        words["hint"] = error.next_step or told.hint
    if error.facts.status == REQUEST_TIMEOUT:
        words["current_timeout_ms"] = request.timeout_ms
    return report._replace(document={**report.document, **words})
