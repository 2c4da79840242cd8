"""Whether a deployment lives, refuses strangers and runs a task."""

from typing import Final

from claude_sandbox.cli.connection import Chosen, Connection, find_connection
from claude_sandbox.cli.report import Document, ExitCode, Report, ToolError, failure
from claude_sandbox.cli.session import Session
from claude_sandbox.client import SandboxError, TaskResult
from claude_sandbox.tools.service import run_task, service_client
from claude_sandbox.tools.tasks import MISSING

TASK: Final = "What is 2 + 2? Respond with just the number."
EXPECTED: Final = "4"
TASK_TIMEOUT_MS: Final = 60_000
STRANGERS_TIMEOUT_MS: Final = 1_000
"""Bounds the task of the check without a token, should the service take it."""
UNAUTHORIZED: Final = 401
NO_ANSWER: Final = 0
"""In place of a status, as curl has it."""
DESCRIPTION: Final = "Verifies /execute requires authentication"
USAGE: Final = "Usage: claude-sandbox test-deployment <worker-url> [auth-token]"


def read_connection(session: Session, arguments: list[str], chosen: Chosen) -> Connection:
    """The seed's `URL [TOKEN]`, else what environment and options say.

    Raises:
        ToolError: no address is named, or one that can't be used.
    """
    if len(arguments) > 1:
        session.warn("a token on the command line shows in the process list; use CLAUDE_SANDBOX_TOKEN_FILE")
    if arguments:
        token = arguments[1] if len(arguments) > 1 else None
        chosen = Chosen(url=arguments[0], token=token, token_file=chosen.token_file, outputs=chosen.outputs)
    found = find_connection(session, chosen)
    if found is None:
        raise ToolError(failure(USAGE, code="USAGE", exit_code=ExitCode.FAILED, hint=MISSING))
    return found


def run_tests(session: Session, connection: Connection) -> Report:
    """Three tests. Without a token the last one is skipped; where nothing answers, only the first is sent."""
    health = check_health(session, connection)
    answers = health["http_code"] != NO_ANSWER
    tests = {
        "health_check": health,
        "auth_required": check_authorization(session, connection) if answers else unasked(),
        "execute_task": check_task(session, connection, answers=answers),
    }
    ran = [one["success"] for one in tests.values() if not one.get("skipped")]
    summary = {"passed": ran.count(True), "failed": ran.count(False), "total": len(ran)}
    document = {"success": all(ran), "worker_url": connection.url, "summary": summary, "tests": tests}
    return Report(document, ExitCode.OK if all(ran) else ExitCode.FAILED)


def check_health(session: Session, connection: Connection) -> Document:
    session.tell("Asking for health")
    try:
        with service_client(session, connection.url, None) as sandbox:
            health = sandbox.health()
    except SandboxError as error:
        status = error.facts.status or NO_ANSWER
        return {"success": False, "http_code": status, "status": "", "error": str(error)}
    return {"success": health.status == "healthy", "http_code": 200, "status": health.status}


def check_authorization(session: Session, connection: Connection) -> Document:
    session.tell("Asking without a token")
    try:
        with service_client(session, connection.url, None) as sandbox:
            sandbox.submit("test", timeout_ms=STRANGERS_TIMEOUT_MS)
    except SandboxError as error:
        status = error.facts.status or NO_ANSWER
        return {"success": status == UNAUTHORIZED, "http_code": status, "description": DESCRIPTION}
    return {"success": False, "http_code": 200, "description": DESCRIPTION}


def unasked() -> Document:
    return {"success": False, "http_code": NO_ANSWER, "description": DESCRIPTION}


def check_task(session: Session, connection: Connection, *, answers: bool) -> Document:
    if connection.token is None:
        return {"skipped": True, "success": False, "output": "", "error": "No token was given"}
    if not answers:
        return failed_task("Not sent: the service did not answer")
    session.tell("Running a task")
    try:
        with service_client(session, connection.url, connection.token) as sandbox:
            result = run_task(session, sandbox, TASK, TASK_TIMEOUT_MS)
    except SandboxError as error:
        return failed_task(str(error))
    return judged(result)


def failed_task(error: str) -> Document:
    return {"skipped": False, "success": False, "output": "", "error": error}


def judged(result: TaskResult) -> Document:
    is_right = result.success and EXPECTED in result.text
    error = "" if is_right else f"Unexpected output ({result.code or 'no code'})"
    return {"skipped": False, "success": is_right, "output": result.text, "error": error}
