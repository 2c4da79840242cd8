"""Who called what with which result: JSON lines on disk, and the latest in memory.

No bodies, headers or queries.
"""

import json
import threading
import time
from collections import deque
from pathlib import Path
from typing import Final

from localcloud.control_plane.platform import iso8601, utc_now

KEPT: Final = 10_000
OWN_CALLS: Final = "/client/v4/localcloud/"


class RequestLog:
    """One line per call, and per event of the control plane itself."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1)
        self._lock = threading.Lock()
        self._seen: deque[tuple[str, str, int]] = deque(maxlen=KEPT)

    def record(self, method: str, path: str, status: int, began: float) -> None:
        """Args: `began` is `time.monotonic()` at the start of the call."""
        duration_ms = round((time.monotonic() - began) * 1000, 1)
        if not path.startswith(OWN_CALLS):
            self._seen.append((method, path, status))
        self.write(method=method, path=path, status=status, duration_ms=duration_ms)

    def write(self, **fields: str | float) -> None:
        line = json.dumps({"time": iso8601(utc_now()), **fields})
        with self._lock:
            self._file.write(line + "\n")

    def seen(self) -> list[tuple[str, str, int]]:
        """Method, path and status of each call since the last clear, but not of localcloud's own calls."""
        return list(self._seen)

    def clear(self) -> None:
        self._seen.clear()

    def close(self) -> None:
        self._file.close()
