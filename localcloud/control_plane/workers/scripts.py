"""The older views of the same Workers, by script name: what wrangler reads (pulumi-cloudflare-wire.md 6)."""

from hashlib import sha256

from localcloud.control_plane.platform import SUBDOMAIN, USER_EMAIL
from localcloud.control_plane.wire import Answer, Call, JsonObject
from localcloud.control_plane.workers.bindings import without_texts
from localcloud.control_plane.workers.deployments import Deployments
from localcloud.control_plane.workers.version import Module, VersionRecord
from localcloud.control_plane.workers.versions import Versions
from localcloud.control_plane.workers.worker import WorkerRegistry


class Scripts:
    """Reads only: an upload in this form is another API."""

    def __init__(self, workers: WorkerRegistry, versions: Versions, deployments: Deployments) -> None:
        self._workers = workers
        self._versions = versions
        self._deployments = deployments

    def list_versions(self, call: Call) -> Answer:
        """List a script's versions, newest first."""
        worker = self._workers.get(call.params["script_name"])
        return Answer({"items": [summary(version) for version in self._versions.of_worker(worker.id)]})

    def get_version(self, call: Call) -> Answer:
        """Read a script's version; a namespace's id is in `resources.bindings` (containers-api.md 3.2)."""
        worker = self._workers.get(call.params["script_name"])
        version = self._versions.named(worker, call.params["version_id"])
        return Answer(
            {**summary(version), "resources": resources(version, self._versions.modules_of(version))}
        )

    def list_secrets(self, call: Call) -> Answer:
        """List the names of the live version's secrets."""
        worker = self._workers.get(call.params["script_name"])
        version = self._deployments.active_version(worker)
        bindings = version.bindings if version else []
        secrets = [binding for binding in bindings if binding["type"] == "secret_text"]
        return Answer(without_texts(secrets))

    def subdomain(self, _call: Call) -> Answer:
        """Tell the account's name under workers.dev; nothing answers there."""
        return Answer({"subdomain": SUBDOMAIN})


def summary(version: VersionRecord) -> JsonObject:
    annotations: JsonObject = {**version.upload.annotations, "workers/triggered_by": "upload"}
    metadata: JsonObject = {
        "created_on": version.created_on,
        "modified_on": version.created_on,
        "source": "api",
        "author_email": USER_EMAIL,
        "hasPreview": False,
    }
    return {"id": version.id, "number": version.number, "metadata": metadata, "annotations": annotations}


def resources(version: VersionRecord, modules: list[Module]) -> JsonObject:
    upload = version.upload
    code = "".join(module.content_base64 for module in modules)
    runtime: JsonObject = {
        "compatibility_date": upload.compatibility_date,
        "compatibility_flags": [*upload.compatibility_flags],
        "usage_model": upload.usage_model,
        "containers": [container.model_dump() for container in upload.containers],
    }
    if version.migration_tag:
        runtime["migration_tag"] = version.migration_tag
    return {
        "bindings": without_texts(version.bindings),
        "script": {"etag": sha256(code.encode()).hexdigest(), "last_deployed_from": "api"},
        "script_runtime": runtime,
    }
