"""Workers, their versions and what deploying one does."""

import json
from typing import Any

import pytest

from tests.localcloud.conftest import SANDBOX, SECRET, Cloud, deployment_body, version_body

SECRET_BINDING = {"type": "secret_text", "name": "KEY", "text": SECRET}


@pytest.fixture
def worker(cloud: Cloud) -> dict[str, Any]:
    found: dict[str, Any] = cloud.result("POST", "/workers/workers", {"name": "demo"})
    return found


def test_worker_is_found_by_id_and_by_name(cloud: Cloud, worker: dict[str, Any]) -> None:
    assert cloud.result("GET", "/workers/workers/demo") == cloud.result(
        "GET", f"/workers/workers/{worker['id']}"
    )


def test_refuses_a_name_that_is_taken(cloud: Cloud, worker: dict[str, Any]) -> None:
    assert cloud.refusal("POST", "/workers/workers", {"name": "demo"})[0] == 409


@pytest.mark.parametrize("name", ["", "Upper", "-first", "a.b", "x" * 64])
def test_refuses_a_bad_name(cloud: Cloud, name: str) -> None:
    assert cloud.refusal("POST", "/workers/workers", {"name": name})[0] == 400


def test_put_sets_what_is_missing_to_its_default(cloud: Cloud, worker: dict[str, Any]) -> None:
    path = f"/workers/workers/{worker['id']}"
    cloud.result("PATCH", path, {"tags": ["x"], "logpush": True})
    assert cloud.result("PUT", path, {"name": "demo"})["tags"] == []


def test_patch_keeps_what_is_missing(cloud: Cloud, worker: dict[str, Any]) -> None:
    path = f"/workers/workers/{worker['id']}"
    cloud.result("PATCH", path, {"tags": ["x"]})
    assert cloud.result("PATCH", path, {"logpush": True})["tags"] == ["x"]


def test_bindings_come_back_sorted_by_name(cloud: Cloud, worker: dict[str, Any]) -> None:
    names = ["B", "a", "A"]
    bindings = [{"type": "plain_text", "name": name, "text": "x"} for name in names]
    version = cloud.upload(worker["id"], bindings=bindings)
    assert [binding["name"] for binding in version["bindings"]] == ["A", "B", "a"]


def test_secret_text_is_in_no_answer(cloud: Cloud, worker: dict[str, Any]) -> None:
    version = cloud.upload(worker["id"], bindings=[SECRET_BINDING])
    cloud.deploy("demo", version["id"])
    for path in (
        f"/workers/workers/{worker['id']}/versions",
        f"/workers/workers/{worker['id']}/versions/{version['id']}?include=modules",
        f"/workers/scripts/demo/versions/{version['id']}",
        "/workers/scripts/demo/versions",
        "/workers/scripts/demo/secrets",
    ):
        assert SECRET not in json.dumps(cloud.result("GET", path))


def test_secret_text_reaches_the_data_plane(cloud: Cloud, worker: dict[str, Any]) -> None:
    cloud.deploy("demo", cloud.upload(worker["id"], bindings=[SECRET_BINDING])["id"])
    assert cloud.data_plane.workers["demo"]["bindings"] == [SECRET_BINDING]


def test_secret_is_listed_by_name(cloud: Cloud, worker: dict[str, Any]) -> None:
    cloud.deploy("demo", cloud.upload(worker["id"], bindings=[SECRET_BINDING])["id"])
    listed = cloud.result("GET", "/workers/scripts/demo/secrets")
    assert listed == [{"name": "KEY", "type": "secret_text"}]


def test_modules_are_read_only_when_asked_for(cloud: Cloud, worker: dict[str, Any]) -> None:
    path = f"/workers/workers/{worker['id']}/versions/{cloud.upload(worker['id'])['id']}"
    assert "modules" not in cloud.result("GET", path)
    assert cloud.result("GET", f"{path}?include=modules")["modules"] == version_body()["modules"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"main_module": "other.js"}, 1001),
        ({"modules": []}, 1001),
        ({"compatibility_date": "today"}, 1001),
        ({"bindings": [SECRET_BINDING, SECRET_BINDING]}, 1001),
        ({"bindings": [{"type": "r2_bucket", "name": "R", "bucket_name": "none"}]}, 10085),
        ({"bindings": SANDBOX["bindings"]}, 10061),
        ({"containers": [{"class_name": "Sandbox"}]}, 10061),
        ({"bindings": [{"type": "ai", "name": "AI"}]}, 501),
    ],
)
def test_refuses_a_version(cloud: Cloud, worker: dict[str, Any], change: dict[str, Any], code: int) -> None:
    body = version_body(**change)
    assert cloud.refusal("POST", f"/workers/workers/{worker['id']}/versions", body)[1] == code


