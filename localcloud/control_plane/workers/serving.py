"""Hands a Worker's live version to the data plane, secret texts included."""

from localcloud.control_plane.data_plane import WorkerStartError
from localcloud.control_plane.errors import ApiError
from localcloud.control_plane.platform import Platform
from localcloud.control_plane.wire import JsonObject
from localcloud.control_plane.workers.errors import StartupError
from localcloud.control_plane.workers.namespaces import NamespaceRecord
from localcloud.control_plane.workers.ports import Ports, becomes_free
from localcloud.control_plane.workers.version import VersionRecord
from localcloud.control_plane.workers.versions import Versions
from localcloud.control_plane.workers.worker import WorkerRecord


class Serving:
    """What runs, and on which port."""

    def __init__(self, platform: Platform, ports: Ports, versions: Versions) -> None:
        self._platform = platform
        self._ports = ports
        self._versions = versions

    def serve(self, worker: WorkerRecord, version: VersionRecord, namespaces: list[NamespaceRecord]) -> None:
        """Serve the version; returns once it answers.

        Raises:
            StartupError: the module does not start; the text is workerd's.
            DataPlaneError: the data plane failed.
        """
        port = self._ports.of(worker.name)
        self._ports.release(worker.name)
        try:
            self._platform.data_plane.serve_worker(worker.name, self._wire_form(port, version, namespaces))
        except WorkerStartError as error:
            self._ports.hold(worker.name)
            raise StartupError(str(error)) from None

    def resume(
        self, worker: WorkerRecord, version: VersionRecord, namespaces: list[NamespaceRecord]
    ) -> dict[str, str]:
        """Serve again after a restart; a failure is returned, for a new deployment can mend it."""
        try:
            self.serve(worker, version, namespaces)
        except ApiError as error:
            return {worker.name: error.message}
        return {}

    def stop(self, worker: WorkerRecord) -> None:
        """Stop serving and forget the data of its Durable Objects."""
        self._platform.data_plane.stop_worker(worker.name, purge=True)
        self._ports.hold(worker.name)

    def move_from_taken_ports(self, workers: list[WorkerRecord]) -> None:
        """A Worker whose port another program has meanwhile taken gets a new one; its URL changes."""
        served = {running.name for running in self._platform.data_plane.status().workers}
        for worker in workers:
            if worker.name not in served and not becomes_free(self._ports.of(worker.name)):
                self._ports.move(worker.name)

    def _wire_form(self, port: int, version: VersionRecord, namespaces: list[NamespaceRecord]) -> JsonObject:
        upload = version.upload
        return {
            "port": port,
            "version_id": version.id,
            "main_module": upload.main_module,
            "modules": [module.model_dump() for module in self._versions.modules_of(version)],
            "compatibility_date": upload.compatibility_date,
            "compatibility_flags": [*upload.compatibility_flags],
            "bindings": [*version.bindings],
            "durable_objects": [
                {
                    "class_name": namespace.class_name,
                    "namespace_id": namespace.id,
                    "has_container": namespace.use_containers,
                }
                for namespace in namespaces
            ],
        }
