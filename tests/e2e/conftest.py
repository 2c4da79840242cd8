"""One localcloud with the real Claude Code, and one with a program that records what reached it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.home import Home
from tests.e2e.cloud import Cloud, Service
from tests.e2e.deployer import Deployer, running_deployer

RECORDING_CLAUDE = Path(__file__).with_name("recording-claude")


def running(folder: Path, *options: str) -> Iterator[Cloud]:
    """Whatever its tests did, no sandbox is left of them."""
    cloud = Cloud(Home(folder))
    cloud.start(*options)
    try:
        yield cloud
        cloud.await_no_sandbox()
    finally:
        cloud.command("stop")


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Real Claude Code, scripted model, faults on request."""
    yield from running(tmp_path_factory.mktemp("cloud") / "home", "--faults")


@pytest.fixture(scope="session")
def service(cloud: Cloud) -> Service:
    return cloud.service()


@pytest.fixture(scope="session")
def recording_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    folder = tmp_path_factory.mktemp("recording") / "home"
    yield from running(folder, "--faults", "--claude", str(RECORDING_CLAUDE))


@pytest.fixture(scope="session")
def recording_service(recording_cloud: Cloud) -> Service:
    return recording_cloud.service()


@pytest.fixture(scope="session")
def deployer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployer]:
    """For what is deployed again and again; no task runs there."""
    with running_deployer(tmp_path_factory.mktemp("deployer") / "home") as running:
        yield running


@pytest.fixture
def faults(cloud: Cloud) -> Iterator[Cloud]:
    """The cloud, whose injected faults end with the test."""
    yield cloud
    cloud.set_faults()
