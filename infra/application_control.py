"""Brings a container application to what it should be, and waits until it is there."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from infra.application import PATCHED, ROLLED_OUT, Application, at_target, live, namespace_of
from infra.cloudflare_client import CloudflareError
from infra.containers_api import ContainersApi, Json

POLL_SECONDS: Final = 2.0
STEP_PERCENTAGE: Final = 100
"""One step: an instance serves one task and is thrown away, so there is no traffic to shift slowly."""

ENDED_ELSEWHERE: Final = ("reverted", "replaced")


@dataclass(frozen=True)
class Clock:
    """Time in seconds; a test brings its own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class ApplicationControl:
    """Create, update and delete of one account's applications.

    Every write is preceded by a read of what is there, so that running again after any failure goes on from
    there. Raises `CloudflareError`.

    Args:
        api: the account's containers.
        timeout_seconds: for a rollout or a deletion to end.
        clock: of the waiting.
        poll_seconds: between two looks.
    """

    def __init__(
        self,
        api: ContainersApi,
        timeout_seconds: float,
        clock: Clock | None = None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._api = api
        self._timeout_seconds = timeout_seconds
        self._clock = clock or Clock()
        self._poll_seconds = poll_seconds

    def create(self, desired: Application) -> str:
        """The id of the application, new or adopted: one of our name on our namespace is ours."""
        namespace_id = self._namespace_id(desired)
        found = self._api.find(desired.name)
        if found is not None and namespace_of(found) != namespace_id:
            self._remove_orphan(desired, found)
            found = None
        if found is None:
            return self._create_once(desired, namespace_id)
        self.update(str(found["id"]), desired)
        return str(found["id"])

    def update(self, application_id: str, desired: Application) -> None:
        """PATCH what touches no instance, roll the rest out, and wait until no rollout is under way.

        One that is under way already counts by where it leads: it is waited for, or replaced.
        """
        answer = self._existing(application_id, desired)
        rollout = self._api.active_rollout(answer)
        different = desired.differences(live(desired, at_target(answer, rollout)))
        if any(field in PATCHED for field in different):
            self._api.edit(application_id, desired.patch_body())
        if any(field in ROLLED_OUT for field in different):
            rollout = self._api.start_rollout(application_id, desired.configuration(), STEP_PERCENTAGE)
        if rollout is not None:
            self._await_rollout(application_id, str(rollout["id"]), desired)

    def delete(self, application_id: str) -> None:
        """Delete it and wait until it is gone: until then its namespace takes no other."""
        self._api.delete(application_id)
        deadline = self._clock.now() + self._timeout_seconds
        while self._api.get(application_id) is not None:
            if self._clock.now() >= deadline:
                text = f"{application_id} is not gone after {self._timeout_seconds:g} s; run this again"
                raise CloudflareError("DELETE_TIMEOUT", text)
            self._clock.sleep(self._poll_seconds)

    def _existing(self, application_id: str, desired: Application) -> Json:
        answer = self._api.get(application_id)
        if answer is None:
            raise CloudflareError(
                "APPLICATION_GONE", f"{desired.name} was deleted by hand; run `pulumi refresh`"
            )
        return answer

    def _namespace_id(self, desired: Application) -> str:
        namespace_id = self._api.namespace_id(desired.script_name, desired.class_name)
        if namespace_id is None:
            where = f"class {desired.class_name} of Worker {desired.script_name}"
            text = f"{where} is not deployed; run `pulumi up` again"
            raise CloudflareError("NAMESPACE_NOT_FOUND", text)
        return namespace_id

    def _create_once(self, desired: Application, namespace_id: str) -> str:
        """A create whose answer was lost is looked for, never repeated."""
        try:
            return str(self._api.create(desired.create_body(namespace_id))["id"])
        except CloudflareError as error:
            found = self._api.find(desired.name) if error.may_have_happened else None
            if found is None or namespace_of(found) != namespace_id:
                raise
            return str(found["id"])

    def _remove_orphan(self, desired: Application, found: Json) -> None:
        """An application outlives its Worker. One of a namespace that is gone serves nobody, and goes."""
        namespace_id = namespace_of(found)
        if not namespace_id or self._api.class_of(namespace_id) is not None:
            owner = "of another Worker" if namespace_id else "without a Worker"
            text = (
                f"the name {desired.name} is held by application {found['id']} {owner}; "
                "delete it, or set worker.name to another name"
            )
            raise CloudflareError("NAME_HELD", text)
        self.delete(str(found["id"]))

    def _await_rollout(self, application_id: str, rollout_id: str, desired: Application) -> None:
        deadline = self._clock.now() + self._timeout_seconds
        while True:
            listed = self._api.rollouts(application_id)
            rollout = next((one for one in listed if one["id"] == rollout_id), None)
            if self._has_ended(application_id, rollout, desired):
                return
            if self._clock.now() >= deadline:
                raise CloudflareError("ROLLOUT_TIMEOUT", self._standing(rollout or {}))
            self._clock.sleep(self._poll_seconds)

    def _has_ended(self, application_id: str, rollout: Json | None, desired: Application) -> bool:
        """The list of rollouts is unpublished: where it lacks ours, the application itself tells."""
        if rollout is None:
            answer = self._existing(application_id, desired)
            left = desired.differences(live(desired, answer))
            return not answer.get("active_rollout_id") and not any(field in ROLLED_OUT for field in left)
        if rollout["status"] in ENDED_ELSEWHERE:
            text = f"the rollout was {rollout['status']} from outside; run `pulumi up` again"
            raise CloudflareError("ROLLOUT_ENDED", text)
        return bool(rollout["status"] == "completed")

    def _standing(self, rollout: Json) -> str:
        progress = rollout.get("progress") or {}
        step = f"step {progress.get('current_step', '?')} of {progress.get('total_steps', '?')}"
        return (
            f"the rollout is at {step} after {self._timeout_seconds:g} s; "
            "run `pulumi up` again to go on waiting, or raise container.rolloutTimeoutSeconds"
        )
