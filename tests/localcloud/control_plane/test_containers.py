"""Container applications: one per namespace, changed by PATCH or by rollout, deleted with delay."""

import json
from typing import Any

import pytest

from tests.localcloud.conftest import IMAGE, Cloud, application_body

NEW_IMAGE = IMAGE.replace("0" * 64, "1" * 64)
APPLICATIONS = "/containers/applications"


@pytest.fixture
def application(cloud: Cloud) -> dict[str, Any]:
    found: dict[str, Any] = cloud.result("POST", APPLICATIONS, application_body(cloud.run_sandbox()))
    return found


def refused(cloud: Cloud, method: str, path: str, body: Any) -> Any:  # noqa: ANN401
    """The JSON inside the message of a refusal."""
    status, envelope = cloud.call(method, path, body)
    assert (status, envelope["errors"][0]["code"]) == (400, 1000)
    return json.loads(envelope["errors"][0]["message"])


def roll_out(cloud: Cloud, application: dict[str, Any], **given: Any) -> Any:  # noqa: ANN401
    body = {"description": "d", "strategy": "rolling", "target_configuration": {"image": NEW_IMAGE}}
    return cloud.result("POST", f"{APPLICATIONS}/{application['id']}/rollouts", body | given)


def test_instance_type_is_expanded_and_not_echoed(application: dict[str, Any]) -> None:
    configuration = application["configuration"]
    assert (configuration["vcpu"], configuration["memory_mib"]) == (0.5, 4096)
    assert configuration["disk"] == {"size_mb": 8000, "size": "8GB"}
    assert "instance_type" not in configuration


def test_create_is_201(cloud: Cloud) -> None:
    assert cloud.call("POST", APPLICATIONS, application_body(cloud.run_sandbox()))[0] == 201


def test_application_reaches_the_data_plane(cloud: Cloud, application: dict[str, Any]) -> None:
    namespace_id = application["durable_objects"]["namespace_id"]
    told = {"image": IMAGE, "max_instances": 5, "environment_variables": []}
    assert cloud.data_plane.applications == {namespace_id: told}


def test_namespace_may_be_named_by_script_and_class(cloud: Cloud) -> None:
    namespace_id = cloud.run_sandbox()
    body = application_body("") | {"durable_objects": {"script_name": "demo", "class_name": "Sandbox"}}
    assert cloud.result("POST", APPLICATIONS, body)["durable_objects"] == {"namespace_id": namespace_id}


def test_refuses_an_unknown_namespace(cloud: Cloud) -> None:
    refusal = refused(cloud, "POST", APPLICATIONS, application_body("f" * 32))
    assert refusal["error"] == "DURABLE_OBJECT_NOT_FOUND"


def test_refuses_a_namespace_without_container(cloud: Cloud) -> None:
    worker = cloud.result("POST", "/workers/workers", {"name": "demo"})
    exports = {"Task": {"type": "durable-object", "storage": "sqlite"}}
    cloud.deploy("demo", cloud.upload(worker["id"], exports=exports)["id"])
    namespace_id = cloud.result("GET", "/workers/durable_objects/namespaces")[0]["id"]
    refusal = refused(cloud, "POST", APPLICATIONS, application_body(namespace_id))
    assert refusal["error"] == "DURABLE_OBJECT_NOT_CONTAINER_ENABLED"


def test_refuses_a_second_application_and_names_the_first(cloud: Cloud, application: dict[str, Any]) -> None:
    namespace_id = application["durable_objects"]["namespace_id"]
    refusal = refused(cloud, "POST", APPLICATIONS, application_body(namespace_id, name="second"))
    assert refusal["error"] == "DURABLE_OBJECT_ALREADY_HAS_APPLICATION"
    assert refusal["details"] == {"name": "demo-sandbox", "id": application["id"]}


@pytest.mark.parametrize(
    ("image", "error"),
    [
        (IMAGE.split("@")[0] + ":latest", "IMAGE_REGISTRY_DOESNT_CONTAIN_IMAGE"),
        (IMAGE.replace("localcloud-process", "other"), "IMAGE_REGISTRY_DOESNT_CONTAIN_IMAGE"),
        ("docker.io/library/debian@sha256:" + "0" * 64, "IMAGE_REGISTRY_NOT_CONFIGURED"),
    ],
)
def test_refuses_an_image_that_is_not_there(cloud: Cloud, image: str, error: str) -> None:
    body = application_body(cloud.run_sandbox(), configuration={"image": image, "instance_type": "lite"})
    assert refused(cloud, "POST", APPLICATIONS, body)["error"] == error


