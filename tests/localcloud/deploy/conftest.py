"""The deploy's engine without Pulumi: programs are functions that register resources."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import JsonValue

from localcloud.control_plane.platform import ACCOUNT_ID
from localcloud.deploy.api import Api
from localcloud.deploy.digests import open_digests
from localcloud.deploy.engine import Engine
from localcloud.deploy.kinds.registry import Kinds
from localcloud.deploy.progress import Progress
from localcloud.deploy.registration import Registered, Registration
from localcloud.deploy.state import StateFile
from tests.localcloud.conftest import API_TOKEN, SECRET, Cloud

TYPES = {
    "R2Bucket": "cloudflare:index/r2Bucket:R2Bucket",
    "R2BucketLifecycle": "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle",
    "Worker": "cloudflare:index/worker:Worker",
    "WorkerVersion": "cloudflare:index/workerVersion:WorkerVersion",
    "WorkersDeployment": "cloudflare:index/workersDeployment:WorkersDeployment",
    "WorkersCustomDomain": "cloudflare:index/workersCustomDomain:WorkersCustomDomain",
    "NotificationPolicy": "cloudflare:index/notificationPolicy:NotificationPolicy",
}

Register = Callable[[Registration], Registered]


def resource(
    kind: str, logical: str, /, *, secret: tuple[str, ...] = (), **inputs: JsonValue
) -> Registration:
    return Registration(
        urn=f"urn:pulumi:local::test::{TYPES.get(kind, kind)}::{logical}",
        type=TYPES.get(kind, kind),
        name=logical,
        inputs={"accountId": ACCOUNT_ID, **inputs},
        secret_keys=frozenset(secret),
    )


@dataclass(frozen=True)
class Service:
    """A program with every native kind. Callable with what registers a resource."""

    name: str = "demo"
    tags: tuple[str, ...] = ()
    code: str = "export default {};"
    secret: str = SECRET
    has_domain: bool = True
    is_protected: bool = False
    order: tuple[str, ...] = field(default=("RESULTS", "KEY"))

    def __call__(self, register: Register) -> None:
        bucket = resource("R2Bucket", "results", name=f"{self.name}-results")
        register(replace(bucket, is_protected=self.is_protected))
        register(self.lifecycle(bucket.urn))
        worker = register(resource("Worker", "worker", name=self.name, tags=list(self.tags)))
        version = register(self.version(worker.id, bucket.urn))
        deployed: JsonValue = [{"versionId": version.id, "percentage": 100.0}]
        deployment = resource(
            "WorkersDeployment",
            "deployment",
            scriptName=self.name,
            strategy="percentage",
            versions=deployed,
        )
        register(deployment)
        if self.has_domain:
            register(self.domain(deployment.urn))
        register(self.alerts())

    def lifecycle(self, bucket_urn: str) -> Registration:
        rule: JsonValue = {
            "id": "expire",
            "enabled": True,
            "conditions": {"prefix": "tasks/"},
            "deleteObjectsTransition": {"condition": {"type": "Age", "maxAge": 86400.0}},
        }
        rules = resource("R2BucketLifecycle", "retention", bucketName=f"{self.name}-results", rules=[rule])
        return replace(rules, dependencies=(bucket_urn,))

    def version(self, worker_id: str, bucket_urn: str) -> Registration:
        bindings: dict[str, JsonValue] = {
            "RESULTS": {"type": "r2_bucket", "name": "RESULTS", "bucketName": f"{self.name}-results"},
            "KEY": {"type": "secret_text", "name": "KEY", "text": self.secret},
        }
        module: JsonValue = {
            "name": "index.js",
            "contentType": "application/javascript+module",
            "contentBase64": base64.b64encode(self.code.encode()).decode(),
        }
        version = resource(
            "WorkerVersion",
            "version",
            secret=("bindings",),
            workerId=worker_id,
            mainModule="index.js",
            modules=[module],
            compatibilityDate="2026-08-01",
            bindings=[bindings[name] for name in self.order],
        )
        return replace(version, dependencies=(bucket_urn,))

    def domain(self, deployment_urn: str) -> Registration:
        hostname = f"{self.name}.example.com"
        domain = resource("WorkersCustomDomain", "domain", hostname=hostname, service=self.name)
        return replace(domain, dependencies=(deployment_urn,), deletes_before_replace=True)

    def alerts(self) -> Registration:
        mechanisms: JsonValue = {"emails": [{"id": "ops@example.com"}]}
        return resource(
            "NotificationPolicy",
            "alerts",
            name=f"{self.name} alerts",
            alertType="http_alert_edge_error",
            mechanisms=mechanisms,
        )


@dataclass
class Site:
    """A stack's state folder, and the control plane that it is deployed to."""

    cloud: Cloud
    folder: Path
    transport: httpx.BaseTransport | None = None
    state_class: type[StateFile] = StateFile
    imports: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.folder / "local.json"

    @contextmanager
    def engine(self, *, is_preview: bool = False) -> Iterator[Engine]:
        url = str(self.cloud.client.base_url).rstrip("/") + "/client/v4"
        with Api(url, API_TOKEN, self.transport) as api:
            yield Engine(
                file=self.state_class(self.state, is_read_only=is_preview),
                kinds=Kinds(api, self.folder, {}, "test"),
                digests=open_digests(self.folder / "local.key", self.state, is_read_only=is_preview),
                progress=Progress(is_preview=is_preview),
                is_preview=is_preview,
                imports=self.imports,
            )

    def deploy(self, program: Callable[[Register], None], *, is_preview: bool = False) -> dict[str, int]:
        """Returns how many resources were created, updated and so on."""
        with self.engine(is_preview=is_preview) as engine:
            engine.begin()
            program(engine.register)
            engine.finish()
            return dict(engine.progress.counts)

    def destroy(self) -> dict[str, int]:
        with self.engine() as engine:
            engine.destroy()
            return dict(engine.progress.counts)

    def writes(self) -> list[str]:
        """The writing calls since the last look."""
        seen = self.cloud.client.get("/client/v4/localcloud/requests").json()["result"]["requests"]
        self.cloud.client.delete("/client/v4/localcloud/requests")
        return [f"{call['method']} {call['path']}" for call in seen if call["method"] != "GET"]

    def inventory(self) -> Any:  # noqa: ANN401
        """What is there, without ids and times."""
        result = self.cloud.result
        versions = {}
        for worker in result("GET", "/workers/workers"):
            listed = result("GET", f"/workers/workers/{worker['id']}/versions")
            live = self.cloud.data_plane.workers.get(worker["name"], {})
            versions[worker["name"]] = (
                worker["tags"],
                len(listed),
                live.get("modules"),
                live.get("bindings"),
            )
        return {
            "buckets": [bucket["name"] for bucket in result("GET", "/r2/buckets")["buckets"]],
            "workers": versions,
            "domains": [(d["hostname"], d["service"]) for d in result("GET", "/workers/domains")],
            "policies": [policy["name"] for policy in result("GET", "/alerting/v3/policies")],
        }


@pytest.fixture
def site(cloud: Cloud, tmp_path: Path) -> Site:
    return Site(cloud, tmp_path)
