"""Provider resources: no call, but the program's must be the localcloud that is deployed to."""

from collections.abc import Set as AbstractSet

from localcloud.deploy.api import Api
from localcloud.deploy.errors import DeployError
from localcloud.deploy.kinds.kind import Change, Kind, Made
from localcloud.deploy.registration import JsonObject, Registration
from localcloud.deploy.state import ResourceRecord

CLOUDFLARE = "pulumi:providers:cloudflare"


class Provider(Kind):
    """A provider. Its credentials are compared, never stored."""

    has_delete = False
    finds_interrupted = False

    def __init__(self, api: Api) -> None:
        self._api = api

    def check(self, registration: Registration) -> JsonObject:
        if registration.type == CLOUDFLARE:
            self._require_localcloud(registration)
        return registration.inputs

    def kept(self, inputs: JsonObject) -> JsonObject:  # noqa: ARG002 - nothing is read or deleted
        return {}

    def read(self, record: ResourceRecord, inputs: JsonObject) -> ResourceRecord | None:  # noqa: ARG002
        return record

    def change(
        self,
        record: ResourceRecord,  # noqa: ARG002
        changed: AbstractSet[str],
        inputs: JsonObject,  # noqa: ARG002
    ) -> Change:
        return Change.UPDATE if changed else Change.SAME

    def create(self, inputs: JsonObject) -> Made:  # noqa: ARG002
        return Made("localcloud")

    def update(self, record: ResourceRecord, inputs: JsonObject) -> JsonObject:  # noqa: ARG002
        return {}

    def delete(self, record: ResourceRecord) -> None:
        """No call."""

    def _require_localcloud(self, registration: Registration) -> None:
        base_url = str(registration.inputs.get("baseUrl", "https://api.cloudflare.com/client/v4"))
        if base_url.rstrip("/") != self._api.base_url:
            raise DeployError(
                "NOT_THIS_MACHINE",
                f"{registration.urn} has the base URL {base_url}, not {self._api.base_url}",
                "Set cloudflare:baseUrl for the local stack, or use `pulumi up`",
            )
        if registration.inputs.get("apiToken") != self._api.api_token:
            raise DeployError(
                "OTHER_API_TOKEN",
                f"{registration.urn} has another API token than this localcloud",
                "Read it from the stack's configuration, cloudflare:apiToken",
            )
