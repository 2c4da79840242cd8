"""The stacks of this machine: what localcloud puts over a stack's file, and the secrets of no file."""

import hashlib
import re
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx
from pydantic import JsonValue

from localcloud.daemon import Endpoints
from localcloud.deploy.errors import DeployError
from localcloud.deploy.runner import Stack
from localcloud.home import Home
from localcloud.model_choice import Model

ACCOUNT_ID: Final = "0123456789abcdef0123456789abcdef"
NO_SUCH_BUCKET: Final = {httpx.codes.NOT_FOUND, httpx.codes.NOT_IMPLEMENTED}
"""The second where a name such as `a/b` makes another path, which is no call of localcloud's."""
BASE_IMAGE: Final = re.compile(r"cloudflare/sandbox:(\d+\.\d+\.\d+)")


def local_stack(
    home: Home,
    endpoints: Endpoints,
    model: Model,
    *,
    name: str,
    project_folder: Path,
    config: dict[str, JsonValue],
) -> Stack:
    """The stack as it is deployed here.

    Args:
        home: of localcloud.
        endpoints: where it answers.
        model: who answers Claude Code.
        name: of the stack.
        project_folder: with Pulumi.yaml.
        config: the user's own changes, by dotted key.
    """
    worker_name = str(config.get("worker.name", f"claude-sandbox-{name}"))
    overrides: dict[str, JsonValue] = {
        "accountId": ACCOUNT_ID,
        "worker.name": worker_name,
        "worker.url": worker_url(home, endpoints, worker_name),
        "container.image": image_reference(project_folder / "container"),
        "container.build": False,
        "claude.credential": model.kind,
        **({"claude.baseUrl": model.base_url} if model.base_url else {}),
        **config,
    }
    return Stack(
        project_folder=project_folder,
        name=name,
        state_folder=home.stacks,
        base_url=endpoints.control_plane_url,
        api_token=home.api_token.read_text(),
        overrides=overrides,
        secrets={"serverAuthToken": home.auth_token.read_text(), "claudeCredential": model.credential},
    )


def worker_url(home: Home, endpoints: Endpoints, worker_name: str) -> str:
    """Where the Worker of this name will answer; the control plane reserves it."""
    answer = httpx.get(
        f"{endpoints.control_plane_url}/localcloud/workers/{worker_name}",
        headers={"authorization": f"Bearer {home.api_token.read_text()}"},
    )
    return str(answer.raise_for_status().json()["result"]["url"])


def empty_bucket(home: Home, endpoints: Endpoints, name: str) -> None:
    """Delete every object at once: localcloud's own call, which Cloudflare does not have.

    Raises:
        DeployError: there is no bucket of this name.
    """
    url = f"{endpoints.control_plane_url}/localcloud/buckets/{quote(name, safe='')}/objects"
    headers = {"authorization": f"Bearer {home.api_token.read_text()}"}
    answer = httpx.delete(url, headers=headers, timeout=60)
    if answer.status_code in NO_SUCH_BUCKET:
        raise DeployError(
            "NO_SUCH_BUCKET",
            f"localcloud has no bucket {name}",
            "`python -m localcloud deploy` shows its name: the output results_bucket_name",
        )
    answer.raise_for_status()


def image_reference(container_folder: Path) -> str:
    """The process backend's image, named as one that is built from container/ would be.

    Its digest is that of the files, so a change rolls out; its tag the version of the Dockerfile's base.
    """
    digest = hashlib.sha256()
    for path in sorted(one for one in container_folder.iterdir() if one.is_file()):
        digest.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    base = BASE_IMAGE.search((container_folder / "Dockerfile").read_text())
    tag = f":{base[1]}" if base else ""
    return f"registry.cloudflare.com/{ACCOUNT_ID}/localcloud-process{tag}@sha256:{digest.hexdigest()}"


def data_plane_status(home: Home) -> dict[str, JsonValue]:
    """Workers, instances and the isolation of sandboxes, as the data plane tells them."""
    transport = httpx.HTTPTransport(uds=str(home.data_plane_socket))
    with httpx.Client(transport=transport, base_url="http://data-plane") as client:
        document: dict[str, JsonValue] = client.get("/status").raise_for_status().json()
    return document
