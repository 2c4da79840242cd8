"""The dynamic providers over the engine's own protocol, in the process that the engine would start."""

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from infra.components.bucket_contents import BucketContentsProvider
from infra.components.container_application import ContainerApplicationProvider
from infra.components.live_check import LiveCheckProvider
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.localcloud.conftest import API_TOKEN, IMAGE, Cloud

ROOT = Path(__file__).parents[2]
PROVIDERS = (BucketContentsProvider, ContainerApplicationProvider, LiveCheckProvider)
APPLICATION = {
    "__provider": serialize_provider(ContainerApplicationProvider()),
    "accountId": ACCOUNT_ID,
    "name": "demo-sandbox",
    "scriptName": "demo",
    "className": "Sandbox",
    "image": IMAGE,
    "instanceType": "standard-1",
    "maxInstances": 5,
    "rolloutActiveGracePeriod": 900,
    "rolloutTimeoutSeconds": 60,
    "applicationId": None,
}


@contextmanager
def engine_side() -> Iterator[ResourceProviderStub]:
    kept = {name: one for name, one in os.environ.items() if not name.startswith("CLOUDFLARE_")}
    environment = {**kept, "PULUMI_PROJECT": "autonomous-claude-sandbox"}
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.dynamic"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield ResourceProviderStub(channel)
        process.kill()


@pytest.fixture
def provider(cloud: Cloud) -> Iterator[ResourceProviderStub]:
    """Configured as the engine does it, for an account with the Worker `demo`."""
    cloud.clock.runs_by_itself = True
    cloud.run_sandbox()
    base_url = str(cloud.client.base_url.join("/client/v4"))
    with engine_side() as stub:
        settings = {"cloudflare:apiToken": API_TOKEN, "cloudflare:baseUrl": base_url}
        stub.Configure(proto.ConfigureRequest(args=struct(settings)))
        yield stub


def struct(values: dict[str, Any]) -> Struct:
    message = Struct()
    message.update(values)
    return message


def failure(call: Any, request: object) -> str:  # noqa: ANN401 - a gRPC method has no type
    with pytest.raises(grpc.RpcError) as caught:
        call(request)
    return str(caught.value.details())


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
    same = proto.DiffRequest(id=created.id, olds=created.properties, news=checked.inputs)
    assert provider.Diff(same).changes == proto.DiffResponse.DIFF_NONE
    larger = struct({**APPLICATION, "maxInstances": 7})
    changed = proto.DiffRequest(id=created.id, olds=created.properties, news=larger)
    assert provider.Diff(changed).changes == proto.DiffResponse.DIFF_SOME
    updated = provider.Update(proto.UpdateRequest(id=created.id, olds=created.properties, news=larger))
    read = provider.Read(proto.ReadRequest(id=created.id, properties=updated.properties))
    assert MessageToDict(read.properties)["maxInstances"] == 7
    provider.Delete(proto.DeleteRequest(id=created.id, properties=read.properties))
    assert cloud.result("GET", "/containers/applications") == []


def test_an_application_that_is_gone_is_read_as_gone(provider: ResourceProviderStub) -> None:
    gone = {**APPLICATION, "applicationId": "0" * 32}
    assert not provider.Read(proto.ReadRequest(id="0" * 32, properties=struct(gone))).id


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
