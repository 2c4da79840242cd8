"""localcloud's own calls, against the control plane."""

from pathlib import Path

import pytest

from localcloud.daemon import Endpoints
from localcloud.deploy.errors import DeployError
from localcloud.home import Home
from localcloud.stack import empty_bucket
from tests.localcloud.conftest import API_TOKEN, Cloud


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "api-token").write_text(API_TOKEN)
    return Home(tmp_path)


def endpoints_of(cloud: Cloud) -> Endpoints:
    return Endpoints(0, str(cloud.client.base_url.join("/client/v4")), "")


def test_every_object_of_a_bucket_is_deleted(home: Home, cloud: Cloud) -> None:
    cloud.result("POST", "/r2/buckets", {"name": "demo"})
    cloud.data_plane.buckets["demo"]["tasks/1"] = 1
    empty_bucket(home, endpoints_of(cloud), "demo")
    assert cloud.data_plane.buckets == {"demo": {}}


@pytest.mark.parametrize("name", ["unknown", "a/b", "..", "a?b"])
def test_a_bucket_that_is_not_there_is_told(name: str, home: Home, cloud: Cloud) -> None:
    with pytest.raises(DeployError, match=r"has no bucket .*results_bucket_name"):
        empty_bucket(home, endpoints_of(cloud), name)
