"""The model's credential never enters the sandbox, and nothing that the agent plants leaves it."""

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud.home import Home
from tests.e2e.cloud import Cloud, Service

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
    """The secret as it may be disguised: base64 at three offsets, hexadecimal, reversed."""
    raw = secret.encode()
    shifted = [base64.b64encode(b"x" * offset + raw)[4:-4] for offset in range(3)]
    return [raw, *shifted, raw.hex().encode(), raw[::-1]]


def require_absent(secret: str, content: bytes, where: str) -> None:
    assert not any(form in content for form in forms(secret)), f"the credential is in {where}"


def test_the_canary_is_found_where_it_is() -> None:
    secret = "0123456789abcdef" * 4
    with pytest.raises(AssertionError):
        require_absent(secret, b"..." + base64.b64encode(b"ab" + secret.encode()), "here")


def test_it_is_not_in_the_sandbox(findings: dict[str, Any], canary: str) -> None:
    seen = gzip.decompress(base64.b64decode(findings["seen"]))
    assert b"placeholder-the-real-one-is-added-outside" in seen
    assert b"/proc/1/cmdline" in seen
    require_absent(canary, seen, "the sandbox's environment, files or processes")


def test_it_is_in_no_answer(answer: dict[str, Any], canary: str) -> None:
    require_absent(canary, json.dumps(answer).encode(), "an answer")


@pytest.mark.parametrize("folder", ["logs", "buckets", "stacks"])
def test_it_is_in_no_log_bucket_or_state(
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
