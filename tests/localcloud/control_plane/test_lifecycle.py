"""What versions do to Durable Object classes: migrations by tag, exports by comparison."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.control_plane.errors import ApiError
from localcloud.control_plane.workers.exports import parse_exports, plan_exports
from localcloud.control_plane.workers.lifecycle import DurableClass, Migrations, plan_migrations
from tests.localcloud.conftest import SANDBOX, Cloud, deployment_body, version_body

LIVE = {"type": "durable-object", "storage": "sqlite"}
DELETED = {"type": "durable-object", "state": "deleted"}
V1 = {"new_tag": "v1", "new_sqlite_classes": ["Sandbox"]}


def renamed(to: str) -> dict[str, str]:
    return {"type": "durable-object", "state": "renamed", "renamed_to": to}


@pytest.fixture
def worker(cloud: Cloud) -> dict[str, Any]:
    found: dict[str, Any] = cloud.result("POST", "/workers/workers", {"name": "demo"})
    return found


def upload_and_deploy(cloud: Cloud, worker: dict[str, Any], **version: Any) -> Any:  # noqa: ANN401
    uploaded = cloud.upload(worker["id"], **version)
    cloud.deploy("demo", uploaded["id"])
    return uploaded


def namespaces(cloud: Cloud) -> dict[str, str]:
    listed = cloud.result("GET", "/workers/durable_objects/namespaces")
    return {namespace["class"]: namespace["id"] for namespace in listed}


def refused(cloud: Cloud, worker: dict[str, Any], **version: Any) -> tuple[int, int]:  # noqa: ANN401
    return cloud.refusal("POST", f"/workers/workers/{worker['id']}/versions", version_body(**version))


def test_namespace_is_live_only_once_deployed(cloud: Cloud, worker: dict[str, Any]) -> None:
    version = cloud.upload(worker["id"], **SANDBOX)
    assert namespaces(cloud) == {}
    cloud.deploy("demo", version["id"])
    assert namespaces(cloud) == {"Sandbox": version["bindings"][0]["namespace_id"]}


def test_two_uploads_before_a_deployment_agree_on_the_namespace(cloud: Cloud, worker: dict[str, Any]) -> None:
    ids = {cloud.upload(worker["id"], **SANDBOX)["bindings"][0]["namespace_id"] for _ in range(2)}
    assert len(ids) == 1


def test_migration_sent_again_is_refused(cloud: Cloud, worker: dict[str, Any]) -> None:
    upload_and_deploy(cloud, worker, migrations=V1)
    assert refused(cloud, worker, migrations=V1) == (412, 10079)


def test_migration_tag_is_told_once_deployed(cloud: Cloud, worker: dict[str, Any]) -> None:
    version = cloud.upload(worker["id"], migrations=V1)
    assert "migration_tag" not in version
    cloud.deploy("demo", version["id"])
    path = f"/workers/workers/{worker['id']}/versions/{version['id']}"
    assert cloud.result("GET", path)["migration_tag"] == "v1"


def test_next_migration_names_the_current_tag(cloud: Cloud, worker: dict[str, Any]) -> None:
    upload_and_deploy(cloud, worker, migrations=V1)
    step = {"old_tag": "v1", "new_tag": "v2", "new_sqlite_classes": ["Task"]}
    upload_and_deploy(cloud, worker, migrations=step)
    assert set(namespaces(cloud)) == {"Sandbox", "Task"}


def test_class_that_exists_cannot_be_created_again(cloud: Cloud, worker: dict[str, Any]) -> None:
    upload_and_deploy(cloud, worker, migrations=V1)
    assert refused(cloud, worker, migrations={**V1, "old_tag": "v1", "new_tag": "v2"}) == (400, 10074)


def test_version_with_an_applied_migration_can_be_deployed_again(
    cloud: Cloud, worker: dict[str, Any]
) -> None:
    first = upload_and_deploy(cloud, worker, migrations=V1)
    upload_and_deploy(cloud, worker)
    cloud.deploy("demo", first["id"])
    assert cloud.data_plane.workers["demo"]["version_id"] == first["id"]


def test_exports_and_migrations_exclude_each_other(cloud: Cloud, worker: dict[str, Any]) -> None:
    assert refused(cloud, worker, migrations=V1, exports={"Sandbox": LIVE}) == (400, 100403)


def test_no_way_back_from_exports(cloud: Cloud, worker: dict[str, Any]) -> None:
    upload_and_deploy(cloud, worker, **SANDBOX)
    assert refused(cloud, worker, migrations={"new_tag": "v1", "new_sqlite_classes": ["Task"]}) == (
        400,
        100403,
    )


def test_worker_with_migrations_may_go_over_to_exports(cloud: Cloud, worker: dict[str, Any]) -> None:
    upload_and_deploy(cloud, worker, migrations=V1)
    before = namespaces(cloud)
    upload_and_deploy(cloud, worker, exports={"Sandbox": LIVE})
    assert namespaces(cloud) == before


def test_exports_sent_again_change_nothing(cloud: Cloud, worker: dict[str, Any]) -> None:
    upload_and_deploy(cloud, worker, **SANDBOX)
    before = namespaces(cloud)
    version = upload_and_deploy(cloud, worker, **SANDBOX)
    assert version["exports_reconciliation"]["created"] == []
    assert namespaces(cloud) == before


@pytest.mark.parametrize(
    "lifecycle",
    [
        {"exports": {"Sandbox": renamed("Box"), "Box": LIVE}},
        {
            "migrations": {
                "old_tag": "v1",
                "new_tag": "v2",
                "renamed_classes": [{"from": "Sandbox", "to": "Box"}],
            }
        },
    ],
)
def test_renamed_class_keeps_its_namespace(cloud: Cloud, worker: dict[str, Any], lifecycle: Any) -> None:  # noqa: ANN401
    upload_and_deploy(cloud, worker, migrations=V1)
    before = namespaces(cloud)["Sandbox"]
    upload_and_deploy(cloud, worker, **lifecycle)
    assert namespaces(cloud) == {"Box": before}


@pytest.mark.parametrize(
    "lifecycle",
    [
        {"exports": {"Sandbox": DELETED}},
        {"migrations": {"old_tag": "v1", "new_tag": "v2", "deleted_classes": ["Sandbox"]}},
    ],
)
def test_deleted_class_loses_its_namespace(cloud: Cloud, worker: dict[str, Any], lifecycle: Any) -> None:  # noqa: ANN401
    upload_and_deploy(cloud, worker, migrations=V1)
    upload_and_deploy(cloud, worker, **lifecycle)
    assert namespaces(cloud) == {}


def test_class_left_out_of_exports_is_refused(cloud: Cloud, worker: dict[str, Any]) -> None:
    upload_and_deploy(cloud, worker, **SANDBOX)
    path = f"/workers/workers/{worker['id']}/versions"
    status, envelope = cloud.call("POST", path, version_body(exports={"Task": LIVE}))
    assert (status, envelope["errors"][0]["code"]) == (400, 100402)
    detail = envelope["errors"][0]["meta"]["details"][0]
    assert (detail["scenario"], detail["class"]) == ("provisioned_class_missing_from_config", "Sandbox")


def test_read_exports_have_no_tombstones(cloud: Cloud, worker: dict[str, Any]) -> None:
    version = cloud.upload(worker["id"], exports={"Sandbox": renamed("Box"), "Box": LIVE})
    assert version["exports"] == {"Box": LIVE}


def test_rollback_over_a_rename_is_refused(cloud: Cloud, worker: dict[str, Any]) -> None:
    first = upload_and_deploy(cloud, worker, exports={"Sandbox": LIVE})
    upload_and_deploy(cloud, worker, exports={"Sandbox": renamed("Box"), "Box": LIVE})
    body = deployment_body(first["id"])
    assert cloud.refusal("POST", "/workers/scripts/demo/deployments", body) == (400, 100402)


def test_container_needs_a_class_with_sqlite(cloud: Cloud, worker: dict[str, Any]) -> None:
    kv = {"new_tag": "v1", "new_classes": ["Sandbox"]}
    assert refused(cloud, worker, migrations=kv, containers=[{"class_name": "Sandbox"}]) == (400, 10061)


NAMES = st.sampled_from(["A", "B", "C"])
ENTRY = st.one_of(st.just(LIVE), st.just(DELETED), NAMES.map(renamed))


@given(have=st.sets(NAMES), exports=st.dictionaries(NAMES, ENTRY))
def test_applying_exports_twice_is_applying_them_once(have: set[str], exports: dict[str, Any]) -> None:
    classes = {name: DurableClass(name, use_sqlite=True, namespace_id=name) for name in have}
    try:
        once = plan_exports(classes, parse_exports(exports)).classes
    except ApiError:
        return
    assert plan_exports(once, parse_exports(exports)).classes == once


@given(have=st.sets(NAMES), exports=st.dictionaries(NAMES, ENTRY))
def test_no_namespace_is_lost_without_a_deletion(have: set[str], exports: dict[str, Any]) -> None:
    classes = {name: DurableClass(name, use_sqlite=True, namespace_id=name) for name in have}
    try:
        plan = plan_exports(classes, parse_exports(exports))
    except ApiError:
        return
    kept = {durable.namespace_id for durable in plan.classes.values()} - {None}
    assert kept == have - set(plan.deleted)


def test_steps_are_applied_in_order() -> None:
    steps = [{"new_sqlite_classes": ["A"]}, {"renamed_classes": [{"from": "A", "to": "B"}]}]
    plan = plan_migrations({}, Migrations.model_validate({"new_tag": "v2", "steps": steps}), None)
    assert set(plan.classes) == {"B"}
