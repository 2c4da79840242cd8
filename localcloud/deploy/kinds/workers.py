"""Worker, WorkersDeployment and WorkersCustomDomain."""

from typing import ClassVar

from localcloud.deploy.kinds.kind import Made
from localcloud.deploy.kinds.native import NativeKind, account_path, id_in_account, snake_case
from localcloud.deploy.registration import JsonObject
from localcloud.deploy.state import ResourceRecord

TRACES: JsonObject = {"enabled": False, "head_sampling_rate": 1, "persist": True, "destinations": []}


class Worker(NativeKind):
    """A Worker's settings, put whole; a new name is a rename in place (pulumi-cloudflare-wire.md 3.2)."""

    known = frozenset({"accountId", "name", "logpush", "observability", "subdomain", "tags", "tailConsumers"})
    replacing = frozenset({"accountId"})
    keeping = frozenset({"accountId", "name"})
    computed: ClassVar = {"createdOn": "created_on"}

    def create(self, inputs: JsonObject) -> Made:
        answer = self.api.call("POST", f"{account_path(inputs)}/workers/workers", worker_body(inputs))
        return self.made(answer["id"], answer)

    def find_by_record(self, record: ResourceRecord) -> JsonObject | None:
        return self.api.find(self._path(record.kept, record.id))

    def find(self, kept: JsonObject, before: JsonObject) -> Made | None:  # noqa: ARG002 - the name tells
        answer = self.api.find(self._path(kept, str(kept["name"])))
        return self.made(answer["id"], answer) if answer else None

    def imported_id(self, import_id: str, inputs: JsonObject) -> str:
        return id_in_account(import_id, inputs)

    def shown(self, inputs: JsonObject) -> JsonObject:
        return worker_body(inputs)

    def update(self, record: ResourceRecord, inputs: JsonObject) -> JsonObject:
        answer = self.api.call("PUT", self._path(inputs, record.id), worker_body(inputs))
        return self.outputs(answer)

    def delete(self, record: ResourceRecord) -> None:
        self.api.delete(self._path(record.kept, record.id))

    def _path(self, kept: JsonObject, id_or_name: str) -> str:
        return f"{account_path(kept)}/workers/workers/{id_or_name}"


class WorkersDeployment(NativeKind):
    """Which version is live.

    Immutable, and its deletion is no call: the last deployment stays (pulumi.md 1.5).
    """

    has_delete = False
    known = frozenset({"accountId", "scriptName", "strategy", "versions", "annotations"})
    replacing = known
    keeping = frozenset({"accountId", "scriptName", "versions"})
    computed: ClassVar = {"createdOn": "created_on", "source": "source"}

    def create(self, inputs: JsonObject) -> Made:
        body: JsonObject = {"strategy": inputs["strategy"], "versions": snake_case(inputs["versions"])}
        annotations = inputs.get("annotations")
        if isinstance(annotations, dict):
            body["annotations"] = {"workers/message": annotations.get("workersMessage")}
        answer = self.api.call("POST", deployments_path(inputs), body)
        return self.made(answer["id"], answer)

    def find_by_record(self, record: ResourceRecord) -> JsonObject | None:
        return self.api.find(f"{deployments_path(record.kept)}/{record.id}")

    def find(self, kept: JsonObject, before: JsonObject) -> Made | None:  # noqa: ARG002 - the versions tell
        answer = self.api.find(deployments_path(kept)) or {}
        deployments = answer.get("deployments")
        newest = deployments[0] if isinstance(deployments, list) and deployments else None
        if isinstance(newest, dict) and newest["versions"] == snake_case(kept["versions"]):
            return self.made(newest["id"], newest)
        return None


class WorkersCustomDomain(NativeKind):
    """A hostname of a Worker. Replaced by every change (pulumi.md 1.5)."""

    known = frozenset({"accountId", "hostname", "service", "zoneId", "zoneName", "environment"})
    replacing = known
    keeping = frozenset({"accountId", "hostname", "service"})
    computed: ClassVar = {
        "zoneId": "zone_id",
        "zoneName": "zone_name",
        "certId": "cert_id",
        "environment": "environment",
    }

    def create(self, inputs: JsonObject) -> Made:
        fields = {name: value for name, value in inputs.items() if name != "accountId"}
        answer = self.api.call("PUT", domains_path(inputs), snake_case(fields))
        return self.made(answer["id"], answer)

    def find_by_record(self, record: ResourceRecord) -> JsonObject | None:
        return self.api.find(f"{domains_path(record.kept)}/{record.id}")

    def find(self, kept: JsonObject, before: JsonObject) -> Made | None:  # noqa: ARG002 - the hostname tells
        wanted = f"{domains_path(kept)}?hostname={kept['hostname']}&service={kept['service']}"
        found = self.api.call("GET", wanted)["items"]
        domain = found[0] if isinstance(found, list) and found else None
        return self.made(domain["id"], domain) if isinstance(domain, dict) else None

    def shown(self, inputs: JsonObject) -> JsonObject:
        return {"hostname": inputs["hostname"], "service": inputs["service"]}

    def delete(self, record: ResourceRecord) -> None:
        self.api.delete(f"{domains_path(record.kept)}/{record.id}")


def worker_body(inputs: JsonObject) -> JsonObject:
    """The full document, with the defaults that the provider fills in (pulumi-cloudflare-wire.md 2)."""
    body: JsonObject = {
        "name": inputs["name"],
        "logpush": inputs.get("logpush", False),
        "tags": inputs.get("tags", []),
        "tail_consumers": snake_case(inputs.get("tailConsumers", [])),
    }
    observability = snake_case(inputs.get("observability"))
    if isinstance(observability, dict):
        body["observability"] = {"head_sampling_rate": 1, "traces": TRACES, **observability}
    subdomain = snake_case(inputs.get("subdomain"))
    if isinstance(subdomain, dict):
        body["subdomain"] = {"previews_enabled": subdomain.get("enabled", False), **subdomain}
    return body


def deployments_path(inputs: JsonObject) -> str:
    return f"{account_path(inputs)}/workers/scripts/{inputs['scriptName']}/deployments"


def domains_path(inputs: JsonObject) -> str:
    return f"{account_path(inputs)}/workers/domains"
