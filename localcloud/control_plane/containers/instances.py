"""Container instances: what the data plane runs now. Ended ones are not remembered."""

from typing import Final

from localcloud.control_plane.containers.errors import ApplicationNotFoundError
from localcloud.control_plane.containers.registry import ApplicationRegistry
from localcloud.control_plane.data_plane import Instance
from localcloud.control_plane.paging import page_by_token
from localcloud.control_plane.platform import Platform
from localcloud.control_plane.wire import Answer, Call, JsonObject

ACTIVE_STATES: Final = ("provisioning", "running", "stopping")
STATES: Final = (*ACTIVE_STATES, "failed", "stopped", "unhealthy", "inactive")
LOCATION: Final[JsonObject] = {"name": "localhost", "region": "WEUR"}


class Instances:
    """The instances of each application."""

    def __init__(self, platform: Platform, registry: ApplicationRegistry) -> None:
        self._platform = platform
        self._registry = registry

    def count(self, namespace_id: str) -> int:
        """Instances that are running."""
        return sum(instance.state == "running" for instance in self._of(namespace_id))

    def list_all(self, call: Call) -> Answer:
        """List an application's instances; `state` (active, not-active) and `name_prefix` select."""
        rows = [self._row(call, instance) for instance in self._of_call(call)]
        prefix, state = call.query.get("name_prefix", ""), call.query.get("state")
        rows = [row for row in rows if str(row["id"]).startswith(prefix)]
        if state:
            rows = [row for row in rows if is_active(row) == (state == "active")]
        return page_by_token([*rows], call.query)

    def list_v1(self, call: Call) -> Answer:
        """List an application's instances in the deprecated form."""
        return Answer({"instances": [self._row(call, instance) for instance in self._of_call(call)]})

    def get(self, call: Call) -> Answer:
        """Read one instance."""
        for instance in self._of_call(call):
            if instance.object_id == call.params["instance_id"]:
                return Answer(self._row(call, instance))
        raise ApplicationNotFoundError

    def list_for_dashboard(self, call: Call) -> Answer:
        """List instances as `wrangler containers instances` reads them (containers-api.md 1.8)."""
        application = self._registry.get(call.params["application_id"])
        found = self._of(application.namespace_id)
        rows = [dashboard_row(instance, application.version) for instance in found]
        return Answer({"instances": [*rows], "durable_objects": [object_row(i) for i in found]})

    def _of_call(self, call: Call) -> list[Instance]:
        return self._of(self._registry.get(call.params["application_id"]).namespace_id)

    def _of(self, namespace_id: str) -> list[Instance]:
        running = self._platform.data_plane.status().instances
        return [instance for instance in running if instance.namespace_id == namespace_id]

    def _row(self, call: Call, instance: Instance) -> JsonObject:
        """An item of `instances-v2` (containers-api.md 1.8)."""
        state = instance.state if instance.state in STATES else "unknown"
        return {
            "id": instance.object_id,
            "application_id": call.params["application_id"],
            "image": instance.image or "",
            "status": {"state": state, "updated_at": self._platform.timestamp()},
            "location": LOCATION,
            "started_at": instance.started_at,
        }


def is_active(row: JsonObject) -> bool:
    status = row["status"]
    return isinstance(status, dict) and status["state"] in ACTIVE_STATES


def object_row(instance: Instance) -> JsonObject:
    """Joined with an instance by `deployment_id`."""
    return {
        "id": instance.object_id,
        "deployment_id": instance.object_id,
        "assigned_at": instance.started_at,
    }


def dashboard_row(instance: Instance, version: int) -> JsonObject:
    return {
        "app_version": version,
        "id": instance.object_id,
        "created_at": instance.started_at,
        "location": LOCATION["name"],
        "region": LOCATION["region"],
        "image": instance.image,
        "current_placement": {
            "id": instance.object_id,
            "deployment_id": instance.object_id,
            "status": {"health": instance.state, "container_status": instance.state},
        },
    }