def test_version_is_not_served_before_it_is_deployed(cloud: Cloud, worker: dict[str, Any]) -> None:
    cloud.upload(worker["id"])
    assert cloud.data_plane.workers == {}


def test_deployment_serves_on_the_reserved_port(cloud: Cloud, worker: dict[str, Any]) -> None:
    url = cloud.client.get("/client/v4/localcloud/workers/demo").json()["result"]["url"]
    version = cloud.upload(worker["id"])
    cloud.deploy("demo", version["id"])
    served = cloud.data_plane.workers["demo"]
    assert (f"http://127.0.0.1:{served['port']}", served["version_id"]) == (url, version["id"])


def test_module_that_does_not_start_is_refused_and_not_deployed(cloud: Cloud, worker: dict[str, Any]) -> None:
    cloud.data_plane.start_error = "Uncaught SyntaxError at index.js:1"
    body = deployment_body(cloud.upload(worker["id"])["id"])
    status, envelope = cloud.call("POST", "/workers/scripts/demo/deployments", body)
    assert (status, envelope["errors"][0]["code"]) == (400, 10021)
    assert "SyntaxError" in envelope["errors"][0]["message"]
    assert cloud.result("GET", "/workers/scripts/demo/deployments") == {"deployments": []}


def test_newest_deployment_is_listed_first(cloud: Cloud, worker: dict[str, Any]) -> None:
    versions = [cloud.upload(worker["id"])["id"] for _ in range(2)]
    for version_id in versions:
        cloud.deploy("demo", version_id)
    listed = cloud.result("GET", "/workers/scripts/demo/deployments")["deployments"]
    assert [d["versions"][0]["version_id"] for d in listed] == versions[::-1]


def test_refuses_percentages_that_are_not_100(cloud: Cloud, worker: dict[str, Any]) -> None:
    body = deployment_body(cloud.upload(worker["id"])["id"])
    body["versions"][0]["percentage"] = 50
    assert cloud.refusal("POST", "/workers/scripts/demo/deployments", body)[0] == 400


def test_refuses_a_version_of_another_worker(cloud: Cloud, worker: dict[str, Any]) -> None:
    other = cloud.result("POST", "/workers/workers", {"name": "other"})
    body = deployment_body(cloud.upload(other["id"])["id"])
    assert cloud.refusal("POST", "/workers/scripts/demo/deployments", body) == (404, 100146)


def test_deleted_worker_takes_all_that_is_its_own(cloud: Cloud) -> None:
    cloud.run_sandbox()
    cloud.result("PUT", "/workers/domains", {"hostname": "a.example.com", "service": "demo"})
    cloud.result("DELETE", "/workers/workers/demo")
    assert cloud.data_plane.workers == {}
    assert cloud.result("GET", "/workers/durable_objects/namespaces") == []
    assert cloud.result("GET", "/workers/domains") == []


def test_renamed_worker_keeps_its_namespaces(cloud: Cloud) -> None:
    namespace_id = cloud.run_sandbox()
    cloud.result("PUT", "/workers/workers/demo", {"name": "renamed"})
    assert list(cloud.data_plane.workers) == ["renamed"]
    listed = cloud.result("GET", "/workers/durable_objects/namespaces")
    assert [(n["id"], n["script"]) for n in listed] == [(namespace_id, "renamed")]


def test_domain_of_another_worker_is_refused(cloud: Cloud, worker: dict[str, Any]) -> None:
    cloud.result("POST", "/workers/workers", {"name": "other"})
    cloud.result("PUT", "/workers/domains", {"hostname": "a.example.com", "service": "demo"})
    body = {"hostname": "a.example.com", "service": "other"}
    assert cloud.refusal("PUT", "/workers/domains", body) == (409, 100116)


def test_page_past_the_end_is_empty(cloud: Cloud, worker: dict[str, Any]) -> None:
    assert cloud.result("GET", "/workers/workers?page=2") == []
