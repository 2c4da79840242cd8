"""A container registry and the account's calls that lead to it, on a real port."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.tools.service import served

ACCOUNT = "0123456789abcdef0123456789abcdef"
API_TOKEN = "canary-cloudflare-api-token"
PASSWORD = "canary-registry-password"
BASIC = "Basic " + base64.b64encode(f"v1:{PASSWORD}".encode()).decode()
PAGE = 2


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass
class FakeRegistry:
    """Docker Registry v2 as Cloudflare has it: a catalogue with tags, pages, Basic credentials.

    Args:
        in_use: references that container applications run.
        refuses_gc: whether layers can't be freed now.
        broken: what is answered to paths with these parts, in place of the truth.
    """

    in_use: list[str] = field(default_factory=list)
    refuses_gc: bool = False
    manifests: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)

    def push(self, name: str, tag: str, created: str, layers: dict[str, int]) -> str:
        """An image; its digest."""
        blob = json.dumps({"created": created, "tag": tag}).encode()
        self.blobs[digest(blob)] = blob
        manifest = {
            "schemaVersion": 2,
            "config": {"digest": digest(blob), "size": len(blob)},
            "layers": [{"digest": one, "size": size} for one, size in layers.items()],
        }
        self.manifests[f"{ACCOUNT}/{name}:{tag}"] = json.dumps(manifest).encode()
        return digest(self.manifests[f"{ACCOUNT}/{name}:{tag}"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.answer(Request(scope, receive))(scope, receive, send)

    def answer(self, request: Request) -> Response:
        path = request.url.path
        self.calls.append(f"{request.method} {path}")
        if path.startswith("/client/v4/"):
            return self.account_answer(request)
        if request.headers.get("authorization") != BASIC:
            return JSONResponse({"errors": [{"code": "UNAUTHORIZED"}]}, 401)
        for part in self.broken:
            if part in path:
                return Response(self.broken[part])
        if path == "/v2/_catalog":
            return self.catalogue(int(request.query_params.get("cursor", 0)))
        if path == "/v2/gc/layers":
            return Response(status_code=500 if self.refuses_gc else 202)
        name, kind, reference = path.removeprefix("/v2/").rsplit("/", 2)
        return self.blob(reference) if kind == "blobs" else self.manifest(request, f"{name}:{reference}")

    def account_answer(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {API_TOKEN}":
            return JSONResponse({"success": False, "errors": [{"code": 10000}], "result": None}, 403)
        result: Any = [{"configuration": {"image": image}} for image in self.in_use]
        if request.url.path.endswith("/credentials"):
            result = {"registry_host": request.url.netloc, "username": "v1", "password": PASSWORD}
        return JSONResponse({"success": True, "errors": [], "messages": [], "result": result})

    def catalogue(self, start: int) -> Response:
        names = sorted(self.manifests)
        found: dict[str, list[str]] = {}
        for name in names[start : start + PAGE]:
            repository, _, tag = name.rpartition(":")
            found.setdefault(repository, []).append(tag)
        cursor = str(start + PAGE) if start + PAGE < len(names) else ""
        return JSONResponse({"repositories": found, "cursor": cursor})

    def manifest(self, request: Request, name: str) -> Response:
        if name not in self.manifests:
            return JSONResponse({"errors": [{"code": "MANIFEST_UNKNOWN"}]}, 404)
        if request.method == "DELETE":
            del self.manifests[name]
            return Response(status_code=202)
        content = self.manifests[name]
        return Response(content, headers={"docker-content-digest": digest(content)})

    def blob(self, reference: str) -> Response:
        return Response(self.blobs[reference]) if reference in self.blobs else Response(status_code=404)


@contextmanager
def account(registry: FakeRegistry) -> Iterator[dict[str, str]]:
    """The environment of a person with this account."""
    with served(registry) as url:
        yield {
            "CLOUDFLARE_ACCOUNT_ID": ACCOUNT,
            "CLOUDFLARE_API_TOKEN": API_TOKEN,
            "CLOUDFLARE_BASE_URL": f"{url}/client/v4",
        }
