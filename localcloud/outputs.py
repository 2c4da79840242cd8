"""`.localcloud/outputs.json`: what scripts and tools need to know of the stack `local`."""

import json
from typing import Any

from localcloud.daemon import Endpoints
from localcloud.deploy.request import Result
from localcloud.home import Home, write_private


def outputs_document(home: Home, endpoints: Endpoints, result: Result) -> dict[str, Any]:
    """The file's content. The first task of the same deployment's URL is kept."""
    visible = visible_outputs(result)
    document: dict[str, Any] = {
        "worker_url": visible["worker_url"],
        "auth_token_file": str(home.auth_token.resolve()),
        "control_plane_url": endpoints.control_plane_url,
        "api_token_file": str(home.api_token.resolve()),
        "outputs": visible,
    }
    before = read(home)
    if before.get("first_task") and before.get("worker_url") == document["worker_url"]:
        document["first_task"] = before["first_task"]
    return document


def visible_outputs(result: Result) -> dict[str, Any]:
    return {name: one for name, one in result.outputs.items() if name not in result.secret_outputs}


def read(home: Home) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(home.outputs.read_text())
    except (OSError, ValueError):
        return {}
    return document


def store(home: Home, document: dict[str, Any]) -> None:
    if read(home) != document:
        write_private(home.outputs, json.dumps(document, indent=2) + "\n")
