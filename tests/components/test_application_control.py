"""Container applications against Cloudflare's rules: adopted, rolled out, waited for, deleted."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Protocol

import httpx
import pytest
from cloudflare import Cloudflare

from infra.application import Application
from infra.application_control import ApplicationControl, Clock
from infra.cloudflare_client import CloudflareError
from infra.containers_api import ContainersApi
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.localcloud.conftest import API_TOKEN, IMAGE, Cloud, application_body

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
)
APPLICATIONS = "/containers/applications"


@dataclass
class Network(httpx.BaseTransport):
    """Counts writes; the n-th one may lose its answer after it arrived, or be answered with a status."""

    inner: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)
    writes: list[str] = field(default_factory=list)
    loses_answer_of: str = ""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        if request.method == "GET":
            return response
        self.writes.append(request.method)
        if request.method == self.loses_answer_of:
            self.loses_answer_of = ""
            response.close()
            raise httpx.ReadError("connection cut")
        return response

    def close(self) -> None:
        self.inner.close()


@dataclass(frozen=True)
class Bench:
    cloud: Cloud
    network: Network
    control: ApplicationControl

    def applications(self) -> list[dict[str, object]]:
        listed: list[dict[str, object]] = self.cloud.result("GET", APPLICATIONS)
        return listed

    def one(self) -> dict[str, object]:
        (found,) = self.applications()
        return found


class MakeBench(Protocol):
    def __call__(self, timeout_seconds: float = 60, api_token: str = API_TOKEN) -> Bench: ...


@pytest.fixture
def make_bench(cloud: Cloud) -> Iterator[MakeBench]:
    """Benches whose waiting moves the control plane's clock; their connections end with the test."""
    with ExitStack() as opened:

        def make(timeout_seconds: float = 60, api_token: str = API_TOKEN) -> Bench:
            network = Network()
            base_url = str(cloud.client.base_url.join("/client/v4"))
            http_client = opened.enter_context(httpx.Client(transport=network))
            client = Cloudflare(
                api_token=api_token, base_url=base_url, http_client=http_client, max_retries=0
            )
            clock = Clock(now=cloud.clock.now.timestamp, sleep=cloud.clock.pass_by)
            return Bench(
                cloud, network, ApplicationControl(ContainersApi(client, ACCOUNT_ID), timeout_seconds, clock)
            )

        yield make


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench()


def test_it_is_created_once_the_class_has_a_namespace(bench: Bench) -> None:
    bench.cloud.run_sandbox()
    application_id = bench.control.create(DESIRED)
    assert (bench.one()["id"], bench.network.writes) == (application_id, ["POST"])


def test_before_the_deployment_it_says_what_is_missing(bench: Bench) -> None:
    with pytest.raises(CloudflareError, match=r"class Sandbox of Worker demo is not deployed"):
        bench.control.create(DESIRED)


def test_one_of_our_name_on_our_namespace_is_adopted(bench: Bench) -> None:
    namespace = bench.cloud.run_sandbox()
    existing = bench.cloud.result("POST", APPLICATIONS, application_body(namespace, max_instances=2))
    assert bench.control.create(DESIRED) == existing["id"]
    assert (bench.one()["max_instances"], bench.network.writes) == (5, ["PATCH"])


def test_one_of_our_name_on_another_workers_namespace_is_refused(bench: Bench) -> None:
    foreign = bench.cloud.run_sandbox("other")
    bench.cloud.result("POST", APPLICATIONS, application_body(foreign))
    bench.cloud.run_sandbox()
    with pytest.raises(CloudflareError, match="NAME_HELD"):
        bench.control.create(DESIRED)
    assert bench.network.writes == []


def test_one_that_outlived_its_worker_is_deleted_first(bench: Bench) -> None:
    orphaned = bench.cloud.run_sandbox()
    old = bench.cloud.result("POST", APPLICATIONS, application_body(orphaned))
    worker = bench.cloud.result("GET", "/workers/workers")[0]
    bench.cloud.result("DELETE", f"/workers/workers/{worker['id']}")
    bench.cloud.run_sandbox()
    assert bench.control.create(DESIRED) != old["id"]
    assert len(bench.applications()) == 1


def test_another_application_on_our_namespace_is_named(bench: Bench) -> None:
    namespace = bench.cloud.run_sandbox()
    bench.cloud.result("POST", APPLICATIONS, application_body(namespace, name="by-hand"))
    with pytest.raises(CloudflareError, match=r"DURABLE_OBJECT_ALREADY_HAS_APPLICATION.*by-hand"):
        bench.control.create(DESIRED)


