"""Container applications against Cloudflare's rules: created, adopted, limited, deleted, refused."""

import json
from dataclasses import replace

import httpx
import pytest

from infra.cloudflare_client import NEXT_STEPS, CloudflareError
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.components.application_bench import APPLICATIONS, DESIRED, Bench, MakeBench
from tests.localcloud.conftest import SANDBOX, application_body


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


def test_one_of_our_name_without_any_namespace_is_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It serves somebody in another way than by a Durable Object."""
    bench.cloud.run_sandbox()
    standalone = {"id": "someone-elses", "name": DESIRED.name, "configuration": {}, "instances": 3}
    monkeypatch.setattr(bench.control._api, "find", lambda _name: standalone)
    with pytest.raises(CloudflareError, match=r"NAME_HELD.*without a Worker"):
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


@pytest.mark.parametrize("status", [None, 500, 502, 503, 504, 520, 524])
def test_a_create_whose_answer_is_lost_is_not_repeated(bench: Bench, status: int | None) -> None:
    bench.cloud.run_sandbox()
    bench.network.loses_answer_of, bench.network.answers_instead = "POST", status
    assert bench.control.create(DESIRED) == bench.one()["id"]
    assert bench.network.writes == ["POST"]


def test_limits_are_patched_without_a_rollout(bench: Bench) -> None:
    changed = replace(DESIRED, max_instances=7, rollout_grace_seconds=1_200, has_logs=False)
    bench.control.update(bench.created(), changed)
    assert (bench.one()["max_instances"], bench.one()["rollout_active_grace_period"]) == (7, 1_200)
    assert bench.one()["observability"] == {"logs": {"enabled": False}}
    assert bench.rollouts() == []


def test_nothing_different_is_no_call(bench: Bench) -> None:
    bench.control.update(bench.created(), DESIRED)
    assert bench.network.writes == ["POST"]


def test_deleting_waits_until_it_is_gone(bench: Bench) -> None:
    bench.control.delete(bench.created())
    assert bench.applications() == []


def test_what_is_gone_already_is_deleted(bench: Bench) -> None:
    bench.control.delete("00000000-0000-4000-8000-000000000000")


def test_one_that_does_not_go_is_told(make_bench: MakeBench) -> None:
    bench = make_bench(timeout_seconds=0)
    with pytest.raises(CloudflareError, match=r"DELETE_TIMEOUT.*run this again"):
        bench.control.delete(bench.created())


def test_one_deleted_by_hand_is_told(bench: Bench) -> None:
    with pytest.raises(CloudflareError, match=r"APPLICATION_GONE.*pulumi refresh"):
        bench.control.update("00000000-0000-4000-8000-000000000000", DESIRED)


def test_an_image_that_is_not_there_is_told_with_the_next_step(bench: Bench) -> None:
    bench.cloud.run_sandbox()
    image = f"registry.cloudflare.com/{ACCOUNT_ID}/unknown@sha256:{'2' * 64}"
    with pytest.raises(CloudflareError, match=r"IMAGE_REGISTRY_DOESNT_CONTAIN_IMAGE.*push it"):
        bench.control.create(replace(DESIRED, image=image))


def test_a_class_without_a_container_is_told_with_the_next_step(bench: Bench) -> None:
    worker = bench.cloud.result("POST", "/workers/workers", {"name": "demo"})
    bench.cloud.deploy("demo", bench.cloud.upload(worker["id"], **{**SANDBOX, "containers": []})["id"])
    with pytest.raises(CloudflareError, match=r"NOT_CONTAINER_ENABLED.*`containers`.*run `pulumi up` again"):
        bench.control.create(DESIRED)


@pytest.mark.parametrize("code", [code for code in NEXT_STEPS if not code.startswith("HTTP_")])
def test_every_refusal_is_told_with_its_next_step(bench: Bench, code: str) -> None:
    bench.cloud.run_sandbox()
    message = json.dumps({"error": code, "details": {"id": "4711"}})
    refusal = {"success": False, "result": None, "errors": [{"code": 1000, "message": message}]}
    bench.network.refuses_with = httpx.Response(400, json=refusal)
    with pytest.raises(CloudflareError) as caught:
        bench.control.create(DESIRED)
    assert caught.value.code == code
    assert all(part in str(caught.value) for part in ("create the container", "id 4711", NEXT_STEPS[code]))


def test_a_wrong_token_is_told_without_the_token(make_bench: MakeBench) -> None:
    token = "w" * 40
    with pytest.raises(CloudflareError, match=r"HTTP_401.*docs/reference/tokens\.md") as caught:
        make_bench(api_token=token).control.create(DESIRED)
    assert token not in str(caught.value)
