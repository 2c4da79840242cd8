"""The data plane's client: what it sends, and what it makes of failures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.control_plane.data_plane import WorkerStartError
from localcloud.control_plane.data_plane_client import UnixSocketDataPlane
from localcloud.control_plane.errors import DataPlaneError
from tests.localcloud.fake_data_plane import FakeDataPlane


@pytest.fixture
def fake(served_data_plane: tuple[FakeDataPlane, Path]) -> FakeDataPlane:
    served_data_plane[0].forget()
    return served_data_plane[0]


@pytest.fixture
def client(served_data_plane: tuple[FakeDataPlane, Path]) -> Iterator[UnixSocketDataPlane]:
    data_plane = UnixSocketDataPlane(served_data_plane[1])
    yield data_plane
    data_plane.close()


def test_served_worker_answers_its_url(client: UnixSocketDataPlane, fake: FakeDataPlane) -> None:
    assert client.serve_worker("demo", {"port": 4711}) == "http://127.0.0.1:4711"


def test_module_that_does_not_start_is_told_apart(client: UnixSocketDataPlane, fake: FakeDataPlane) -> None:
    fake.start_error = "Uncaught ReferenceError"
    with pytest.raises(WorkerStartError, match="ReferenceError"):
        client.serve_worker("demo", {"port": 1})


def test_failure_is_told_with_the_call(client: UnixSocketDataPlane, fake: FakeDataPlane) -> None:
    fake.is_broken = True
    with pytest.raises(DataPlaneError, match="PUT /buckets/results answered 500: broken"):
        client.put_bucket("results")


def test_purge_is_asked_for_by_query(client: UnixSocketDataPlane, fake: FakeDataPlane) -> None:
    client.stop_worker("demo", purge=True)
    assert fake.calls == ["DELETE /workers/demo?purge=true"]


@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket")  # httpcore leaves it to the collector
def test_nobody_listening_is_told(tmp_path: Path) -> None:
    data_plane = UnixSocketDataPlane(tmp_path / "none.sock")
    with pytest.raises(DataPlaneError, match="no answer to GET /status"):
        data_plane.status()
    data_plane.close()


def test_answer_of_another_shape_is_refused(client: UnixSocketDataPlane, fake: FakeDataPlane) -> None:
    fake.instances = [{"unexpected": "shape"}]
    with pytest.raises(DataPlaneError, match="Status"):
        client.status()
