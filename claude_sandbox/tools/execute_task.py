"""A task sent to the service, its answer waited for."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from claude_sandbox.cli.connection import Chosen, require_connection
from claude_sandbox.cli.files import read_file
from claude_sandbox.cli.report import Document, ExitCode, Report, ToolError, failure, usage_error
from claude_sandbox.cli.seed_form import is_url
from claude_sandbox.cli.session import Session
from claude_sandbox.cli.tokens import is_plain
from claude_sandbox.client import BadAnswer, SandboxError, TaskResult, TaskState
from claude_sandbox.tools.service import run_task, service_client
from claude_sandbox.tools.service_errors import report_of_error

DEFAULT_TIMEOUT_MS: Final = 300_000
TIMEOUT_RANGE_MS: Final = (1_000, 3_600_000)
"""What a stack may allow; the service itself judges by its own limits."""
MAX_KEY_CHARACTERS: Final = 255
REQUEST_TIMEOUT: Final = 408
SERVICE_FAILURES: Final = frozenset({"SANDBOX_UNAVAILABLE", "SANDBOX_LOST", "RUNNER_DIED", "INTERNAL_ERROR"})
"""Codes of a result for which the waiting `POST /execute` answers 500: the run could not be carried out."""
NEVER_STARTED: Final = frozenset({"SANDBOX_UNAVAILABLE"})
"""Of these, the one for which the same answer says that the run provably never started."""
SEED_ARGUMENTS: Final = (3, 4)

USAGE: Final = "claude-sandbox execute-task <worker-url> <auth-token> <task> [timeout-ms]"
EXAMPLE: Final = (
    "claude-sandbox execute-task https://my-worker.workers.dev my-token 'Write a hello world script'"
)


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
        "Verify SERVER_AUTH_TOKEN matches the deployed secret",
    ),
    408: Words("Request timeout", ExitCode.TIMEOUT, "Increase timeout or simplify the task"),
    500: Words(
        "Server error - task execution failed", ExitCode.FAILED, "Check worker logs with: npx wrangler tail"
    ),
}


@dataclass(frozen=True)
class Request:
    """One call, checked."""

    url: str
    token: str
    task: str
    timeout_ms: int
    idempotency_key: str | None = None


def read_request(
    session: Session, arguments: list[str], chosen: Chosen, task_file: Path | None, timeout_ms: str | None
) -> Request:
    """The call that the arguments mean: `TASK`, `URL TOKEN TASK [TIMEOUT-MS]`, or a task by file.

    Raises:
        ToolError: something is missing or can't be used. Nothing has been sent.
    """
    if len(arguments) in SEED_ARGUMENTS and is_url(arguments[0]):
        url, token, task, *rest = arguments
        session.warn("a token on the command line shows in the process list; use CLAUDE_SANDBOX_TOKEN_FILE")
        chosen = Chosen(url=url, token=token)
        timeout_ms = rest[0] if rest else timeout_ms
    else:
        task = read_task(session, arguments, task_file)
    address, bearer = require_connection(session, chosen, missing_arguments())
    return Request(address, bearer, checked_task(task), checked_timeout(timeout_ms))


def read_task(session: Session, arguments: list[str], task_file: Path | None) -> str:
    """The only argument, or the file's text.

    Raises:
        ToolError: there is none, or more than one.
    """
    if task_file is not None and not arguments:
        return read_file(session, task_file, "task file")
    if task_file is None and len(arguments) == 1:
        return arguments[0]
    raise missing_arguments()


def missing_arguments() -> ToolError:
    """The seed's answer, with the seed's exit code."""
    return ToolError(
        failure(
            "Missing required arguments",
            code="USAGE",
            exit_code=ExitCode.FAILED,
            usage=USAGE,
            example=EXAMPLE,
            hint="Or set CLAUDE_SANDBOX_URL and CLAUDE_SANDBOX_TOKEN_FILE, and give the task alone.",
        )
    )


def checked_task(task: str) -> str:
    try:
        task.encode()
    except UnicodeEncodeError:
        raise usage_error(
            "The task is not UTF-8 text", "Write it to a UTF-8 file and give --task-file."
        ) from None
    if not task.strip():
        raise missing_arguments()
    return task


def checked_timeout(timeout_ms: str | None) -> int:
    if timeout_ms is None:
        return DEFAULT_TIMEOUT_MS
    low, high = TIMEOUT_RANGE_MS
    is_number = timeout_ms.isascii() and timeout_ms.isdigit() and len(timeout_ms) < 10  # noqa: PLR2004
    if not is_number or not low <= int(timeout_ms) <= high:
        raise usage_error(
            f"The timeout is no whole number from {low} to {high}", "Give milliseconds, such as 300000"
        )
    return int(timeout_ms)


def checked_key(key: str | None) -> str | None:
    """1 to 255 visible ASCII characters, as the service takes them.

    Raises:
        ToolError: the key is none.
    """
    if key is None or (is_plain(key) and 1 <= len(key) <= MAX_KEY_CHARACTERS):
        return key
    raise usage_error("The idempotency key can't be used", "Use 1 to 255 visible ASCII characters.")


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
    if told is None or isinstance(error, BadAnswer):
        return report
    words: Document = {"error": told.error}
    if told.hint or error.next_step:
        words["hint"] = told.hint or error.next_step
    if error.facts.status == REQUEST_TIMEOUT:
        words["current_timeout_ms"] = request.timeout_ms
    return report._replace(document={**report.document, **words})
