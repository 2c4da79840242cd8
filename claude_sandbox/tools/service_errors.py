"""An error of the client as a report."""

from typing import Final

from claude_sandbox.cli.report import ExitCode, Report, failure
from claude_sandbox.client import (
    BadAnswer,
    Busy,
    Forbidden,
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
    """`http_code` 0 says that no answer came, as curl has it."""
    facts = error.facts
    return failure(
        error.message,
        code=error.code,
        exit_code=exit_code_of(error),
        http_code=facts.status or 0,
        is_transient=error.is_transient,
        taskId=facts.task_id,
        details=facts.details,
        hint=error.next_step,
        response=facts.body,
    )


def exit_code_of(error: SandboxError) -> ExitCode:
    if error.code == "NO_ANSWER_IN_TIME":
        return ExitCode.TIMEOUT
    return EXIT_CODES.get(type(error), ExitCode.FAILED)
