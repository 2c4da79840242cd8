"""The data plane by its own API: what the deployments of the other tests never ask of it."""

import base64
import socket
from typing import Any

from tests.e2e.cloud import Cloud


def upload(source: str, port: int) -> dict[str, Any]:
    module = {
        "name": "index.js",
        "content_type": "application/javascript+module",
        "content_base64": base64.b64encode(source.encode()).decode(),
    }
    body: dict[str, Any] = {"port": port, "version_id": "v", "main_module": "index.js", "modules": [module]}
    compatibility = {"compatibility_date": "2026-01-01", "compatibility_flags": []}
    return {**body, **compatibility, "bindings": [], "durable_objects": []}


def test_module_that_does_not_start_leaves_its_port_free(cloud: Cloud) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    sources = (
        "throw new Error('no');",
        "throw new Error('no');",
        "export default { fetch: () => new Response() };",
    )
    with cloud.data_plane as client:
        answers = [client.put("/workers/own", json=upload(source, port), timeout=60) for source in sources]
    assert [answer.status_code for answer in answers] == [422, 422, 200], answers[-1].text
