"""What a version does to its Worker's Durable Object classes: planned at upload, planned again and applied
at deployment.

Pure: classes in, classes out. `migrations` are steps guarded by a tag; `exports` is the wanted end state,
with tombstones for what goes. Sources: pulumi.md 1.6, pulumi-cloudflare-wire.md 3.1, and the official SDK's
texts on `exports` and `exports_reconciliation`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import Field

from localcloud.control_plane.errors import NotImplementedHereError
from localcloud.control_plane.wire import Body
from localcloud.control_plane.workers.errors import MigrationClassError, MigrationTagError


@dataclass(frozen=True)
class DurableClass:
    """A class and its namespace; `namespace_id` is None while the class is only planned."""

    name: str
    use_sqlite: bool
    namespace_id: str | None = None

    def renamed(self, name: str) -> "DurableClass":
        return DurableClass(name, self.use_sqlite, self.namespace_id)


@dataclass
class Plan:
    """The classes afterwards, by name, and what was done to get there."""

    classes: dict[str, DurableClass]
    created: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)

    def create(self, name: str, *, use_sqlite: bool) -> None:
        self.classes[name] = DurableClass(name, use_sqlite)
        self.created.append(name)

    def delete(self, name: str) -> None:
        del self.classes[name]
        self.deleted.append(name)

    def rename(self, old: str, new: str) -> None:
        self.classes[new] = self.classes.pop(old).renamed(new)
        self.renamed.append((old, new))


class RenamedClass(Body):
    """`from` becomes `to` and keeps its namespace."""

    source: str = Field(alias="from")
    to: str


class MigrationStep(Body):
    """One step of migrations."""

    new_classes: list[str] = Field(default_factory=list)
    new_sqlite_classes: list[str] = Field(default_factory=list)
    renamed_classes: list[RenamedClass] = Field(default_factory=list)
    deleted_classes: list[str] = Field(default_factory=list)
    transferred_classes: list[dict[str, str]] = Field(default_factory=list)


class Migrations(MigrationStep):
    """A single step, or several under `steps`; `old_tag` must be the Worker's current tag."""

    old_tag: str | None = None
    new_tag: str | None = None
    steps: list[MigrationStep] = Field(default_factory=list)

    def all_steps(self) -> Iterator[MigrationStep]:
        yield self
        yield from self.steps


def plan_migrations(
    classes: dict[str, DurableClass], migrations: Migrations, current_tag: str | None
) -> Plan:
    """The plan of the legacy flow.

    Raises:
        MigrationTagError: `old_tag` is not the current tag; also when an applied migration is sent again.
        MigrationClassError: a step does not fit the classes there are.
    """
    if migrations.old_tag != current_tag:
        raise MigrationTagError(current_tag)
    plan = Plan(dict(classes))
    for step in migrations.all_steps():
        apply_step(plan, step)
    return plan


def apply_step(plan: Plan, step: MigrationStep) -> None:
    if step.transferred_classes:
        raise NotImplementedHereError("migrations.transferred_classes")
    for name in step.new_classes:
        require_absent(plan, name)
        plan.create(name, use_sqlite=False)
    for name in step.new_sqlite_classes:
        require_absent(plan, name)
        plan.create(name, use_sqlite=True)
    for rename in step.renamed_classes:
        require_present(plan, rename.source)
        require_absent(plan, rename.to)
        plan.rename(rename.source, rename.to)
    for name in step.deleted_classes:
        require_present(plan, name)
        plan.delete(name)


def require_absent(plan: Plan, name: str) -> None:
    if name in plan.classes:
        raise MigrationClassError(
            f"Cannot apply new-class migration to class '{name}' that is already depended on by existing"
            " Durable Objects."
        )


def require_present(plan: Plan, name: str) -> None:
    if name not in plan.classes:
        raise MigrationClassError(
            f"Cannot migrate class '{name}': this Worker has no such Durable Object class."
        )
