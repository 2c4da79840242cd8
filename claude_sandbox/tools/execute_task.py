"""A task sent to the service, its answer waited for."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from claude_sandbox.cli.connection import STDIN, Chosen, read_file, require_connection
from claude_sandbox.cli.report import Document, ExitCode, Report, ToolError, failure, usage_error
from claude_sandbox.cli.seed_form import is_url
from claude_sandbox.cli.session import Session

DEFAULT_TIMEOUT_MS: Final = 300_000
TIMEOUT_RANGE_MS: Final = (1_000, 3_600_000)
"""What a stack may allow; the service itself judges by its own limits."""
GRACE_S: Final = 30.0
"""How much longer than the task's timeout its answer is waited for."""
CONNECT_TIMEOUT_S: Final = 10.0
SHOWN_RESPONSE_CHARACTERS: Final = 2_000
SEED_ARGUMENTS: Final = (3, 4)

USAGE: Final = "claude-sandbox execute-task <worker-url> <auth-token> <task> [timeout-ms]"
EXAMPLE: Final = (
    "claude-sandbox execute-task https://my-worker.workers.dev my-token 'Write a hello world script'"
)


@dataclass(frozen=True)
class Refusal:
    """What the tool says of a status: the seed's words where the seed has it."""

    error: str
    exit_code: ExitCode
    hint: str | None = None


REFUSALS: Final = {
    400: Refusal("Bad request - task is required", ExitCode.FAILED),
    401: Refusal(
        "Unauthorized - check your auth token",
        ExitCode.AUTHENTICATION,
        "Verify SERVER_AUTH_TOKEN matches the deployed secret",
    ),
    403: Refusal("Forbidden", ExitCode.AUTHENTICATION),
    408: Refusal("Request timeout", ExitCode.TIMEOUT, "Increase timeout or simplify the task"),
    429: Refusal("Unexpected response", ExitCode.BUSY),
    500: Refusal(
        "Server error - task execution failed", ExitCode.FAILED, "Check worker logs with: npx wrangler tail"
    ),
    503: Refusal("Unexpected response", ExitCode.BUSY),
}
OTHER_REFUSAL: Final = Refusal("Unexpected response", ExitCode.FAILED)


@dataclass(frozen=True)
class Request:
    """One call, checked."""

    url: str
    token: str
    task: str
    timeout_ms: int


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
        return session.read_stdin() if str(task_file) == STDIN else read_file(session, task_file, "task file")
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


def execute(session: Session, request: Request) -> Report:
    """Send the task, wait for its answer, and say how it went."""
    began = time.monotonic()
    session.tell("Waiting for the answer")
    report = send(request)
    report.document["execution_time_ms"] = round((time.monotonic() - began) * 1000)
    return report


def send(request: Request) -> Report:
    wait_s = request.timeout_ms / 1000 + GRACE_S
    timeout = httpx.Timeout(wait_s, connect=CONNECT_TIMEOUT_S)
    body = {"task": request.task, "timeout": request.timeout_ms}
    headers = {"Authorization": f"Bearer {request.token}"}
    try:
        with httpx.Client(timeout=timeout) as client:
            answer = client.post(f"{request.url}/execute", json=body, headers=headers)
    except httpx.HTTPError as error:
        return unreachable(error)
    return report_of(answer, request)


def unreachable(error: httpx.HTTPError) -> Report:
    """No answer. Where the request may have arrived, the document does not say that nothing was started."""
    if isinstance(error, httpx.ReadTimeout):
        return failure(
            "Request timeout",
            code="NO_ANSWER_IN_TIME",
            exit_code=ExitCode.TIMEOUT,
            http_code=0,
            hint="The task may go on; look with: claude-sandbox tasks list",
        )
    has_arrived = isinstance(error, httpx.ReadError | httpx.RemoteProtocolError | httpx.WriteError)
    return failure(
        "The connection was cut" if has_arrived else "Cannot reach the worker",
        code="CONNECTION_CUT" if has_arrived else "UNREACHABLE",
        exit_code=ExitCode.UNREACHABLE,
        http_code=0,
        details=f"{type(error).__name__}: {error}",
        hint="The task may go on; look with: claude-sandbox tasks list"
        if has_arrived
        else "Check the URL and the network; then: claude-sandbox doctor",
    )


def report_of(answer: httpx.Response, request: Request) -> Report:
    body = json_object(answer)
    if answer.status_code == httpx.codes.OK:
        return finished(answer, body)
    told = REFUSALS.get(answer.status_code, OTHER_REFUSAL)
    is_ours = "error" in body
    return failure(
        told.error,
        code=str(body.get("code", f"HTTP_{answer.status_code}")),
        exit_code=told.exit_code if is_ours else ExitCode.BAD_ANSWER,
        http_code=answer.status_code,
        taskId=body.get("taskId"),
        details=body.get("details"),
        hint=told.hint or body.get("detail"),
        response=shown(answer),
        current_timeout_ms=request.timeout_ms if answer.status_code == httpx.codes.REQUEST_TIMEOUT else None,
    )


def finished(answer: httpx.Response, body: Document) -> Report:
    """A run that ended; anything else with status 200 is no answer of this service."""
    if isinstance(body.get("success"), bool) and isinstance(body.get("taskId"), str):
        output = body.get("output")
        exit_code = ExitCode.OK if body["success"] else ExitCode.FAILED
        return Report(dict(body), exit_code, output if isinstance(output, str) else None)
    return failure(
        "Unexpected response",
        code="BAD_ANSWER",
        exit_code=ExitCode.BAD_ANSWER,
        http_code=answer.status_code,
        response=shown(answer),
        hint="Something else answers at this address; check the worker URL.",
    )


def json_object(answer: httpx.Response) -> Document:
    """The answer's body where it is a JSON object, else nothing."""
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def shown(answer: httpx.Response) -> str:
    return answer.text[:SHOWN_RESPONSE_CHARACTERS]
