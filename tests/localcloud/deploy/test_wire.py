"""The deploy sends what the real Pulumi provider sends: bodies as recorded in tests/localcloud/golden."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import JsonValue

from localcloud.deploy.kinds.worker_version import WorkerVersion
from localcloud.deploy.kinds.workers import worker_body
from localcloud.deploy.registration import Registration
from tests.localcloud.deploy.conftest import Register, Site, resource

GOLDEN = Path(__file__).parents[1] / "golden" / "pulumi-cloudflare-provider.jsonl"
FIRST_UP = [call for call in map(json.loads, GOLDEN.read_text().splitlines()) if call["step"] == "first up"]
NAME = "probe-team-a"
RULE: JsonValue = {
    "id": "expire",
    "enabled": True,
    "conditions": {"prefix": "runs/"},
    "deleteObjectsTransition": {"condition": {"type": "Age", "maxAge": 2592000.0}},
}
LOGS: JsonValue = {
    "enabled": True,
    "headSamplingRate": 1.0,
    "invocationLogs": True,
    "persist": True,
    "destinations": [],
}
BINDINGS: JsonValue = [
    {"type": "durable_object_namespace", "name": "SANDBOX", "className": "Sandbox"},
    {"type": "r2_bucket", "name": "RESULTS", "bucketName": f"{NAME}-results"},
    {"type": "plain_text", "name": "MODE", "text": "prod"},
    {"type": "secret_text", "name": "API_SECRET", "text": "s3cr3t-one-17571"},
]


def recorded_module() -> dict[str, Any]:
    module: dict[str, Any] = FIRST_UP[4]["body"]["modules"][0]
    return module


def probe(register: Register) -> None:
    """The program behind the recording."""
    register(resource("R2Bucket", "bucket", name=f"{NAME}-results"))
    register(resource("R2BucketLifecycle", "rules", bucketName=f"{NAME}-results", rules=[RULE]))
    observability: JsonValue = {"enabled": True, "logs": LOGS}
    subdomain: JsonValue = {"enabled": True, "previewsEnabled": False}
    worker = register(
        resource("Worker", "worker", name=NAME, observability=observability, subdomain=subdomain)
    )
    version = register(version_of(worker.id))
    shares: JsonValue = [{"versionId": version.id, "percentage": 100.0}]
    register(resource("WorkersDeployment", "live", scriptName=NAME, strategy="percentage", versions=shares))
    zone_id = "0123456789abcdef0123456789abcde0"
    hostname = f"{NAME}.example.com"
    register(resource("WorkersCustomDomain", "domain", hostname=hostname, service=NAME, zoneId=zone_id))
    emails: JsonValue = {"emails": [{"id": "ops@example.com"}]}
    register(
        resource(
            "NotificationPolicy",
            "alerts",
            name=f"{NAME} alerts",
            alertType="http_alert_edge_error",
            description="probe",
            enabled=True,
            mechanisms=emails,
        )
    )


def version_of(worker_id: str, **given: JsonValue) -> Registration:
    module: JsonValue = {
        "name": "index.js",
        "contentType": "application/javascript+module",
        "contentBase64": recorded_module()["content_base64"],
    }
    inputs: dict[str, JsonValue] = {
        "workerId": worker_id,
        "mainModule": "index.js",
        "modules": [module],
        "compatibilityDate": "2026-11-01",
        "compatibilityFlags": ["nodejs_compat"],
        "containers": [{"className": "Sandbox"}],
        "migrations": {"newTag": "v1", "newSqliteClasses": ["Sandbox"]},
        "bindings": BINDINGS,
    }
    version = resource("WorkerVersion", "version")
    return replace(version, inputs=version.inputs | inputs | given)


class RecordingTransport(httpx.HTTPTransport):
    """The network, and what was written to it: bodies by method and path, ids left out."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: dict[str, Any] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            self.bodies[call_of(request.method, request.url.path)] = json.loads(request.content)
        return super().handle_request(request)


def call_of(method: str, path: str) -> str:
    parts = ["*" if len(part) == 32 else part for part in path.split("/")]
    return f"{method} {'/'.join(parts)}"


def without_version_id(body: dict[str, Any]) -> dict[str, Any]:
    versions = [{**version, "version_id": "*"} for version in body.get("versions", [])]
    return {**body, "versions": versions} if versions else body


@pytest.fixture
def sent(site: Site) -> dict[str, Any]:
    transport = RecordingTransport()
    site.transport = transport
    site.deploy(probe)
    return transport.bodies


@pytest.mark.parametrize("call", FIRST_UP, ids=lambda call: call["path"].rsplit("/", 1)[-1])
def test_body_is_the_providers(sent: dict[str, Any], call: dict[str, Any]) -> None:
    body = sent[call_of(call["method"], call["path"])]
    assert without_version_id(body) == without_version_id(call["body"])


def test_nothing_else_is_sent(sent: dict[str, Any]) -> None:
    assert sent.keys() == {call_of(call["method"], call["path"]) for call in FIRST_UP}


def test_file_is_sent_as_base64(site: Site, tmp_path: Path) -> None:
    (tmp_path / "index.js").write_bytes(b"export default {};")
    module: JsonValue = {
        "name": "index.js",
        "contentType": "application/javascript+module",
        "contentFile": "index.js",
    }
    with site.engine() as engine:
        kind = engine.kinds.of("cloudflare:index/workerVersion:WorkerVersion")
        assert isinstance(kind, WorkerVersion)
        body = kind.body(version_of("w", modules=[module]).inputs)
    assert body["modules"] == [
        {
            "name": "index.js",
            "content_type": "application/javascript+module",
            "content_base64": "ZXhwb3J0IGRlZmF1bHQge307",
        }
    ]


def test_changed_file_and_changed_path_are_changes(site: Site, tmp_path: Path) -> None:
    def digest(path: str, content: str) -> JsonValue:
        (tmp_path / path).write_text(content)
        module: JsonValue = {"name": "index.js", "contentFile": path}
        with site.engine() as engine:
            kind = engine.kinds.of("cloudflare:index/workerVersion:WorkerVersion")
            return engine.digests.of(kind.compared({"modules": [module]}))

    digests = [digest("a.js", "1"), digest("a.js", "2"), digest("b.js", "1"), digest("a.js", "1")]
    assert digests[0] == digests[3]
    assert len({str(one) for one in digests}) == 3


def test_class_names_in_exports_keep_their_spelling(site: Site) -> None:
    exports: JsonValue = {
        "TaskQueue": {"type": "durable-object", "state": "renamed", "renamedTo": "TaskLine"}
    }
    with site.engine() as engine:
        kind = engine.kinds.of("cloudflare:index/workerVersion:WorkerVersion")
        assert isinstance(kind, WorkerVersion)
        body = kind.body(version_of("w", exports=exports).inputs)
    renamed = {"type": "durable-object", "state": "renamed", "renamed_to": "TaskLine"}
    assert body["exports"] == {"TaskQueue": renamed}


def test_enabled_subdomain_enables_previews_where_nothing_is_said() -> None:
    """As the provider does (pulumi-cloudflare-wire.md 2)."""
    body = worker_body({"name": "w", "subdomain": {"enabled": True}})
    assert body["subdomain"] == {"enabled": True, "previews_enabled": True}
