"""The Pulumi CLI with a home, a backend and a project of the tests' own."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx

from localcloud import daemon
from localcloud.control_plane.platform import ACCOUNT_ID
from localcloud.stack import image_reference, worker_url
from tests.e2e.cloud import ROOT, Cloud

STACK = "engine-pr-1"
WORKER = "claude-sandbox-engine"
COPIED = {"__main__.py", "Pulumi.yaml", "worker"}
"""What a test changes, or what finds the project's folder by its own place."""


class Engine:
    """`pulumi` in a folder of its own, deploying to a localcloud through the official provider."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        endpoints = daemon.find(cloud.home)
        assert endpoints is not None
        self.cloud = cloud
        self.project = folder / "project"
        make_project(self.project)
        (folder / "state").mkdir()
        self._environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "engine",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "CLOUDFLARE_API_TOKEN": cloud.home.api_token.read_text(),
            "CLOUDFLARE_BASE_URL": endpoints.control_plane_url,
            "NO_COLOR": "1",
        }
        self.settings: dict[str, Any] = {
            "accountId": ACCOUNT_ID,
            "team": "engine",
            "environment": "pr-1",
            "ephemeral": True,
            "worker": {"name": WORKER, "url": worker_url(cloud.home, endpoints, WORKER)},
            "container": {"image": image_reference(ROOT / "container")},
            "claude": {"baseUrl": endpoints.model_url},
            "serverAuthTokenNotAfter": "2099-01-01T00:00:00Z",
        }
        self.secrets = {
            "claudeCredential": cloud.home.model_credential.read_text(),
            "serverAuthToken": cloud.home.auth_token.read_text(),
        }

    def make_stack(self) -> None:
        self.says("stack", "init", STACK)
        for key, value in self.settings.items():
            self.set(key, value)
        for key, secret in self.secrets.items():
            self.set_secret(key, secret)

    def set(self, key: str, value: Any) -> None:  # noqa: ANN401
        """One setting; a mapping is set key by key, as `pulumi config set --path` has it."""
        for name, one in value.items() if isinstance(value, dict) else ((None, value),):
            path = f"{key}.{name}" if name else key
            text = one if isinstance(one, str) else json.dumps(one)
            self.says("config", "set", "--plaintext", "--path", path, text)

    def set_secret(self, key: str, value: str) -> None:
        self.says("config", "set", "--secret", key, value)

    def up(self, *options: str) -> str:
        return self.says("up", "--yes", "--skip-preview", *options)

    def refresh(self, *options: str) -> str:
        return self.says("refresh", "--yes", "--skip-preview", *options)

    def destroy(self, *options: str) -> str:
        return self.says("destroy", "--yes", "--skip-preview", *options)

    def preview(self, *options: str) -> str:
        return self.says("preview", *options)

    def outputs(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.says("stack", "output", "--json"))
        return document

    def state(self) -> str:
        return self.says("stack", "export")

    def serving_version(self) -> str:
        """As the Worker itself tells it."""
        return httpx.get(f"{self.outputs()['worker_url']}/health").headers["worker-version-id"]

    def says(self, *arguments: str) -> str:
        """What a command prints; it must succeed. Of one that changes or shows the stack, both streams."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        is_shown = arguments[0] in {"up", "preview", "refresh", "destroy"}
        return done.stdout + done.stderr if is_shown else done.stdout

    def fails(self, *arguments: str) -> str:
        """What a command says that must fail, without a traceback."""
        done = self.run(*arguments)
        said = done.stdout + done.stderr
        assert done.returncode != 0, said
        return said

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"], cwd=self.project, env=self._environment,
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip


def make_project(folder: Path) -> None:
    """The project by links, so that what the engine writes beside Pulumi.yaml stays in this folder."""
    folder.mkdir()
    for path in ROOT.iterdir():
        is_other_stack = path.name.startswith("Pulumi.") and path.name not in COPIED
        if path.name not in {".git", ".localcloud", *COPIED} and not is_other_stack:
            (folder / path.name).symlink_to(path)
    for name in COPIED - {"worker"}:
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "worker", folder / "worker", ignore=shutil.ignore_patterns("node_modules", "dist"))
    (folder / "worker/node_modules").symlink_to(ROOT / "worker/node_modules")
