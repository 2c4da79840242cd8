"""A Worker's version uploaded and deployed by hand, past the program."""

import base64
from collections.abc import Callable
from typing import Any, Final

Call = Callable[..., Any]
"""Method, path below the account and body, to the result."""

KEPT: Final = (
    "main_module",
    "modules",
    "compatibility_date",
    "compatibility_flags",
    "containers",
    "exports",
)


def newest_upload(call: Call, worker: dict[str, Any]) -> dict[str, Any]:
    """The newest version as somebody could upload it again: texts of bindings are not read back."""
    newest = call("GET", f"{versions_of(worker)}?per_page=1")[0]
    live = call("GET", f"{versions_of(worker)}/{newest['id']}?include=modules")
    return {**{key: live[key] for key in KEPT}, "bindings": [sent(one) for one in live["bindings"]]}


def sent(binding: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in binding.items() if key != "namespace_id"}
    return {**kept, "text": "{}"} if "text" in kept["type"] else kept


def module(name: str, source: str) -> dict[str, str]:
    content = base64.b64encode(source.encode()).decode()
    return {"name": name, "content_type": "application/javascript+module", "content_base64": content}


def release(call: Call, worker: dict[str, Any], upload: dict[str, Any]) -> None:
    serve(call, worker, call("POST", versions_of(worker), upload)["id"])


def serve(call: Call, worker: dict[str, Any], version_id: str) -> None:
    """Give all traffic to a version."""
    share = {"version_id": version_id, "percentage": 100}
    body = {"strategy": "percentage", "versions": [share]}
    call("POST", f"workers/scripts/{worker['name']}/deployments", body)


def versions_of(worker: dict[str, Any]) -> str:
    return f"workers/workers/{worker['id']}/versions"
