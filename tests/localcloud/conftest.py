"""A control plane, empty for each test, with a fake data plane behind it and a clock set by hand."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.asgi_server import listen, serve
from localcloud.control_plane.app import create_app
from localcloud.control_plane.data_plane_client import UnixSocketDataPlane
from localcloud.control_plane.platform import ACCOUNT_ID, utc_now
from tests.localcloud.fake_data_plane import FakeDataPlane

API_TOKEN = "t" * 64
BASE = f"/client/v4/accounts/{ACCOUNT_ID}"
IMAGE = f"registry.cloudflare.com/{ACCOUNT_ID}/localcloud-process@sha256:{'0' * 64}"
SECRET = "s3cr3t-canary-4711"


@dataclass
class HandClock:
    """Time stands still until it is moved, unless it `runs_by_itself`."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 23, tzinfo=UTC))
    runs_by_itself: bool = False

    def __call__(self) -> datetime:
        return utc_now() if self.runs_by_itself else self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Cloud:
    """A running control plane: `call` answers status and envelope, `result` the result of a success."""

    client: httpx.Client
    data_plane: FakeDataPlane
    clock: HandClock
    folder: Path
    token: str = API_TOKEN

    def send(self, method: str, path: str, **given: Any) -> httpx.Response:  # noqa: ANN401
        """A call below `/client/v4`."""
        headers = {"authorization": f"Bearer {self.token}", **given.pop("headers", {})}
        return self.client.request(method, f"/client/v4{path}", headers=headers, **given)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:  # noqa: ANN401
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.send(method, f"/accounts/{ACCOUNT_ID}{path}", json=body, headers=named)
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

    def as_token(self, *permissions: str) -> "Cloud":
        """The same cloud, called with a token that has these permission groups and no other."""
        value = sha256("".join(permissions).encode()).hexdigest()
        token = {"name": "limited", "value": value, "permissions": permissions}
        self.send("PUT", "/localcloud/tokens", json={"tokens": [token]}).raise_for_status()
        return replace(self, token=value)

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


@pytest.fixture(scope="session")
def served_data_plane() -> Iterator[tuple[FakeDataPlane, Path]]:
    """Its socket lies in a folder with a short name: the path has at most 107 characters."""
    data_plane = FakeDataPlane()
    with tempfile.TemporaryDirectory(prefix="lc-") as folder:
        socket_path = Path(folder) / "data-plane.sock"
        with data_plane.serve(socket_path):
            yield data_plane, socket_path


@dataclass
class Machine:
    """A folder with a control plane's state; `start` runs it, also again."""

    folder: Path
    data_plane: FakeDataPlane
    socket_path: Path

    @contextmanager
    def start(self) -> Iterator[Cloud]:
        clock = HandClock()
        app = create_app(
            database=self.folder / "control-plane.sqlite",
            api_token=API_TOKEN,
            data_plane=UnixSocketDataPlane(self.socket_path),
            log_file=self.folder / "control-plane.jsonl",
            first_port=int(os.environ["LOCALCLOUD_FIRST_PORT"]),
            clock=clock,
        )
        headers = {"authorization": f"Bearer {API_TOKEN}"}
        with serve(app, listen()) as url, httpx.Client(base_url=url, headers=headers) as client:
            yield Cloud(client, self.data_plane, clock, self.folder)


@pytest.fixture
def machine(tmp_path: Path, served_data_plane: tuple[FakeDataPlane, Path]) -> Machine:
    data_plane, socket_path = served_data_plane
    data_plane.forget()
    return Machine(tmp_path, data_plane, socket_path)


@pytest.fixture(scope="session")
def running_cloud(
    tmp_path_factory: pytest.TempPathFactory, served_data_plane: tuple[FakeDataPlane, Path]
) -> Iterator[Cloud]:
    with Machine(tmp_path_factory.mktemp("control-plane"), *served_data_plane).start() as running:
        yield running


@pytest.fixture
def cloud(running_cloud: Cloud) -> Cloud:
    """An empty one: the server is shared, its state is reset."""
    running_cloud.data_plane.forget()
    assert running_cloud.client.post("/client/v4/localcloud/reset").status_code == 200
    running_cloud.client.delete("/client/v4/localcloud/requests")
    return running_cloud
