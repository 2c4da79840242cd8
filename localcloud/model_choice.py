"""Who answers Claude Code: the scripted model, or the real one with the user's own credential."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from localcloud.home import Home

CREDENTIAL_KINDS: Final = {"ANTHROPIC_API_KEY": "apiKey", "CLAUDE_CODE_OAUTH_TOKEN": "oauthToken"}
"""Environment variable to `claude.credential`."""


@dataclass(frozen=True)
class Model:
    """A model, and what it is asked with.

    Args:
        is_scripted: whether it is localcloud's own.
        base_url: of the API; None for the settings' default, Anthropic's.
        kind: of the credential.
        credential: never shown.
    """

    is_scripted: bool
    base_url: str | None
    kind: str
    credential: str

    @property
    def name(self) -> str:
        return "scripted" if self.is_scripted else "real"


def choose_model(home: Home, scripted_url: str, isolation: str, environment: Mapping[str, str]) -> Model:
    """The real model only where the environment gives a credential and sandboxes are isolated.

    `ANTHROPIC_BASE_URL` says where a credential is good, as it does for Claude Code.
    """
    for variable, kind in CREDENTIAL_KINDS.items():
        credential = environment.get(variable)
        if credential and isolation == "bubblewrap":
            base_url = environment.get("ANTHROPIC_BASE_URL") or None
            return Model(is_scripted=False, base_url=base_url, kind=kind, credential=credential)
    return Model(
        is_scripted=True, base_url=scripted_url, kind="apiKey", credential=home.model_credentials()[0]
    )


def without_credentials(environment: Mapping[str, str]) -> dict[str, str]:
    """For processes that need none: a sandbox that is not isolated can read their environment."""
    return {name: value for name, value in environment.items() if name not in CREDENTIAL_KINDS}
