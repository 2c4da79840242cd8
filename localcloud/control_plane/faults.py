"""Failures that a test asks for: of any call, before or after it takes effect, by status, delay or cut."""

import threading

from pydantic import Field
from starlette.status import HTTP_429_TOO_MANY_REQUESTS

from localcloud.control_plane.errors import NO_RETRY, ApiError
from localcloud.control_plane.permissions import Area
from localcloud.control_plane.wire import Answer, Body, Call, Route


class Fault(Body):
    """What happens to calls. The first `skipped` of those that match pass, the next `times` are hit.

    `status` null lets the call succeed, only `delay_ms` later. `is_late` lets it take effect first; its
    answer is then lost. `is_cut` ends the connection in the answer instead of sending `status`.
    `allows_retry` leaves out the header that stops clients' retries. A 429 tells in `Retry-After` to wait
    for `retry_after_s`.
    """

    method: str = ""
    path_contains: str = ""
    skipped: int = Field(default=0, ge=0)
    times: int = Field(default=1, ge=1)
    status: int | None = Field(default=500, ge=400, le=599)
    code: int = 10013
    delay_ms: int = Field(default=0, ge=0, le=60_000)
    retry_after_s: int = Field(default=1, ge=0)
    is_late: bool = False
    is_cut: bool = False
    allows_retry: bool = False

    def error(self, status: int) -> ApiError:
        headers = {} if self.allows_retry else dict(NO_RETRY)
        if status == HTTP_429_TOO_MANY_REQUESTS:
            headers["retry-after"] = str(self.retry_after_s)
        return ApiError(status, self.code, "a failure that a test asked for", headers=headers)


class FaultList(Body):
    """The whole document of `PUT /localcloud/faults`."""

    faults: list[Fault] = Field(default_factory=list)


class InjectedFaults:
    """Those that are still to come. localcloud's own calls are never hit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: list[Fault] = []

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that hits this call."""
        if "/localcloud/" in path:
            return None
        with self._lock:
            for index, fault in enumerate(self._left):
                if (not fault.method or fault.method == method) and fault.path_contains in path:
                    return self._use(index, fault)
        return None

    def _use(self, index: int, fault: Fault) -> Fault | None:
        if fault.skipped:
            self._left[index] = fault.model_copy(update={"skipped": fault.skipped - 1})
            return None
        if fault.times == 1:
            del self._left[index]
        else:
            self._left[index] = fault.model_copy(update={"times": fault.times - 1})
        return fault

    def replace(self, call: Call) -> Answer:
        """Replace the failures that are to come: a list of method, path_contains, skipped, times, status."""
        faults = call.parse(FaultList).faults
        with self._lock:
            self._left = list(faults)
        return Answer({})

    def left(self, _call: Call) -> Answer:
        """List the failures that have not come yet."""
        return Answer([fault.model_dump(mode="json") for fault in self._left])

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/localcloud/faults", self.left, Area.LOCALCLOUD),
            Route("PUT", "/localcloud/faults", self.replace, Area.LOCALCLOUD),
        ]
