"""The scripted model is deterministic, speaks the Messages API, and fails as the real one can."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from localcloud.asgi_server import listen, serve
from localcloud.model.app import create_app

CREDENTIAL = "sk-scripted"


@pytest.fixture
def model() -> Iterator[httpx.Client]:
    with (
        serve(create_app(lambda: [CREDENTIAL]), listen()) as url,
        httpx.Client(base_url=url, headers={"x-api-key": CREDENTIAL}) as client,
    ):
        yield client


def ask(model: httpx.Client, prompt: str, *, stream: bool = False, turns: list[Any] | None = None) -> Any:  # noqa: ANN401
    body = {"model": "m", "stream": stream, "messages": [{"role": "user", "content": prompt}, *(turns or [])]}
    return model.post("/v1/messages", json=body)


def test_sum_is_answered(model: httpx.Client) -> None:
    assert ask(model, "What is 2 + 2?").json()["content"] == [{"type": "text", "text": "4"}]


def test_stream_adds_up_to_the_message(model: httpx.Client) -> None:
    lines = [
        line[6:]
        for line in ask(model, "scenario:long-text", stream=True).text.splitlines()
        if line[:5] == "data:"
    ]
    deltas = [event["delta"] for event in map(json.loads, lines) if event["type"] == "content_block_delta"]
    assert "".join(delta["text"] for delta in deltas) == "0123456789abcdef" * 65_536


def test_tool_is_used_before_the_answer(model: httpx.Client) -> None:
    used = ask(model, "scenario:write-file").json()
    assert (used["stop_reason"], used["content"][0]["name"]) == ("tool_use", "Write")
    result = {"type": "tool_result", "tool_use_id": used["content"][0]["id"], "content": "ok"}
    turns = [{"role": "assistant", "content": used["content"]}, {"role": "user", "content": [result]}]
    assert ask(model, "scenario:write-file", turns=turns).json()["stop_reason"] == "end_turn"


def test_results_of_tools_can_be_repeated(model: httpx.Client) -> None:
    prompt = (
        'scenario:script [{"use":"Bash","input":{"command":"id"}},{"say":"saw: {{results}}"}] and more text'
    )
    result = {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "uid=0"}]}
    turns = [{"role": "assistant", "content": []}, {"role": "user", "content": [result]}]
    assert ask(model, prompt, turns=turns).json()["content"][0]["text"] == "saw: uid=0"


@pytest.mark.parametrize(
    ("scenario", "statuses"),
    [
        ("rate-limited", [429, 200]),
        ("overloaded", [529, 200]),
        ("server-error", [500, 500]),
        ("unauthorized", [401, 401]),
        ("bad-request", [400, 400]),
    ],
)
def test_fault_ends_after_its_tries(model: httpx.Client, scenario: str, statuses: list[int]) -> None:
    assert [ask(model, f"scenario:{scenario}").status_code for _ in statuses] == statuses


@pytest.mark.parametrize(
    "prompt",
    ["scenario:unknown", "scenario:script", "scenario:script [1]", 'scenario:script [{"sing":"la"}]'],
)
def test_unknown_script_is_a_clear_400(model: httpx.Client, prompt: str) -> None:
    answer = ask(model, prompt)
    assert answer.status_code == 400
    assert "scenario" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "headers", [{"x-api-key": "other"}, {"x-api-key": "", "authorization": "Bearer other"}]
)
def test_other_credential_is_401(model: httpx.Client, headers: dict[str, str]) -> None:
    assert model.post("/v1/messages", json={}, headers=headers).status_code == 401


def test_cut_stream_ends_in_the_middle(model: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        ask(model, "scenario:cut-stream", stream=True)


def test_bearer_token_is_accepted(model: httpx.Client) -> None:
    headers = {"x-api-key": "", "authorization": f"Bearer {CREDENTIAL}"}
    assert model.post("/v1/messages/count_tokens", json={}, headers=headers).status_code == 200


def test_credentials_are_read_anew_for_each_request() -> None:
    credentials = ["old"]
    with serve(create_app(lambda: credentials), listen()) as url, httpx.Client(base_url=url) as client:

        def statuses() -> list[int]:
            path = "/v1/messages/count_tokens"
            return [client.post(path, headers={"x-api-key": one}).status_code for one in ("old", "new")]

        seen = [statuses()]
        for step in (["new", "old"], ["new"]):
            credentials[:] = step
            seen.append(statuses())
    assert seen == [[200, 401], [200, 200], [401, 200]]


def test_every_request_is_recorded_until_cleared(model: httpx.Client) -> None:
    model.put("/v1/files", content=b"abc")
    seen = model.get("/__requests").json()
    assert [(request["method"], request["path"], request["body_bytes"]) for request in seen] == [
        ("PUT", "/v1/files", 3)
    ]
    model.delete("/__requests")
    assert model.get("/__requests").json() == []
