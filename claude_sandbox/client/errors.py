"""Errors that say whether to try again.

Transient: the same call may succeed later. Permanent: it fails until something is changed.
The kind says which; where the service tells more, by `code` or `retryable`, the error itself does.
Every error has a stable `code` (the service's own where it gave one) and the next step.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Facts:
    """What is known of a failed call.

    Args:
        status: of HTTP; None where no answer came.
        task_id: of the task that was asked for, or that the answer names.
        retry_after_s: how long the service asks to wait.
        details: what the service says of the cause.
        body: the answer's text, cut to 2,000 characters.
        state: of a task whose result is not there yet.
        is_retryable: the service says that the run provably never started.
    """

    status: int | None = None
    task_id: str | None = None
    retry_after_s: float | None = None
    details: str | None = None
    body: str | None = None
    state: str | None = None
    is_retryable: bool = False


class SandboxError(Exception):
    """A call that did not succeed."""

    is_transient: bool = False

    def __init__(
        self,
        message: str,
        *,
        code: str,
        next_step: str | None = None,
        facts: Facts | None = None,
        is_transient: bool | None = None,
    ) -> None:
        self.message = message
        self.code = code
        self.next_step = next_step
        self.facts = facts or Facts()
        if is_transient is not None:
            self.is_transient = is_transient
        super().__init__(f"{message} ({code}). {next_step or ''}".strip())

    def name_task(self, task_id: str) -> None:
        """Say which task was asked for. It was taken, so it may have run, whatever became of this call."""
        self.facts = replace(self.facts, task_id=task_id, is_retryable=False)


class InvalidRequest(SandboxError):  # noqa: N818 - named for what happened, as HTTP names it
    """400, 413, 415, 422, or refused before it was sent: the call can't be used as it is."""


class Unauthorized(SandboxError):  # noqa: N818
    """401: no token of this deployment, or one that ended."""


class Forbidden(SandboxError):  # noqa: N818
    """403: the client's scopes do not allow the call."""


class NotFound(SandboxError):  # noqa: N818
    """404: no such task of this client, or its result was deleted."""


class TimedOut(SandboxError):  # noqa: N818
    """408, or the deadline of `wait` passed. The task is not lost: `facts.task_id` names it."""


class Conflict(SandboxError):  # noqa: N818
    """409: the task is under way."""


class Busy(SandboxError):  # noqa: N818
    """429, 503: nothing was started."""

    is_transient = True


class ServiceFailed(SandboxError):  # noqa: N818
    """500: the run could not be carried out; transient where it provably never started.

    503 with NOT_CONFIGURED too, since it lasts until the stack is deployed again, and with
    STORAGE_UNAVAILABLE, which is transient: the task has run, and its result can't be read now.
    """


class BadAnswer(SandboxError):  # noqa: N818
    """An answer outside the contract: something else may live at this address.

    Transient for 502, 503 and 504, with which a proxy on the way says that it got no answer.
    """


class Unreachable(SandboxError):  # noqa: N818
    """No answer. `may_have_arrived`: the call may have had its effect all the same."""

    is_transient = True

    def __init__(
        self,
        message: str,
        *,
        code: str,
        next_step: str,
        may_have_arrived: bool,
        is_transient: bool | None = None,
    ) -> None:
        super().__init__(message, code=code, next_step=next_step, is_transient=is_transient)
        self.may_have_arrived = may_have_arrived
