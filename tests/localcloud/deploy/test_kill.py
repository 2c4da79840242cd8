"""A deploy that is killed anywhere and run again ends where an undisturbed one would."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count

import httpx

from localcloud.deploy.state import StateFile
from tests.localcloud.deploy.conftest import Service, Site


class KilledError(BaseException):
    """What SIGKILL is to a process: no handler sees it."""


class DyingTransport(httpx.BaseTransport):
    """The network of a process that dies at its n-th call: before it is sent, or once it was answered."""

    def __init__(self, dies_at: int, *, is_sent: bool) -> None:
        self._inner = httpx.HTTPTransport()
        self._left = dies_at
        self._is_sent = is_sent

    def close(self) -> None:
        self._inner.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        if self._left == 0 and not self._is_sent:
            raise KilledError
        response = self._inner.handle_request(request)
        if self._left == 0:
            raise KilledError
        return response


def dying_state_file(dies_at: int, *, is_written: bool) -> type[StateFile]:
    left = [dies_at]

    class DyingStateFile(StateFile):
        def save(self) -> None:
            left[0] -= 1
            if left[0] == 0 and not is_written:
                raise KilledError
            super().save()
            if left[0] == 0:
                raise KilledError

    return DyingStateFile


def survivors(site: Site, work: Callable[[], object], prepare: Callable[[], object]) -> Iterator[object]:
    """What is there after each way of dying during `work`, followed by `work` undisturbed."""
    for is_late in (False, True):
        for dies_at in count(1):
            if not killed_by_network(site, work, prepare, dies_at, is_late=is_late):
                break
            yield site.inventory()
        for dies_at in count(1):
            if not killed_by_disk(site, work, prepare, dies_at, is_late=is_late):
                break
            yield site.inventory()


def killed_by_network(
    site: Site, work: Callable[[], object], prepare: Callable[[], object], dies_at: int, *, is_late: bool
) -> bool:
    start_anew(site, prepare)
    site.transport = DyingTransport(dies_at, is_sent=is_late)
    return is_killed(site, work)


def killed_by_disk(
    site: Site, work: Callable[[], object], prepare: Callable[[], object], dies_at: int, *, is_late: bool
) -> bool:
    start_anew(site, prepare)
    site.state_class = dying_state_file(dies_at, is_written=is_late)
    return is_killed(site, work)


def start_anew(site: Site, prepare: Callable[[], object]) -> None:
    site.cloud.client.post("/client/v4/localcloud/reset")
    site.state.unlink(missing_ok=True)
    prepare()


def is_killed(site: Site, work: Callable[[], object]) -> bool:
    try:
        work()
    except KilledError:
        return True
    finally:
        site.transport, site.state_class = None, StateFile
        work()
    return False


def test_killed_first_deploy_converges(site: Site) -> None:
    def work() -> None:
        site.deploy(Service())

    work()
    expected = site.inventory()
    seen = list(survivors(site, work, prepare=lambda: None))
    assert len(seen) > 40
    assert all(inventory == expected for inventory in seen)


def test_killed_change_of_everything_converges(site: Site) -> None:
    def prepare() -> None:
        site.deploy(Service())

    def work() -> None:
        site.deploy(Service(name="other", code="export default 2;", tags=("x",)))

    prepare()
    work()
    expected = site.inventory()
    seen = list(survivors(site, work, prepare))
    assert len(seen) > 40
    assert all(inventory == expected for inventory in seen)


def test_killed_destroy_converges(site: Site) -> None:
    empty = site.inventory()
    seen = list(survivors(site, site.destroy, prepare=lambda: site.deploy(Service())))
    assert len(seen) > 10
    assert all(inventory == empty for inventory in seen)


def test_destroy_after_a_killed_deploy_leaves_nothing(site: Site) -> None:
    empty = site.inventory()
    for dies_at in range(1, 30):
        site.transport = DyingTransport(dies_at, is_sent=True)
        with suppress(KilledError):
            site.deploy(Service())
        site.transport = None
        site.destroy()
        assert site.inventory() == empty
