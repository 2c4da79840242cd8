"""What every tool returns: one document and an exit code."""

from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

Document = dict[str, Any]
"""A JSON object. The shipped schemas (`claude_sandbox/schemas/`) give the keys of each tool's."""


class ExitCode(IntEnum):
    """0 and 1 are the seed's; the finer ones tell a script what to do next."""

    OK = 0
    FAILED = 1
    USAGE = 2
    AUTHENTICATION = 3
    UNREACHABLE = 4
    BAD_ANSWER = 5
    TIMEOUT = 6
    BUSY = 7
    INTERNAL = 70
    INTERRUPTED = 130
    CLOSED_PIPE = 141
    TERMINATED = 143


EXIT_CODE_MEANINGS = {
    ExitCode.OK: "Success; every check passed.",
    ExitCode.FAILED: "The task failed, a check did not pass, or the service refused the call or failed.",
    ExitCode.USAGE: "The arguments, the environment or a file they name can't be used. Nothing was sent.",
    ExitCode.AUTHENTICATION: "The service refused the token (401) or its scopes (403).",
    ExitCode.UNREACHABLE: "No connection: name, port, TLS, network, or a connection that was cut.",
    ExitCode.BAD_ANSWER: "Something answered that is not this service, or not in its contract.",
    ExitCode.TIMEOUT: "The deadline passed (408). The task may go on and stays fetchable by its id.",
    ExitCode.BUSY: "The service has no capacity now (429, 503). Nothing was started; try again later.",
    ExitCode.INTERNAL: "A defect of this program. The document names the place.",
    ExitCode.INTERRUPTED: "Ctrl-C.",
    ExitCode.CLOSED_PIPE: "The reader of stdout went away.",
    ExitCode.TERMINATED: "SIGTERM.",
}


class Format(StrEnum):
    """How the document is written to stdout."""

    AUTO = "auto"
    JSON = "json"
    TABLE = "table"


class Report(NamedTuple):
    """The outcome of one tool. A tuple, since importing `dataclasses` would cost a tenth of the start-up.

    Args:
        document: goes to stdout as one JSON object.
        exit_code: of the process.
        text: what a person reads in place of the document; None for the general table.
    """

    document: Document
    exit_code: ExitCode = ExitCode.OK
    text: str | None = None


class ToolError(Exception):
    """A tool can't go on; the report says why. Raised at any depth, met by the frame."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(str(report.document.get("error")))


def failure(error: str, *, code: str, exit_code: ExitCode, **more: object) -> Report:
    """A failure in the form that all tools share: `success`, `error`, `code`, and what else is given."""
    known = {name: value for name, value in more.items() if value is not None}
    return Report({"success": False, "error": error, "code": code, **known}, exit_code)


def usage_error(error: str, hint: str) -> ToolError:
    return ToolError(failure(error, code="USAGE", exit_code=ExitCode.USAGE, hint=hint))
