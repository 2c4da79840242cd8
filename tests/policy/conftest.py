from collections.abc import Iterator

import pytest
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from tests.policy.analyzer import running_pack


@pytest.fixture(scope="session")
def pack() -> Iterator[AnalyzerStub]:
    """The policy pack, serving."""
    with running_pack() as stub:
        yield stub
