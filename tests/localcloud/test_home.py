"""What localcloud keeps is its owner's alone."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.daemon import Endpoints
from localcloud.deploy.request import Result
from localcloud.home import Home
from localcloud.outputs import outputs_document, store
from localcloud.supervisor import announce


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    """A user's umask that would leave every file readable and writable for all."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """With every file that this process writes: tokens, endpoints, outputs."""
    home = Home(tmp_path / "home")
    home.prepare()
    announce(home, control_plane_url="http://127.0.0.1:1/client/v4", model_url="http://127.0.0.1:2")
    store(home, outputs(home))
    return home


def outputs(home: Home, worker_url: str = "http://127.0.0.1:3") -> dict[str, object]:
    endpoints = Endpoints(1, "http://127.0.0.1:1/client/v4", "http://127.0.0.1:2")
    result = Result(
        outputs={"worker_url": worker_url, "token": "secret"}, secret_outputs=frozenset({"token"})
    )
    return outputs_document(home, endpoints, result)


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


@pytest.mark.parametrize("name", ["api-token", "auth-token", "model-credential", "outputs.json"])
def test_file_is_readable_by_its_owner_only(home: Home, name: str) -> None:
    assert mode(home.folder / name) == "0o600"


def test_folders_are_open_to_their_owner_only(home: Home) -> None:
    assert {mode(folder) for folder in (home.folder, home.stacks, home.logs)} == {"0o700"}


def test_tokens_differ_and_stay(home: Home) -> None:
    files = (home.api_token, home.auth_token, home.model_credential)
    tokens = [file.read_text() for file in files]
    home.prepare()
    assert [file.read_text() for file in files] == tokens
    assert len(set(tokens)) == 3
    assert {len(token) for token in tokens} == {64}


def test_outputs_say_where_everything_is(home: Home) -> None:
    document = outputs(home)
    assert document == {
        "worker_url": "http://127.0.0.1:3",
        "auth_token_file": str(home.auth_token),
        "control_plane_url": "http://127.0.0.1:1/client/v4",
        "api_token_file": str(home.api_token),
        "outputs": {"worker_url": "http://127.0.0.1:3"},
    }


def test_the_first_task_is_that_of_its_url(home: Home) -> None:
    store(home, {**outputs(home), "first_task": {"output": "hello"}})
    assert outputs(home)["first_task"] == {"output": "hello"}
    assert "first_task" not in outputs(home, "http://127.0.0.1:4")
