"""The dynamic providers over the engine's own protocol, in the process that the engine would start."""

import base64

import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from infra.components.bucket_contents import BucketContentsProvider
from infra.components.container_application import ContainerApplicationProvider
from infra.components.destroy_guard import DestroyGuardProvider
from infra.components.live_check import LiveCheckProvider
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.components.dynamic_process import changes, engine_side, failure, inputs_of, plain, struct
from tests.localcloud.conftest import API_TOKEN, IMAGE, Cloud

PROVIDERS = (BucketContentsProvider, ContainerApplicationProvider, DestroyGuardProvider, LiveCheckProvider)
APPLICATION = inputs_of(
    ContainerApplicationProvider(),
    accountId=ACCOUNT_ID,
    name="demo-sandbox",
    scriptName="demo",
    className="Sandbox",
    image=IMAGE,
    instanceType="standard-1",
    maxInstances=5,
    rolloutActiveGracePeriod=900,
    hasLogs=True,
    rolloutTimeoutSeconds=60,
    applicationId=None,
)


@pytest.mark.parametrize("class_", PROVIDERS, ids=lambda one: one.__name__)
def test_what_stands_in_the_state_is_a_reference(class_: type) -> None:
    """A provider pickled by value would carry code, and what its globals hold, into the state."""
    pickled = base64.b64decode(serialize_provider(class_()))
    assert len(pickled) < 200
    assert class_.__module__.encode() in pickled


def test_an_application_lives_its_life(cloud: Cloud, provider: ResourceProviderStub) -> None:
    checked = provider.Check(proto.CheckRequest(news=struct(APPLICATION)))
    assert not checked.failures
    created = provider.Create(proto.CreateRequest(properties=checked.inputs))
    assert not changes(provider, created.id, created.properties, checked.inputs)
    larger = struct({**APPLICATION, "maxInstances": 7})
    assert changes(provider, created.id, created.properties, larger)
    updated = provider.Update(proto.UpdateRequest(id=created.id, olds=created.properties, news=larger))
    read = provider.Read(proto.ReadRequest(id=created.id, properties=updated.properties))
    assert plain(read.properties)["maxInstances"] == 7
    provider.Delete(proto.DeleteRequest(id=created.id, properties=read.properties))
    assert cloud.result("GET", "/containers/applications") == []


def test_an_application_that_is_gone_is_read_as_gone(provider: ResourceProviderStub) -> None:
    gone = {**APPLICATION, "applicationId": "0" * 32}
    assert not provider.Read(proto.ReadRequest(id="0" * 32, properties=struct(gone))).id


def test_an_application_that_outlived_its_worker_is_deleted(
    cloud: Cloud, provider: ResourceProviderStub
) -> None:
    """As `destroy --refresh` does it."""
    created = provider.Create(proto.CreateRequest(properties=struct(APPLICATION)))
    cloud.result("DELETE", "/workers/workers/demo")
    read = provider.Read(proto.ReadRequest(id=created.id, properties=created.properties))
    assert read.id == created.id
    provider.Delete(proto.DeleteRequest(id=created.id, properties=read.properties))
    assert cloud.result("GET", "/containers/applications") == []


def test_a_refused_input_is_a_failure_of_its_property(provider: ResourceProviderStub) -> None:
    wrong = {**APPLICATION, "image": "demo:latest", "instanceType": "huge", "maxInstances": 0}
    answer = provider.Check(proto.CheckRequest(news=struct(wrong)))
    assert {one.property for one in answer.failures} == {"image", "instanceType", "maxInstances"}


def test_no_token_is_in_state_or_error(provider: ResourceProviderStub) -> None:
    created = provider.Create(proto.CreateRequest(properties=struct(APPLICATION)))
    foreign = {**APPLICATION, "scriptName": "nobody"}
    text = failure(provider.Create, proto.CreateRequest(properties=struct(foreign)))
    assert "run `pulumi up` again" in text
    assert API_TOKEN not in text + str(created.properties)


def test_without_a_token_the_next_step_is_named() -> None:
    with engine_side() as stub:
        stub.Configure(proto.ConfigureRequest(args=struct({"cloudflare:apiToken": ""})))
        text = failure(stub.Create, proto.CreateRequest(properties=struct(APPLICATION)))
    assert "set CLOUDFLARE_API_TOKEN" in text
