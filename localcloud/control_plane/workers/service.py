"""The Worker resource's calls, and what a Worker takes with it when it goes."""

from localcloud.control_plane.errors import InvalidRequestError
from localcloud.control_plane.paging import page_of
from localcloud.control_plane.platform import Platform
from localcloud.control_plane.wire import Answer, Call
from localcloud.control_plane.workers.deployments import Deployments
from localcloud.control_plane.workers.domains import Domains
from localcloud.control_plane.workers.namespaces import Namespaces
from localcloud.control_plane.workers.serving import Serving
from localcloud.control_plane.workers.versions import Versions
from localcloud.control_plane.workers.worker import (
    WorkerBody,
    WorkerPatch,
    WorkerRecord,
    WorkerRegistry,
    shown,
)


class Workers:
    """Create, read, change and delete Workers."""

    def __init__(
        self,
        platform: Platform,
        *,
        workers: WorkerRegistry,
        versions: Versions,
        deployments: Deployments,
        namespaces: Namespaces,
        domains: Domains,
        serving: Serving,
    ) -> None:
        self._platform = platform
        self._workers = workers
        self._versions = versions
        self._deployments = deployments
        self._namespaces = namespaces
        self._domains = domains
        self._serving = serving

    def create(self, call: Call) -> Answer:
        """Create a Worker without code; missing settings have defaults, a taken name is refused with 409."""
        return self._answer(self._workers.add(call.parse(WorkerBody)))

    def list_all(self, call: Call) -> Answer:
        """List Workers, by page."""
        return page_of([self._answer(worker).result for worker in self._workers.all()], call.query)

    def get(self, call: Call) -> Answer:
        """Read a Worker, by id or name."""
        return self._answer(self._named(call))

    def replace(self, call: Call) -> Answer:
        """Replace a Worker's settings: the full document.

        A new name is a rename in place (pulumi-cloudflare-wire.md 3.2).
        """
        return self._answer(self._change(self._named(call), call.parse(WorkerBody)))

    def edit(self, call: Call) -> Answer:
        """Change some of a Worker's settings."""
        worker = self._named(call)
        given = call.parse(WorkerPatch).model_dump(exclude_unset=True)
        merged = {**worker.settings.model_dump(), **given}
        return self._answer(self._change(worker, WorkerBody.model_validate(merged)))

    def delete(self, call: Call) -> Answer:
        """Delete a Worker with its versions, deployments, domains and Durable Object data.

        Container applications stay, as Cloudflare leaves them (cloudflare-containers-api.md 3.5).
        """
        worker = self._named(call)
        self._serving.stop(worker)
        with self._platform.store.transaction():
            self._versions.remove_all(worker.id)
            self._deployments.remove_all(worker.id)
            self._domains.remove_all(worker.name)
            for namespace in self._namespaces.of_worker(worker.id):
                self._namespaces.remove(namespace.id)
            self._workers.remove(worker)
        return Answer({})

    def _named(self, call: Call) -> WorkerRecord:
        return self._workers.get(call.params["worker_id"])

    def _answer(self, worker: WorkerRecord) -> Answer:
        return Answer(shown(worker, self._domains.references(worker.name)))

    def _change(self, worker: WorkerRecord, settings: WorkerBody) -> WorkerRecord:
        if settings.name == worker.name:
            return self._workers.change(worker, settings=settings)
        if not settings.name:
            raise InvalidRequestError("name: must not be empty")
        self._workers.require_free(settings.name)
        return self._rename(worker, settings)

    def _rename(self, worker: WorkerRecord, settings: WorkerBody) -> WorkerRecord:
        """Durable Objects keep their data, as namespaces keep their ids; the URL is the new name's."""
        version = self._deployments.active_version(worker)
        renamed = worker.model_copy(update={"settings": settings})
        namespaces = [
            namespace.model_copy(update={"script": settings.name})
            for namespace in self._namespaces.of_worker(worker.id)
        ]
        if version:
            self._platform.data_plane.stop_worker(worker.name, purge=False)
            self._serving.serve(renamed, version, [n for n in namespaces if n.is_live])
        with self._platform.store.transaction():
            for namespace in namespaces:
                self._namespaces.put(namespace)
            self._domains.rename_service(worker.name, settings.name)
            return self._workers.change(worker, settings=settings)
