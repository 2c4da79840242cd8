"""The process that the engine starts for dynamic resources, and the calls that it makes there."""

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
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

ROOT = Path(__file__).parents[2]
NOWHERE = {"HTTPS_PROXY": "http://127.0.0.1:9"}
"""No test leaves this machine; localcloud is reached over plain HTTP."""


@contextmanager
def engine_side() -> Iterator[ResourceProviderStub]:
    kept = {name: one for name, one in os.environ.items() if not name.startswith("CLOUDFLARE_")}
    environment = {**kept, **NOWHERE, "PULUMI_PROJECT": "autonomous-claude-sandbox"}
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.dynamic"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield ResourceProviderStub(channel)
        process.kill()


def inputs_of(provider: ResourceProvider, **properties: Any) -> dict[str, Any]:  # noqa: ANN401
    """As the engine has them: with the provider, and without what is None."""
    present = {name: value for name, value in properties.items() if value is not None}
    return {"__provider": serialize_provider(provider), **present}


def struct(values: dict[str, Any]) -> Struct:
    message = Struct()
    message.update(values)
    return message


def plain(message: Struct) -> dict[str, Any]:
    return dict(MessageToDict(message))


def failure(call: Any, request: object) -> str:  # noqa: ANN401 - a gRPC method has no type
    with pytest.raises(grpc.RpcError) as caught:
        call(request)
    return str(caught.value.details())


def changes(stub: ResourceProviderStub, id_: str, olds: Struct, news: Struct) -> bool:
    """Whether the provider's `Diff` finds any."""
    answer = stub.Diff(proto.DiffRequest(id=id_, olds=olds, news=news))
    return bool(answer.changes == proto.DiffResponse.DIFF_SOME)
