"""One stack that is up for all tests of the engine; each leaves it as it was."""

import shutil
from collections.abc import Iterator

import pytest

from localcloud.home import Home
from tests.e2e.cloud import ROOT, Cloud
from tests.engine.account import StackAccount
from tests.engine.engine import Engine


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if shutil.which("pulumi") is None:
        pytest.skip("the Pulumi CLI is not on PATH: https://www.pulumi.com/docs/iac/download-install/")
    folder = tmp_path_factory.mktemp("engine")
    cloud = Cloud(Home(folder / "home"))
    cloud.start("--faults")
    try:
        made = Engine(cloud, folder)
        made.make_stack()
        made.up("--policy-pack", str(ROOT / "policy"))
        yield made
    finally:
        cloud.command("stop")


@pytest.fixture
def account(engine: Engine) -> StackAccount:
    return StackAccount(engine.cloud)
