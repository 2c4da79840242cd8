"""A client's token and the model's credential are replaced while callers keep calling: no call fails."""

import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from localcloud.home import Home
from tests.e2e.cloud import ROOT, Cloud
from tests.tools.command_line import run_tool

INTERVAL_S = 1 / 20
STACK_FILE = "Pulumi.local.yaml"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Cloud]:
    """A localcloud of this test's own: its model's credential is replaced."""
    cloud = Cloud(Home(tmp_path / "home"))
    cloud.start()
    yield cloud
    cloud.command("stop")


@dataclass
class Caller:
    """Lists its tasks 20 times a second. `token` may be changed meanwhile.

    Args:
        outcomes: how often each status came, or the kind of a failure without one.
    """

    url: str
    token: str
    outcomes: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def calling(self) -> Iterator[None]:
        stopped = threading.Event()
        clock = threading.Thread(target=self._keep_calling, args=(stopped,))
        clock.start()
        try:
            yield
        finally:
            stopped.set()
            clock.join()

    def _keep_calling(self, stopped: threading.Event) -> None:
        with httpx.Client(base_url=self.url, timeout=30) as client, ThreadPoolExecutor(16) as pool:
            due = time.monotonic()
            while not stopped.is_set():
                pool.submit(self._call, client, self.token)
                due += INTERVAL_S
                stopped.wait(max(0.0, due - time.monotonic()))

    def _call(self, client: httpx.Client, token: str) -> None:
        try:
            answer = client.get("/tasks", headers={"authorization": f"Bearer {token}"})
            self.outcomes[str(answer.status_code)] += 1
        except httpx.HTTPError as error:
            self.outcomes[type(error).__name__] += 1


def clients(folder: Path, *arguments: str) -> str:
    """Change the stack's file as an operator does; the new token."""
    ran = run_tool("clients", *arguments, "--stack=local", folder=folder)
    assert ran.exit_code == 0, ran.stdout
    return str(ran.document["token"])


def deploy(site: Cloud, folder: Path) -> dict[str, Any]:
    """The stack's file as it is now, deployed to this test's own localcloud."""
    config = yaml.safe_load((folder / STACK_FILE).read_text())["config"]
    return site.deploy(f"clients={json.dumps(config['autonomous-claude-sandbox:clients'])}")


def status_of(url: str, token: str) -> int:
    return httpx.get(f"{url}/tasks", headers={"authorization": f"Bearer {token}"}).status_code


def test_no_call_fails_through_a_whole_rotation(site: Cloud, tmp_path: Path) -> None:
    shutil.copy(ROOT / STACK_FILE, tmp_path)
    old = clients(tmp_path, "add", "ci")
    caller = Caller(deploy(site, tmp_path)["outputs"]["worker_url"], old)
    with caller.calling():
        new = clients(tmp_path, "rotate", "ci")
        deploy(site, tmp_path)
        assert [status_of(caller.url, token) for token in (old, new)] == [200, 200]
        caller.token = new
        site.home.model_credential.write_text("e" * 64)
        deploy(site, tmp_path)
    assert set(caller.outcomes) == {"200"}, caller.outcomes
    assert caller.outcomes["200"] > 20


def test_old_token_ends_at_its_not_after(site: Cloud, tmp_path: Path) -> None:
    shutil.copy(ROOT / STACK_FILE, tmp_path)
    old = clients(tmp_path, "add", "ci")
    new = clients(tmp_path, "rotate", "ci", "--overlap=0m")
    url = deploy(site, tmp_path)["outputs"]["worker_url"]
    assert [status_of(url, token) for token in (old, new)] == [401, 200]
