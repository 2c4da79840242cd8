"""The control plane's services, wired: the one place that knows them all."""

from localcloud.control_plane.accounts import Accounts
from localcloud.control_plane.alerting import Alerting
from localcloud.control_plane.containers.applications import Applications
from localcloud.control_plane.containers.instances import Instances
from localcloud.control_plane.containers.registries import Registries
from localcloud.control_plane.containers.registry import ApplicationRegistry
from localcloud.control_plane.containers.rollouts import Rollouts
from localcloud.control_plane.containers.routes import routes as containers_routes
from localcloud.control_plane.faults import InjectedFaults
from localcloud.control_plane.local import Local
from localcloud.control_plane.platform import Platform
from localcloud.control_plane.r2.buckets import Buckets
from localcloud.control_plane.r2.lifecycle import Lifecycle
from localcloud.control_plane.r2.routes import routes as r2_routes
from localcloud.control_plane.request_log import RequestLog
from localcloud.control_plane.tokens import Tokens
from localcloud.control_plane.wire import Route
from localcloud.control_plane.workers.deployments import Deployments
from localcloud.control_plane.workers.domains import Domains
from localcloud.control_plane.workers.namespaces import Namespaces
from localcloud.control_plane.workers.ports import Ports
from localcloud.control_plane.workers.routes import routes as workers_routes
from localcloud.control_plane.workers.scripts import Scripts
from localcloud.control_plane.workers.service import Workers
from localcloud.control_plane.workers.serving import Serving
from localcloud.control_plane.workers.versions import Versions
from localcloud.control_plane.workers.worker import WorkerRegistry


class Services:
    """All calls, and what concerns every service: starting again, and forgetting."""

    def __init__(self, platform: Platform, requests: RequestLog, owner_token: str) -> None:
        self._platform = platform
        self._workers = WorkerRegistry(platform)
        self._ports = Ports(platform.store, platform.first_port)
        self._buckets = Buckets(platform)
        self._namespaces = Namespaces(platform.store)
        self._versions = Versions(platform, self._workers, self._namespaces, self._buckets.records)
        self._serving = Serving(platform, self._ports, self._versions)
        self._deployments = Deployments(
            platform, self._workers, self._namespaces, self._versions, self._serving
        )
        self._domains = Domains(platform, self._workers)
        self._applications = ApplicationRegistry(platform, self._namespaces)
        self._alerting = Alerting(platform)
        self.tokens = Tokens(platform.store, owner_token)
        self.faults = InjectedFaults()
        self._local = Local(self._ports, self._buckets, requests, self.reset)

    def routes(self) -> list[Route]:
        return [
            *Accounts().routes(),
            *r2_routes(self._buckets, Lifecycle(self._buckets)),
            *self._workers_routes(),
            *self._domains.routes(),
            *self._containers_routes(),
            *self._alerting.routes(),
            *self._local.routes(),
            *self.faults.routes(),
            *self.tokens.routes(),
        ]

    def reapply(self) -> dict[str, str]:
        """Bring a data plane that has just started to the stored state.

        Returns what failed, by Worker name.
        """
        self._serving.move_from_taken_ports(self._workers.all())
        self._buckets.reapply()
        self._applications.reapply()
        return self._deployments.reapply()

    def reset(self) -> None:
        """Forget everything, the data plane's data first: a reset that was cut short can be repeated."""
        data_plane = self._platform.data_plane
        for worker in self._workers.all():
            data_plane.stop_worker(worker.name, purge=True)
        for application in self._applications.all():
            data_plane.delete_application(application.namespace_id)
        for bucket in self._buckets.records.all():
            data_plane.delete_bucket(bucket.name)
        self._platform.store.reset()
        self._ports.release_all()

    def close(self) -> None:
        """Give back what this process holds."""
        self._ports.release_all()

    def _workers_routes(self) -> list[Route]:
        workers = Workers(
            self._platform,
            workers=self._workers,
            versions=self._versions,
            deployments=self._deployments,
            namespaces=self._namespaces,
            domains=self._domains,
            serving=self._serving,
        )
        scripts = Scripts(self._workers, self._versions, self._deployments)
        return workers_routes(workers, self._versions, self._deployments, scripts, self._namespaces)

    def _containers_routes(self) -> list[Route]:
        instances = Instances(self._platform, self._applications)
        applications = Applications(self._platform, self._applications, instances)
        rollouts = Rollouts(self._platform, self._applications, instances)
        return containers_routes(applications, rollouts, instances, Registries())
