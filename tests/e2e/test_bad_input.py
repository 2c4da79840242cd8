"""Every wrong request gets the documented answer, and starts nothing."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.cloud import Cloud, Service

JSON_TYPE = {"content-type": "application/json"}
NO_ID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def _nothing_is_started(cloud: Cloud, service: Service) -> Iterator[None]:
    before = sum(entry["event"] == "task_accepted" for entry in cloud.worker_log(service))
    yield
    after = sum(entry["event"] == "task_accepted" for entry in cloud.worker_log(service))
    assert after == before


def post(service: Service, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    with service.client() as client:
        return client.post("/execute", content=body, headers={**JSON_TYPE, **(headers or {})})


def require(answer: httpx.Response, status: int, error: str) -> None:
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert answer.json()["code"].isupper()
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("task", [None, "", "  \n", 5, True, [], {}, 1.5])
def test_a_task_that_is_no_text_is_refused(service: Service, task: Any) -> None:  # noqa: ANN401
    require(post(service, json.dumps({"task": task}).encode()), 400, "Task is required")


@pytest.mark.parametrize("timeout", [0, -1, 1.5, "5", 999, 600_001, None, True, 2**53, [], {}])
def test_a_wrong_timeout_is_refused(service: Service, timeout: Any) -> None:  # noqa: ANN401
    answer = post(service, json.dumps({"task": "x", "timeout": timeout}).encode())
    require(answer, 400, "Invalid request")
    assert answer.json()["errors"][0]["pointer"] == "/timeout"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"5", b'"x"', b"{\xff}", b'{"task":"x"}x', b"NaN"]
)
def test_a_body_that_is_no_json_object_is_refused(service: Service, body: bytes) -> None:
    assert post(service, body).status_code == httpx.codes.BAD_REQUEST


def test_an_unknown_field_is_refused(service: Service) -> None:
    require(post(service, b'{"task":"x","timeuot":5000}'), 400, "Invalid request")


def test_a_body_of_one_byte_more_than_a_mebibyte_is_refused(service: Service) -> None:
    body = b'{"task":"' + b"a" * (1_048_577 - 11) + b'"}'
    assert len(body) == 1_048_577
    assert post(service, body).status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE


def test_another_content_type_is_refused(service: Service) -> None:
    answer = post(service, b"task=x", {"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == httpx.codes.UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/execute", "POST"), ("POST", "/health", "GET"), ("DELETE", "/openapi.json", "GET")],
)
def test_a_wrong_method_names_the_right_ones(service: Service, method: str, path: str, allowed: str) -> None:
    with service.client() as client:
        answer = client.request(method, path)
    assert answer.status_code == httpx.codes.METHOD_NOT_ALLOWED
    assert allowed in answer.headers["allow"]


@pytest.mark.parametrize("task_id", ["x", NO_ID, NO_ID.upper(), "..%2f..%2fhealth", "%00", "a" * 4096])
def test_an_id_that_names_no_task_is_not_found(service: Service, task_id: str) -> None:
    require(service.result(task_id), 404, "Task result not found")


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Basic eDp5", "Bearer x y", "Bearer wrong", "Bearer " + "a" * 5000],
)
def test_a_wrong_token_is_refused(service: Service, authorization: str) -> None:
    headers = {**JSON_TYPE, "authorization": authorization}
    with httpx.Client() as client:
        answer = client.post(f"{service.url}/execute", content=b'{"task":"x"}', headers=headers)
    require(answer, 401, "Unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/", "/nothing", "/execute/", "//execute", "/EXECUTE"])
def test_an_unknown_path_is_not_found(service: Service, path: str) -> None:
    with service.client() as client:
        assert client.post(path, json={"task": "x"}).status_code == httpx.codes.NOT_FOUND
