"""The Pulumi CLI with a home, a backend and a stack of the tests' own."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from localcloud import daemon
from localcloud.control_plane.platform import ACCOUNT_ID
from localcloud.stack import image_reference, worker_url
from tests.e2e.cloud import ROOT, Cloud

STACK = "engine-dev"
WORKER = "claude-sandbox-engine"


class Engine:
    """`pulumi` in the repository's folder, deploying to a localcloud through the official provider."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        endpoints = daemon.find(cloud.home)
        assert endpoints is not None
        self.cloud = cloud
        self.config_file = folder / f"Pulumi.{STACK}.yaml"
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
            "environment": "dev",
            "ephemeral": True,
            "worker": {"name": WORKER, "url": worker_url(cloud.home, endpoints, WORKER)},
            "container": {"image": image_reference(ROOT / "container")},
            "claude": {"baseUrl": endpoints.model_url},
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
            self.says("config", "set", "--secret", key, secret, *self.stack_options)

    def set(self, key: str, value: Any) -> None:  # noqa: ANN401
        """One setting; a mapping is set key by key, as `pulumi config set --path` has it."""
        for name, one in value.items() if isinstance(value, dict) else ((None, value),):
            path = f"{key}.{name}" if name else key
            text = one if isinstance(one, str) else json.dumps(one)
            self.says("config", "set", "--path", path, text, *self.stack_options)

    def up(self, *options: str) -> str:
        return self.says("up", "--yes", "--skip-preview", *options, *self.stack_options)

    def destroy(self) -> str:
        return self.says("destroy", "--yes", "--skip-preview", *self.stack_options)

    def preview(self, *options: str) -> str:
        return self.says("preview", *options, *self.stack_options)

    def outputs(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.says("stack", "output", "--json", "--stack", STACK))
        return document

    def state(self) -> str:
        return self.says("stack", "export", "--stack", STACK)

    def says(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr if arguments[0] in {"up", "preview", "destroy"} else done.stdout

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"], cwd=ROOT, env=self._environment,
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    @property
    def stack_options(self) -> tuple[str, ...]:
        return ("--stack", STACK, "--config-file", str(self.config_file))
