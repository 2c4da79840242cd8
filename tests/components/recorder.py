"""The process behind `program.run`: a line of JSON for each run, in and out."""

import asyncio
import json
import logging
import runpy
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import set_all_config, set_mocks
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_root_resource
from pulumi.runtime.stack import run_pulumi_func

from tests.forks import serve

DIGEST = f"registry.cloudflare.com/0123456789abcdef0123456789abcdef/built@sha256:{'c' * 64}"
COMPUTED = {":LiveCheck": {"answeringUrl": "https://acme.example.com"}, ":Image": {"repoDigest": DIGEST}}


class ReadyAccount(BaseHTTPRequestHandler):
    """An account where nothing is missing: it answers what is asked before the first resource."""

    calls = 0

    def do_GET(self) -> None:
        type(self).calls += 1
        query = parse_qs(urlsplit(self.path).query)
        one = {"id": "0" * 32, "status": "active", "name": query.get("name", [""])[0]}
        is_list = not self.path.endswith("/verify")
        body = json.dumps({"success": True, "result": [one] if is_list else one}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


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


class Warnings(logging.Handler):
    """What the program says through `pulumi.log.warn`."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def record(request: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    recorder, warnings = Recorder(), Warnings()
    logger = logging.getLogger("program")
    logger.addHandler(warnings)
    set_mocks(
        Echo(),
        project=request["project"],
        stack=request["stack"],
        preview=request["preview"],
        logger=logger,
        monitor=recorder,
    )
    set_all_config(request["config"], request["secrets"])
    try:
        loop.run_until_complete(run_pulumi_func(run_main))
        outputs = loop.run_until_complete(resolved_outputs())
    except pulumi.RunError as error:
        return {"failure": str(error), "resources": recorder.seen, "outputs": {}, "warnings": warnings.texts}
    return {"failure": None, "resources": recorder.seen, "outputs": outputs, "warnings": warnings.texts}


def run_main() -> None:
    runpy.run_path("__main__.py", run_name="__main__")


async def resolved_outputs() -> dict[str, Any]:
    outputs: dict[str, Any] = get_root_resource().outputs  # type: ignore[union-attr]
    return {name: await pulumi.Output.from_input(one).future() for name, one in outputs.items()}


def answer(line: str) -> str:
    request = json.loads(line)
    with HTTPServer(("127.0.0.1", 0), ReadyAccount) as account:
        threading.Thread(target=account.serve_forever, daemon=True).start()
        request["config"]["cloudflare:baseUrl"] = f"http://127.0.0.1:{account.server_port}/client/v4"
        request["config"]["cloudflare:apiToken"] = "t" * 40
        request["secrets"].append("cloudflare:apiToken")
        document = json.dumps({**record(request), "calls": ReadyAccount.calls})
        account.shutdown()
    return document


if __name__ == "__main__":
    serve(answer)
