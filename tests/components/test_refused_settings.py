"""A wrong stack file is refused before anything is declared: key path, value, rule, fix, all at once."""

import pytest

from infra.settings.problems import path_text
from infra.settings.stack import SECRET_KEYS
from tests.components.program import RefusedError, run
from tests.unit.schema_values import Path
from tests.unit.settings_documents import SETTINGS, plain


def refusal(settings: dict[str, object], secrets: dict[str, str] | None = None) -> str:
    with pytest.raises(RefusedError) as caught:
        run(settings, secrets)
    return str(caught.value)


def test_several_errors_are_told_at_once() -> None:
    text = refusal({"team": "Acme!", "limits": {"maxTimeoutMs": 5}, "container": {"maxInstances": 0}})
    for problem in (
        'team = "Acme!"',
        "limits.maxTimeoutMs = 5",
        "maxInstances = 0",
        "neither image nor build",
    ):
        assert problem in text
    assert text.startswith("4 settings can't be used, so nothing was deployed:")


def test_an_unknown_key_is_refused_with_the_one_that_was_meant() -> None:
    assert "claude.permisionMode: is no setting. Did you mean permissionMode?" in refusal(
        {"claude": {"permisionMode": "plan"}}
    )


def test_an_unknown_key_of_the_stack_is_refused() -> None:
    assert "teem: is no setting. Did you mean team?" in refusal({"teem": "x"})


def test_a_missing_key_is_named() -> None:
    assert "accountId: is missing. Set it" in refusal({"accountId": None})


def test_a_missing_credential_is_named_with_its_command() -> None:
    assert "pulumi config set --secret claudeCredential" in refusal({}, {"serverAuthToken": "x"})


def test_a_service_that_nobody_could_call_is_refused() -> None:
    assert "clients: nobody could call the service" in refusal({}, {"claudeCredential": "x"})


def test_a_token_in_place_of_its_digest_is_not_shown() -> None:
    token = "raw-token-canary"
    text = refusal({"clients": [{"name": "ci", "tokens": [{"sha256": token}]}]})
    assert "clients[0].tokens[0].sha256" in text
    assert token not in text


def test_the_permission_mode_that_the_cli_refuses_as_root_is_refused() -> None:
    assert "claude.permissionMode" in refusal({"claude": {"permissionMode": "bypassPermissions"}})


def test_an_image_of_another_version_than_the_workers_sdk_is_refused() -> None:
    image = f"registry.cloudflare.com/x/claude:0.1.0-abc@sha256:{'a' * 64}"
    assert "carries the Sandbox server 0.1.0" in refusal({"container": {"image": image}})


@pytest.mark.parametrize("path", [path for path, _ in SETTINGS if 0 not in path], ids=path_text)
def test_every_wrong_setting_is_refused_before_any_call(path: Path) -> None:
    document = plain(path, [{"unknown": [1]}])
    with pytest.raises(RefusedError) as caught:
        run({key: value for key, value in document.items() if key not in SECRET_KEYS})
    assert path_text(path) in str(caught.value)
    assert caught.value.calls == 0


def test_the_calls_before_the_first_resource_are_counted() -> None:
    """The test above could not tell otherwise."""
    assert run({}).calls > 0
