"""The control plane as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route as HttpRoute

from localcloud.control_plane.data_plane import DataPlane
from localcloud.control_plane.data_plane_client import UnixSocketDataPlane
from localcloud.control_plane.endpoint import Endpoint, Gate
from localcloud.control_plane.platform import Clock, Platform, utc_now
from localcloud.control_plane.request_log import RequestLog
from localcloud.control_plane.services import Services
from localcloud.control_plane.store import Store
from localcloud.control_plane.wire import Route
from localcloud.home import Home
from localcloud.port_range import FIRST_PORT

BASE_PATH = "/client/v4"


def create_control_plane(home: Home, clock: Clock = utc_now, first_port: int = FIRST_PORT) -> Starlette:
    """The control plane of a home folder, with the data plane that listens on its socket."""
    return create_app(
        database=home.control_plane_database,
        api_token=home.api_token.read_text().strip(),
        data_plane=UnixSocketDataPlane(home.data_plane_socket),
        log_file=home.logs / "control-plane.jsonl",
        clock=clock,
        first_port=first_port,
    )


def create_app(
    *,
    database: Path,
    api_token: str,
    data_plane: DataPlane,
    log_file: Path,
    clock: Clock = utc_now,
    first_port: int = FIRST_PORT,
) -> Starlette:
    """The application.

    At its start it brings the data plane to the stored state; a Worker that fails then is logged.
    """
    store, requests = Store(database), RequestLog(log_file)
    services = Services(Platform(store, data_plane, clock, first_port), requests, api_token)
    gate = Gate(services.tokens, requests, services.faults)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        for worker, message in (await run_in_threadpool(services.reapply)).items():
            requests.write(event="worker_not_served", worker=worker, message=message)
        yield
        services.close()
        data_plane.close()
        store.close()
        requests.close()

    return Starlette(routes=http_routes(services.routes(), gate), lifespan=lifespan)


def http_routes(routes: list[Route], gate: Gate) -> list[HttpRoute]:
    """One endpoint per path, and one for every other path: what is not there is 501, whatever the method."""
    by_path: dict[str, list[Route]] = {}
    for route in routes:
        by_path.setdefault(route.path, []).append(route)
    known = [HttpRoute(BASE_PATH + path, Endpoint(gate, same)) for path, same in by_path.items()]
    return [*known, HttpRoute("/{path:path}", Endpoint(gate, []))]
