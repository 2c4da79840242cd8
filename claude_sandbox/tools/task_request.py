"""The call that `execute-task` is asked to make, checked before anything is sent."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from claude_sandbox.cli.connection import Chosen, require_connection
from claude_sandbox.cli.files import read_file
from claude_sandbox.cli.report import ExitCode, ToolError, failure, usage_error
from claude_sandbox.cli.seed_form import ARGUMENT_COUNTS, is_url
from claude_sandbox.cli.session import Session
from claude_sandbox.cli.tokens import is_plain
from claude_sandbox.client.operations import DEFAULT_TIMEOUT_MS

TIMEOUT_RANGE_MS: Final = (1_000, 3_600_000)
"""What a stack may allow; the service itself judges by its own limits."""
MAX_KEY_CHARACTERS: Final = 255
USAGE: Final = "claude-sandbox execute-task <worker-url> <auth-token> <task> [timeout-ms]"
EXAMPLE: Final = (
    "claude-sandbox execute-task https://my-worker.workers.dev my-token 'Write a hello world script'"
)


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
    if len(arguments) in ARGUMENT_COUNTS["execute-task"] and is_url(arguments[0]):
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
