"""The child process of `program.run`: JSON on stdin, JSON on stdout."""

import asyncio
import json
import runpy
import sys
from typing import Any

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import set_all_config, set_mocks
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_root_resource
from pulumi.runtime.stack import run_pulumi_func

DIGEST = f"registry.cloudflare.com/0123456789abcdef0123456789abcdef/built@sha256:{'c' * 64}"
COMPUTED = {":LiveCheck": {"answeringUrl": "https://acme.example.com"}, ":Image": {"repoDigest": DIGEST}}


class Echo(Mocks):
    """Every resource gets an id; what an API would compute is made up."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        computed = next((one for ending, one in COMPUTED.items() if args.typ.endswith(ending)), {})
        return f"{args.name}-id", {**args.inputs, **computed}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"the program calls {args.token}")


class Recorder(MockMonitor):
    def __init__(self) -> None:
        super().__init__(Echo())
        self.seen: list[dict[str, Any]] = []

    def RegisterResource(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        options = MessageToDict(request)
        inputs = options.pop("object", {})
        if request.type != "pulumi:pulumi:Stack":
            self.seen.append(
                {"type": request.type, "name": request.name, "inputs": inputs, "options": options}
            )
        response: resource_pb2.RegisterResourceResponse = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        return response


def record(request: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    recorder = Recorder()
    set_mocks(
        Echo(),
        project="autonomous-claude-sandbox",
        stack="acme-dev",
        preview=request["preview"],
        monitor=recorder,
    )
    set_all_config(request["config"], request["secrets"])
    try:
        loop.run_until_complete(run_pulumi_func(run_main))
        outputs = loop.run_until_complete(resolved_outputs())
    except pulumi.RunError as error:
        return {"failure": str(error), "resources": recorder.seen, "outputs": {}}
    return {"failure": None, "resources": recorder.seen, "outputs": outputs}


def run_main() -> None:
    runpy.run_path("__main__.py", run_name="__main__")


async def resolved_outputs() -> dict[str, Any]:
    outputs: dict[str, Any] = get_root_resource().outputs  # type: ignore[union-attr]
    return {name: await pulumi.Output.from_input(one).future() for name, one in outputs.items()}


if __name__ == "__main__":
    document = json.dumps(record(json.load(sys.stdin)))
    sys.stdout.write(document)
