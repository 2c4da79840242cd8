"""Uploads versions and reads them."""

from uuid import uuid4

from localcloud.control_plane.errors import InvalidRequestError, NotImplementedHereError
from localcloud.control_plane.paging import page_of
from localcloud.control_plane.platform import Platform
from localcloud.control_plane.r2.buckets import BucketRecord
from localcloud.control_plane.store import Collection
from localcloud.control_plane.wire import Answer, Call
from localcloud.control_plane.workers.bindings import resolve
from localcloud.control_plane.workers.errors import (
    ContainerClassError,
    MigrationsAfterExportsError,
    VersionNotFoundError,
)
from localcloud.control_plane.workers.exports import parse_exports, plan_exports, reconciliation
from localcloud.control_plane.workers.lifecycle import DurableClass, Plan, plan_migrations
from localcloud.control_plane.workers.namespaces import NamespaceRecord, Namespaces
from localcloud.control_plane.workers.version import (
    Module,
    ModulesRecord,
    VersionBody,
    VersionRecord,
    VersionSettings,
    shown,
)
from localcloud.control_plane.workers.worker import WorkerRecord, WorkerRegistry


class Versions:
    """The versions of every Worker. They cannot be changed, and go with their Worker."""

    def __init__(
        self,
        platform: Platform,
        workers: WorkerRegistry,
        namespaces: Namespaces,
        buckets: Collection[BucketRecord],
    ) -> None:
        self._platform = platform
        self._workers = workers
        self._namespaces = namespaces
        self._buckets = buckets
        self._records = Collection(platform.store, "worker_versions", VersionRecord)
        self._modules = Collection(platform.store, "worker_modules", ModulesRecord)

    def create(self, call: Call) -> Answer:
        """Upload a version.

        Bindings come back sorted by name and without texts; nothing is served until it is deployed.
        """
        worker = self._workers.get(call.params["worker_id"])
        if call.query.get("deploy") == "true":
            raise NotImplementedHereError("?deploy=true; create a deployment")
        upload = call.parse(VersionBody)
        version, plan = self._checked(worker, upload)
        with self._platform.store.transaction():
            self._reserve(worker, version, plan)
            self._workers.change(worker, last_version_number=version.number)
            self._modules.put(version.id, ModulesRecord(modules=upload.modules))
            self._records.put(version.id, version)
        answer = shown(version)
        if version.reconciliation is not None:
            answer["exports_reconciliation"] = version.reconciliation
        return Answer(answer)

    def list_all(self, call: Call) -> Answer:
        """List a Worker's versions, newest first."""
        worker = self._workers.get(call.params["worker_id"])
        return page_of([shown(version) for version in self.of_worker(worker.id)], call.query)

    def get(self, call: Call) -> Answer:
        """Read a version; `?include=modules` adds its code."""
        worker = self._workers.get(call.params["worker_id"])
        version = self.named(worker, call.params["version_id"])
        wants_modules = call.query.get("include") == "modules"
        return Answer(shown(version, self.modules_of(version) if wants_modules else None))

    def named(self, worker: WorkerRecord, version_id: str) -> VersionRecord:
        version = self._records.find(version_id)
        if version is None or version.worker_id != worker.id:
            raise VersionNotFoundError
        return version

    def modules_of(self, version: VersionRecord) -> list[Module]:
        stored = self._modules.find(version.id)
        return stored.modules if stored else []

    def of_worker(self, worker_id: str) -> list[VersionRecord]:
        """Newest first."""
        return [v for v in reversed(self._records.all()) if v.worker_id == worker_id]

    def mark_applied(self, version: VersionRecord) -> None:
        self._records.put(version.id, version.model_copy(update={"is_lifecycle_applied": True}))

    def remove_all(self, worker_id: str) -> None:
        for version in self.of_worker(worker_id):
            self._modules.remove(version.id)
            self._records.remove(version.id)

    def _checked(self, worker: WorkerRecord, upload: VersionBody) -> tuple[VersionRecord, Plan]:
        """The version as it will be stored, or a refusal."""
        if upload.main_module not in {module.name for module in upload.modules}:
            raise InvalidRequestError("main_module: names no entry of modules")
        before = classes_of(self._namespaces.live_of_worker(worker.id))
        plan = plan_lifecycle(worker, upload, before)
        require_container_classes(upload, plan)
        namespace_ids = {name: self._id_of(worker, durable) for name, durable in plan.classes.items()}
        exports = None if upload.exports is None else parse_exports(upload.exports)
        version = VersionRecord(
            id=str(uuid4()),
            worker_id=worker.id,
            number=worker.last_version_number + 1,
            created_on=self._platform.timestamp(),
            upload=upload.settings(),
            bindings=resolve(upload.bindings, self._buckets, namespace_ids),
            namespace_ids=namespace_ids,
            reconciliation=None if exports is None else reconciliation(plan, exports, before),
        )
        return version, plan

    def _id_of(self, worker: WorkerRecord, durable: DurableClass) -> str:
        return durable.namespace_id or self._namespaces.reserved_id(worker.id, durable.name)

    def _reserve(self, worker: WorkerRecord, version: VersionRecord, plan: Plan) -> None:
        """A class that the version introduces has its namespace's id from now on."""
        for name, durable in plan.classes.items():
            if durable.namespace_id is None:
                reserved = NamespaceRecord(
                    id=version.namespace_ids[name],
                    worker_id=worker.id,
                    script=worker.name,
                    class_name=name,
                    use_sqlite=durable.use_sqlite,
                )
                self._namespaces.put(reserved)


def classes_of(namespaces: list[NamespaceRecord]) -> dict[str, DurableClass]:
    return {n.class_name: DurableClass(n.class_name, n.use_sqlite, n.id) for n in namespaces}


def plan_lifecycle(worker: WorkerRecord, upload: VersionSettings, before: dict[str, DurableClass]) -> Plan:
    """Without migrations or exports the classes stay as they are.

    Raises:
        MigrationsAfterExportsError: both are there, or migrations on a Worker that has used exports
            (pulumi.md 1.6).
    """
    if upload.migrations and upload.exports is not None:
        raise MigrationsAfterExportsError("`exports` and `migrations` are mutually exclusive.")
    if upload.exports is not None:
        return plan_exports(before, parse_exports(upload.exports))
    if not upload.migrations:
        return Plan(dict(before))
    if worker.uses_exports:
        raise MigrationsAfterExportsError("This Worker uses `exports` and cannot go back to `migrations`.")
    return plan_migrations(before, upload.migrations, worker.migration_tag)


def require_container_classes(upload: VersionBody, plan: Plan) -> None:
    """Containers need SQLite-backed classes of this Worker (pulumi.md 1.6)."""
    for container in upload.containers:
        durable = plan.classes.get(container.class_name)
        if durable is None or not durable.use_sqlite:
            raise ContainerClassError(container.class_name)