@pytest.mark.parametrize(
    ("size", "error"),
    [
        ({"vcpu": 8, "memory_mib": 12288}, "SURPASSED_BASE_LIMITS"),
        ({"vcpu": 2, "memory_mib": 4096}, "VALIDATE_INPUT"),
        ({"instance_type": "huge"}, "VALIDATE_INPUT"),
    ],
)
def test_refuses_a_size_that_is_not_there(cloud: Cloud, size: dict[str, Any], error: str) -> None:
    body = application_body(cloud.run_sandbox(), configuration={"image": IMAGE, **size})
    assert refused(cloud, "POST", APPLICATIONS, body)["error"] == error


@pytest.mark.parametrize(("instance_type", "fitting"), [("lite", 15_000), ("standard-1", 1_536)])
def test_refuses_more_instances_than_the_account_may_run(
    cloud: Cloud, instance_type: str, fitting: int
) -> None:
    configuration = {"image": IMAGE, "instance_type": instance_type}
    body = application_body(cloud.run_sandbox(), configuration=configuration, max_instances=fitting + 1)
    assert refused(cloud, "POST", APPLICATIONS, body)["error"] == "SURPASSED_TOTAL_LIMITS"
    assert cloud.result("POST", APPLICATIONS, {**body, "max_instances": fitting})


def test_a_patch_and_a_rollout_are_refused_by_the_same_limit(
    cloud: Cloud, application: dict[str, Any]
) -> None:
    path = f"{APPLICATIONS}/{application['id']}"
    assert refused(cloud, "PATCH", path, {"max_instances": 1_537})["error"] == "SURPASSED_TOTAL_LIMITS"
    cloud.result("PATCH", path, {"max_instances": 376})
    body = {"description": "d", "strategy": "rolling", "step_percentage": 100}
    target = {"target_configuration": {"instance_type": "standard-4"}}
    assert refused(cloud, "POST", f"{path}/rollouts", body | target)["error"] == "SURPASSED_TOTAL_LIMITS"


def test_missing_field_is_named(cloud: Cloud) -> None:
    body = application_body(cloud.run_sandbox())
    del body["max_instances"]
    refusal = refused(cloud, "POST", APPLICATIONS, body)
    assert (refusal["error"], list(refusal["details"])) == ("VALIDATE_INPUT", ["max_instances"])


def test_patch_changes_without_a_rollout(cloud: Cloud, application: dict[str, Any]) -> None:
    changed = cloud.result("PATCH", f"{APPLICATIONS}/{application['id']}", {"max_instances": 7})
    assert (changed["max_instances"], changed["version"]) == (7, 1)


@pytest.mark.parametrize("field", ["name", "durable_objects", "scheduling_policy"])
def test_patch_cannot_change_the_identity(cloud: Cloud, application: dict[str, Any], field: str) -> None:
    path = f"{APPLICATIONS}/{application['id']}"
    assert field in refused(cloud, "PATCH", path, {field: application[field]})["details"]


def test_rollout_takes_its_steps(cloud: Cloud, application: dict[str, Any]) -> None:
    rollout = roll_out(cloud, application, step_percentage=50)
    path = f"{APPLICATIONS}/{application['id']}/rollouts/{rollout['id']}"
    seen = []
    for _ in range(3):
        current = cloud.result("GET", path)
        seen.append((current["status"], current["progress"]["current_step"]))
        cloud.clock.pass_by(1)
    assert seen == [("progressing", 0), ("progressing", 1), ("completed", 2)]


def test_application_changes_when_the_rollout_ends(cloud: Cloud, application: dict[str, Any]) -> None:
    rollout = roll_out(cloud, application, step_percentage=100)
    path = f"{APPLICATIONS}/{application['id']}"
    during = cloud.result("GET", path)
    cloud.clock.pass_by(1)
    after = cloud.result("GET", path)
    assert (during["version"], during["active_rollout_id"]) == (1, rollout["id"])
    assert (after["version"], after["configuration"]["image"]) == (2, NEW_IMAGE)
    assert "active_rollout_id" not in after


