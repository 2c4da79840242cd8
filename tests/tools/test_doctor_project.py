"""What the doctor says of the project in the folder, and how it repairs it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from claude_sandbox.tools.client_ends import client_ends
from claude_sandbox.tools.project_facts import INSTALLED
from tests.tools.command_line import run_tool
from tests.tools.machine import with_programs
from tests.tools.project import add_stack, make_project
from tests.tools.test_validate_config import seed_project

NOW = datetime(2026, 11, 26, tzinfo=UTC)
SHA256 = "0" * 64
IMAGE = f"{{image: registry.cloudflare.com/x/sandbox@sha256:{SHA256}}}"


def found(folder: Path, *arguments: str, **programs: str | None) -> dict[str, dict[str, object]]:
    """The findings by code."""
    ran = run_tool("doctor", *arguments, environment=with_programs(folder, **programs), folder=folder)
    return {one["code"]: one for one in ran.document["findings"]}


def ends(after: timedelta) -> str:
    return (datetime.now(UTC) + after).strftime("%Y-%m-%dT%H:%M:%SZ")


def listed(*ends_of_tokens: str) -> str:
    tokens = [{"sha256": SHA256, "notAfter": end} for end in ends_of_tokens]
    return "clients: " + json.dumps([{"name": "ci", "tokens": tokens}])


def test_project_as_it_comes_has_no_finding(tmp_path: Path) -> None:
    assert found(make_project(tmp_path), pulumi=None) == {}


def test_token_that_ended_is_found(tmp_path: Path) -> None:
    add_stack(make_project(tmp_path), listed(ends(-timedelta(hours=1))), image=IMAGE)
    assert "Pulumi.acme-dev.yaml.ci=ended" in str(found(tmp_path)["TOKEN_ENDED"]["evidence"])


def test_token_that_ends_soon_is_found(tmp_path: Path) -> None:
    add_stack(
        make_project(tmp_path),
        "serverAuthToken: {secure: v1:abc}",
        f'serverAuthTokenNotAfter: "{ends(timedelta(days=3))}"',
        image=IMAGE,
    )
    assert "Pulumi.acme-dev.yaml.default=ends soon" in str(found(tmp_path)["TOKEN_ENDS_SOON"]["evidence"])


@pytest.mark.parametrize(
    ("ends_of_tokens", "state"),
    [
        (["2026-11-26T00:00:00Z"], "ended: 2026-11-26T00:00:00Z"),
        (["2026-11-26T00:00:01Z"], "ends soon: 2026-11-26T00:00:01Z"),
        (["2026-12-03T00:00:00Z"], "ends soon: 2026-12-03T00:00:00Z"),
        (["2026-12-03T00:00:01Z"], "lasts"),
        (["2026-11-20T00:00:00Z", "2027-01-01T00:00:00Z"], "lasts"),
        (["2026-11-20T00:00:00Z", None], "lasts"),
    ],
)
def test_a_client_lasts_as_long_as_its_last_token(ends_of_tokens: list[str | None], state: str) -> None:
    tokens = [{"sha256": SHA256} | ({"notAfter": end} if end else {}) for end in ends_of_tokens]
    assert client_ends({"clients": [{"name": "ci", "tokens": tokens}]}, NOW) == {"ci": state}


@pytest.mark.parametrize("clients", ["text", [None], [{"name": "ci"}], [{"name": 1, "tokens": [{}]}]])
def test_clients_that_cannot_be_read_are_left_to_validate_config(clients: object) -> None:
    broken = {"clients": clients, "serverAuthToken": "x", "serverAuthTokenNotAfter": "tomorrow"}
    assert client_ends(broken, NOW) == {}


def test_stack_that_builds_its_image_needs_docker(tmp_path: Path) -> None:
    add_stack(make_project(tmp_path), listed(ends(timedelta(days=90))))
    assert found(tmp_path, docker="exit 1").keys() == {"DOCKER_NOT_RUNNING"}


def test_stack_of_an_account_needs_pulumi(tmp_path: Path) -> None:
    add_stack(make_project(tmp_path), listed(ends(timedelta(days=90))), image=IMAGE)
    assert found(tmp_path, docker="exit 1", pulumi=None).keys() == {"PULUMI_MISSING"}


def test_missing_dependencies_are_installed_when_asked(tmp_path: Path) -> None:
    make_project(tmp_path)
    missing = tmp_path / INSTALLED[1]
    missing.unlink()
    install = f'[ "$1" = install ] && : > "{missing}"'
    before = found(tmp_path, make=install)["DEPENDENCIES_MISSING"]
    repaired = found(tmp_path, "--fix", make=install)["DEPENDENCIES_MISSING"]
    assert (before["fixable"], before["fixed"], repaired["fixed"]) == (True, False, True)
    assert found(tmp_path) == {}


@pytest.mark.parametrize("make", ["exit 1", "exit 0", None])
def test_repair_that_repaired_nothing_is_not_called_one(make: str | None, tmp_path: Path) -> None:
    make_project(tmp_path)
    (tmp_path / INSTALLED[2]).unlink()
    assert found(tmp_path, "--fix", make=make)["DEPENDENCIES_MISSING"]["fixed"] is False


BREAKS = {
    "Dockerfile": ("cloudflare/sandbox", "library/debian", "IMAGE_WITHOUT_SERVER"),
    "src/index.ts": ("getSandbox(", "create(", "OLD_SANDBOX_API"),
    "wrangler.jsonc": ('"name": "Sandbox"', '"name": "Box"', "BINDING_MISMATCH"),
}


def seeds_project(folder: Path) -> Path:
    seed_project(folder)
    (folder / "package.json").write_text('{"dependencies": {"@cloudflare/sandbox": "0.7.0"}}')
    return folder


def test_seeds_project_has_no_finding(tmp_path: Path) -> None:
    assert found(seeds_project(tmp_path)) == {}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_file_of_the_project_is_found(name: str, tmp_path: Path) -> None:
    old, new, code = BREAKS[name]
    file = seeds_project(tmp_path) / name
    file.write_text(file.read_text().replace(old, new))
    assert found(tmp_path).keys() == {code}


@pytest.mark.parametrize("name", BREAKS)
def test_missing_file_of_the_project_is_found(name: str, tmp_path: Path) -> None:
    (seeds_project(tmp_path) / name).unlink()
    assert found(tmp_path).keys() == {"PROJECT_INCOMPLETE"}


def test_broken_stack_file_is_found(tmp_path: Path) -> None:
    add_stack(make_project(tmp_path), listed(ends(timedelta(days=90))), "worker: {url: nowhere}", image=IMAGE)
    assert found(tmp_path).keys() == {"SETTINGS_WRONG"}


def test_folder_of_another_project_is_not_judged(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: another")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  another:accountId: x\n")
    assert found(tmp_path) == {}
