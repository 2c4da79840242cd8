"""The control plane of the localcloud tests: Cloudflare's rules, an empty account, time set by hand."""

from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from tests.components.application_bench import bench, make_bench
from tests.components.dynamic_process import engine_side, struct
from tests.localcloud.conftest import API_TOKEN, Cloud, cloud, running_cloud, served_data_plane

__all__ = ["bench", "cloud", "make_bench", "running_cloud", "served_data_plane"]


@pytest.fixture
def provider(cloud: Cloud) -> Iterator[ResourceProviderStub]:
    """Every dynamic provider, configured as the engine does it, for an account with the Worker `demo`."""
    cloud.clock.runs_by_itself = True
    cloud.run_sandbox()
    base_url = str(cloud.client.base_url.join("/client/v4"))
    with engine_side() as stub:
        settings = {"cloudflare:apiToken": API_TOKEN, "cloudflare:baseUrl": base_url}
        stub.Configure(proto.ConfigureRequest(args=struct(settings)))
        yield stub
    cloud.clock.runs_by_itself = False


class Inject:
    """Makes calls of the control plane fail: faults as `PUT /localcloud/faults` takes them."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def __call__(self, *faults: dict[str, Any]) -> None:
        answer = self._cloud.client.put("/client/v4/localcloud/faults", json={"faults": [*faults]})
        assert answer.is_success, answer.text


@pytest.fixture
def inject(cloud: Cloud) -> Iterator[Inject]:
    """The failures end with the test."""
    made = Inject(cloud)
    yield made
    made()
