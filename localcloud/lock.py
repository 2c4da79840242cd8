"""A home's lock: held by its localcloud for as long as any of it lives."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from localcloud.home import Home

WAIT_S: Final = 15.0
"""The data plane of a supervisor that was killed takes up to 8 s to end."""


class AlreadyRunningError(RuntimeError):
    """Another localcloud holds this home's lock."""


@contextmanager
def locked(home: Home) -> Iterator[int]:
    """Hold the lock. Yields its descriptor: a child that inherits it holds the lock, too.

    Raises:
        AlreadyRunningError: it was not free within `WAIT_S`.
    """
    home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with home.lock.open("a") as lock:
        acquire(lock)
        yield lock.fileno()


def acquire(lock: TextIO) -> None:
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise AlreadyRunningError(f"localcloud runs already: {lock.name} is locked") from None
            time.sleep(0.02)


def is_locked(home: Home) -> bool:
    """Whether any of localcloud lives. To ask is to hold a free lock for an instant, shared."""
    try:
        with home.lock.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
