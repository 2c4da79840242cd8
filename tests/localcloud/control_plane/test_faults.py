"""A failing data plane changes nothing; many callers at once get one order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.localcloud.conftest import IMAGE, Cloud, application_body, deployment_body, version_body

Change = Callable[[Cloud, dict[str, Any]], tuple[int, Any]]

CHANGES: dict[str, Change] = {
    "create a bucket": lambda cloud, _: cloud.call("POST", "/r2/buckets", {"name": "other"}),
    "delete a bucket": lambda cloud, _: cloud.call("DELETE", "/r2/buckets/results"),
    "deploy": lambda cloud, there: cloud.call(
        "POST", "/workers/scripts/demo/deployments", deployment_body(there["version"])
    ),
    "rename a Worker": lambda cloud, _: cloud.call("PUT", "/workers/workers/demo", {"name": "other"}),
    "delete a Worker": lambda cloud, _: cloud.call("DELETE", "/workers/workers/demo"),
    "create an application": lambda cloud, there: cloud.call(
        "POST", "/containers/applications", application_body(there["free"], name="other")
    ),
    "edit an application": lambda cloud, there: cloud.call(
        "PATCH", f"/containers/applications/{there['application']}", {"max_instances": 9}
    ),
    "roll out": lambda cloud, there: cloud.call(
        "POST",
        f"/containers/applications/{there['application']}/rollouts",
        {
            "description": "d",
            "strategy": "rolling",
            "step_percentage": 100,
            "target_configuration": {"image": IMAGE},
        },
    ),
    "delete an application": lambda cloud, there: cloud.call(
        "DELETE", f"/containers/applications/{there['application']}"
    ),
}


@pytest.fixture
def there(cloud: Cloud) -> dict[str, Any]:
    cloud.result("POST", "/r2/buckets", {"name": "results"})
    application = cloud.result("POST", "/containers/applications", application_body(cloud.run_sandbox()))
    version = cloud.upload("demo", exports={"Sandbox": {"type": "durable-object", "storage": "sqlite"}})
    free = cloud.run_sandbox("free")
    return {"application": application["id"], "version": version["id"], "free": free}


def everything(cloud: Cloud) -> list[Any]:
    paths = ("/r2/buckets", "/workers/workers", "/workers/scripts/demo/deployments")
    lists = ("/workers/durable_objects/namespaces", "/containers/applications", "/workers/domains")
    return [cloud.result("GET", path) for path in (*paths, *lists)]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_change_that_the_data_plane_fails_is_no_change(
    cloud: Cloud, there: dict[str, Any], change: Change
) -> None:
    before = everything(cloud)
    cloud.data_plane.is_broken = True
    status, _ = change(cloud, there)
    cloud.data_plane.is_broken = False
    assert status == 503
    assert everything(cloud) == before


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_change_can_be_made_once_the_data_plane_works_again(
    cloud: Cloud, there: dict[str, Any], change: Change
) -> None:
    cloud.data_plane.is_broken = True
    change(cloud, there)
    cloud.data_plane.is_broken = False
    assert change(cloud, there)[0] in {200, 201}


def test_one_of_many_gets_the_name(cloud: Cloud) -> None:
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda _: cloud.call("POST", "/r2/buckets", {"name": "one"})[0], range(32)))
    assert sorted(statuses) == [200] + [409] * 31


def test_versions_uploaded_at_once_have_their_own_numbers(cloud: Cloud) -> None:
    worker = cloud.result("POST", "/workers/workers", {"name": "demo"})
    path = f"/workers/workers/{worker['id']}/versions"
    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(lambda _: cloud.result("POST", path, version_body()), range(16)))
    assert sorted(version["number"] for version in versions) == list(range(1, 17))


def test_ports_reserved_at_once_are_different(cloud: Cloud) -> None:
    def url(number: int) -> str:
        answer = cloud.client.get(f"/client/v4/localcloud/workers/worker-{number}")
        return str(answer.json()["result"]["url"])

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(url, range(16)))) == 16
