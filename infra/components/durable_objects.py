"""The life cycle of the Durable Object classes, as a Worker version carries it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi_cloudflare as cloudflare

CONTAINER_CLASS: Final = "Sandbox"
"""The class whose objects have a container."""

BINDINGS: Final = {"Sandbox": "Sandbox", "TASK": "Task", "TASK_QUEUE": "TaskQueue"}
"""Binding to class: the names that the Worker's code reads and exports."""


@dataclass(frozen=True)
class MigrationStep:
    """One step of the legacy flow: tags before and after, and the classes that are new."""

    new_tag: str
    old_tag: str | None
    new_sqlite_classes: tuple[str, ...]


@dataclass(frozen=True)
class DurableObjects:
    """Declarative by default: `exports` may be sent again and again. Only a class that is named is deleted.

    Args:
        uses_exports: False for a Worker that stays on the legacy flow.
        renamed: live class to its new name.
        deleted: classes to delete with all their data.
        migration: the step to apply now, on the legacy flow.
    """

    uses_exports: bool = True
    renamed: Mapping[str, str] = field(default_factory=dict)
    deleted: tuple[str, ...] = ()
    migration: MigrationStep | None = None

    def exports(self) -> dict[str, cloudflare.WorkerVersionExportsArgs] | None:
        """Live classes, and the tombstones that the stack names. None on the legacy flow."""
        if not self.uses_exports:
            return None
        live = {name: durable_object(storage="sqlite") for name in BINDINGS.values()}
        renamed = {old: durable_object(state="renamed", renamed_to=new) for old, new in self.renamed.items()}
        deleted = {name: durable_object(state="deleted") for name in self.deleted}
        return live | renamed | deleted

    def migrations(self) -> cloudflare.WorkerVersionMigrationsArgs | None:
        """The step, in the one version that applies it: a second upload of it is refused (pulumi.md 1.6)."""
        if self.uses_exports or self.migration is None:
            return None
        return cloudflare.WorkerVersionMigrationsArgs(
            new_tag=self.migration.new_tag,
            old_tag=self.migration.old_tag,
            new_sqlite_classes=[*self.migration.new_sqlite_classes],
            deleted_classes=[*self.deleted] or None,
        )


def durable_object(
    *, storage: str | None = None, state: str | None = None, renamed_to: str | None = None
) -> cloudflare.WorkerVersionExportsArgs:
    return cloudflare.WorkerVersionExportsArgs(
        type="durable-object", storage=storage, state=state, renamed_to=renamed_to
    )
