"""A data plane that runs nothing and remembers what it was told over the real interface."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from localcloud.asgi_server import await_start


@dataclass
class FakeDataPlane:
    """What it was told. With a `start_error` no module starts, `is_broken` fails every call."""

    workers: dict[str, Any] = field(default_factory=dict)
    applications: dict[str, Any] = field(default_factory=dict)
    buckets: dict[str, dict[str, int]] = field(default_factory=dict)
    instances: list[dict[str, str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    start_error: str | None = None
    is_broken: bool = False

    def forget(self) -> None:
        """As if it had just started."""
        self.__init__()  # type: ignore[misc]

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/status", self._status),
                Route("/workers/{name}", self._worker, methods=["PUT", "DELETE"]),
                Route("/applications/{name}", self._application, methods=["PUT", "DELETE"]),
                Route("/buckets/{name}", self._bucket, methods=["PUT", "DELETE"]),
                Route("/buckets/{name}/objects", self._objects, methods=["GET", "DELETE"]),
            ]
        )

    @contextmanager
    def serve(self, path: Path) -> Iterator[None]:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        server = uvicorn.Server(uvicorn.Config(self.app(), log_level="critical", access_log=False))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            await_start(server, thread)
            yield
        finally:
            server.should_exit = True
            thread.join()
            listener.close()

    async def _status(self, request: Request) -> JSONResponse:
        if self._note(request):
            return JSONResponse({"error": "broken"}, 500)
        workers = [{"name": name, "port": body["port"]} for name, body in self.workers.items()]
        return JSONResponse({"workers": workers, "instances": self.instances, "isolation": "none"})

    async def _worker(self, request: Request) -> JSONResponse:
        name = request.path_params["name"]
        if self._note(request):
            return JSONResponse({"error": "broken"}, 500)
        if request.method == "DELETE":
            self.workers.pop(name, None)
            return JSONResponse({})
        if self.start_error:
            return JSONResponse({"message": self.start_error}, 422)
        self.workers[name] = await request.json()
        return JSONResponse({"url": f"http://127.0.0.1:{self.workers[name]['port']}"})

    async def _application(self, request: Request) -> JSONResponse:
        return await self._keep(request, self.applications)

    async def _bucket(self, request: Request) -> JSONResponse:
        return await self._keep(request, self.buckets)

    async def _keep(self, request: Request, kept: dict[str, Any]) -> JSONResponse:
        name = request.path_params["name"]
        if self._note(request):
            return JSONResponse({"error": "broken"}, 500)
        if request.method == "DELETE":
            kept.pop(name, None)
        elif kept is self.buckets:
            kept.setdefault(name, {})
        else:
            kept[name] = await request.json()
        return JSONResponse({})

    async def _objects(self, request: Request) -> JSONResponse:
        objects = self.buckets[request.path_params["name"]]
        self._note(request)
        if request.method == "DELETE" and (key := request.query_params.get("key")):
            objects.pop(key, None)
        elif request.method == "DELETE":
            objects.clear()
        limit = int(request.query_params.get("limit", "1000"))
        listed = [{"key": key, "size": size} for key, size in objects.items()]
        return JSONResponse({"objects": listed[:limit], "truncated": len(listed) > limit})

    def _note(self, request: Request) -> bool:
        self.calls.append(f"{request.method} {request.url.path}?{request.url.query}".removesuffix("?"))
        return self.is_broken
