"""`make up` again: with nothing changed it writes nothing, with a key of one's own the real model answers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.asgi_server import listen, serve
from localcloud.home import Home
from localcloud.model.app import create_app
from tests.e2e.cloud import ROOT, Cloud

SCRIPTED_ANSWER = "I wrote hello.py, a Python program that prints 'Hello from a sandbox'."
KEY = "key-of-the-user"


@dataclass(frozen=True)
class FirstUse:
    """A localcloud on which `up` has run, and what that printed."""

    cloud: Cloud
    printed: str

    def outputs(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.cloud.home.outputs.read_text())
        return document


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstUse]:
    """Whose user has another service in the environment, which is not asked and gets nothing."""
    other = {"CLAUDE_SANDBOX_URL": "http://127.0.0.1:9", "CLAUDE_SANDBOX_TOKEN": "token-of-another-service"}
    cloud = Cloud(Home(tmp_path_factory.mktemp("first-use") / "home"), environment=other)
    try:
        yield FirstUse(cloud, cloud.up())
    finally:
        cloud.command("stop")


@pytest.fixture
def real_model() -> Iterator[httpx.Client]:
    """Stands in for Anthropic's: another scripted model, which accepts the user's key only."""
    with serve(create_app(lambda: [KEY]), listen()) as url, httpx.Client(base_url=url) as client:
        yield client


def written(*files: Path) -> list[int]:
    return [file.stat().st_mtime_ns for file in files]


def test_up_prints_the_answer_and_keeps_it(first: FirstUse) -> None:
    assert SCRIPTED_ANSWER in first.printed
    assert first.outputs()["first_task"]["output"] == SCRIPTED_ANSWER


def test_outputs_are_what_scripts_need(first: FirstUse) -> None:
    document = first.outputs()
    named = {"worker_url", "auth_token_file", "control_plane_url", "api_token_file", "outputs"}
    assert document.keys() == named | {"first_task"}
    token = Path(document["auth_token_file"]).read_text()
    listed = httpx.get(f"{document['worker_url']}/tasks", headers={"authorization": f"Bearer {token}"})
    api_token = Path(document["api_token_file"]).read_text()
    verified = httpx.get(
        f"{document['control_plane_url']}/user/tokens/verify",
        headers={"authorization": f"Bearer {api_token}"},
    )
    assert (listed.status_code, verified.status_code) == (httpx.codes.OK, httpx.codes.OK)


def test_a_second_up_says_the_same_and_writes_nothing(first: FirstUse) -> None:
    home = first.cloud.home
    files = (home.outputs, home.stacks / "local.json", ROOT / "worker" / "dist" / "index.js")
    before = written(*files)
    with first.cloud.control_plane as client:
        client.delete("/localcloud/requests").raise_for_status()
        assert first.cloud.up() == first.printed
        calls = client.get("/localcloud/requests").json()["result"]
    assert (calls["writes"], calls["reads"] > 0) == (0, True)
    assert written(*files) == before


def test_the_users_key_means_the_real_model_for_as_long_as_it_is_given(
    first: FirstUse, real_model: httpx.Client
) -> None:
    environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": str(real_model.base_url)}
    printed = replace(first.cloud, environment=environment).up()
    assert SCRIPTED_ANSWER not in printed
    assert "The model is scripted" not in printed
    asked = real_model.get("/__requests").json()
    assert "hello.py" in asked[0]["prompt"]
    assert {call["headers"]["x-api-key"] for call in asked} == {KEY}
    assert SCRIPTED_ANSWER in first.cloud.up()
    assert real_model.get("/__requests").json() == asked
