"""Whatever a deployment lacks is told before anything is declared, all of it at once."""

from pathlib import Path
from typing import cast

import pulumi
import pytest

from infra.readiness import ready_bundle
from infra.settings import parse_settings
from infra.settings.loading import FlatConfig, ProviderConfig, Secrets, StackConfig
from tests.components.conftest import Inject
from tests.components.program import RefusedError, run
from tests.localcloud.conftest import API_TOKEN, Cloud
from tests.unit.settings_documents import GOOD


class Given(FlatConfig):
    """A configuration without a stack."""

    def __init__(self, **values: str) -> None:
        self._values = values

    def get(self, key: str) -> str | None:
        return self._values.get(key.removeprefix("cloudflare:"))


def stack_config(**connection: str) -> StackConfig:
    provider = ProviderConfig(None, None, Given(**connection))
    return StackConfig(parse_settings(GOOD), cast("Secrets", None), provider)


def refusal(config: StackConfig, folder: Path) -> str:
    with pytest.raises(pulumi.RunError) as caught:
        ready_bundle(config, folder)
    return str(caught.value)


def test_what_account_and_project_lack_is_told_at_once(cloud: Cloud, inject: Inject, tmp_path: Path) -> None:
    inject(*({"path_contains": path, "status": 403} for path in ("/containers/", "/r2/")))
    base_url = str(cloud.client.base_url.join("/client/v4"))
    text = refusal(stack_config(apiToken=API_TOKEN, baseUrl=base_url), tmp_path)
    for part in ("Workers Containers Write", "Workers R2 Storage Write", "run: make install"):
        assert part in text


def test_without_a_token_the_next_step_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN", raising=False)
    assert "set CLOUDFLARE_API_TOKEN" in refusal(stack_config(), tmp_path)


def test_credentials_that_nobody_gives_are_told() -> None:
    with pytest.raises(RefusedError, match="cannot make registry credentials"):
        run({"container": {"build": True}})