def test_rollout_keeps_what_it_does_not_name(cloud: Cloud, application: dict[str, Any]) -> None:
    roll_out(cloud, application, step_percentage=100)
    cloud.clock.pass_by(1)
    configuration = cloud.result("GET", f"{APPLICATIONS}/{application['id']}")["configuration"]
    assert configuration == {**application["configuration"], "image": NEW_IMAGE}


def test_newer_rollout_replaces_an_unfinished_one(cloud: Cloud, application: dict[str, Any]) -> None:
    roll_out(cloud, application, step_percentage=10)
    roll_out(cloud, application, step_percentage=100)
    cloud.clock.pass_by(60)
    listed = cloud.result("GET", f"{APPLICATIONS}/{application['id']}/rollouts")
    assert [rollout["status"] for rollout in listed] == ["completed", "replaced"]


def test_versions_share_the_instances_during_a_rollout(cloud: Cloud, application: dict[str, Any]) -> None:
    steps = [{"step_size": {"percentage": size}, "description": ""} for size in (10, 100)]
    roll_out(cloud, application, steps=steps)
    cloud.clock.pass_by(1)
    shares = cloud.result("GET", f"{APPLICATIONS}/{application['id']}/versions")
    assert [(share["version"], share["percentage"]) for share in shares] == [(2, 10), (1, 90)]


@pytest.mark.parametrize("sizes", [[100, 50], [10, 90], [5, 100], []])
def test_refuses_steps_that_do_not_ascend_to_100(
    cloud: Cloud, application: dict[str, Any], sizes: list[int]
) -> None:
    steps = [{"step_size": {"percentage": size}, "description": ""} for size in sizes]
    body = {"description": "d", "strategy": "rolling", "target_configuration": {}, "steps": steps}
    path = f"{APPLICATIONS}/{application['id']}/rollouts"
    assert refused(cloud, "POST", path, body)["error"] == "VALIDATE_INPUT"


def test_deleted_application_is_there_for_a_while(cloud: Cloud, application: dict[str, Any]) -> None:
    path = f"{APPLICATIONS}/{application['id']}"
    cloud.result("DELETE", path)
    namespace_id = application["durable_objects"]["namespace_id"]
    again = application_body(namespace_id, name="again")
    assert refused(cloud, "POST", APPLICATIONS, again)["error"] == "DURABLE_OBJECT_ALREADY_HAS_APPLICATION"
    cloud.clock.pass_by(1)
    assert cloud.refusal("GET", path)[0] == 404
    cloud.result("POST", APPLICATIONS, again)


def test_deletion_stops_the_instances_at_once(cloud: Cloud, application: dict[str, Any]) -> None:
    cloud.result("DELETE", f"{APPLICATIONS}/{application['id']}")
    assert cloud.data_plane.applications == {}


def test_application_outlives_its_worker(cloud: Cloud, application: dict[str, Any]) -> None:
    cloud.result("DELETE", "/workers/workers/demo")
    assert cloud.result("GET", f"{APPLICATIONS}/{application['id']}")["name"] == "demo-sandbox"


def test_running_instances_are_counted_and_listed(cloud: Cloud, application: dict[str, Any]) -> None:
    namespace_id = application["durable_objects"]["namespace_id"]
    running = {"namespace_id": namespace_id, "object_id": "a" * 64, "state": "running", "image": IMAGE}
    cloud.data_plane.instances = [running, {**running, "namespace_id": "other"}]
    path = f"{APPLICATIONS}/{application['id']}"
    assert cloud.result("GET", path)["health"]["instances"]["active"] == 1
    assert [i["id"] for i in cloud.result("GET", f"{path}/instances-v2?state=active")] == ["a" * 64]


def test_credentials_are_for_the_managed_registry_only(cloud: Cloud) -> None:
    body = {"permissions": ["push", "pull"], "expiration_minutes": 15}
    path = "/containers/registries/{}/credentials"
    assert cloud.result("POST", path.format("registry.cloudflare.com"), body)["username"] == "v1"
    assert cloud.refusal("POST", path.format("docker.io"), body)[0] == 404


def test_applications_are_listed_by_name_and_page(cloud: Cloud, application: dict[str, Any]) -> None:
    assert cloud.result("GET", f"{APPLICATIONS}?name=other") == []
    assert [a["id"] for a in cloud.result("GET", f"{APPLICATIONS}?per_page=1")] == [application["id"]]
