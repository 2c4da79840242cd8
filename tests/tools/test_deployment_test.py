"""`test-deployment` against services in each state."""

from collections.abc import Callable
from pathlib import Path

import pytest

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import Ran, run_tool
from tests.tools.service import (
    ANSWER,
    HEALTH,
    TOKEN,
    FakeService,
    answering,
    answering_text,
    dead_url,
    seed_service,
    served,
    silent_server,
    task_service,
)


def ask(service: FakeService, folder: Path, *token: str) -> Ran:
    with served(service) as url:
        return run_tool("test-deployment", url, *token, folder=folder)


@pytest.mark.parametrize("service", [seed_service, task_service])
def test_healthy_deployment_passes_all_three(service: Callable[[], FakeService], tmp_path: Path) -> None:
    ran = ask(service(), tmp_path, TOKEN)
    assert (ran.exit_code, ran.document["summary"]) == (0, {"passed": 3, "failed": 0, "total": 3})


def test_task_is_skipped_without_a_token(tmp_path: Path) -> None:
    ran = ask(seed_service(), tmp_path)
    assert (ran.exit_code, ran.document["tests"]["execute_task"]["skipped"]) == (0, True)


def test_call_without_an_address_is_told_how_to_name_one(tmp_path: Path) -> None:
    ran = run_tool("test-deployment", folder=tmp_path)
    assert (ran.exit_code, "CLAUDE_SANDBOX_TOKEN_FILE" in ran.document["hint"]) == (ExitCode.FAILED, True)


def test_page_of_something_else_is_not_healthy(tmp_path: Path) -> None:
    ran = ask(FakeService({"GET /health": answering_text("<html>")}), tmp_path)
    assert (ran.exit_code, ran.document["tests"]["health_check"]["success"]) == (1, False)


def test_service_that_takes_strangers_fails(tmp_path: Path) -> None:
    open_service = FakeService({"GET /health": answering(HEALTH), "POST /execute": answering(ANSWER)})
    ran = ask(open_service, tmp_path, TOKEN)
    assert ran.document["summary"] == {"passed": 2, "failed": 1, "total": 3}
    assert ran.exit_code == 1


@pytest.mark.parametrize("change", [{"output": "five", "stdout": "five"}, {"success": False}])
def test_wrong_answer_fails(change: dict[str, object], tmp_path: Path) -> None:
    service = seed_service()
    service.answers["POST /execute"] = answering({**ANSWER, **change})
    ran = ask(service, tmp_path, TOKEN)
    assert (ran.exit_code, ran.document["tests"]["execute_task"]["success"]) == (1, False)


def test_dead_port_fails_every_test(tmp_path: Path) -> None:
    ran = run_tool("test-deployment", dead_url(), TOKEN, folder=tmp_path)
    assert (ran.exit_code, ran.document["summary"]["failed"]) == (1, 3)
    assert ran.document["tests"]["health_check"]["http_code"] == 0


def test_silent_service_is_asked_twice_and_told_of(tmp_path: Path) -> None:
    with silent_server() as url:
        ran = run_tool("test-deployment", url, TOKEN, folder=tmp_path, timeout_s=0.05)
    assert (ran.exit_code, ran.document["summary"]) == (1, {"passed": 0, "failed": 3, "total": 3})
    assert ran.stderr.count("trying again") == 1
    assert "Not sent" in ran.document["tests"]["execute_task"]["error"]


def test_missing_address_is_told_as_by_the_seed(tmp_path: Path) -> None:
    ran = run_tool("test-deployment", folder=tmp_path)
    assert (ran.exit_code, ran.document["success"]) == (ExitCode.FAILED, False)
