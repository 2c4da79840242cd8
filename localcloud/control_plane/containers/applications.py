"""Create, read, change and delete container applications."""

from uuid import uuid4

from localcloud.control_plane.containers.application import (
    ApplicationBody,
    ApplicationPatch,
    ApplicationRecord,
    shown,
)
from localcloud.control_plane.containers.configuration import Configuration, expanded
from localcloud.control_plane.containers.errors import InvalidApplicationError
from localcloud.control_plane.containers.instances import Instances
from localcloud.control_plane.containers.registry import ApplicationRegistry, parse
from localcloud.control_plane.errors import NotImplementedHereError
from localcloud.control_plane.paging import page_by_token
from localcloud.control_plane.platform import Platform
from localcloud.control_plane.wire import Answer, Call, JsonObject


class Applications:
    """Scheduler-backed applications: one per Durable Object namespace."""

    def __init__(self, platform: Platform, registry: ApplicationRegistry, instances: Instances) -> None:
        self._platform = platform
        self._registry = registry
        self._instances = instances

    def create(self, call: Call) -> Answer:
        """Create an application on a namespace that is live, container-enabled and free."""
        body = parse(call, ApplicationBody)
        if body.scheduling_policy != "default":
            raise NotImplementedHereError(f"scheduling_policy {body.scheduling_policy}")
        require_one_observability(body.observability, body.configuration)
        self._registry.require_free_name(body.name)
        namespace = self._registry.free_namespace(body)
        now = self._platform.timestamp()
        application = ApplicationRecord(
            id=str(uuid4()),
            name=body.name,
            namespace_id=namespace.id,
            version=1,
            created_at=now,
            updated_at=now,
            instances=body.instances,
            max_instances=body.max_instances,
            configuration=expanded(body.configuration),
            constraints=body.constraints,
            observability=body.observability,
            rollout_active_grace_period=body.rollout_active_grace_period,
        )
        self._registry.put(application)
        return Answer(self._shown(application), status=201)

    def list_all(self, call: Call) -> Answer:
        """List applications; `name` and `image` select, `per_page` and `page_token` page."""
        matching = [self._shown(a) for a in self._registry.all() if matches(a, call)]
        return page_by_token([*matching], call.query)

    def get(self, call: Call) -> Answer:
        """Read an application; while it is being deleted it is still there."""
        return Answer(self._shown(self._named(call)))

    def edit(self, call: Call) -> Answer:
        """Change an application without a rollout.

        Name, namespace and policy cannot change (containers-api.md 1.5).
        """
        application = self._named(call)
        patch = parse(call, ApplicationPatch)
        change: dict[str, object] = {**patch.model_dump(exclude_unset=True, exclude={"configuration"})}
        if patch.configuration:
            require_one_observability(patch.observability or application.observability, patch.configuration)
            change["configuration"] = expanded(patch.configuration, application.configuration)
        changed = application.model_copy(update={**change, "updated_at": self._platform.timestamp()})
        self._registry.put(changed)
        return Answer(self._shown(changed))

    def delete(self, call: Call) -> Answer:
        """Begin to delete it: instances stop now, the record goes later (containers-api.md 1.7)."""
        application = self._named(call)
        self._registry.start_deleting(application)
        return Answer({"message": f"Application {application.id} is being deleted"})

    def list_for_dashboard(self, call: Call) -> Answer:
        """List applications in the form of `wrangler containers list` (containers-api.md 1.8)."""
        return page_by_token([dashboard_row(self._shown(a)) for a in self._registry.all()], call.query)

    def _named(self, call: Call) -> ApplicationRecord:
        return self._registry.get(call.params["application_id"])

    def _shown(self, application: ApplicationRecord) -> JsonObject:
        current = self._registry.as_of_now(application)
        answer = shown(current, self._instances.count(application.namespace_id))
        rollout = self._registry.active_rollout(application.id)
        return {**answer, "active_rollout_id": rollout.id} if rollout else answer


def matches(application: ApplicationRecord, call: Call) -> bool:
    name, image = call.query.get("name"), call.query.get("image")
    return name in (None, application.name) and image in (None, application.image())


def require_one_observability(top: JsonObject | None, configuration: Configuration) -> None:
    """Never both places (containers-api.md 2)."""
    if top is not None and configuration.observability is not None:
        raise InvalidApplicationError(
            {"observability": "mutually exclusive with configuration.observability"}
        )


def dashboard_row(application: JsonObject) -> JsonObject:
    configuration = application["configuration"]
    image = configuration["image"] if isinstance(configuration, dict) else None
    shared = ("id", "created_at", "updated_at", "name", "version", "instances", "health")
    return {**{key: application[key] for key in shared}, "image": image}
