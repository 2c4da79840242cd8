"""The declarative flow of Durable Object classes: `exports` is compared with the namespaces that are there.

Rules and scenario names are those of the official SDK's texts on `exports` (cloudflare 5.9.0,
types/workers/beta/workers/version_create_params.py and version.py). Whether a class is still in the
uploaded code is not checked here: only workerd knows, and it refuses to start without a class that is
bound.
"""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from localcloud.control_plane.errors import NotImplementedHereError
from localcloud.control_plane.wire import Body, JsonObject
from localcloud.control_plane.workers.errors import ReconciliationError
from localcloud.control_plane.workers.lifecycle import DurableClass, Plan


class WorkerExport(Body):
    """An entrypoint of the Worker: no storage, no lifecycle."""

    type: Literal["worker"]
    state: Literal["created"] = "created"
    cache: JsonObject | None = None


class LiveExport(Body):
    """A class that is there; its namespace is made on the first deployment."""

    type: Literal["durable-object"]
    state: Literal["created"] = "created"
    storage: Literal["sqlite", "legacy-kv"]


class DeletedExport(Body):
    """A tombstone: the namespace and all its data go."""

    type: Literal["durable-object"]
    state: Literal["deleted"]


class RenamedExport(Body):
    """A tombstone: the namespace's class is now `renamed_to`, a live entry of the same map."""

    type: Literal["durable-object"]
    state: Literal["renamed"]
    renamed_to: str


DurableExport = Annotated[LiveExport | DeletedExport | RenamedExport, Field(union_mode="left_to_right")]
Export = WorkerExport | LiveExport | DeletedExport | RenamedExport
Exports = dict[str, Export]
EXPORT: TypeAdapter[Export] = TypeAdapter(Export)


def parse_exports(raw: dict[str, JsonObject]) -> Exports:
    """The map as entries.

    Raises:
        NotImplementedHereError: a transfer, or a field that names a container: no `containers` entry here
            has a name.
        ReconciliationError: `invalid_export`.
    """
    return {name: parse_export(name, entry) for name, entry in raw.items()}


def parse_export(name: str, entry: JsonObject) -> Export:
    if entry.get("state") in {"transferred", "expecting-transfer"}:
        raise NotImplementedHereError("exports with a transfer of a Durable Object class")
    if "container" in entry:
        raise NotImplementedHereError("exports.*.container; use containers: [{class_name}]")
    try:
        return EXPORT.validate_python(entry)
    except ValidationError:
        raise ReconciliationError([problem("invalid_export", name)]) from None


def plan_exports(classes: dict[str, DurableClass], exports: Exports) -> Plan:
    """The plan of the declarative flow; tombstones whose work is done already change nothing, so re-sending
    is harmless.

    Raises:
        ReconciliationError: all problems at once.
    """
    plan = Plan(dict(classes))
    problems = [p for name, export in exports.items() for p in bury(plan, exports, name, export)]
    problems += [p for name, export in exports.items() for p in keep(plan, name, export)]
    missing = [name for name in plan.classes if name not in exports]
    problems += [problem("provisioned_class_missing_from_config", name) for name in missing]
    if problems:
        raise ReconciliationError(problems)
    return plan


def bury(plan: Plan, exports: Exports, name: str, export: Export) -> list[JsonValue]:
    """Apply a tombstone."""
    if isinstance(export, DeletedExport) and name in plan.classes:
        plan.delete(name)
    if not isinstance(export, RenamedExport):
        return []
    if not isinstance(exports.get(export.renamed_to), LiveExport) or export.renamed_to == name:
        return [problem("invalid_export", name)]
    if name in plan.classes and export.renamed_to in plan.classes:
        return [problem("tombstone_renamed_to_occupied", name)]
    if name in plan.classes:
        plan.rename(name, export.renamed_to)
    return []


def keep(plan: Plan, name: str, export: Export) -> list[JsonValue]:
    """Match a live entry with its namespace, or plan a new one."""
    if not isinstance(export, LiveExport):
        return []
    wants_sqlite = export.storage == "sqlite"
    current = plan.classes.get(name)
    if current is None and wants_sqlite:
        plan.create(name, use_sqlite=True)
    elif current is None or current.use_sqlite != wants_sqlite:
        return [problem("storage_type_mismatch", name)]
    return []


def problem(scenario: str, class_name: str) -> JsonObject:
    message = f"{scenario.replace('_', ' ')}: class '{class_name}'"
    return {"scenario": scenario, "class": class_name, "message": message}


def reconciliation(plan: Plan, exports: Exports, before: dict[str, DurableClass]) -> JsonObject:
    """The summary that the upload answers (`exports_reconciliation`)."""
    tombstones = [n for n, export in exports.items() if isinstance(export, DeletedExport | RenamedExport)]
    stale = [name for name in tombstones if name not in before]
    info: list[JsonValue] = [problem("stale_tombstone", name) for name in stale]
    return {
        "created": [*plan.created],
        "deleted": [*plan.deleted],
        "renamed": [{"from": old, "to": new} for old, new in plan.renamed],
        "updated": [],
        "transferred": [],
        "transfer_pending": [],
        "removable_entries": [*stale],
        "info": info,
        "warnings": [],
    }


def live_entries(exports: Exports) -> JsonObject:
    """What a read shows: tombstones are never returned."""
    live = {name: e for name, e in exports.items() if isinstance(e, WorkerExport | LiveExport)}
    return {name: export.model_dump(mode="json", exclude_unset=True) for name, export in live.items()}
