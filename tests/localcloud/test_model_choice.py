"""A real credential is used only where a sandbox can't take it, and is given to nobody who needs none."""

from pathlib import Path

import pytest

from localcloud.home import Home
from localcloud.model_choice import choose_model, without_credentials

SCRIPTED_URL = "http://127.0.0.1:2"
KEY = {"ANTHROPIC_API_KEY": "k"}
TOKEN = {"CLAUDE_CODE_OAUTH_TOKEN": "t"}
GATEWAY = {"ANTHROPIC_BASE_URL": "https://gateway.example"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (KEY, (None, "apiKey", "k")),
        (TOKEN, (None, "oauthToken", "t")),
        (KEY | GATEWAY, ("https://gateway.example", "apiKey", "k")),
    ],
)
def test_the_users_credential_means_the_real_model(
    home: Home, environment: dict[str, str], expected: tuple[str | None, str, str]
) -> None:
    model = choose_model(home, SCRIPTED_URL, "bubblewrap", environment)
    assert (model.name, model.base_url, model.kind, model.credential) == ("real", *expected)


@pytest.mark.parametrize(
    ("isolation", "environment"),
    [
        ("bubblewrap", {}),
        ("bubblewrap", {"ANTHROPIC_API_KEY": ""}),
        ("bubblewrap", GATEWAY),
        ("none", KEY),
        ("none", TOKEN),
        ("none", KEY | GATEWAY),
    ],
)
def test_everything_else_means_the_scripted_one(
    home: Home, isolation: str, environment: dict[str, str]
) -> None:
    model = choose_model(home, SCRIPTED_URL, isolation, environment)
    own = (SCRIPTED_URL, "apiKey", home.model_credential.read_text())
    assert (model.name, model.base_url, model.kind, model.credential) == ("scripted", *own)


def test_the_first_of_several_credentials_is_deployed(home: Home) -> None:
    home.model_credential.write_text("new\nold\n")
    assert choose_model(home, SCRIPTED_URL, "none", {}).credential == "new"


def test_who_needs_no_credential_gets_none() -> None:
    assert without_credentials({**KEY, **TOKEN, "PATH": "/bin"}) == {"PATH": "/bin"}
