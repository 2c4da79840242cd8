"""A stack's configuration is what the CLI would give the program, with this machine's values over it."""

import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.deploy.errors import DeployError
from localcloud.deploy.stack_config import StackConfig, load_stack_config

PROJECT = """
name: demo
runtime: python
config:
  team: {default: core}
  token: {type: string, secret: true}
  cloudflare:baseUrl: {value: "http://127.0.0.1:1/client/v4"}
"""


def load(folder: Path, stack: str, **given: Any) -> StackConfig:  # noqa: ANN401
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "Pulumi.local.yaml").write_text(f"config:\n{stack}")
    return load_stack_config(folder, "local", **{"overrides": {}, "secrets": {}, **given})


def test_values_are_texts_and_objects_are_json(tmp_path: Path) -> None:
    config = load(tmp_path, "  demo:count: 5\n  demo:on: true\n  demo:map: {a: [1, x]}\n")
    assert config.values["demo:count"] == "5"
    assert config.values["demo:on"] == "true"
    assert json.loads(config.values["demo:map"]) == {"a": [1, "x"]}


def test_dates_stay_texts(tmp_path: Path) -> None:
    config = load(tmp_path, "  demo:clients: [{notAfter: 2027-01-31T00:00:00Z}]\n")
    assert json.loads(config.values["demo:clients"]) == [{"notAfter": "2027-01-31T00:00:00Z"}]


def test_project_defaults_hold_where_the_stack_is_silent(tmp_path: Path) -> None:
    config = load(tmp_path, "  demo:x: y\n")
    assert config.values["demo:team"] == "core"
    assert config.values["cloudflare:baseUrl"] == "http://127.0.0.1:1/client/v4"


def test_stack_wins_over_the_default(tmp_path: Path) -> None:
    assert load(tmp_path, "  demo:team: web\n").values["demo:team"] == "web"


def test_override_reaches_into_an_object(tmp_path: Path) -> None:
    config = load(tmp_path, "  demo:worker: {name: w}\n", overrides={"worker.url": "http://x"})
    assert json.loads(config.values["demo:worker"]) == {"name": "w", "url": "http://x"}


def test_override_makes_what_is_not_there(tmp_path: Path) -> None:
    config = load(tmp_path, "  demo:x: y\n", overrides={"container.image": "i", "accountId": "a"})
    assert json.loads(config.values["demo:container"]) == {"image": "i"}
    assert config.values["demo:accountId"] == "a"


def test_secret_wins_and_is_marked(tmp_path: Path) -> None:
    config = load(tmp_path, "  demo:token: {secure: v1:abc}\n", secrets={"token": "hush"})
    assert config.values["demo:token"] == "hush"
    assert "demo:token" in config.secret_keys


def test_key_declared_secret_is_marked(tmp_path: Path) -> None:
    assert "demo:token" in load(tmp_path, "  demo:token: plain\n").secret_keys


@pytest.mark.parametrize("value", ["{secure: v1:abc}", "{part: {secure: v1:abc}}", "[{secure: v1:abc}]"])
def test_encrypted_value_is_refused_by_name(tmp_path: Path, value: str) -> None:
    with pytest.raises(DeployError, match="demo:other"):
        load(tmp_path, f"  demo:other: {value}\n")


def test_missing_stack_file_is_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    config = load_stack_config(tmp_path, "none", overrides={}, secrets={})
    assert config.values["demo:team"] == "core"


def test_missing_project_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match=r"Pulumi\.yaml"):
        load_stack_config(tmp_path, "local", overrides={}, secrets={})
