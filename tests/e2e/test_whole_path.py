"""From an empty machine to the answer of a real Claude Code run, and back to an empty machine."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.home import Home
from tests.e2e.cloud import Cloud, Service, await_condition

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


def test_a_file_that_claude_code_wrote_is_read_back(cloud: Cloud, service: Service) -> None:
    steps = [
        {"use": "Write", "input": {"file_path": "notes.txt", "content": "kept in a file\n"}},
        {"use": "Read", "input": {"file_path": "notes.txt"}},
        {"say": "saw: {{results}}"},
    ]
    answer = service.execute(f"marker-tool scenario:script {json.dumps(steps)}")
    document = answer.json()
    assert (answer.status_code, document["success"]) == (200, True), answer.text
    assert "1\tkept in a file\n" in document["stdout"]
    assert document["output"] == document["stdout"]
    assert UUID.fullmatch(document["taskId"])
    assert service.result(document["taskId"]).json()["permission_denials"] == []
    assert len(cloud.model_calls("marker-tool")) == len(steps)


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
    shipped = (Path(__file__).parents[2] / "worker" / "dist" / "index.js").read_bytes()
    with httpx.Client() as client:
        running = client.get(f"{service.url}/health").headers["worker-version-id"]
    with cloud.account as client:
        path = f"workers/workers/{service.name}/versions/{running}"
        version = client.get(path, params={"include": "modules"}).json()["result"]
    assert [base64.b64decode(module["content_base64"]) for module in version["modules"]] == [shipped]
    digest = hashlib.sha256(shipped).hexdigest()
    assert version["annotations"]["workers/message"] == f"bundle sha256:{digest}"


@pytest.fixture
def other_cloud(tmp_path: Path) -> Iterator[Cloud]:
    cloud = Cloud(Home(tmp_path / "home"))
    cloud.start()
    yield cloud
    cloud.command("reset")


def test_destroy_leaves_nothing_also_while_a_task_runs(other_cloud: Cloud) -> None:
    service = other_cloud.service("worker.customDomain=sandbox.example.com")
    task_id = service.submit("scenario:never-ends")
    await_condition(lambda: other_cloud.has_phase(service, task_id, "running"))
    assert all(left(other_cloud).values()), left(other_cloud)
    other_cloud.command("destroy")
    assert not any(left(other_cloud).values()), left(other_cloud)


LISTS = (
    "workers/workers",
    "workers/domains",
    "workers/durable_objects/namespaces",
    "containers/applications",
)


def left(cloud: Cloud) -> dict[str, Any]:
    """What the account and the data plane hold, and the data of Durable Objects on the disk."""
    status = cloud.status()
    with cloud.account as client:
        lists = {path: client.get(path).json()["result"] for path in (*LISTS, "r2/buckets")}
    return {
        **lists,
        "r2/buckets": lists["r2/buckets"]["buckets"],
        "served": status["workers"],
        "instances": status["instances"],
        "objects": [str(path) for path in (cloud.home.folder / "durable-objects").iterdir()],
    }
