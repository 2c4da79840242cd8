"""wrangler, a client that knows nothing of us, sees what we deployed."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.image_reference import ImageReference
from localcloud import daemon
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.e2e.cloud import ROOT, Cloud, Service

WRANGLER = ROOT / "worker/node_modules/.bin/wrangler"


class Wrangler:
    """wrangler as somebody with the same token runs it, in a folder without a project."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        running = daemon.find(cloud.home)
        assert running is not None
        self._folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "CLOUDFLARE_API_BASE_URL": running.control_plane_url,
            "CLOUDFLARE_API_TOKEN": cloud.home.api_token.read_text(),
            "CLOUDFLARE_ACCOUNT_ID": ACCOUNT_ID,
            "WRANGLER_SEND_METRICS": "false",
            "NO_COLOR": "1",
        }

    def says(self, *arguments: str) -> str:
        done = subprocess.run(
            [WRANGLER, *arguments], cwd=self._folder, env=self._environment,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def document(self, *arguments: str) -> Any:  # noqa: ANN401
        return json.loads(self.says(*arguments))


@pytest.fixture
def wrangler(cloud: Cloud, tmp_path: Path) -> Wrangler:
    return Wrangler(cloud, tmp_path)


def test_it_lists_version_and_deployment(wrangler: Wrangler, cloud: Cloud, service: Service) -> None:
    version_id = cloud.deploy()["outputs"]["worker_version"]
    assert wrangler.document("versions", "list", "--name", service.name, "--json")[-1]["id"] == version_id
    newest = wrangler.document("deployments", "list", "--name", service.name, "--json")[-1]
    assert newest["versions"] == [{"version_id": version_id, "percentage": 100}]


def test_it_describes_the_version(wrangler: Wrangler, cloud: Cloud, service: Service) -> None:
    version_id = cloud.deploy()["outputs"]["worker_version"]
    version = wrangler.document("versions", "view", version_id, "--name", service.name, "--json")
    bindings = {one["name"]: one["type"] for one in version["resources"]["bindings"]}
    assert bindings["ANTHROPIC_API_KEY"] == bindings["CLIENTS"] == "secret_text"
    assert (bindings["RESULTS"], bindings["Sandbox"]) == ("r2_bucket", "durable_object_namespace")


def test_it_lists_secrets_by_name_only(wrangler: Wrangler, service: Service) -> None:
    listed = wrangler.document("secret", "list", "--name", service.name)
    assert [one["name"] for one in listed] == ["ANTHROPIC_API_KEY", "CLIENTS"]
    assert service.token not in json.dumps(listed)


def test_it_lists_the_bucket_and_describes_the_application(wrangler: Wrangler, cloud: Cloud) -> None:
    outputs = cloud.deploy()["outputs"]
    assert outputs["results_bucket_name"] in wrangler.says("r2", "bucket", "list")
    assert outputs["container_application_id"] in wrangler.says("containers", "list")
    described = wrangler.says("containers", "info", outputs["container_application_id"])
    assert ImageReference.parse(outputs["image"]).by_digest in described
