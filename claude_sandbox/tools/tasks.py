"""The caller's tasks: list, show, result, cancel."""

from collections.abc import Callable
from typing import Final

from claude_sandbox.cli.connection import Chosen, require_connection
from claude_sandbox.cli.report import Document, ExitCode, Report, ToolError, usage_error
from claude_sandbox.cli.session import Session
from claude_sandbox.client import SandboxClient, SandboxError, TaskState
from claude_sandbox.tools.service import service_client
from claude_sandbox.tools.service_errors import report_of_error

MISSING: Final = "Set CLAUDE_SANDBOX_URL and CLAUDE_SANDBOX_TOKEN_FILE, or run `make up` in this folder."


def list_tasks(
    session: Session, chosen: Chosen, state: TaskState | None, limit: int, cursor: str | None
) -> Report:
    """One page, newest first; `cursor` of the document asks for the next."""

    def ask(sandbox: SandboxClient) -> Report:
        page = sandbox.page(state=state, limit=limit, cursor=cursor)
        return succeeded(page.document())

    return with_service(session, chosen, ask)


def checked_state(name: str | None) -> TaskState | None:
    """The state of that name.

    Raises:
        ToolError: there is none.
    """
    if name is None:
        return None
    try:
        return TaskState(name)
    except ValueError:
        raise usage_error("There is no such status", f"Use one of: {', '.join(TaskState)}") from None


def show_task(session: Session, chosen: Chosen, task_id: str) -> Report:
    return with_service(session, chosen, lambda sandbox: succeeded(sandbox.status(task_id).document()))


def cancel_task(session: Session, chosen: Chosen, task_id: str) -> Report:
    return with_service(session, chosen, lambda sandbox: succeeded(sandbox.cancel(task_id).document()))


def show_result(session: Session, chosen: Chosen, task_id: str) -> Report:
    """The result as the service has it. `success` is the task's, and so is the exit code."""

    def ask(sandbox: SandboxClient) -> Report:
        result = sandbox.result(task_id)
        return Report(result.document(), ExitCode.OK if result.success else ExitCode.FAILED, text=result.text)

    return with_service(session, chosen, ask)


def succeeded(document: Document) -> Report:
    return Report({"success": True, **document})


def with_service(session: Session, chosen: Chosen, ask: Callable[[SandboxClient], Report]) -> Report:
    url, token = require_connection(session, chosen, missing_connection())
    try:
        with service_client(session, url, token) as sandbox:
            return ask(sandbox)
    except SandboxError as error:
        return report_of_error(error)


def missing_connection() -> ToolError:
    return usage_error("Address or token is missing", MISSING)
