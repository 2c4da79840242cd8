"""What somebody changed by hand is seen in a preview, changed back by a deploy, and then left alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import JsonValue

from localcloud.deploy.registration import JsonObject, Registered, Registration
from tests.localcloud.conftest import Cloud
from tests.localcloud.deploy.conftest import Register, Service, Site, resource

Change = Callable[[Cloud], object]

WORKER = "/workers/workers/demo"
LIFECYCLE = "/r2/buckets/demo-results/lifecycle"
SUBDOMAIN: JsonValue = {"enabled": True, "previewsEnabled": False}
OBSERVABILITY: JsonValue = {"enabled": True, "logs": {"enabled": True, "headSamplingRate": 1.0}}


def program(register: Register) -> None:
    """`Service`, whose Worker states its settings, too."""

    def stated(registration: Registration) -> Registered:
        if registration.name == "worker":
            settings: JsonObject = {"subdomain": SUBDOMAIN, "observability": OBSERVABILITY}
            registration = replace(registration, inputs={**registration.inputs, **settings})
        return register(registration)

    Service(tags=("team:acme",))(stated)


def rules_and_one_more(cloud: Cloud) -> None:
    rules = cloud.result("GET", LIFECYCLE)["rules"]
    cloud.result("PUT", LIFECYCLE, {"rules": [*rules, {**rules[0], "id": "another"}]})


def take_the_domain_away(cloud: Cloud) -> None:
    cloud.result("POST", "/workers/workers", {"name": "other"})
    body = {"hostname": "demo.example.com", "service": "other", "override_existing_origin": True}
    cloud.result("PUT", "/workers/domains", body)


def switch_the_alert_off(cloud: Cloud) -> None:
    policy = cloud.result("GET", "/alerting/v3/policies")[0]
    kept = {key: policy[key] for key in ("alert_type", "name", "mechanisms")}
    cloud.result("PUT", f"/alerting/v3/policies/{policy['id']}", {**kept, "enabled": False})


def worker(**settings: JsonValue) -> Change:
    return lambda cloud: cloud.result("PATCH", WORKER, settings)


CHANGES: dict[str, Change] = {
    "tags of the Worker": worker(tags=["x"]),
    "subdomain of the Worker": worker(subdomain={"enabled": True, "previews_enabled": True}),
    "logs of the Worker": worker(observability={"enabled": True, "logs": {"enabled": False}}),
    "class of the bucket": lambda cloud: cloud.result(
        "PATCH", "/r2/buckets/demo-results", cf_r2_storage_class="InfrequentAccess"
    ),
    "no rules any more": lambda cloud: cloud.result("PUT", LIFECYCLE, {"rules": []}),
    "one more rule": rules_and_one_more,
    "an alert that is off": switch_the_alert_off,
}


def state_of(cloud: Cloud) -> Any:  # noqa: ANN401
    paths = ("/workers/workers", "/r2/buckets", LIFECYCLE, "/workers/domains", "/alerting/v3/policies")
    return without_times([cloud.result("GET", path) for path in paths])


def without_times(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return [without_times(one) for one in value]
    if isinstance(value, dict):
        return {k: without_times(one) for k, one in value.items() if k not in {"updated_on", "modified"}}
    return value


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_by_hand_is_seen_and_put_back(site: Site, change: Change) -> None:
    site.deploy(program)
    before = state_of(site.cloud)
    change(site.cloud)
    assert state_of(site.cloud) != before
    assert site.deploy(program, is_preview=True) == {"unchanged": 6, "updated": 1}
    assert site.deploy(program) == {"unchanged": 6, "updated": 1}
    assert state_of(site.cloud) == before
    site.writes()
    assert site.deploy(program) == {"unchanged": 7}
    assert site.writes() == []


def test_a_domain_that_was_given_to_another_worker_is_taken_back(site: Site) -> None:
    site.deploy(program)
    take_the_domain_away(site.cloud)
    assert site.deploy(program) == {"unchanged": 6, "replaced": 1}
    assert [one["service"] for one in site.cloud.result("GET", "/workers/domains")] == ["demo"]
    assert site.deploy(program) == {"unchanged": 7}


def test_a_worker_that_was_renamed_gets_its_name_back(site: Site) -> None:
    site.deploy(program)
    before = state_of(site.cloud)
    site.cloud.result("PATCH", WORKER, {"name": "renamed"})
    assert site.deploy(program) == {"unchanged": 6, "updated": 1}
    assert state_of(site.cloud) == before


def test_what_the_program_does_not_state_is_the_servers(site: Site) -> None:
    site.deploy(Service())
    site.cloud.result("PATCH", WORKER, {"subdomain": {"enabled": True, "previews_enabled": True}})
    assert site.deploy(Service()) == {"unchanged": 7}


def test_drift_of_an_input_whose_changes_are_ignored_is_let_be(site: Site) -> None:
    bucket = resource("R2Bucket", "b", name="bbb", storageClass="Standard")
    ignoring = replace(bucket, ignored_changes=frozenset({"storageClass"}))

    def ignoring_program(register: Register) -> None:
        register(ignoring)

    site.deploy(ignoring_program)
    site.cloud.result("PATCH", "/r2/buckets/bbb", cf_r2_storage_class="InfrequentAccess")
    assert site.deploy(ignoring_program) == {"unchanged": 1}
