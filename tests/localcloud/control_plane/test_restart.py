"""State survives a restart; the data plane is brought to it; reset forgets all."""

import socket

from localcloud.control_plane.coverage import README, with_coverage
from tests.localcloud.conftest import Cloud, Machine, application_body


def set_up(cloud: Cloud) -> dict[str, object]:
    cloud.result("POST", "/r2/buckets", {"name": "results"})
    cloud.result("POST", "/containers/applications", application_body(cloud.run_sandbox()))
    return dict(cloud.data_plane.workers["demo"])


def test_new_data_plane_is_told_everything_again(machine: Machine) -> None:
    with machine.start() as cloud:
        served = set_up(cloud)
        applications = dict(cloud.data_plane.applications)
    machine.data_plane.forget()
    with machine.start() as cloud:
        assert cloud.data_plane.workers == {"demo": served}
        assert cloud.data_plane.applications == applications
        assert cloud.data_plane.buckets == {"results": {}}


def test_worker_that_no_longer_starts_is_logged_and_the_rest_goes_on(machine: Machine) -> None:
    with machine.start() as cloud:
        set_up(cloud)
    machine.data_plane.forget()
    machine.data_plane.start_error = "no such flag"
    with machine.start() as cloud:
        assert cloud.result("GET", "/workers/workers/demo")["name"] == "demo"
    assert "no such flag" in (machine.folder / "control-plane.jsonl").read_text()


def test_worker_moves_when_its_port_was_taken_meanwhile(machine: Machine) -> None:
    with machine.start() as cloud:
        port = set_up(cloud)["port"]
    assert isinstance(port, int)
    machine.data_plane.forget()
    with (
        socket.create_server(("127.0.0.1", port)),
        machine.start() as cloud,
    ):
        assert cloud.data_plane.workers["demo"]["port"] != port


def test_port_is_kept_over_a_restart(machine: Machine) -> None:
    path = "/client/v4/localcloud/workers/demo"
    with machine.start() as cloud:
        before = cloud.client.get(path).json()
    machine.data_plane.forget()
    with machine.start() as cloud:
        assert cloud.client.get(path).json() == before


def test_two_workers_have_two_ports(cloud: Cloud) -> None:
    path = "/client/v4/localcloud/workers/"
    assert cloud.client.get(f"{path}one").json() != cloud.client.get(f"{path}two").json()


def test_reset_forgets_everything(cloud: Cloud) -> None:
    set_up(cloud)
    cloud.client.post("/client/v4/localcloud/reset")
    told = cloud.data_plane
    assert (told.workers, told.applications, told.buckets) == ({}, {}, {})
    for path in ("/workers/workers", "/containers/applications", "/workers/durable_objects/namespaces"):
        assert cloud.result("GET", path) == []


def test_coverage_table_is_current() -> None:
    assert with_coverage(README.read_text()) == README.read_text()
