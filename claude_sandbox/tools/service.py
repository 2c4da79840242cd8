"""The service as the tools call it: patient for seconds, not minutes, and never without a word."""

from typing import Final

from claude_sandbox.cli.session import Session
from claude_sandbox.client import Progress, SandboxClient, SandboxError, TaskResult
from claude_sandbox.client.flows import GRACE_MS

ATTEMPTS: Final = 2


def service_client(session: Session, url: str, token: str | None) -> SandboxClient:
    """A client that tells each further attempt on stderr.

    Raises:
        SandboxError: address, token or the environment's network settings can't be used.
    """

    def tell(error: SandboxError, seconds: float) -> None:
        session.tell(f"{error.message}; trying again in {seconds:g} s")

    return SandboxClient(url, token, timeout_s=session.call_timeout_s, attempts=ATTEMPTS, on_retry=tell)


def run_task(
    session: Session, sandbox: SandboxClient, task: str, timeout_ms: int, idempotency_key: str | None = None
) -> TaskResult:
    """Submit a task and wait for its end. From the moment it is taken the session knows its id.

    Raises:
        SandboxError: it was not taken, or its end is not known.
    """
    submission = sandbox.submit(task, timeout_ms=timeout_ms, idempotency_key=idempotency_key)
    session.task_id = submission.task_id
    if submission.result is not None:
        return submission.result
    return sandbox.wait(
        submission.task_id, timeout_ms=timeout_ms + GRACE_MS, on_progress=StateTeller(session)
    )


class StateTeller:
    """Tells each change of the task's state once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: str | None = None

    def __call__(self, progress: Progress) -> None:
        now = f"Task {progress.task_id} is {progress.state or 'under way'}"
        if now != self._told:
            self._session.tell(now)
            self._told = now
