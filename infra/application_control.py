"""Brings a container application to what it should be, and waits until it is there."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from infra.application import PATCHED, ROLLED_OUT, Application, live, namespace_of
from infra.cloudflare_client import CloudflareError
from infra.containers_api import ContainersApi

POLL_SECONDS: Final = 2.0
STEP_PERCENTAGE: Final = 100
"""One step: an instance serves one task and is thrown away, so there is no traffic to shift slowly."""


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
        """PATCH what touches no instance, roll the rest out, and wait for the rollout's end."""
        answer = self._api.get(application_id)
        if answer is None:
            raise CloudflareError(
                "APPLICATION_GONE", f"{desired.name} was deleted by hand; run `pulumi refresh`"
            )
        different = desired.differences(live(desired, answer))
        if any(field in PATCHED for field in different):
            self._api.edit(application_id, desired.patch_body())
        if any(field in ROLLED_OUT for field in different):
            self._roll_out(application_id, desired)
        elif answer.get("active_rollout_id"):
            self._await_rollout(application_id, str(answer["active_rollout_id"]))

    def delete(self, application_id: str) -> None:
        """Delete it and wait until it is gone: until then its namespace takes no other."""
        self._api.delete(application_id)
        deadline = self._clock.now() + self._timeout_seconds
        while self._api.get(application_id) is not None:
            if self._clock.now() >= deadline:
                text = f"{application_id} is not gone after {self._timeout_seconds:g} s; run this again"
                raise CloudflareError("DELETE_TIMEOUT", text)
            self._clock.sleep(self._poll_seconds)

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
            found = (
                self._api.find(desired.name)
                if error.code in {"UNREACHABLE", "HTTP_500", "HTTP_503"}
                else None
            )
            if found is None or namespace_of(found) != namespace_id:
                raise
            return str(found["id"])

    def _remove_orphan(self, desired: Application, found: dict[str, Any]) -> None:
        """An application outlives its Worker. One without a namespace serves nobody; others are not ours."""
        if self._api.has_namespace(namespace_of(found)):
            text = (
                f"the name {desired.name} is held by application {found['id']} of another Worker; "
                "delete it, or set worker.name to another name"
            )
            raise CloudflareError("NAME_HELD", text)
        self.delete(str(found["id"]))

    def _roll_out(self, application_id: str, desired: Application) -> None:
        under_way = self._newest_rollout(application_id)
        if under_way is None or not leads_to(under_way, desired):
            under_way = self._api.start_rollout(application_id, desired.configuration(), STEP_PERCENTAGE)
        self._await_rollout(application_id, str(under_way["id"]))

    def _newest_rollout(self, application_id: str) -> dict[str, Any] | None:
        return next(iter(self._api.rollouts(application_id)), None)

    def _await_rollout(self, application_id: str, rollout_id: str) -> None:
        deadline = self._clock.now() + self._timeout_seconds
        while True:
            rollouts = self._api.rollouts(application_id)
            rollout = next((one for one in rollouts if one["id"] == rollout_id), None)
            if rollout is None or rollout["status"] == "completed":
                return
            if rollout["status"] in {"reverted", "replaced"}:
                text = f"the rollout was {rollout['status']} from outside; run `pulumi up` again"
                raise CloudflareError("ROLLOUT_ENDED", text)
            if self._clock.now() >= deadline:
                raise CloudflareError("ROLLOUT_TIMEOUT", self._standing(rollout))
            self._clock.sleep(self._poll_seconds)

    def _standing(self, rollout: dict[str, Any]) -> str:
        progress = rollout.get("progress") or {}
        step = f"step {progress.get('current_step', '?')} of {progress.get('total_steps', '?')}"
        return (
            f"the rollout is at {step} after {self._timeout_seconds:g} s; "
            "run `pulumi up` again to go on waiting, or raise container.rolloutTimeoutSeconds"
        )


def leads_to(rollout: dict[str, Any], desired: Application) -> bool:
    """Whether an unfinished rollout has our target already, as after a run that was interrupted."""
    target = live(desired, {"name": desired.name, "configuration": rollout.get("target_configuration") or {}})
    same = (target.image, target.instance_type) == (desired.image, desired.instance_type)
    return same and rollout["status"] in {"pending", "progressing"}
