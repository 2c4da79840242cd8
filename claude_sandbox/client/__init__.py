"""The Python client. `SandboxClient` waits in its thread, `AsyncSandboxClient` in an event loop."""

from claude_sandbox.client.asynchronous import AsyncSandboxClient
from claude_sandbox.client.errors import (
    BadAnswer,
    Busy,
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    SandboxError,
    ServiceFailed,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from claude_sandbox.client.models import (
    Health,
    Progress,
    Submission,
    Task,
    TaskPage,
    TaskResult,
    TaskState,
    TaskSummary,
)
from claude_sandbox.client.threaded import SandboxClient

__all__ = [
    "AsyncSandboxClient",
    "BadAnswer",
    "Busy",
    "Conflict",
    "Forbidden",
    "Health",
    "InvalidRequest",
    "NotFound",
    "Progress",
    "SandboxClient",
    "SandboxError",
    "ServiceFailed",
    "Submission",
    "Task",
    "TaskPage",
    "TaskResult",
    "TaskState",
    "TaskSummary",
    "TimedOut",
    "Unauthorized",
    "Unreachable",
]
