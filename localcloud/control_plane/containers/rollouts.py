"""Start rollouts, watch them, and list an application's versions."""

from uuid import uuid4

from localcloud.control_plane.containers.application import ApplicationRecord
from localcloud.control_plane.containers.configuration import expanded
from localcloud.control_plane.containers.errors import RolloutNotFoundError
from localcloud.control_plane.containers.instances import Instances
from localcloud.control_plane.containers.registry import ApplicationRegistry, parse
from localcloud.control_plane.containers.rollout import RolloutBody, RolloutRecord, shown
from localcloud.control_plane.errors import NotImplementedHereError
from localcloud.control_plane.platform import Platform
from localcloud.control_plane.wire import Answer, Call, JsonObject


class Rollouts:
    """Rolling, automatic rollouts.

    Instances that start while one runs have the new image; running ones keep theirs.
    """

    def __init__(self, platform: Platform, registry: ApplicationRegistry, instances: Instances) -> None:
        self._platform = platform
        self._registry = registry
        self._instances = instances

    def create(self, call: Call) -> Answer:
        """Start a rollout; one that has not ended is `replaced` by it (containers-api.md 1.6)."""
        application = self._registry.get(call.params["application_id"])
        body = parse(call, RolloutBody)
        if body.strategy != "rolling" or body.kind != "full_auto":
            raise NotImplementedHereError(f"a rollout with strategy {body.strategy}, kind {body.kind}")
        current = self._registry.as_of_now(application)
        rollout = RolloutRecord(
            id=str(uuid4()),
            application_id=application.id,
            created_at=self._platform.now(),
            description=body.description,
            percentages=body.percentages(),
            current_version=current.version,
            target_version=application.version + 1,
            current_configuration=current.configuration,
            target_configuration=expanded(body.target_configuration, application.configuration),
        )
        change = {
            "version": rollout.target_version,
            "configuration": rollout.target_configuration,
            "updated_at": self._platform.timestamp(),
        }
        self._registry.start_rollout(application.model_copy(update=change), rollout)
        return Answer(self._shown(rollout, application), status=201)

    def list_all(self, call: Call) -> Answer:
        """List an application's rollouts, newest first; `limit` bounds."""
        application = self._registry.get(call.params["application_id"])
        rollouts = self._registry.rollouts_of(application.id)[: limit_of(call)]
        return Answer([self._shown(rollout, application) for rollout in rollouts])

    def get(self, call: Call) -> Answer:
        """Read a rollout: its status, and which step it is at."""
        application = self._registry.get(call.params["application_id"])
        for rollout in self._registry.rollouts_of(application.id):
            if rollout.id == call.params["rollout_id"]:
                return Answer(self._shown(rollout, application))
        raise RolloutNotFoundError

    def list_versions(self, call: Call) -> Answer:
        """List the versions that share the instances: two while a rollout runs, one afterwards."""
        application = self._registry.get(call.params["application_id"])
        rollout = self._registry.active_rollout(application.id)
        if rollout is None:
            return Answer([share(application.version, 100, application.configuration)])
        percentage = rollout.percentage(self._platform.now())
        target = share(rollout.target_version, percentage, rollout.target_configuration)
        return Answer(
            [target, share(rollout.current_version, 100 - percentage, rollout.current_configuration)]
        )

    def _shown(self, rollout: RolloutRecord, application: ApplicationRecord) -> JsonObject:
        running = self._instances.count(application.namespace_id)
        return shown(rollout, self._platform.now(), running)


def limit_of(call: Call) -> int | None:
    limit = call.query.get("limit", "")
    return int(limit) if limit.isdecimal() else None


def share(version: int, percentage: int, configuration: JsonObject) -> JsonObject:
    return {"version": version, "percentage": percentage, "configuration": configuration}
