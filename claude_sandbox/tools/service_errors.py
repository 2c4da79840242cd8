"""An error of the client as a report."""

from typing import Final

from claude_sandbox.cli.report import ExitCode, Report, failure
from claude_sandbox.client import (
    BadAnswer,
    Busy,
    Forbidden,
    InvalidRequest,
    SandboxError,
    TimedOut,
    Unauthorized,
    Unreachable,
)

EXIT_CODES: Final[dict[type[SandboxError], ExitCode]] = {
    Unauthorized: ExitCode.AUTHENTICATION,
    Forbidden: ExitCode.AUTHENTICATION,
    Unreachable: ExitCode.UNREACHABLE,
    BadAnswer: ExitCode.BAD_ANSWER,
    TimedOut: ExitCode.TIMEOUT,
    Busy: ExitCode.BUSY,
}


def report_of_error(error: SandboxError) -> Report:
    """`http_code` 0 says that no answer came, as curl has it.

    `retryable`: nothing can have run, so that sending the task again can't run it twice.
    """
    facts = error.facts
    return failure(
        error.message,
        code=error.code,
        exit_code=exit_code_of(error),
        http_code=facts.status or 0,
        is_transient=error.is_transient,
        retryable=is_retryable(error),
        taskId=facts.task_id,
        details=facts.details,
        hint=error.next_step,
        response=facts.body,
    )


def is_retryable(error: SandboxError) -> bool:
    if isinstance(error, Unreachable) and error.facts.task_id is None:
        return not error.may_have_arrived
    return error.facts.is_retryable


def exit_code_of(error: SandboxError) -> ExitCode:
    if error.code == "NO_ANSWER_IN_TIME":
        return ExitCode.TIMEOUT
    if isinstance(error, InvalidRequest) and error.facts.status is None:
        return ExitCode.USAGE
    return EXIT_CODES.get(type(error), ExitCode.FAILED)
