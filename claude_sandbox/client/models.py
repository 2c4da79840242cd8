"""What the service answers, typed. Keys that are newer than this file are kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, field_serializer


class TaskState(StrEnum):
    """`queued` and `running` are on their way; the others are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def has_ended(self) -> bool:
        return self not in {TaskState.QUEUED, TaskState.RUNNING}


class Answer(BaseModel):
    """A JSON object of the service."""

    model_config = ConfigDict(
        frozen=True, extra="allow", validate_by_name=True, validate_by_alias=True, allow_inf_nan=False
    )

    def document(self) -> dict[str, Any]:
        """What the service sent, under the wire's names, and nothing that it did not send."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Health(Answer):
    """`GET /health`."""

    status: str
    platform: str
    auth_method: str


class TaskResult(Answer):
    """A run that ended. Times in milliseconds, cost in USD; None where an older service does not tell."""

    task_id: str = Field(alias="taskId")
    success: StrictBool
    stdout: str
    stderr: str
    output: str | None = None
    timestamp: AwareDatetime | None = None
    status: TaskState | None = None
    code: str | None = None
    truncated: bool = False
    execution_time_ms: int | None = None
    cost_usd: float | None = None
    num_turns: int | None = None
    permission_denials: tuple[str, ...] = ()
    session_id: str | None = None
    attempts: int | None = None

    @property
    def text(self) -> str:
        """The answer: `output`, or `stdout`, or `stderr`, whichever says something first."""
        return self.output or self.stdout or self.stderr

    @field_serializer("timestamp")
    def _milliseconds(self, value: datetime | None) -> str | None:
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z") if value else None


class Task(Answer):
    """How a task stands: `GET /tasks/{id}`."""

    task_id: str = Field(alias="taskId")
    status: TaskState
    attempts: int
    timeout_ms: int
    created_at: AwareDatetime
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None


class TaskSummary(Answer):
    """One line of the list."""

    task_id: str = Field(alias="taskId")
    status: TaskState
    created_at: AwareDatetime


class TaskPage(Answer):
    """One page of `GET /tasks`, newest first. `cursor` asks for the next one; None at the end."""

    tasks: tuple[TaskSummary, ...]
    cursor: str | None


class Accepted(Answer):
    """202 of `POST /execute`: the task is durable."""

    task_id: str = Field(alias="taskId")
    status: TaskState


@dataclass(frozen=True)
class Submission:
    """A task that was taken. `result` is there where the service answers at the end, as the seed's."""

    task_id: str
    result: TaskResult | None = None


@dataclass(frozen=True)
class Progress:
    """What `on_progress` is told at every look. `state` is None where the service does not tell it."""

    task_id: str
    state: TaskState | None
    elapsed_s: float
