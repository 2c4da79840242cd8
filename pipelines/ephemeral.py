"""A pull request's own stack: made with an end, removed with the pull request, swept when its end is over.

The end stands in a tag of the stack. Only a stack with that tag, and with a name such as acme-pr-12, is ever
destroyed here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pipelines.programs import Program, ProgramError, read_json
from pipelines.stack import Stack, StackNameError
from pipelines.stack_file import change, make_ephemeral

END_TAG: Final = "claude-sandbox:ephemeral-until"


class NotEphemeralError(RuntimeError):
    """A stack that is not thrown away."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(f"{stack} is no pull request's stack (<team>-pr-<number>), so it is left alone")


@dataclass(frozen=True)
class Swept:
    """What a sweep did, by the stacks' names.

    Args:
        destroyed: their end was over.
        kept: their end is to come, or an update is under way.
        failed: with the reason; the next sweep tries again.
    """

    destroyed: tuple[str, ...]
    kept: tuple[str, ...]
    failed: dict[str, str]


def make(pulumi: Program, stack: Stack, like: Stack, folder: Path, until: datetime) -> None:
    """Select the stack, creating it the first time; give it the other's settings and an end.

    The settings are copied every time: a checkout of a later push has no file of the stack.
    """
    require_ephemeral(stack)
    pulumi.run("stack", "select", "--create", str(stack))
    pulumi.run("stack", "tag", "set", END_TAG, until.isoformat(timespec="seconds"), "--stack", str(stack))
    pulumi.run("config", "cp", "--stack", str(like), "--dest", str(stack))
    change(stack.file(folder), lambda settings: make_ephemeral(settings, stack.environment))


def remove(pulumi: Program, stack: Stack) -> None:
    """Destroy what is there of it and forget it. A protected resource, which none has here, would stop it."""
    require_ephemeral(stack)
    pulumi.run("destroy", "--stack", str(stack), "--yes", "--non-interactive", "--refresh", "--remove")


def sweep(pulumi: Program, organization: str, team: str, now: datetime) -> Swept:
    """Destroy the team's stacks whose end is over. One that fails holds no other up."""
    destroyed, kept, failed = [], [], {}
    for stack, is_updating in tagged(pulumi, organization, team):
        try:
            if is_updating or end_of(pulumi, stack) > now:
                kept.append(str(stack))
                continue
            remove(pulumi, stack)
            destroyed.append(str(stack))
        except (ProgramError, ValueError) as error:
            failed[str(stack)] = str(error)
    return Swept(tuple(destroyed), tuple(kept), failed)


def tagged(pulumi: Program, organization: str, team: str) -> Iterator[tuple[Stack, bool]]:
    """The team's ephemeral stacks, each with whether an update is under way."""
    listed: list[dict[str, Any]] = read_json(
        pulumi, "stack", "ls", "--json", "--organization", organization, "--tag", END_TAG
    )
    for one in listed:
        try:
            stack = Stack.parse(f"{organization}/{str(one['name']).rpartition('/')[2]}")
        except StackNameError:
            continue
        if stack.team == team and stack.is_ephemeral:
            yield stack, bool(one.get("updateInProgress"))


def end_of(pulumi: Program, stack: Stack) -> datetime:
    """When the stack ends.

    Raises:
        ValueError: the tag is no time with an offset.
    """
    end = datetime.fromisoformat(pulumi.read("stack", "tag", "get", END_TAG, "--stack", str(stack)).strip())
    if end.tzinfo is None:
        raise ValueError(f"the tag {END_TAG} of {stack} has no offset")
    return end


def end_after(now: datetime, hours: int) -> datetime:
    return now + timedelta(hours=hours)


def require_ephemeral(stack: Stack) -> None:
    if not stack.is_ephemeral:
        raise NotEphemeralError(stack)
