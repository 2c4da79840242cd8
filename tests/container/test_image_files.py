"""The image's files pass their linters, and its pins are the ones of the lock files."""

import json
import re
import subprocess
from pathlib import Path

from tests.unit.test_pins import locked

CONTAINER = Path(__file__).parents[2] / "container"
DOCKERFILE = (CONTAINER / "Dockerfile").read_text()


def test_dockerfile_passes_hadolint() -> None:
    subprocess.run(["hadolint", CONTAINER / "Dockerfile"], check=True)


def test_runner_passes_shellcheck() -> None:
    subprocess.run(["shellcheck", CONTAINER / "claude-task"], check=True)


def test_base_image_is_the_sdk_version_of_the_worker() -> None:
    assert f"sandbox:{locked('worker', '@cloudflare/sandbox')}\n" in DOCKERFILE


def test_image_and_localcloud_carry_the_same_claude_code() -> None:
    version = locked("localcloud/data_plane", "@anthropic-ai/claude-code")
    assert f"ARG CLAUDE_CODE_VERSION={version}\n" in DOCKERFILE


def test_managed_settings_turn_off_what_a_repository_could_bring() -> None:
    settings = json.loads((CONTAINER / "managed-settings.json").read_text())
    assert settings["disableAllHooks"] is True
    assert settings["allowedMcpServers"] == []


def test_every_copied_file_exists_and_nothing_else_is_in_the_build_context() -> None:
    copied = set(re.findall(r"^COPY (?:--\S+ )*(\S+) ", DOCKERFILE, re.MULTILINE))
    sent = {line[1:] for line in (CONTAINER / ".dockerignore").read_text().split() if line.startswith("!")}
    assert copied == sent == {path.name for path in CONTAINER.iterdir()} - {"Dockerfile", ".dockerignore"}
