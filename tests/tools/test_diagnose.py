"""`diagnose` tells what explains a failure, and nothing that names anybody."""

from pathlib import Path

import pytest

from tests.tools.command_line import run_program, run_tool
from tests.tools.machine import with_programs
from tests.tools.service import TOKEN, FakeService, answering, dead_url, served, task_service

SEED_KEYS = {
    "timestamp",
    "project_dir",
    "system",
    "versions",
    "docker",
    "wrangler",
    "project_files",
    "cloudflare",
}


def test_has_the_seeds_keys_and_never_fails(tmp_path: Path) -> None:
    ran = run_tool("diagnose", environment={"PATH": ""}, folder=tmp_path)
    assert ran.exit_code == 0
    assert ran.document.keys() >= SEED_KEYS
    assert ran.document["docker"] == {"running": False, "info": {}}


def test_tells_no_name_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / "wrangler.jsonc").write_text("{}")
    with served(task_service()) as url:
        environment = {
            **with_programs(tmp_path),
            "CLAUDE_SANDBOX_URL": url,
            "CLAUDE_SANDBOX_TOKEN": TOKEN,
        }
        ran = run_tool("diagnose", environment=environment, folder=tmp_path)
    for secret in (TOKEN, "canary-cloudflare-token", "somebody@example.com", "secret-host"):
        assert secret not in ran.stdout + ran.stderr
    assert ran.document["wrangler"] == {"authenticated": True, "user": "authenticated"}


def test_asks_the_service_for_health_and_token(tmp_path: Path) -> None:
    with served(task_service()) as url:
        environment = {"PATH": "", "CLAUDE_SANDBOX_URL": url, "CLAUDE_SANDBOX_TOKEN": TOKEN}
        service = run_tool("diagnose", environment=environment, folder=tmp_path).document["service"]
    assert (service["healthy"], service["token"]) == (True, {"accepted": True})


def test_dead_service_is_a_finding(tmp_path: Path) -> None:
    environment = {"PATH": "", "CLAUDE_SANDBOX_URL": dead_url()}
    ran = run_tool("diagnose", environment=environment, folder=tmp_path)
    assert (ran.exit_code, ran.document["service"]["code"]) == (0, "UNREACHABLE")


def test_deployments_are_told_by_id_only(tmp_path: Path) -> None:
    (tmp_path / "wrangler.json").write_text("{}")
    line = "echo 2026-11-01 somebody@example.com a1b2c3d4-e5f6-4890-abcd-ef1234567890"
    environment = with_programs(tmp_path, wrangler=line)
    cloudflare = run_tool("diagnose", environment=environment, folder=tmp_path).document["cloudflare"]
    assert cloudflare["deployments"] == ["a1b2c3d4-e5f6-4890-abcd-ef1234567890"]


@pytest.mark.parametrize("status", [200, 401, 503])
def test_nothing_that_another_service_says_is_told_on(status: int, tmp_path: Path) -> None:
    canary = "canary-of-a-stranger"
    said = {"status": canary, "platform": canary, "auth_method": canary, "error": canary, "code": canary}
    with served(FakeService({"GET /health": answering(said, status, server=canary)})) as url:
        environment = {"PATH": "", "CLAUDE_SANDBOX_URL": url, "CLAUDE_SANDBOX_TOKEN": TOKEN}
        ran = run_tool("diagnose", environment=environment, folder=tmp_path)
    assert canary not in ran.stdout + ran.stderr
    assert ran.document["service"]["healthy"] is False


def test_address_is_not_told(tmp_path: Path) -> None:
    environment = {"PATH": "", "CLAUDE_SANDBOX_URL": "https://canary-name.invalid"}
    ran = run_tool("diagnose", environment=environment, folder=tmp_path)
    assert "canary-name" not in ran.stdout + ran.stderr


def test_what_is_done_is_told_on_stderr(tmp_path: Path) -> None:
    assert "Asking programs and service" in run_tool("diagnose", folder=tmp_path).stderr


def test_network_settings_that_cannot_be_used_are_a_finding(tmp_path: Path) -> None:
    environment = {"CLAUDE_SANDBOX_URL": "https://name.invalid", "ALL_PROXY": "nonsense://"}
    document = run_program("diagnose", environment=environment, folder=tmp_path).document
    assert document["service"]["code"] == "BAD_NETWORK_SETTINGS"
    assert document["findings"] == ["NETWORK_SETTINGS_WRONG"]
