"""`check-prerequisites` on machines with and without programs."""

from pathlib import Path

import pytest

from claude_sandbox.cli.report import ExitCode
from claude_sandbox.tools.check_prerequisites import PROBLEMS
from tests.tools.command_line import run_tool
from tests.tools.machine import with_programs


def test_complete_machine_passes(tmp_path: Path) -> None:
    ran = run_tool("check-prerequisites", environment=with_programs(tmp_path), folder=tmp_path)
    assert (ran.exit_code, ran.document["issues"], ran.document["warnings"]) == (0, [], [])
    assert ran.document["checks"]["node"] == {
        "installed": True,
        "version": "24.19.0",
        "meets_requirement": True,
    }


def test_bare_machine_lacks_everything_in_the_seeds_keys(tmp_path: Path) -> None:
    ran = run_tool("check-prerequisites", environment={"PATH": ""}, folder=tmp_path)
    assert ran.exit_code == ExitCode.FAILED
    assert ran.document["checks"]["docker"] == {"installed": False, "running": False}
    assert ran.document["checks"]["wrangler"] == {"installed": False, "authenticated": False}


@pytest.mark.parametrize("script", ["exit 1", "kill -9 $$", "echo \\\\377", "true"])
def test_program_that_fails_has_no_version(script: str, tmp_path: Path) -> None:
    environment = with_programs(tmp_path, python3=script)
    ran = run_tool("check-prerequisites", environment=environment, folder=tmp_path)
    assert "Python 3.11 or newer required" in ran.document["issues"]


def test_docker_is_needed_only_to_build(tmp_path: Path) -> None:
    environment = with_programs(tmp_path, docker="exit 1")
    deploy = run_tool("check-prerequisites", environment=environment, folder=tmp_path)
    build = run_tool("check-prerequisites", "--for", "build", environment=environment, folder=tmp_path)
    assert (deploy.exit_code, build.exit_code) == (ExitCode.OK, ExitCode.FAILED)
    assert build.document["issues"] == [PROBLEMS["docker_running"]]


def test_a_token_in_the_environment_is_not_needed_where_the_stack_has_one(tmp_path: Path) -> None:
    environment = {**with_programs(tmp_path), "CLOUDFLARE_API_TOKEN": ""}
    ran = run_tool("check-prerequisites", environment=environment, folder=tmp_path)
    assert (ran.exit_code, ran.document["warnings"]) == (ExitCode.OK, [PROBLEMS["cloudflare_token"]])


def test_localhost_needs_python_and_make(tmp_path: Path) -> None:
    environment = with_programs(tmp_path, docker=None, wrangler=None, claude=None, pulumi=None)
    ran = run_tool("check-prerequisites", "--for", "local", environment=environment, folder=tmp_path)
    assert ran.exit_code == ExitCode.OK


def test_unknown_goal_is_refused(tmp_path: Path) -> None:
    assert run_tool("check-prerequisites", "--for", "moon", folder=tmp_path).exit_code == ExitCode.USAGE
