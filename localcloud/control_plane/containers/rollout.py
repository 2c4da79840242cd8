"""Rollouts: an application's way to a new configuration, in steps that take time.

Nothing runs in the background: how far a rollout is follows from when it was created, so it goes on while
localcloud is stopped, and a restart changes nothing.
"""

from datetime import datetime, timedelta
from typing import Final, Literal

from pydantic import Field, JsonValue

from localcloud.control_plane.containers.application import health
from localcloud.control_plane.containers.configuration import Configuration
from localcloud.control_plane.containers.errors import InvalidApplicationError
from localcloud.control_plane.platform import iso8601
from localcloud.control_plane.store import Record
from localcloud.control_plane.wire import Body, JsonObject

STEP_S: Final = 1.0
"""How long a step takes here. At Cloudflare it lasts until the step's instances have been replaced."""

STEP_PERCENTAGES: Final = (5, 10, 20, 25, 50, 100)


class StepSize(Body):
    """Share of the instances that run the new version after this step."""

    percentage: int = Field(ge=10, le=100)


class StepBody(Body):
    """A step of one's own; the sizes are cumulative."""

    step_size: StepSize
    description: str = ""


class RolloutBody(Body):
    """A new rollout (containers-api.md 1.6)."""

    description: str
    strategy: Literal["rolling", "new_instances"]
    target_configuration: Configuration
    kind: Literal["full_auto", "full_manual"] = "full_auto"
    step_percentage: int | None = None
    steps: list[StepBody] | None = None

    def percentages(self) -> list[int]:
        """Cumulative, ending in 100.

        Raises:
            InvalidApplicationError: neither or both of the forms, or steps that do not ascend to 100.
        """
        if (self.steps is None) == (self.step_percentage is None):
            raise InvalidApplicationError({"steps": "give either steps or step_percentage"})
        if self.step_percentage is not None:
            if self.step_percentage not in STEP_PERCENTAGES:
                raise InvalidApplicationError({"step_percentage": f"must be one of {STEP_PERCENTAGES}"})
            return list(range(self.step_percentage, 101, self.step_percentage))
        sizes = [step.step_size.percentage for step in self.steps or []]
        if not sizes or sizes[-1] != 100 or sizes != sorted(set(sizes)):  # noqa: PLR2004 - percent
            raise InvalidApplicationError({"steps": "must ascend and end in 100"})
        return sizes


class RolloutRecord(Record):
    """A rollout. `replaced_at` is set when a newer one took over before this one had ended."""

    id: str
    application_id: str
    created_at: datetime
    description: str
    percentages: list[int]
    current_version: int
    target_version: int
    current_configuration: JsonObject
    target_configuration: JsonObject
    replaced_at: datetime | None = None

    def steps_done(self, now: datetime) -> int:
        elapsed_s = ((self.replaced_at or now) - self.created_at).total_seconds()
        return min(int(elapsed_s / STEP_S), len(self.percentages))

    def status(self, now: datetime) -> str:
        if self.steps_done(now) == len(self.percentages):
            return "completed"
        return "replaced" if self.replaced_at else "progressing"

    def percentage(self, now: datetime) -> int:
        """Of the instances that are on the target version."""
        done = self.steps_done(now)
        return self.percentages[done - 1] if done else 0


def shown(rollout: RolloutRecord, now: datetime, instances: int) -> JsonObject:
    """The answer (containers-api.md 1.6). `instances` run now; they keep their image until they end."""
    done = rollout.steps_done(now)
    steps: list[JsonValue] = [shown_step(rollout, index, done) for index in range(len(rollout.percentages))]
    updated = instances * rollout.percentage(now) // 100
    return {
        "id": rollout.id,
        "created_at": iso8601(rollout.created_at),
        "last_updated_at": iso8601(began(rollout, done)),
        "started_at": iso8601(rollout.created_at),
        "description": rollout.description,
        "kind": "full_auto",
        "strategy": "rolling",
        "status": rollout.status(now),
        "current_version": rollout.current_version,
        "target_version": rollout.target_version,
        "current_configuration": rollout.current_configuration,
        "target_configuration": rollout.target_configuration,
        "health": health(instances),
        "steps": steps,
        "progress": {
            "total_steps": len(steps),
            "current_step": done,
            "updated_instances": updated,
            "total_instances": instances,
            "version_distribution": {},
        },
    }


def shown_step(rollout: RolloutRecord, index: int, done: int) -> JsonObject:
    percentage = rollout.percentages[index]
    position = f"Step {index + 1} of {len(rollout.percentages)}"
    step: JsonObject = {
        "id": index + 1,
        "step_size": {"percentage": percentage},
        "description": f"{position} - rollout at {percentage}% of instances",
        "status": "pending",
    }
    if index <= done:
        step |= {"status": "progressing", "started_at": iso8601(began(rollout, index))}
    if index < done:
        step |= {"status": "completed", "completed_at": iso8601(began(rollout, index + 1))}
    return step


def began(rollout: RolloutRecord, index: int) -> datetime:
    """When the step with this index (from 0) began: when the one before it had ended."""
    return rollout.created_at + timedelta(seconds=STEP_S * index)
