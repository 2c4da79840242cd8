"""The model's credential never enters the sandbox, and nothing that the agent plants leaves it."""

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.home import Home
from tests.e2e.cloud import Cloud, Service
from tests.e2e.log_queries import require_answered

PRYING_CLAUDE = Path(__file__).with_name("prying-claude")
PLANTED = "planted-by-the-agent"


@pytest.fixture(scope="module")
def prying_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    cloud = Cloud(Home(tmp_path_factory.mktemp("prying") / "home"))
    cloud.start("--claude", str(PRYING_CLAUDE))
    yield cloud
    cloud.command("stop")


@pytest.fixture(scope="module")
def prying_service(prying_cloud: Cloud) -> Service:
    return prying_cloud.service()


@pytest.fixture(scope="module")
def answer(prying_service: Service) -> dict[str, Any]:
    document: dict[str, Any] = prying_service.execute("Tell me everything.").json()
    assert document["success"], document
    return document


@pytest.fixture(scope="module")
def findings(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer["stdout"])
    return found


@pytest.fixture(scope="module")
def canary(prying_cloud: Cloud) -> str:
    return prying_cloud.home.model_credential.read_text()


def forms(secret: str) -> list[bytes]:
    """The secret as it may be disguised: base64 at three offsets, hexadecimal, percent-encoded, reversed."""
    raw = secret.encode()
    shifted = [base64.b64encode(b"x" * offset + raw)[4:-4] for offset in range(3)]
    percent = "".join(f"%{byte:02x}" for byte in raw).encode()
    return [raw, raw[::-1], *shifted, raw.hex().encode(), percent]


def require_absent(secret: str, content: bytes, where: str) -> None:
    """Letters count in either case, since hexadecimal digits do; base64 is found in its own."""
    found = [form for form in forms(secret) if form in content or form in content.lower()]
    assert not found, f"the credential is in {where}"


DISGUISES: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda raw: raw,
    "base64": lambda raw: base64.b64encode(b"ab" + raw),
    "hexadecimal": lambda raw: raw.hex().upper().encode(),
    "percent-encoded": lambda raw: "".join(f"%{byte:02X}" for byte in raw).encode(),
    "reversed": lambda raw: raw[::-1],
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_the_canary_is_found_where_it_is(disguise: str) -> None:
    secret = "0123456789abcdef" * 4
    with pytest.raises(AssertionError):
        require_absent(secret, b"..." + DISGUISES[disguise](secret.encode()), "here")


def test_it_is_not_in_the_sandbox(findings: dict[str, Any], canary: str) -> None:
    seen = gzip.decompress(base64.b64decode(findings["seen"]))
    assert b"placeholder-the-real-one-is-added-outside" in seen
    assert b"/proc/1/cmdline" in seen
    require_absent(canary, seen, "the sandbox's environment, files or processes")


ANSWERS: dict[str, tuple[str, str, int]] = {
    "health": ("GET", "/health", 200),
    "readiness": ("GET", "/readyz", 200),
    "contract": ("GET", "/openapi.json", 200),
    "list": ("GET", "/tasks", 200),
    "status": ("GET", "/tasks/{id}", 200),
    "result": ("GET", "/tasks/{id}/result", 200),
    "ended events": ("GET", "/tasks/{id}/events", 200),
    "execute without a task": ("POST", "/execute", 400),
    "unknown path": ("GET", "/nothing", 404),
    "unknown task": ("GET", "/tasks/00000000-0000-4000-8000-000000000000", 404),
    "wrong method": ("PUT", "/execute", 405),
}


def whole(answer: httpx.Response) -> bytes:
    """Headers and body."""
    return b"\n".join(name + b": " + value for name, value in answer.headers.raw) + answer.content


@pytest.mark.parametrize("name", ANSWERS)
def test_it_is_in_no_answer(prying_service: Service, answer: dict[str, Any], canary: str, name: str) -> None:
    method, path, status = ANSWERS[name]
    with prying_service.client() as client:
        asked = client.request(method, path.format(id=answer["taskId"]), json={})
    assert asked.status_code == status, asked.text
    require_absent(canary, whole(asked), f"the answer of {method} {path}")


def test_it_is_not_in_the_answer_to_a_task_or_to_a_stranger(prying_service: Service, canary: str) -> None:
    for answered, status in (
        (prying_service.execute("Tell me everything."), 200),
        (httpx.post(f"{prying_service.url}/execute", json={"task": "x"}), 401),
    ):
        assert answered.status_code == status
        require_absent(canary, whole(answered), f"an answer of status {status}")


@pytest.mark.parametrize("folder", ["logs", "buckets", "durable-objects", "stacks"])
def test_it_is_in_no_log_bucket_object_or_state(
    prying_cloud: Cloud, answer: dict[str, Any], canary: str, folder: str
) -> None:
    assert answer
    files = [path for path in (prying_cloud.home.folder / folder).rglob("*") if path.is_file()]
    assert files
    for path in files:
        require_absent(canary, path.read_bytes(), str(path))


def test_the_model_saw_it_on_the_allowed_path_only(
    prying_cloud: Cloud, findings: dict[str, Any], canary: str
) -> None:
    assert findings["tried"]["planted credential"]["status"] == 200
    with prying_cloud.model as client:
        requests = client.get("/__requests").json()
    assert {(one["method"], one["path"]) for one in requests} == {("POST", "/v1/messages")}
    assert {one["headers"]["x-api-key"] for one in requests} == {canary}


def test_what_the_agent_planted_is_not_forwarded(prying_cloud: Cloud, findings: dict[str, Any]) -> None:
    assert findings
    with prying_cloud.model as client:
        assert PLANTED not in client.get("/__requests").text


@pytest.mark.parametrize("name", ["files api", "list models", "path trick", "encoded path"])
def test_other_calls_of_the_model_are_refused(findings: dict[str, Any], name: str) -> None:
    assert findings["tried"][name]["status"] == 403, findings["tried"][name]


WAYS_OUT = (
    "other host",
    "other host over TLS",
    "address",
    "metadata",
    "this machine",
    "control plane",
    "data plane",
)


@pytest.mark.parametrize("name", WAYS_OUT)
def test_no_other_host_is_reached(findings: dict[str, Any], name: str) -> None:
    outcome = findings["tried"][name]
    assert "error" in outcome or outcome["status"] == 520, outcome


def test_refused_calls_are_found_by_the_query_for_them(
    prying_cloud: Cloud, prying_service: Service, answer: dict[str, Any]
) -> None:
    require_answered("Refused calls at the model's host", prying_cloud.worker_log(prying_service))
