"""Versions that stand in two places are equal."""

import json
import re
from pathlib import Path

from infra import versions
from infra.image_reference import ImageReference, require_same_version

ROOT = Path(__file__).parents[2]


def locked(package_folder: str, dependency: str) -> str:
    lock = json.loads((ROOT / package_folder / "package-lock.json").read_text())
    return str(lock["packages"][f"node_modules/{dependency}"]["version"])


def test_worker_tests_and_localcloud_run_the_same_miniflare() -> None:
    assert locked("worker", "miniflare") == locked("localcloud/data_plane", "miniflare")


def test_localcloud_runs_the_claude_code_of_the_image() -> None:
    assert locked("localcloud/data_plane", "@anthropic-ai/claude-code") == versions.CLAUDE_CODE_VERSION


def test_localcloud_says_the_version_of_the_sandbox_sdk() -> None:
    source = (ROOT / "localcloud/data_plane/sandbox_server/api.ts").read_text()
    (version,) = re.findall(r'^export const SERVER_VERSION = "(.+)";$', source, re.MULTILINE)
    assert version == locked("worker", "@cloudflare/sandbox")


def test_localcloud_speaks_the_rpc_version_of_the_sandbox_sdk() -> None:
    assert locked("worker", "capnweb") == locked("localcloud/data_plane", "capnweb")


def dockerfile_argument(name: str) -> str:
    (line,) = re.findall(rf"^ARG {name}=(.+)$", (ROOT / "container/Dockerfile").read_text(), re.MULTILINE)
    return str(line)


def test_the_dockerfile_builds_what_a_stack_builds() -> None:
    assert dockerfile_argument("SANDBOX_IMAGE") == versions.SANDBOX_IMAGE
    assert dockerfile_argument("CLAUDE_CODE_VERSION") == versions.CLAUDE_CODE_VERSION


def test_image_and_worker_carry_the_same_sandbox_version() -> None:
    image = ImageReference.parse(versions.SANDBOX_IMAGE)
    require_same_version(image, locked("worker", "@cloudflare/sandbox"))
    assert image.sandbox_version is not None
