"""Whatever the text of a task is, it reaches Claude Code byte for byte, and is never a command."""

import base64
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.cloud import Cloud, Service
from tests.e2e.prompts import generated, hostile

AT_ONCE = 8
MAX_TASK_BYTES = 262_144


@pytest.fixture(scope="module")
def wide_service(recording_cloud: Cloud) -> Service:
    return recording_cloud.service(f"container.maxInstances={AT_ONCE}", "limits.maxRequestsPerMinute=100000")


def arrived(service: Service, prompt: str) -> bytes:
    answer = service.execute(prompt)
    assert answer.status_code == httpx.codes.OK, answer.text
    return base64.b64decode(answer.json()["output"])


def require_arrival(service: Service, prompts: list[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as senders:
        for prompt, received in zip(
            prompts, senders.map(lambda one: arrived(service, one), prompts), strict=True
        ):
            assert received == prompt.encode(), repr(prompt[:200])


def test_hostile_prompts_arrive_byte_for_byte(wide_service: Service) -> None:
    prompts = hostile()
    assert len(prompts) >= 300
    require_arrival(wide_service, prompts)


def test_generated_prompts_arrive_byte_for_byte(wide_service: Service) -> None:
    prompts = generated(2_000, seed=20261123)
    assert len(prompts) == 2_000
    require_arrival(wide_service, prompts)


@pytest.mark.parametrize("prompt", ["a" * (MAX_TASK_BYTES + 1), "\u00e9" * (MAX_TASK_BYTES // 2) + "a"])
def test_one_byte_more_is_refused(wide_service: Service, prompt: str) -> None:
    answer = wide_service.execute(prompt)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST"), answer.text


@pytest.mark.parametrize("body", [rb'{"task":"\ud800"}', rb'{"task":"a\udfffb"}', b'{"task":"\xff\xfe"}'])
def test_a_text_without_a_utf8_form_is_refused(wide_service: Service, body: bytes) -> None:
    with wide_service.client() as client:
        answer = client.post("/execute", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == httpx.codes.BAD_REQUEST, answer.text
