"""localcloud's own calls, below `/client/v4/localcloud`: Cloudflare has nothing like them."""

from collections.abc import Callable

from localcloud.control_plane.permissions import Area
from localcloud.control_plane.r2.buckets import Buckets
from localcloud.control_plane.request_log import RequestLog
from localcloud.control_plane.wire import Answer, Call, JsonObject, Route
from localcloud.control_plane.workers.ports import Ports, url_of


class Local:
    """What tools and tests on this machine need beside the API."""

    def __init__(
        self, ports: Ports, buckets: Buckets, requests: RequestLog, reset: Callable[[], None]
    ) -> None:
        self._ports = ports
        self._buckets = buckets
        self._requests = requests
        self._reset = reset

    def worker(self, call: Call) -> Answer:
        """Tell where a Worker of this name answers, or will: the port is reserved for good."""
        name = call.params["name"]
        self._ports.hold(name)
        return Answer({"url": url_of(self._ports.of(name))})

    def requests(self, _call: Call) -> Answer:
        """List the calls since the last clear, and count reads and writes; localcloud's own are left out."""
        seen = self._requests.seen()
        reads = sum(method == "GET" for method, _, _ in seen)
        return Answer(
            {"requests": [request_row(*call) for call in seen], "reads": reads, "writes": len(seen) - reads}
        )

    def clear_requests(self, _call: Call) -> Answer:
        """Forget the calls listed so far."""
        self._requests.clear()
        return Answer({})

    def reset(self, _call: Call) -> Answer:
        """Forget everything: Workers, buckets with their objects, applications, domains, policies, ports."""
        self._reset()
        return Answer({})

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/localcloud/workers/{name}", self.worker, Area.LOCALCLOUD),
            Route("GET", "/localcloud/requests", self.requests, Area.LOCALCLOUD),
            Route("DELETE", "/localcloud/requests", self.clear_requests, Area.LOCALCLOUD),
            Route("POST", "/localcloud/reset", self.reset, Area.LOCALCLOUD),
            Route(
                "DELETE", "/localcloud/buckets/{bucket_name}/objects", self._buckets.empty, Area.LOCALCLOUD
            ),
        ]


def request_row(method: str, path: str, status: int) -> JsonObject:
    return {"method": method, "path": path, "status": status}
