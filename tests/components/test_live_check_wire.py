"""The live check over the engine's own protocol."""

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from infra.components.live_check import LiveCheckProvider
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.components.dynamic_process import changes, failure, inputs_of, plain, struct
from tests.localcloud.conftest import SANDBOX, Cloud


def serving(cloud: Cloud) -> str:
    (newest, *_) = cloud.result("GET", "/workers/scripts/demo/deployments")["deployments"]
    return str(newest["versions"][0]["version_id"])


@pytest.fixture
def inputs(cloud: Cloud, provider: ResourceProviderStub) -> dict[str, Any]:
    """Of a stack without an address of its own, which is the default."""
    return inputs_of(
        LiveCheckProvider(),
        accountId=ACCOUNT_ID,
        scriptName="demo",
        versionId=serving(cloud),
        url=None,
        timeoutSeconds=0,
        answeringUrl=None,
        servingVersionId=None,
    )


def checked(inputs: dict[str, Any]) -> dict[str, Any]:
    """The state after a check that passed."""
    version_id = inputs["versionId"]
    return {**inputs, "servingVersionId": version_id, "answeringUrl": "https://demo.example.workers.dev"}


def test_without_an_address_it_asks_under_workers_dev(
    provider: ResourceProviderStub, inputs: dict[str, Any]
) -> None:
    text = failure(provider.Create, proto.CreateRequest(properties=struct(inputs)))
    assert "LiveCheckError: https://demo.localcloud.workers.dev/health is not answered by version" in text


def test_a_version_that_serves_is_no_change(provider: ResourceProviderStub, inputs: dict[str, Any]) -> None:
    assert not changes(provider, "demo", struct(checked(inputs)), struct(inputs))


def test_a_deployment_made_by_hand_is_seen(
    cloud: Cloud, provider: ResourceProviderStub, inputs: dict[str, Any]
) -> None:
    other = cloud.upload(cloud.result("GET", "/workers/workers")[0]["id"], **SANDBOX)["id"]
    cloud.deploy("demo", other)
    read = provider.Read(proto.ReadRequest(id="demo", properties=struct(checked(inputs))))
    assert (read.id, plain(read.properties)["servingVersionId"]) == ("demo", other)
    assert changes(provider, "demo", read.properties, struct(inputs))


def test_a_worker_deleted_by_hand_hinders_neither_preview_nor_refresh(
    cloud: Cloud, provider: ResourceProviderStub, inputs: dict[str, Any]
) -> None:
    cloud.result("DELETE", "/workers/workers/demo")
    read = provider.Read(proto.ReadRequest(id="demo", properties=struct(checked(inputs))))
    assert read.id == "demo"
    assert "servingVersionId" not in plain(read.properties)
    assert changes(provider, "demo", read.properties, struct(inputs))


def test_its_deletion_needs_no_worker(provider: ResourceProviderStub, inputs: dict[str, Any]) -> None:
    provider.Delete(proto.DeleteRequest(id="demo", properties=struct(checked(inputs))))
