"""Deploys versions. A Worker's last deployment counts; it is what the data plane serves."""

from uuid import uuid4

from localcloud.control_plane.platform import Platform
from localcloud.control_plane.store import Collection
from localcloud.control_plane.wire import Answer, Call
from localcloud.control_plane.workers.deployment import (
    DeploymentBody,
    DeploymentRecord,
    only_version,
    shown,
)
from localcloud.control_plane.workers.errors import DeploymentNotFoundError
from localcloud.control_plane.workers.lifecycle import Plan
from localcloud.control_plane.workers.namespaces import NamespaceRecord, Namespaces
from localcloud.control_plane.workers.serving import Serving
from localcloud.control_plane.workers.version import VersionRecord
from localcloud.control_plane.workers.versions import Versions, classes_of, plan_lifecycle
from localcloud.control_plane.workers.worker import WorkerRecord, WorkerRegistry


class Deployments:
    """The deployments of every Worker."""

    def __init__(
        self,
        platform: Platform,
        workers: WorkerRegistry,
        namespaces: Namespaces,
        versions: Versions,
        serving: Serving,
    ) -> None:
        self._platform = platform
        self._workers = workers
        self._namespaces = namespaces
        self._versions = versions
        self._serving = serving
        self._records = Collection(platform.store, "worker_deployments", DeploymentRecord)

    def create(self, call: Call) -> Answer:
        """Deploy a version at 100 %: apply its Durable Object lifecycle, answer once it is served."""
        worker = self._workers.get(call.params["script_name"])
        body = call.parse(DeploymentBody)
        version = self._versions.named(worker, only_version(body))
        plan = self._plan(worker, version)
        namespaces = self._namespaces_after(worker, version, plan)
        self._serving.serve(worker, version, namespaces)
        deployment = DeploymentRecord(
            id=str(uuid4()),
            worker_id=worker.id,
            created_on=self._platform.timestamp(),
            version_id=version.id,
            annotations=body.annotations,
        )
        self._commit(worker, version, namespaces, deployment)
        return Answer(shown(deployment))

    def list_all(self, call: Call) -> Answer:
        """List a Worker's deployments, newest first; the first is the active one."""
        worker = self._workers.get(call.params["script_name"])
        return Answer({"deployments": [shown(deployment) for deployment in self.of_worker(worker.id)]})

    def get(self, call: Call) -> Answer:
        """Read a deployment, active or not."""
        worker = self._workers.get(call.params["script_name"])
        deployment = self._records.find(call.params["deployment_id"])
        if deployment is None or deployment.worker_id != worker.id:
            raise DeploymentNotFoundError
        return Answer(shown(deployment))

    def of_worker(self, worker_id: str) -> list[DeploymentRecord]:
        """Newest first."""
        return [d for d in reversed(self._records.all()) if d.worker_id == worker_id]

    def active_version(self, worker: WorkerRecord) -> VersionRecord | None:
        deployments = self.of_worker(worker.id)
        return self._versions.named(worker, deployments[0].version_id) if deployments else None

    def remove_all(self, worker_id: str) -> None:
        for deployment in self.of_worker(worker_id):
            self._records.remove(deployment.id)

    def reapply(self) -> dict[str, str]:
        """Tell a data plane that has just started what to serve. Returns what failed, by Worker name."""
        failures = {}
        for worker in self._workers.all():
            version = self.active_version(worker)
            if version:
                namespaces = self._namespaces.live_of_worker(worker.id)
                failures.update(self._serving.resume(worker, version, namespaces))
        return failures

    def _plan(self, worker: WorkerRecord, version: VersionRecord) -> Plan:
        """The lifecycle once more, against the classes of now.

        Migrations are applied once, exports always agree.
        """
        before = classes_of(self._namespaces.live_of_worker(worker.id))
        if version.is_lifecycle_applied and version.upload.migrations:
            return Plan(before)
        return plan_lifecycle(worker, version.upload, before)

    def _namespaces_after(
        self, worker: WorkerRecord, version: VersionRecord, plan: Plan
    ) -> list[NamespaceRecord]:
        """Leaving `containers` out of a version disables them, it seems (containers-api.md 4, unsure)."""
        return [
            NamespaceRecord(
                id=durable.namespace_id or self._namespaces.reserved_id(worker.id, name),
                worker_id=worker.id,
                script=worker.name,
                class_name=name,
                use_sqlite=durable.use_sqlite,
                use_containers=name in version.container_classes,
                is_live=True,
            )
            for name, durable in plan.classes.items()
        ]

    def _commit(
        self,
        worker: WorkerRecord,
        version: VersionRecord,
        namespaces: list[NamespaceRecord],
        deployment: DeploymentRecord,
    ) -> None:
        kept = {namespace.id for namespace in namespaces}
        with self._platform.store.transaction():
            for old in self._namespaces.live_of_worker(worker.id):
                if old.id not in kept:
                    self._namespaces.remove(old.id)
            for namespace in namespaces:
                self._namespaces.put(namespace)
            self._versions.mark_applied(version)
            self._workers.change(worker, deployed_on=deployment.created_on, **flow_after(worker, version))
            self._records.put(deployment.id, deployment)


def flow_after(worker: WorkerRecord, version: VersionRecord) -> dict[str, object]:
    migrations = version.upload.migrations
    is_new = migrations is not None and not version.is_lifecycle_applied
    return {
        "migration_tag": migrations.new_tag if migrations and is_new else worker.migration_tag,
        "uses_exports": worker.uses_exports or version.upload.exports is not None,
    }
