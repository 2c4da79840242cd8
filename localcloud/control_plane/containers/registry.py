"""The container applications there are, and what holds between them."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from localcloud.control_plane.containers.application import (
    ApplicationBody,
    ApplicationRecord,
    NamespaceReference,
    data_plane_form,
)
from localcloud.control_plane.containers.errors import (
    ApplicationNotFoundError,
    InvalidApplicationError,
    NamespaceNotFoundError,
    NamespaceTakenError,
    NotContainerEnabledError,
)
from localcloud.control_plane.containers.limits import require_within_account
from localcloud.control_plane.containers.rollout import RolloutRecord
from localcloud.control_plane.platform import Platform
from localcloud.control_plane.store import Collection
from localcloud.control_plane.wire import Call, dotted
from localcloud.control_plane.workers.namespaces import NamespaceRecord, Namespaces

ModelT = TypeVar("ModelT", bound=BaseModel)


class ApplicationRegistry:
    """Applications and rollouts, by id. An application that is being deleted is there until its end."""

    def __init__(self, platform: Platform, namespaces: Namespaces) -> None:
        self._platform = platform
        self._namespaces = namespaces
        self._applications = Collection(platform.store, "container_applications", ApplicationRecord)
        self._rollouts = Collection(platform.store, "container_rollouts", RolloutRecord)

    def all(self) -> list[ApplicationRecord]:
        """Those that are not gone; the records of the others are dropped with the next change."""
        now = self._platform.now()
        return [application for application in self._applications.all() if not application.is_gone(now)]

    def get(self, application_id: str) -> ApplicationRecord:
        application = self._applications.find(application_id)
        if application is None or application.is_gone(self._platform.now()):
            raise ApplicationNotFoundError
        return application

    def put(self, application: ApplicationRecord) -> None:
        """Store, and tell the data plane first: what is answered is running."""
        require_within_account(application.max_instances, application.configuration)
        self.tell(application)
        self._applications.put(application.id, application)

    def start_deleting(self, application: ApplicationRecord) -> None:
        """Stop the instances and begin the delete window."""
        self._platform.data_plane.delete_application(application.namespace_id)
        ending = application.model_copy(update={"deleted_at": application.deleted_at or self._platform.now()})
        self._applications.put(application.id, ending)

    def rollouts_of(self, application_id: str) -> list[RolloutRecord]:
        """Newest first."""
        return [r for r in reversed(self._rollouts.all()) if r.application_id == application_id]

    def start_rollout(self, application: ApplicationRecord, rollout: RolloutRecord) -> None:
        """Store both, and end a rollout that has not ended; the data plane is told first."""
        require_within_account(application.max_instances, application.configuration)
        self.tell(application)
        unfinished = self.active_rollout(application.id)
        with self._platform.store.transaction():
            if unfinished:
                replaced = {"replaced_at": rollout.created_at}
                self._rollouts.put(unfinished.id, unfinished.model_copy(update=replaced))
            self._rollouts.put(rollout.id, rollout)
            self._applications.put(application.id, application)

    def active_rollout(self, application_id: str) -> RolloutRecord | None:
        now = self._platform.now()
        rollouts = self.rollouts_of(application_id)
        return rollouts[0] if rollouts and rollouts[0].status(now) == "progressing" else None

    def as_of_now(self, application: ApplicationRecord) -> ApplicationRecord:
        """The record with the version and configuration that count until the running rollout has ended.

        Whether Cloudflare's `version` moves at the start or at the end is unknown (containers-api.md 9).
        """
        rollout = self.active_rollout(application.id)
        if rollout is None:
            return application
        current = {"version": rollout.current_version, "configuration": rollout.current_configuration}
        return application.model_copy(update=current)

    def free_namespace(self, body: ApplicationBody) -> NamespaceRecord:
        """The namespace of a new application (containers-api.md 1.2, 8.1).

        Raises:
            ApplicationError: unknown, not container-enabled, or taken.
        """
        namespace = self._find_namespace(body.durable_objects)
        if namespace is None:
            raise NamespaceNotFoundError
        if not namespace.use_containers:
            raise NotContainerEnabledError
        for other in self.all():
            if other.namespace_id == namespace.id:
                raise NamespaceTakenError(other.name, other.id)
        return namespace

    def require_free_name(self, name: str) -> None:
        """Names are unique in practice; which error tells so is unknown (containers-api.md 1.4)."""
        if any(other.name == name for other in self.all()):
            raise InvalidApplicationError({"name": f"an application named {name} already exists"})

    def reapply(self) -> None:
        """Tell a data plane that has just started which applications there are."""
        for application in self.all():
            if application.deleted_at is None:
                self.tell(application)

    def tell(self, application: ApplicationRecord) -> None:
        form = data_plane_form(application)
        self._platform.data_plane.put_application(application.namespace_id, form)

    def _find_namespace(self, reference: NamespaceReference) -> NamespaceRecord | None:
        if reference.namespace_id:
            return self._namespaces.find(reference.namespace_id)
        return self._namespaces.find_class(reference.script_name or "", reference.class_name or "")


def parse(call: Call, model: type[ModelT]) -> ModelT:
    """The body; a wrong one is VALIDATE_INPUT with a text per field, unknown fields among them.

    Raises:
        InvalidApplicationError: quotes no value.
    """
    try:
        return model.model_validate(call.body)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        raise InvalidApplicationError({dotted(p["loc"]): p["msg"] for p in problems}) from None
