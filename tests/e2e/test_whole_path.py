"""From an empty machine to the answer of a real Claude Code run, and back to an empty machine."""

import hashlib
import json
import re
from pathlib import Path

import httpx
import pytest

from tests.e2e.cloud import Cloud, Service

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def test_health_is_the_seeds_byte_for_byte(service: Service) -> None:
    with httpx.Client() as client:
        answer = client.get(f"{service.url}/health")
    assert answer.status_code == httpx.codes.OK
    assert answer.text == (
        '{"status":"healthy","platform":"cloudflare_sandboxes","auth_method":"anthropic_api_key"}'
    )


def test_a_task_without_a_token_is_refused(service: Service) -> None:
    with httpx.Client() as client:
        answer = client.post(f"{service.url}/execute", json={"task": "x"})
    assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized")


def test_a_request_without_a_task_is_refused(service: Service) -> None:
    with service.client() as client:
        answer = client.post("/execute", json={})
    assert (answer.status_code, answer.json()["error"]) == (400, "Task is required")


def test_claude_code_uses_a_tool_and_its_answer_comes_back(cloud: Cloud, service: Service) -> None:
    answer = service.execute("Write hello.py. marker-tool scenario:write-file")
    document = answer.json()
    assert (answer.status_code, document["success"]) == (200, True), answer.text
    assert document["stdout"] == "I wrote hello.py, a Python program that prints 'Hello from a sandbox'."
    assert document["output"] == document["stdout"]
    assert UUID.fullmatch(document["taskId"])
    assert len(cloud.model_calls("marker-tool")) == 2  # the tool's use, then the answer after its result


def test_the_result_is_fetched_by_id_with_its_time(service: Service) -> None:
    task_id = service.execute("What is 2 + 2?").json()["taskId"]
    result = service.result(task_id).json()
    assert result["success"] is True
    assert "4" in result["stdout"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", result["timestamp"])


def test_an_unknown_id_has_no_result(service: Service) -> None:
    answer = service.result("00000000-0000-4000-8000-000000000000")
    assert (answer.status_code, answer.json()["error"]) == (404, "Task result not found")


def test_a_task_is_accepted_at_once_and_ends_later(service: Service) -> None:
    task_id = service.submit("What is 2 + 2?")
    assert service.await_status(task_id, {"succeeded"})["attempts"] == 1


def test_the_deadline_answers_408_and_the_task_still_ends(service: Service) -> None:
    answer = service.execute("scenario:never-ends", timeout=3_000)
    assert answer.status_code == httpx.codes.REQUEST_TIMEOUT
    task_id = answer.headers["task-id"]
    assert service.await_status(task_id, {"timed_out"})
    assert service.result(task_id).json()["success"] is False


def test_a_second_deploy_makes_no_write(cloud: Cloud, service: Service) -> None:
    assert service
    with cloud.control_plane as client:
        client.delete("/localcloud/requests").raise_for_status()
        assert set(cloud.deploy()["counts"]) == {"unchanged"}
        assert client.get("/localcloud/requests").json()["result"]["writes"] == 0


def test_the_bundle_that_runs_is_the_bundle_that_ships(cloud: Cloud, service: Service) -> None:
    module = Path(__file__).parents[2] / "worker" / "dist" / "index.js"
    digest = hashlib.sha256(module.read_bytes()).hexdigest()
    with cloud.control_plane as client:
        account = f"/accounts/{client.get('/accounts').json()['result'][0]['id']}"
        versions = client.get(f"{account}/workers/workers/{service.name}/versions").json()["result"]
    assert versions[0]["annotations"]["workers/message"] == f"bundle sha256:{digest}"


@pytest.fixture
def other_cloud(tmp_path: Path) -> Cloud:
    from localcloud.home import Home  # noqa: PLC0415

    return Cloud(Home(tmp_path / "home"))


def test_destroy_leaves_nothing(other_cloud: Cloud) -> None:
    other_cloud.start()
    try:
        other_cloud.deploy()
        other_cloud.command("destroy")
        with other_cloud.control_plane as client:
            account = f"/accounts/{client.get('/accounts').json()['result'][0]['id']}"
            left = {path: client.get(f"{account}/{path}").json()["result"] for path in LISTS}
        assert not any(left_over(result) for result in left.values()), json.dumps(left)
        assert other_cloud.status()["workers"] == []
    finally:
        other_cloud.command("reset")


LISTS = ("r2/buckets", "workers/workers", "workers/domains", "containers/applications")


def left_over(result: object) -> bool:
    return bool(result["buckets"] if isinstance(result, dict) else result)
