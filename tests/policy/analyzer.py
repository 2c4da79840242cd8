"""The pack as the engine runs it: a process of its own environment, spoken to over gRPC."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from tests.policy.fixture import Fixture, urn

PACK: Final = Path(__file__).parents[2] / "policy"
PYTHON: Final = PACK / ".venv" / "bin" / "python"
ENGINE: Final = "127.0.0.1:1"
"""Where the pack would find the engine; it calls it for log lines only, and writes none."""


@contextmanager
def running_pack() -> Iterator[AnalyzerStub]:
    """Starts the pack as `pulumi up --policy-pack policy` does, and stops it."""
    assert PYTHON.exists(), "the pack's environment is missing: run `make policy`"
    command = [str(PYTHON), "-u", "-m", "pulumi.policy", ENGINE, "."]
    process = subprocess.Popen(
        command, cwd=PACK, stdout=subprocess.PIPE, stderr=sys.stderr, env=environment()
    )
    try:
        assert process.stdout
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield AnalyzerStub(channel)
    finally:
        process.kill()
        process.communicate()


def environment() -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ},
        "PULUMI_PROJECT": "autonomous-claude-sandbox",
        "PULUMI_STACK": "acme-prod",
        "PULUMI_DRY_RUN": "true",
    }


def options(one: dict[str, Any]) -> proto.AnalyzerResourceOptions:
    return proto.AnalyzerResourceOptions(
        protect=one.get("protect", False),
        deleteBeforeReplace=one.get("delete_before_replace", False),
        deleteBeforeReplaceDefined="delete_before_replace" in one,
        ignoreChanges=one.get("ignore_changes", ()),
    )


def provider(one: dict[str, Any]) -> proto.AnalyzerProviderResource:
    return proto.AnalyzerProviderResource(type="pulumi:providers:cloudflare", name=one.get("provider", ""))


def struct(properties: dict[str, Any]) -> Struct:
    message = Struct()
    message.update(properties)
    return message


def analyze_request(one: dict[str, Any]) -> proto.AnalyzeRequest:
    return proto.AnalyzeRequest(
        urn=urn(one),
        type=one["type"],
        name=one["name"],
        properties=struct(one["properties"]),
        options=options(one),
        provider=provider(one),
    )


def stack_request(fixture: Fixture) -> proto.AnalyzeStackRequest:
    return proto.AnalyzeStackRequest(
        resources=[
            proto.AnalyzerResource(
                urn=urn(one),
                type=one["type"],
                name=one["name"],
                properties=struct(one["properties"]),
                options=options(one),
                provider=provider(one),
                dependencies=one.get("dependencies", ()),
            )
            for one in fixture.resources
        ]
    )


def diagnostics(pack: AnalyzerStub, fixture: Fixture) -> list[proto.AnalyzeDiagnostic]:
    """What the engine would show for these resources: each by itself, then all together."""
    answers = [pack.Analyze(analyze_request(one)) for one in fixture.resources]
    answers.append(pack.AnalyzeStack(stack_request(fixture)))
    return [diagnostic for answer in answers for diagnostic in answer.diagnostics]
