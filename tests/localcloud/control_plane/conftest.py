"""A control plane of its own for each test, with a fake data plane behind a Unix socket and a clock that is
set by hand.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.asgi_server import listen, serve
from localcloud.control_plane.app import create_app
from localcloud.control_plane.data_plane_client import UnixSocketDataPlane
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.localcloud.fake_data_plane import FakeDataPlane

API_TOKEN = "t" * 64
BASE = f"/client/v4/accounts/{ACCOUNT_ID}"
IMAGE = f"registry.cloudflare.com/{ACCOUNT_ID}/localcloud-process@sha256:{'0' * 64}"
SECRET = "s3cr3t-canary-4711"


@dataclass
class HandClock:
    """Time stands still until it is moved."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 23, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Cloud:
    """A running control plane: `call` answers status and envelope, `result` the result of a success."""

    url: str
    client: httpx.Client
    data_plane: FakeDataPlane
    clock: HandClock
    folder: Path

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:  # noqa: ANN401
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.request(method, BASE + path, json=body, headers=named)
        return answer.status_code, answer.json()

    def result(self, method: str, path: str, body: Any = None, **headers: str) -> Any:  # noqa: ANN401
        status, envelope = self.call(method, path, body, **headers)
        assert envelope["success"], (status, envelope)
        return envelope["result"]

    def refusal(self, method: str, path: str, body: Any = None) -> tuple[int, int]:  # noqa: ANN401
        """HTTP status and Cloudflare's code of a call that is refused."""
        status, envelope = self.call(method, path, body)
        assert not envelope["success"], envelope
        return status, envelope["errors"][0]["code"]

    def upload(self, worker_id: str, **version: Any) -> Any:  # noqa: ANN401
        return self.result("POST", f"/workers/workers/{worker_id}/versions", version_body(**version))

    def deploy(self, name: str, version_id: str) -> Any:  # noqa: ANN401
        return self.result("POST", f"/workers/scripts/{name}/deployments", deployment_body(version_id))

    def run_sandbox(self, name: str = "demo") -> str:
        """A deployed Worker whose class `Sandbox` is container-enabled; returns the namespace's id."""
        worker = self.result("POST", "/workers/workers", {"name": name})
        version = self.upload(worker["id"], **SANDBOX)
        self.deploy(name, version["id"])
        binding = next(b for b in version["bindings"] if b["name"] == "Sandbox")
        return str(binding["namespace_id"])


SANDBOX: dict[str, Any] = {
    "exports": {"Sandbox": {"type": "durable-object", "storage": "sqlite"}},
    "containers": [{"class_name": "Sandbox"}],
    "bindings": [{"type": "durable_object_namespace", "name": "Sandbox", "class_name": "Sandbox"}],
}


def version_body(**given: Any) -> dict[str, Any]:  # noqa: ANN401
    module = {
        "name": "index.js",
        "content_type": "application/javascript+module",
        "content_base64": "ZXhwb3J0IGRlZmF1bHQge30=",
    }
    return {
        "main_module": "index.js",
        "modules": [module],
        "compatibility_date": "2026-08-01",
        "compatibility_flags": ["nodejs_compat"],
        **given,
    }


def deployment_body(version_id: str) -> dict[str, Any]:
    return {"strategy": "percentage", "versions": [{"version_id": version_id, "percentage": 100}]}


def application_body(namespace_id: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "name": "demo-sandbox",
        "scheduling_policy": "default",
        "instances": 0,
        "max_instances": 5,
        "configuration": {"image": IMAGE, "instance_type": "standard-1"},
        "durable_objects": {"namespace_id": namespace_id},
        **given,
    }


@pytest.fixture
def data_plane() -> FakeDataPlane:
    return FakeDataPlane()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, as the path of a Unix socket has at most 107 characters."""
    with tempfile.TemporaryDirectory(prefix="lc-") as name:
        yield Path(name)


@contextmanager
def running_cloud(folder: Path, data_plane: FakeDataPlane) -> Iterator[Cloud]:
    socket_path = folder / "data-plane.sock"
    socket_path.unlink(missing_ok=True)
    clock = HandClock()
    with data_plane.serve(socket_path):
        app = create_app(
            database=folder / "control-plane.sqlite",
            api_token=API_TOKEN,
            data_plane=UnixSocketDataPlane(socket_path),
            log_file=folder / "control-plane.jsonl",
            clock=clock,
        )
        headers = {"authorization": f"Bearer {API_TOKEN}"}
        with serve(app, listen()) as url, httpx.Client(base_url=url, headers=headers) as client:
            yield Cloud(url, client, data_plane, clock, folder)


@pytest.fixture
def cloud(folder: Path, data_plane: FakeDataPlane) -> Iterator[Cloud]:
    with running_cloud(folder, data_plane) as running:
        yield running
