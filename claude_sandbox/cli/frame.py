"""The frame around every tool: exactly one document on stdout, whatever happens inside."""

import json
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Final

from claude_sandbox.cli.guard import Terminated, be_patient
from claude_sandbox.cli.ready import ready_report
from claude_sandbox.cli.report import ExitCode, Report, ToolError, failure
from claude_sandbox.cli.seed_form import is_seed_form, seed_exit_code
from claude_sandbox.cli.session import Session, process_session

PACKAGE: Final = Path(__file__).parent.parent
COMPLETION_VARIABLE: Final = "_CLAUDE_SANDBOX_COMPLETE"

SHELL_OPTIONS: Final = (["--show-completion"], ["--install-completion"])


def run_process() -> int:
    """Run with the process's own arguments, streams and variables; the exit code."""
    if COMPLETION_VARIABLE in os.environ or sys.argv[1:2] in SHELL_OPTIONS:
        return _answer_shell()
    session = process_session(os.environ)
    content, exit_code = encoded(run(sys.argv[1:], session), session)
    be_patient()
    return write(content, exit_code)


def run(arguments: Sequence[str], session: Session) -> Report:
    """The report of the tool that the arguments name. Never raises."""
    try:
        with redirect_stdout(session.messages):
            report = _run_tool(arguments, session)
    except KeyboardInterrupt:
        return stopped("Interrupted", ExitCode.INTERRUPTED, session)
    except Terminated:
        return stopped("Terminated", ExitCode.TERMINATED, session)
    except BaseException as error:  # noqa: BLE001 - the promise is one document on every path
        return internal_failure(error)
    exit_code = seed_exit_code(report.exit_code) if is_seed_form(arguments) else report.exit_code
    return report._replace(exit_code=exit_code)


def _run_tool(arguments: Sequence[str], session: Session) -> Report:
    ready = ready_report(arguments)
    if ready is not None:
        return ready
    from claude_sandbox.cli.app import invoke  # noqa: PLC0415 - so Ctrl-C while importing is met

    try:
        return invoke(arguments, session)
    except ToolError as error:
        return error.report


def stopped(told: str, exit_code: ExitCode, session: Session) -> Report:
    """A signal's end, which leaves a task at the service going."""
    hint = None
    if session.task_id is not None:
        hint = "The task goes on: see `claude-sandbox tasks show`, or end it with `tasks cancel`."
    return failure(told, code=told.upper(), exit_code=exit_code, taskId=session.task_id, hint=hint)


def internal_failure(error: BaseException) -> Report:
    """A defect of ours, told without a traceback: its kind and the place in this package."""
    import traceback  # noqa: PLC0415 - only where there is one

    places = [
        one for one in traceback.extract_tb(error.__traceback__) if one.filename.startswith(str(PACKAGE))
    ]
    place = f"{Path(places[-1].filename).relative_to(PACKAGE.parent)}:{places[-1].lineno}" if places else None
    return failure(
        f"Internal error: {type(error).__name__}",
        code="INTERNAL_ERROR",
        exit_code=ExitCode.INTERNAL,
        where=place,
        hint="This is a defect of claude-sandbox; report it with this document.",
    )


def write(content: bytes, exit_code: ExitCode) -> int:
    """Write what a run came to; its exit code, which a reader that went away changes."""
    if sys.stdout is None:
        return exit_code
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.CLOSED_PIPE
    return exit_code


def encoded(report: Report, session: Session) -> tuple[bytes, ExitCode]:
    """The document as UTF-8 JSON, or what a person reads where stdout is a terminal; and the exit code.

    A document that can't be written, such as one without end of brackets, is a defect and told as one.
    """
    try:
        return text_of(report, session).encode("utf-8", "replace"), report.exit_code
    except Exception as error:  # noqa: BLE001 - the promise is one document on every path
        failed = internal_failure(error)
        return json_text(failed.document).encode(), failed.exit_code


def text_of(report: Report, session: Session) -> str:
    clean = report._replace(document=redacted(report.document, session), text=redacted(report.text, session))
    if not session.shows_table:
        return json_text(clean.document)
    from claude_sandbox.cli.rendering import readable  # noqa: PLC0415 - rich, for terminals only

    return readable(clean)


def json_text(document: object) -> str:
    """Readable JSON; escaped to ASCII where a text is no UTF-8, as one with half a surrogate pair.

    Raises:
        ValueError: a number is none, such as NaN.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(document, indent=2, allow_nan=False) + "\n"
    return text


def redacted(value: Any, session: Session) -> Any:  # noqa: ANN401 - any JSON value
    """The value without the session's secrets. Keys are the tools' own and stay."""
    if isinstance(value, str):
        return session.redact(value)
    if isinstance(value, dict):
        return {str(key): redacted(one, session) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(one, session) for one in value]
    return value


def _answer_shell() -> int:
    """The shell asks for completions, in its own format."""
    from claude_sandbox.cli.app import run_shell_protocol  # noqa: PLC0415 - typer, when it is needed

    return run_shell_protocol()
