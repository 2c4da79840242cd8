"""A localcloud of the tests' own, and the service deployed on it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from localcloud import daemon
from localcloud.control_plane.platform import ACCOUNT_ID
from localcloud.home import Home
from localcloud.model_choice import without_credentials

ROOT = Path(__file__).parents[2]
MAX_INSTANCES = 5
"""As many sandboxes as the stack `local` lets run at a time."""
TERMINAL = {"succeeded", "failed", "timed_out", "cancelled", "interrupted"}


def await_condition(holds: Callable[[], Any], seconds: float = 60.0) -> Any:  # noqa: ANN401
    """The first truthy value of `holds`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = holds()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"not so within {seconds:.0f} s: {holds}")


@dataclass(frozen=True)
class Cloud:
    """One localcloud: its home folder, and its command line in the folder of a project.

    `environment` is added to this process's own, of which the user's model credential is no part.
    """

    home: Home
    project: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    """What commands that ended well wrote to stderr."""

    def start(self, *options: str) -> None:
        self.command("start", *options)

    def command(self, *arguments: str) -> Any:  # noqa: ANN401 - the one JSON document of a command
        done = self._run(*arguments)
        assert done.returncode == 0, done.stderr
        self.said.append(done.stderr)
        return json.loads(done.stdout)

    def up(self) -> str:
        """`make up`; what it prints on stdout."""
        done = self._run("up")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def failure(self, *arguments: str) -> str:
        """What a command that must fail says on stderr."""
        done = self._run(*arguments)
        assert done.returncode == 1, done.stdout
        return done.stderr

    def attempt(self, *arguments: str) -> None:
        """A command that may fail, but says why without a traceback."""
        done = self._run(*arguments)
        assert "Traceback" not in done.stderr, done.stderr

    def clear_faults(self) -> None:
        """No more failures of the control plane."""
        with self.control_plane as client:
            client.put("/localcloud/faults", json={"faults": []}).raise_for_status()

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "localcloud", "--home", self.home.folder, *arguments],
            cwd=self.project, env={**without_credentials(os.environ), **self.environment},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    def deploy(self, *config: str) -> dict[str, Any]:
        """Deploy the stack `local`; `limits.maxTimeoutMs=5000` changes a key for this cloud alone."""
        document: dict[str, Any] = self.command("deploy", *(f"--config={one}" for one in config))
        return document

    def service(self, *config: str) -> "Service":
        outputs = self.deploy(*config)["outputs"]
        return Service(outputs["worker_name"], outputs["worker_url"], self.home.auth_token.read_text())

    def worker_log(self, service: "Service") -> list[dict[str, Any]]:
        """What the Worker logged, one document per event; a line that is still being written is none yet."""
        log = self.home.logs / f"worker-{service.name}.jsonl"
        lines = log.read_text().splitlines(keepends=True) if log.exists() else []
        return [json.loads(line) for line in lines if line.startswith('{"event"') and line.endswith("\n")]

    def events(self, service: "Service", task_id: str, name: str) -> list[dict[str, Any]]:
        """What the Worker logged of one kind about a task."""
        wanted = {"event": name, "taskId": task_id}
        return [entry for entry in self.worker_log(service) if wanted.items() <= entry.items()]

    def phases(self, service: "Service", task_id: str) -> list[str]:
        """Those that the task has entered, in their order; it was queued before the first."""
        return [entry["phase"] for entry in self.events(service, task_id, "task_phase")]

    def has_phase(self, service: "Service", task_id: str, phase: str) -> bool:
        return phase in self.phases(service, task_id)

    @contextmanager
    def occupied(self, service: "Service", instances: int = MAX_INSTANCES) -> Iterator[None]:
        """As many tasks run while the block does, and end with it, however it ends. They ask no model."""
        blockers = [service.submit("fault:sleep") for _ in range(instances)]
        try:
            for blocker in blockers:
                await_condition(partial(self.has_phase, service, blocker, "running"))
            yield
        finally:
            for blocker in blockers:
                service.cancel(blocker)

    def model_calls(self, marker: str) -> list[dict[str, Any]]:
        """The requests with which Claude Code sent a prompt with this text to the model."""
        with self.model as client:
            requests = client.get("/__requests").raise_for_status().json()
        return [request for request in requests if marker in request.get("prompt", "")]

    def runs(self, marker: str) -> int:
        """How many processes of Claude Code worked on this prompt: each has a session of its own."""
        return len({call["headers"]["x-claude-code-session-id"] for call in self.model_calls(marker)})

    @property
    def data_plane(self) -> httpx.Client:
        transport = httpx.HTTPTransport(uds=str(self.home.data_plane_socket))
        return httpx.Client(transport=transport, base_url="http://data-plane")

    def status(self) -> dict[str, Any]:
        with self.data_plane as client:
            document: dict[str, Any] = client.get("/status").raise_for_status().json()
        return document

    def await_no_sandbox(self) -> None:
        """Once nothing runs, nothing is left that ran."""
        await_condition(lambda: not self.status()["instances"])

    def set_faults(self, **faults: int) -> None:
        with self.data_plane as client:
            client.put("/faults", json=faults).raise_for_status()

    @property
    def control_plane(self) -> httpx.Client:
        running = daemon.find(self.home)
        assert running is not None
        headers = {"authorization": f"Bearer {self.home.api_token.read_text()}"}
        return httpx.Client(base_url=running.control_plane_url, headers=headers)

    @property
    def account(self) -> httpx.Client:
        """The control plane, by paths below the one account."""
        client = self.control_plane
        client.base_url = client.base_url.join(f"accounts/{ACCOUNT_ID}/")
        return client

    def call(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401
        """By hand, as in the dashboard: a call below the account, and its result."""
        with self.account as client:
            return client.request(method, path, json=body).raise_for_status().json()["result"]

    @property
    def model(self) -> httpx.Client:
        running = daemon.find(self.home)
        assert running is not None
        return httpx.Client(base_url=running.model_url)

    def kill_workerd(self, worker: str) -> None:
        """SIGKILL, then wait until the data plane serves the Worker again with another process."""
        killed = self.workerd_pid(worker)
        os.kill(killed, signal.SIGKILL)
        await_condition(lambda: self.workerd_pid(worker) not in (None, killed))

    def kill_sandboxes(self) -> None:
        """SIGKILL of every container, as when its host dies."""
        for instance in self.status()["instances"]:
            os.kill(instance["pid"], signal.SIGKILL)

    def workerd_pid(self, worker: str) -> Any:  # noqa: ANN401
        states = {state["name"]: state for state in self.status()["workers"]}
        return states[worker]["workerd_pid"] if states[worker]["state"] == "serving" else None


@dataclass(frozen=True)
class Service:
    """The deployed Worker, as a client with a token sees it."""

    name: str
    url: str
    token: str

    def client(self, token: str | None = None) -> httpx.Client:
        headers = {"authorization": f"Bearer {token or self.token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=120)

    def execute(self, task: str, **fields: Any) -> httpx.Response:  # noqa: ANN401
        with self.client() as client:
            return client.post("/execute", json={"task": task, **fields})

    def submit(self, task: str, **fields: Any) -> str:  # noqa: ANN401
        with self.client() as client:
            headers = {"prefer": "respond-async"}
            answer = client.post("/execute", json={"task": task, **fields}, headers=headers)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        return str(answer.json()["taskId"])

    def task(self, task_id: str) -> dict[str, Any]:
        with self.client() as client:
            document: dict[str, Any] = client.get(f"/tasks/{task_id}").raise_for_status().json()
        return document

    def cancel(self, task_id: str) -> None:
        with self.client() as client:
            client.post(f"/tasks/{task_id}/cancel").raise_for_status()

    def result(self, task_id: str) -> httpx.Response:
        with self.client() as client:
            return client.get(f"/tasks/{task_id}/result")

    def await_status(self, task_id: str, statuses: set[str], seconds: float = 90.0) -> dict[str, Any]:
        """Asks until the task has one of the statuses; a server that is just down is asked again."""

        def reached() -> dict[str, Any] | None:
            try:
                task = self.task(task_id)
            except httpx.TransportError:
                return None
            return task if task["status"] in statuses else None

        task: dict[str, Any] = await_condition(reached, seconds)
        return task
