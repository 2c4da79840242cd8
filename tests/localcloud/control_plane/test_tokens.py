"""A token opens what its permission groups open, and nothing else."""

import json
import re
from dataclasses import replace

import httpx
import pytest

from localcloud.control_plane.coverage import implemented_routes
from localcloud.control_plane.permissions import GROUPS, Area, needed_group
from localcloud.control_plane.platform import ACCOUNT_ID
from localcloud.control_plane.wire import Route
from tests.localcloud.conftest import Cloud, Machine

TOKENS = "/localcloud/tokens"
VALUE = "v" * 40
DENIED = {401, 403}

every_guarded_call = pytest.mark.parametrize(
    "route", [one for one in implemented_routes() if one.area], ids=lambda one: f"{one.method} {one.path}"
)


def status_of(cloud: Cloud, route: Route) -> int:
    """Of the call, with something in each variable part of its path and nothing in its body."""
    path = re.sub(r"\{[^}]+\}", "x", route.path.replace("{account_id}", ACCOUNT_ID))
    return cloud.send(route.method, path).status_code


def put(cloud: Cloud, **token: object) -> httpx.Response:
    body = {"name": "ci", "value": VALUE, "permissions": ["Workers Scripts Read"], **token}
    return cloud.send("PUT", TOKENS, json={"tokens": [body]})


@every_guarded_call
def test_a_call_is_open_to_its_own_permission(cloud: Cloud, route: Route) -> None:
    assert route.area
    assert status_of(cloud.as_token(needed_group(route.area, route.method)), route) not in DENIED


@every_guarded_call
def test_a_call_is_closed_to_all_other_permissions(cloud: Cloud, route: Route) -> None:
    assert route.area
    sufficient = {needed_group(route.area, route.method), f"{route.area} Write"}
    assert status_of(cloud.as_token(*sorted(GROUPS - sufficient)), route) in DENIED


def test_write_includes_read(cloud: Cloud) -> None:
    assert cloud.as_token("Workers R2 Storage Write").result("GET", "/r2/buckets") == {"buckets": []}


@pytest.mark.parametrize(("path", "status"), [("/r2/buckets", 403), ("/containers/applications", 401)])
def test_a_missing_permission_is_answered_as_by_cloudflare(cloud: Cloud, path: str, status: int) -> None:
    assert cloud.as_token("Workers Scripts Write").refusal("GET", path) == (status, 10000)


def test_a_refused_write_changes_nothing(cloud: Cloud) -> None:
    cloud.as_token("Workers R2 Storage Read").refusal("POST", "/r2/buckets", {"name": "one"})
    assert cloud.result("GET", "/r2/buckets") == {"buckets": []}


def test_a_token_without_permissions_is_still_verified(cloud: Cloud) -> None:
    answer = cloud.as_token().send("GET", "/user/tokens/verify")
    assert answer.json()["result"]["status"] == "active"


def test_a_token_survives_a_restart(machine: Machine) -> None:
    with machine.start() as cloud:
        put(cloud)
    with machine.start() as cloud:
        limited = replace(cloud, token=VALUE)
        assert limited.result("GET", "/workers/workers") == []
        assert limited.refusal("GET", "/r2/buckets") == (403, 10000)


def test_a_token_that_is_left_out_is_no_longer_one(cloud: Cloud) -> None:
    limited = cloud.as_token("Workers Scripts Read")
    cloud.send("PUT", TOKENS, json={"tokens": []}).raise_for_status()
    assert limited.refusal("GET", "/workers/workers") == (401, 10000)


def test_the_value_of_a_token_is_kept_nowhere(cloud: Cloud) -> None:
    put(cloud)
    listed = cloud.send("GET", TOKENS).json()["result"]
    assert listed == [{"name": "ci", "permissions": ["Workers Scripts Read"]}]
    stored = [path.read_bytes() for path in cloud.folder.iterdir()]
    assert not any(VALUE.encode() in content for content in stored)


@pytest.mark.parametrize(
    "wrong", [{"value": "short"}, {"permissions": ["Workers Scripts Edit"]}, {"permissions": [""]}]
)
def test_a_token_that_cloudflare_could_not_make_is_refused(cloud: Cloud, wrong: dict[str, object]) -> None:
    answer = put(cloud, **wrong)
    assert (answer.status_code, VALUE in json.dumps(answer.json())) == (400, False)


def test_every_area_has_a_call() -> None:
    assert {route.area for route in implemented_routes()} == {None, *Area}
