"""Container applications, rollouts and registry credentials: the calls that no provider resource covers.

On the official `cloudflare` SDK. Sources of paths and fields: cloudflare-containers-api.md 1.3 to 1.9.
"""

from collections.abc import Mapping
from typing import Any, Final

import cloudflare
from cloudflare import Cloudflare

from infra.cloudflare_client import explained, writing

REGISTRY_HOST: Final = "registry.cloudflare.com"
CREDENTIALS_MINUTES: Final = 60

Json = dict[str, Any]
"""An object as the API answers it."""


class ContainersApi:
    """One account's containers.

    Every method raises `CloudflareError`; reads are retried by the SDK, writes are sent once; deletes are
    retried too, as what is gone is no failure.
    """

    def __init__(self, client: Cloudflare, account_id: str) -> None:
        self._client = client
        self._account_id = account_id

    def namespace_id(self, script_name: str, class_name: str) -> str | None:
        """The live Durable Object namespace of a class, None before its version is deployed."""
        with explained("list Durable Object namespaces"):
            for one in self._client.durable_objects.namespaces.list(account_id=self._account_id):
                if (one.script, one.class_) == (script_name, class_name):
                    return one.id
        return None

    def class_of(self, namespace_id: str) -> tuple[str, str] | None:
        """Worker and class that have the namespace now, None where nobody has: it went with its Worker."""
        with explained("list Durable Object namespaces"):
            for one in self._client.durable_objects.namespaces.list(account_id=self._account_id):
                if one.id == namespace_id:
                    return one.script or "", one.class_ or ""
        return None

    def find(self, name: str) -> Json | None:
        """The application of this name."""
        with explained("list container applications"):
            listed = self._client.containers.applications.list(account_id=self._account_id, name=name)
            return next((one.to_dict() for one in listed if one.name == name), None)

    def get(self, application_id: str) -> Json | None:
        """The application, None once it is gone."""
        with explained("read the container application"):
            try:
                answer = self._client.containers.applications.get(application_id, account_id=self._account_id)
            except cloudflare.NotFoundError:
                return None
            return answer.to_dict()

    def create(self, body: Mapping[str, Any]) -> Json:
        with explained(f"create the container application {body['name']}"):
            applications = writing(self._client).containers.applications
            return applications.create(account_id=self._account_id, **body).to_dict()

    def edit(self, application_id: str, body: Mapping[str, Any]) -> None:
        """Change what needs no rollout."""
        with explained("change the container application"):
            applications = writing(self._client).containers.applications
            applications.edit(application_id, account_id=self._account_id, **body)

    def delete(self, application_id: str) -> None:
        """Begin to delete; it goes on after the answer. What is gone already is no failure."""
        with explained("delete the container application"):
            try:
                self._client.containers.applications.delete(application_id, account_id=self._account_id)
            except cloudflare.NotFoundError:
                return

    def start_rollout(
        self, application_id: str, configuration: Mapping[str, Any], step_percentage: int
    ) -> Json:
        with explained("start the rollout"):
            rollouts = writing(self._client).containers.applications.rollouts
            return rollouts.create(
                application_id,
                account_id=self._account_id,
                description="Progressive update",
                strategy="rolling",
                step_percentage=step_percentage,  # type: ignore[arg-type]
                target_configuration=configuration,  # type: ignore[arg-type]
            ).to_dict()

    def rollouts(self, application_id: str) -> list[Json]:
        """Newest first. Unpublished, but what the dashboard reads; empty where there is no such list."""
        path = f"/accounts/{self._account_id}/containers/applications/{application_id}/rollouts"
        with explained("read the rollouts"):
            try:
                answer = self._client.get(path, cast_to=dict[str, Any])
            except cloudflare.NotFoundError:
                return []
        result: list[Json] = answer["result"]
        return result

    def active_rollout(self, application: Json) -> Json | None:
        """What is under way, given the application's answer; no more than its id where the list lacks it."""
        rollout_id = application.get("active_rollout_id")
        if not rollout_id:
            return None
        listed = self.rollouts(str(application["id"]))
        return next((one for one in listed if one["id"] == rollout_id), {"id": rollout_id})

    def registry_credentials(self) -> tuple[str, str]:
        """User name and password for pushing to the account's registry, good for an hour."""
        with explained("make registry credentials"):
            answer = writing(self._client).containers.registries.credentials.generate(
                REGISTRY_HOST,
                account_id=self._account_id,
                permissions=["push", "pull"],
                expiration_minutes=CREDENTIALS_MINUTES,
            )
        return answer.username or "v1", answer.password or ""
