"""What a stack costs: idle, per task, and what the tasks of a period cost."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from claude_sandbox.cli.connection import Chosen
from claude_sandbox.cli.report import Document, Report
from claude_sandbox.cli.session import Session
from claude_sandbox.client import NotFound, SandboxClient, TaskSummary
from claude_sandbox.tools.tasks import with_service
from infra.settings.costs import SECONDS_PER_HOUR, Rate, rate_of, read_table

MOST_TASKS: Final = 200
"""Two calls each; a longer period says that it was cut."""
PLACES: Final = 6
T = TypeVar("T")


@dataclass
class Spent:
    """What the tasks of a period used. `seconds` is from start to end of their runs."""

    tasks: int = 0
    unended: int = 0
    without_model_cost: int = 0
    seconds: float = 0.0
    model_usd: float = 0.0
    is_cut: bool = False


def estimate(settings: Document, task_minutes: float) -> Report:
    """From the settings alone."""
    table = read_table()
    rate = rate_of(table, settings["instanceType"])
    document = {"success": True, **estimated(table, settings, rate, task_minutes)}
    return Report(document)


def estimated(table: Document, settings: Document, rate: Rate, task_minutes: float) -> Document:
    per_hour = {name: rounded(usd * SECONDS_PER_HOUR) for name, usd in vars(rate).items()}
    return {
        "prices": {"as_of": table["as_of"], "source": table["source"]},
        "settings": {"instance_type": settings["instanceType"], "max_instances": settings["maxInstances"]},
        "idle": {
            "usd_per_month": table["plan_usd_per_month"],
            "why": "The plan alone: an instance runs only while its task does.",
        },
        "instance_usd_per_hour": per_hour,
        "task": {
            "minutes": task_minutes,
            "compute_usd": {name: rounded(usd * 60 * task_minutes) for name, usd in vars(rate).items()},
            "model_usd": "in each task's result, as cost_usd",
        },
        "most_compute_usd_per_hour": rounded(rate.most * SECONDS_PER_HOUR * settings["maxInstances"]),
        "included_per_month": table["included_per_month"],
    }


def spent_since(
    session: Session, chosen: Chosen, settings: Document, task_minutes: float, since: datetime
) -> Report:
    """The estimate, and what the caller's tasks cost since then."""
    table = read_table()
    rate = rate_of(table, settings["instanceType"])

    def ask(sandbox: SandboxClient) -> Report:
        period = {"since": since.isoformat(timespec="seconds"), **told(spent(sandbox, since), rate)}
        return Report({"success": True, **estimated(table, settings, rate, task_minutes), "period": period})

    return with_service(session, chosen, ask)


def spent(sandbox: SandboxClient, since: datetime) -> Spent:
    found = Spent()
    for task in tasks_since(sandbox, since):
        if found.tasks == MOST_TASKS:
            found.is_cut = True
            break
        found.tasks += 1
        if task.status.has_ended:
            add_task(found, sandbox, task.task_id)
        else:
            found.unended += 1
    return found


def tasks_since(sandbox: SandboxClient, since: datetime) -> Iterator[TaskSummary]:
    """Newest first, which is the order of the list."""
    for task in sandbox.tasks():
        if task.created_at < since:
            return
        yield task


def add_task(found: Spent, sandbox: SandboxClient, task_id: str) -> None:
    """Record and result may each be gone by now; the other still tells its part."""
    task, result = found_or_none(sandbox.status, task_id), found_or_none(sandbox.result, task_id)
    if task and task.started_at and task.ended_at:
        found.seconds += (task.ended_at - task.started_at).total_seconds()
    model_usd = result.cost_usd if result else None
    found.model_usd += model_usd or 0.0
    found.without_model_cost += model_usd is None


def found_or_none(ask: Callable[[str], T], task_id: str) -> T | None:
    try:
        return ask(task_id)
    except NotFound:
        return None


def told(found: Spent, rate: Rate) -> Document:
    compute = {name: rounded(usd * found.seconds) for name, usd in vars(rate).items()}
    return {
        "tasks": found.tasks,
        "tasks_under_way": found.unended,
        "tasks_without_model_cost": found.without_model_cost,
        "is_cut": found.is_cut,
        "seconds": round(found.seconds, 3),
        "compute_usd": compute,
        "model_usd": rounded(found.model_usd),
        "total_usd": {name: rounded(usd + found.model_usd) for name, usd in compute.items()},
    }


def rounded(usd: float) -> float:
    return round(usd, PLACES)
