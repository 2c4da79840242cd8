"""Deletes what is no longer wanted, dependents first."""

from collections.abc import Iterable

from localcloud.deploy.errors import DeployError
from localcloud.deploy.kinds.registry import Kinds
from localcloud.deploy.progress import Progress
from localcloud.deploy.state import ResourceRecord, StateFile


def require_unprotected(records: Iterable[ResourceRecord], what: str) -> None:
    """As with Pulumi, nothing at all is done where a protected resource is in the way.

    Raises:
        DeployError: names every protected one.
    """
    names = [record.name for record in records if record.is_protected]
    if names:
        raise DeployError(
            "PROTECTED",
            f"protected resources would be {what}: {', '.join(names)}",
            "Deploy once with their protection off, as --config=ephemeral=true has it in this project",
        )


def deletion_order(records: list[ResourceRecord]) -> list[ResourceRecord]:
    """Each record comes before those that it depends on; among free ones the youngest is first."""
    waiting, order = list(records), []
    while waiting:
        needed = {urn for record in waiting for urn in record.dependencies if urn != record.urn}
        free = [record for record in waiting if record.urn not in needed] or waiting
        order.append(free[-1])
        waiting = [record for record in waiting if record is not free[-1]]
    return order


def delete_all(
    records: list[ResourceRecord],
    *,
    file: StateFile,
    kinds: Kinds,
    progress: Progress,
    is_preview: bool,
) -> None:
    """Delete in order.

    One that cannot be deleted keeps what it rests on; the others go, then its error is raised.
    """
    failures: list[DeployError] = []
    stuck: set[str] = set()
    for record in deletion_order(records):
        if record.urn in stuck:
            stuck.update(record.dependencies)
            continue
        try:
            delete(record, file=file, kinds=kinds, progress=progress, is_preview=is_preview)
        except DeployError as error:
            failures.append(error)
            stuck.update(record.dependencies)
    if failures:
        raise failures[0]


def delete(
    record: ResourceRecord, *, file: StateFile, kinds: Kinds, progress: Progress, is_preview: bool
) -> None:
    kind = kinds.of(record.type)
    is_call = kind.has_delete and not record.is_retained_on_delete
    if is_call and not is_preview:
        try:
            kind.delete(record)
        except DeployError as error:
            raise error.about(record.urn) from None
    file.drop(record)
    if kind.has_delete:
        progress.tell("deleted" if is_call else "forgotten", record.type, record.name)