def test_a_create_whose_answer_is_lost_is_not_repeated(bench: Bench) -> None:
    bench.cloud.run_sandbox()
    bench.network.loses_answer_of = "POST"
    assert bench.control.create(DESIRED) == bench.one()["id"]
    assert bench.network.writes == ["POST"]


def test_limits_are_patched_without_a_rollout(bench: Bench) -> None:
    bench.cloud.run_sandbox()
    application_id = bench.control.create(DESIRED)
    bench.control.update(application_id, replace(DESIRED, max_instances=7, rollout_grace_seconds=1_200))
    assert (bench.one()["max_instances"], bench.one()["rollout_active_grace_period"]) == (7, 1_200)
    assert bench.cloud.result("GET", f"{APPLICATIONS}/{application_id}/rollouts") == []


@pytest.mark.parametrize("change", [{"image": OTHER_IMAGE}, {"instance_type": "standard-2"}])
def test_what_instances_run_is_rolled_out_and_waited_for(bench: Bench, change: dict[str, str]) -> None:
    bench.cloud.run_sandbox()
    application_id = bench.control.create(DESIRED)
    bench.control.update(application_id, replace(DESIRED, **change))  # type: ignore[arg-type]
    (rollout,) = bench.cloud.result("GET", f"{APPLICATIONS}/{application_id}/rollouts")
    assert rollout["status"] == "completed"
    assert bench.network.writes == ["POST", "POST"]


def test_nothing_different_is_no_call(bench: Bench) -> None:
    bench.cloud.run_sandbox()
    bench.control.update(bench.control.create(DESIRED), DESIRED)
    assert bench.network.writes == ["POST"]


def test_a_rollout_under_way_to_the_same_target_is_waited_for_not_doubled(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.cloud.run_sandbox()
    application_id = bench.control.create(DESIRED)
    body = {
        "description": "by an interrupted run",
        "strategy": "rolling",
        "step_percentage": 100,
        "target_configuration": {"image": OTHER_IMAGE, "instance_type": "standard-1"},
    }
    bench.cloud.result("POST", f"{APPLICATIONS}/{application_id}/rollouts", body)
    bench.control.update(application_id, replace(DESIRED, image=OTHER_IMAGE))
    assert len(bench.cloud.result("GET", f"{APPLICATIONS}/{application_id}/rollouts")) == 1


def test_a_rollout_that_takes_too_long_says_where_it_stands(make_bench: MakeBench) -> None:
    bench = make_bench(timeout_seconds=0)
    bench.cloud.run_sandbox()
    application_id = bench.control.create(DESIRED)
    with pytest.raises(CloudflareError, match=r"ROLLOUT_TIMEOUT.*at step \d of 1.*run `pulumi up` again"):
        bench.control.update(application_id, replace(DESIRED, image=OTHER_IMAGE))


def test_deleting_waits_until_it_is_gone(bench: Bench) -> None:
    bench.cloud.run_sandbox()
    bench.control.delete(bench.control.create(DESIRED))
    assert bench.applications() == []


def test_what_is_gone_already_is_deleted(bench: Bench) -> None:
    bench.control.delete("00000000-0000-4000-8000-000000000000")


def test_one_that_does_not_go_is_told(make_bench: MakeBench) -> None:
    bench = make_bench(timeout_seconds=0)
    bench.cloud.run_sandbox()
    with pytest.raises(CloudflareError, match="DELETE_TIMEOUT"):
        bench.control.delete(bench.control.create(DESIRED))


def test_one_deleted_by_hand_is_told(bench: Bench) -> None:
    with pytest.raises(CloudflareError, match=r"APPLICATION_GONE.*pulumi refresh"):
        bench.control.update("00000000-0000-4000-8000-000000000000", DESIRED)


def test_an_image_that_is_not_there_is_told_with_the_next_step(bench: Bench) -> None:
    bench.cloud.run_sandbox()
    image = f"registry.cloudflare.com/{ACCOUNT_ID}/unknown@sha256:{'2' * 64}"
    with pytest.raises(CloudflareError, match=r"IMAGE_REGISTRY_DOESNT_CONTAIN_IMAGE.*push it"):
        bench.control.create(replace(DESIRED, image=image))


def test_a_wrong_token_is_told_without_the_token(make_bench: MakeBench) -> None:
    token = "w" * 40
    with pytest.raises(CloudflareError, match=r"HTTP_401.*Workers Containers Write") as caught:
        make_bench(api_token=token).control.create(DESIRED)
    assert token not in str(caught.value)
