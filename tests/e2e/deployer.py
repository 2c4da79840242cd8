"""The real program on a hurried localcloud, deployed in a fraction of the command line's time."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from localcloud import daemon
from localcloud.deploy.request import Operation, Result
from localcloud.deploy.runner import environment, request_of
from localcloud.home import Home
from localcloud.model_choice import choose_model, without_credentials
from localcloud.stack import local_stack
from tests.e2e.cloud import ROOT, Cloud, await_condition
from tests.forking_process import ForkingProcess

STACK = "local"
Config = Mapping[str, JsonValue]


@dataclass(frozen=True)
class Deployer:
    """The stack `local`: what `localcloud deploy`, `deploy --preview` and `destroy` do with it.

    `config` is put over the stack's file, by dotted key.
    """

    cloud: Cloud
    process: ForkingProcess

    def deploy(self, config: Config | None = None) -> Result:
        return succeeded(self.attempt("deploy", config))

    def preview(self, config: Config | None = None) -> Result:
        return succeeded(self.attempt("preview", config))

    def destroy(self) -> Result:
        return succeeded(self.attempt("destroy"))

    def attempt(
        self, operation: Operation, config: Config | None = None, *, api_token: str | None = None
    ) -> Result:
        """A run that may fail; with `api_token` in place of the owner's."""
        home, endpoints = self.cloud.home, daemon.start(self.cloud.home)
        model = choose_model(home, endpoints.model_url, "", {})
        stack = local_stack(
            home, endpoints, model, name=STACK, project_folder=ROOT, config=dict(config or {})
        )
        stack = replace(stack, api_token=api_token or stack.api_token)
        request = request_of(stack, operation)
        answer = self.process.ask(request.model_dump_json())
        assert answer, "the deploy crashed; its traceback is on stderr"
        return Result.model_validate_json(answer)

    def call(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401
        return self.cloud.call(method, path, body)

    def own_call(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401
        """A call of localcloud's own."""
        with self.cloud.control_plane as client:
            answer = client.request(method, f"/localcloud/{path}", json=body)
        return answer.raise_for_status().json()["result"]

    def calls(self) -> list[str]:
        """Methods and paths of the calls since the last look."""
        seen = self.own_call("GET", "requests")["requests"]
        self.own_call("DELETE", "requests")
        return [f"{one['method']} {one['path']}" for one in seen]

    def writes(self) -> list[str]:
        return [one for one in self.calls() if not one.startswith("GET ")]


def succeeded(result: Result) -> Result:
    assert result.failure is None, result.failure
    return result


@contextmanager
def running_deployer(folder: Path) -> Iterator[Deployer]:
    home = Home(folder)
    command = [sys.executable, "-m", "tests.e2e.hurried_localcloud", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, env=without_credentials(os.environ)) as localcloud:
        try:
            endpoints = await_condition(lambda: daemon.find(home))
            process = ForkingProcess("tests.e2e.forked_deploys", environment(endpoints.control_plane_url))
            with closing(process):
                yield Deployer(Cloud(home), process)
        finally:
            localcloud.terminate()
