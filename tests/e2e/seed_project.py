"""What the seed's project has on an account, put onto localcloud: `python -m tests.e2e.seed_project`.

Worker, class by migration `v1`, bucket, secrets and container application, by the calls that wrangler makes.
"""

import base64
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from localcloud import daemon
from localcloud.control_plane.platform import ACCOUNT_ID
from localcloud.home import Home
from tests.e2e.cloud import ROOT

IMAGE: Final = f"registry.cloudflare.com/{ACCOUNT_ID}/localcloud-process@sha256:{'5eed' * 16}"
MODULE: Final = Path(__file__).with_name("seed-worker.js")
MIGRATION: Final = {"new_tag": "v1", "new_sqlite_classes": ["Sandbox"]}


@dataclass(frozen=True)
class SeedProject:
    """It as it was deployed. `url` is where it answers."""

    name: str
    bucket: str
    url: str
    worker_id: str
    namespace_id: str
    application_id: str


class Account:
    """The account by its API, as wrangler sees it. Paths are those below the account."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._url = daemon.start(home).control_plane_url

    def call(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401
        return self.ask(method, f"/accounts/{ACCOUNT_ID}{path}", body)

    def ask(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401
        headers = {"authorization": f"Bearer {self.home.api_token.read_text()}"}
        answer = httpx.request(method, f"{self._url}{path}", json=body, headers=headers, timeout=60)
        return answer.raise_for_status().json()["result"]

    def namespace_ids(self, script: str) -> dict[str, str]:
        """By class."""
        found = self.call("GET", "/workers/durable_objects/namespaces")
        return {one["class"]: one["id"] for one in found if one["script"] == script}

    def keys(self, bucket: str) -> list[str]:
        return [one["key"] for one in self.call("GET", f"/r2/buckets/{bucket}/objects")]


def deploy(account: Account, name: str = "claude-sandbox", bucket: str = "claude-results") -> SeedProject:
    """Deploy it, and wait for nothing: a deployment answers once the Worker serves."""
    url = str(account.ask("GET", f"/localcloud/workers/{name}")["url"])
    account.call("POST", "/r2/buckets", {"name": bucket})
    worker_id = account.call("POST", "/workers/workers", {"name": name})["id"]
    upload = version_body(account.home, bucket)
    version_id = account.call("POST", f"/workers/workers/{worker_id}/versions", upload)["id"]
    serving = {"strategy": "percentage", "versions": [{"version_id": version_id, "percentage": 100}]}
    account.call("POST", f"/workers/scripts/{name}/deployments", serving)
    namespace_id = account.namespace_ids(name)["Sandbox"]
    application = account.call("POST", "/containers/applications", application_body(name, namespace_id))
    return SeedProject(name, bucket, url, worker_id, namespace_id, application["id"])


def version_body(home: Home, bucket: str) -> dict[str, Any]:
    content = base64.b64encode(MODULE.read_bytes()).decode()
    module = {"name": "index.js", "content_type": "application/javascript+module", "content_base64": content}
    secrets = {"SERVER_AUTH_TOKEN": home.auth_token.read_text(), "CLAUDE_CODE_OAUTH_TOKEN": "the-seeds-own"}
    return {
        "main_module": "index.js",
        "modules": [module],
        "compatibility_date": "2026-01-01",
        "bindings": [
            {"type": "durable_object_namespace", "name": "Sandbox", "class_name": "Sandbox"},
            {"type": "r2_bucket", "name": "RESULTS", "bucket_name": bucket},
            *({"type": "secret_text", "name": name, "text": text} for name, text in secrets.items()),
        ],
        "containers": [{"class_name": "Sandbox"}],
        "migrations": MIGRATION,
    }


def application_body(name: str, namespace_id: str) -> dict[str, Any]:
    """As wrangler names it: the Worker's name and the class."""
    return {
        "name": f"{name}-sandbox",
        "scheduling_policy": "default",
        "instances": 0,
        "max_instances": 5,
        "durable_objects": {"namespace_id": namespace_id},
        "configuration": {"image": IMAGE, "instance_type": "standard-1"},
    }


if __name__ == "__main__":
    home = Home(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".localcloud").absolute())
    print(json.dumps(asdict(deploy(Account(home))), indent=2))
