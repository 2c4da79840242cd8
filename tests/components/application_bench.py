"""The control of container applications on a control plane, with a network in between that can fail."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import pytest
from cloudflare import Cloudflare

from infra.application import Application
from infra.application_control import ApplicationControl, Clock
from infra.containers_api import ContainersApi
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.localcloud.conftest import API_TOKEN, IMAGE, Cloud

OTHER_IMAGE = IMAGE.replace("0" * 64, "1" * 64)
DESIRED = Application(
    account_id=ACCOUNT_ID,
    name="demo-sandbox",
    script_name="demo",
    class_name="Sandbox",
    image=IMAGE,
    instance_type="standard-1",
    max_instances=5,
    rollout_grace_seconds=900,
    has_logs=True,
)
APPLICATIONS = "/containers/applications"


@dataclass
class Network(httpx.BaseTransport):
    """Counts writes.

    Args:
        loses_answer_of: method of a write whose answer is lost once, after it took effect.
        answers_instead: what comes in place of that answer; None cuts the connection.
        refuses_with: the answer to every write; none reaches the account.
        rollouts: the answer to whoever lists them, in place of the account's.
    """

    inner: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)
    writes: list[str] = field(default_factory=list)
    loses_answer_of: str = ""
    answers_instead: int | None = None
    refuses_with: httpx.Response | None = None
    rollouts: httpx.Response | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            if self.rollouts is not None and request.url.path.endswith("/rollouts"):
                return self.rollouts
            return self.inner.handle_request(request)
        self.writes.append(request.method)
        if self.refuses_with is not None:
            return self.refuses_with
        response = self.inner.handle_request(request)
        return self._lost(response) if request.method == self.loses_answer_of else response

    def _lost(self, response: httpx.Response) -> httpx.Response:
        self.loses_answer_of = ""
        response.close()
        if self.answers_instead is None:
            raise httpx.ReadError("connection cut")
        return httpx.Response(self.answers_instead, text="<html>bad gateway</html>")

    def close(self) -> None:
        self.inner.close()


@dataclass(frozen=True)
class Bench:
    cloud: Cloud
    network: Network
    control: ApplicationControl

    def created(self) -> str:
        """The id of `DESIRED` on a Worker that is there."""
        self.cloud.run_sandbox()
        return self.control.create(DESIRED)

    def applications(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.cloud.result("GET", APPLICATIONS)
        return listed

    def one(self) -> dict[str, Any]:
        (found,) = self.applications()
        return found

    def rollouts(self) -> list[dict[str, Any]]:
        """Of the one application, newest first."""
        listed: list[dict[str, Any]] = self.cloud.result("GET", f"{APPLICATIONS}/{self.one()['id']}/rollouts")
        return listed

    def roll_out(self, **target: str) -> dict[str, Any]:
        """A rollout that somebody else starts, or a run that was interrupted."""
        body = {
            "description": "by hand",
            "strategy": "rolling",
            "step_percentage": 100,
            "target_configuration": target,
        }
        started: dict[str, Any] = self.cloud.result(
            "POST", f"{APPLICATIONS}/{self.one()['id']}/rollouts", body
        )
        return started


class MakeBench(Protocol):
    def __call__(
        self,
        timeout_seconds: float = 60,
        api_token: str = API_TOKEN,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> Bench: ...


@pytest.fixture
def make_bench(cloud: Cloud) -> Iterator[MakeBench]:
    """Benches whose waiting moves the control plane's clock; their connections end with the test."""
    with ExitStack() as opened:

        def make(
            timeout_seconds: float = 60,
            api_token: str = API_TOKEN,
            meanwhile: Callable[[], object] = lambda: None,
        ) -> Bench:
            def now() -> float:
                return cloud.clock.now.timestamp()

            def sleep(seconds: float) -> None:
                meanwhile()
                cloud.clock.pass_by(seconds)

            network = Network()
            base_url = str(cloud.client.base_url.join("/client/v4"))
            http_client = opened.enter_context(httpx.Client(transport=network))
            client = Cloudflare(
                api_token=api_token, base_url=base_url, http_client=http_client, max_retries=0
            )
            clock = Clock(now, sleep)
            control = ApplicationControl(ContainersApi(client, ACCOUNT_ID), timeout_seconds, clock)
            return Bench(cloud, network, control)

        yield make


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench()
