"""What somebody changed by hand on a container application: a refresh sees it, an update mends it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pulumi.dynamic import Config, ConfigureRequest, DiffResult

from infra.components.container_application import ContainerApplicationProvider
from infra.naming import PROJECT
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.components.application_bench import APPLICATIONS, DESIRED, OTHER_IMAGE, Bench
from tests.localcloud.conftest import API_TOKEN, IMAGE, Cloud

INPUTS: dict[str, Any] = {
    "accountId": ACCOUNT_ID,
    "name": "demo-sandbox",
    "scriptName": "demo",
    "className": "Sandbox",
    "image": IMAGE,
    "instanceType": "standard-1",
    "maxInstances": 5.0,
    "rolloutActiveGracePeriod": 900.0,
    "hasLogs": True,
    "rolloutTimeoutSeconds": 60.0,
    "sandboxVersion": "0.12.10",
}


@pytest.fixture
def provider(cloud: Cloud) -> ContainerApplicationProvider:
    base_url = str(cloud.client.base_url.join("/client/v4"))
    made = ContainerApplicationProvider()
    made.configure(
        ConfigureRequest(Config({"cloudflare:apiToken": API_TOKEN, "cloudflare:baseUrl": base_url}, PROJECT))
    )
    return made


Read = Callable[[], tuple[str, dict[str, Any]]]


@pytest.fixture
def read(bench: Bench, provider: ContainerApplicationProvider) -> Read:
    """The id and the state after a refresh; the application is there, and as desired."""
    application_id = bench.created()

    def refreshed() -> tuple[str, dict[str, Any]]:
        result = provider.read(application_id, {**INPUTS, "applicationId": application_id})
        return str(result.id), dict(result.outs or {})

    return refreshed


def compared(provider: ContainerApplicationProvider, olds: dict[str, Any], **news: Any) -> DiffResult:  # noqa: ANN401
    return provider.diff(olds.get("applicationId", "none"), olds, {**INPUTS, **news})


def patch(**body: Any) -> Callable[[Bench], object]:  # noqa: ANN401
    return lambda bench: bench.cloud.result("PATCH", f"{APPLICATIONS}/{bench.one()['id']}", body)


def rollout(**target: str) -> Callable[[Bench], object]:
    return lambda bench: bench.roll_out(**target)


@dataclass(frozen=True)
class Drift:
    """A change by hand, and the property that tells of it."""

    change: Callable[[Bench], object]
    name: str
    value: object


DRIFTS = [
    Drift(patch(max_instances=1), "maxInstances", 1),
    Drift(patch(rollout_active_grace_period=0), "rolloutActiveGracePeriod", 0),
    Drift(patch(observability={"logs": {"enabled": False}}), "hasLogs", value=False),
    Drift(rollout(image=OTHER_IMAGE), "image", OTHER_IMAGE),
    Drift(rollout(instance_type="standard-2"), "instanceType", "standard-2"),
]


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.name)
def test_a_change_by_hand_is_read_and_mended(
    bench: Bench, provider: ContainerApplicationProvider, read: Read, drift: Drift
) -> None:
    _, before = read()
    drift.change(bench)
    bench.cloud.clock.pass_by(10)
    _, after = read()
    assert {name for name in INPUTS if before[name] != after[name]} == {drift.name}
    assert after[drift.name] == drift.value
    diff = compared(provider, after)
    assert (diff.changes, diff.replaces) == (True, [])
    bench.control.update(bench.one()["id"], DESIRED)
    assert read()[1] == before


def test_what_is_as_desired_is_no_change(provider: ContainerApplicationProvider, read: Read) -> None:
    assert not compared(provider, read()[1]).changes


def test_a_rollout_under_way_counts_by_its_target(
    bench: Bench, provider: ContainerApplicationProvider, read: Read
) -> None:
    bench.roll_out(image=OTHER_IMAGE)
    _, seen = read()
    assert seen["image"] == OTHER_IMAGE
    assert compared(provider, seen).changes


@pytest.mark.parametrize("image", [IMAGE, OTHER_IMAGE], ids=["settings taken back", "same settings"])
def test_after_a_run_that_was_cut_short_its_rollout_is_a_change_until_it_has_ended(
    bench: Bench, provider: ContainerApplicationProvider, read: Read, image: str
) -> None:
    """The state says nothing of it: the run did not come to its end."""
    _, before = read()
    bench.roll_out(image=OTHER_IMAGE)
    state = {**before, "image": image}
    assert compared(provider, state, image=image).changes
    bench.cloud.clock.pass_by(10)
    assert not compared(provider, state, image=image).changes


def test_one_that_is_gone_is_read_as_gone(bench: Bench, read: Read) -> None:
    bench.control.delete(bench.one()["id"])
    assert read() == ("", {})


def test_one_whose_worker_is_gone_stays_to_be_replaced_or_deleted(
    bench: Bench, provider: ContainerApplicationProvider, read: Read
) -> None:
    bench.cloud.result("DELETE", "/workers/workers/demo")
    id_, seen = read()
    assert (id_, seen["scriptName"]) == (bench.one()["id"], "")
    diff = compared(provider, seen)
    assert (diff.replaces, diff.delete_before_replace) == (["scriptName"], True)


def test_one_whose_worker_was_renamed_says_so_and_is_replaced(
    bench: Bench, provider: ContainerApplicationProvider, read: Read
) -> None:
    bench.cloud.result("PUT", "/workers/workers/demo", {"name": "other"})
    id_, seen = read()
    assert (id_, seen["scriptName"]) == (bench.one()["id"], "other")
    diff = compared(provider, seen, name="other-sandbox", scriptName="other")
    assert (diff.replaces, diff.delete_before_replace) == (["name"], True)


@pytest.mark.parametrize(
    ("news", "is_change"), [({"rolloutTimeoutSeconds": 90.0}, True), ({"sandboxVersion": "0.12.11"}, False)]
)
def test_a_timeout_reaches_the_state_and_a_tag_alone_is_no_change(
    provider: ContainerApplicationProvider, *, news: dict[str, Any], is_change: bool
) -> None:
    assert bool(compared(provider, INPUTS, **news).changes) is is_change
