"""`tasks list|show|result|cancel`."""

from pathlib import Path

import pytest

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import Ran, run_tool
from tests.tools.service import RESULT, TASK_ID, TOKEN, FakeService, answering, dead_url, served, task_service


def ask(service: FakeService, folder: Path, *arguments: str, token: str = TOKEN) -> Ran:
    with served(service) as url:
        environment = {"CLAUDE_SANDBOX_URL": url, "CLAUDE_SANDBOX_TOKEN": token}
        return run_tool("tasks", *arguments, environment=environment, folder=folder)


def test_list_gives_a_page_and_its_cursor(tmp_path: Path) -> None:
    document = ask(task_service(), tmp_path, "list", "--limit", "1").document
    assert (document["success"], document["cursor"]) == (True, "1")
    assert document["tasks"][0]["taskId"] == TASK_ID


def test_show_gives_the_state(tmp_path: Path) -> None:
    document = ask(task_service(), tmp_path, "show", TASK_ID).document
    assert document.items() >= {"success": True, "status": "succeeded", "attempts": 1}.items()


def test_result_is_the_services(tmp_path: Path) -> None:
    assert ask(task_service(), tmp_path, "result", TASK_ID).document == RESULT


def test_result_of_a_failed_task_fails(tmp_path: Path) -> None:
    failed = answering({**RESULT, "success": False, "status": "failed", "code": "AGENT_ERROR"})
    ran = ask(FakeService({f"GET /tasks/{TASK_ID}/result": failed}), tmp_path, "result", TASK_ID)
    assert ran.exit_code == ExitCode.FAILED


def test_cancel_gives_the_state(tmp_path: Path) -> None:
    assert ask(task_service(), tmp_path, "cancel", TASK_ID).document["status"] == "cancelled"


@pytest.mark.parametrize("verb", ["show", "result", "cancel"])
def test_unknown_task_is_told(verb: str, tmp_path: Path) -> None:
    ran = ask(task_service(), tmp_path, verb, "no-such-id")
    assert (ran.exit_code, ran.document["http_code"]) == (ExitCode.FAILED, 404)


def test_wrong_token_is_told(tmp_path: Path) -> None:
    assert ask(task_service(), tmp_path, "list", token="wrong").exit_code == ExitCode.AUTHENTICATION


def test_unknown_status_is_refused(tmp_path: Path) -> None:
    ran = ask(task_service(), tmp_path, "list", "--status", "exploded")
    assert ran.exit_code == ExitCode.USAGE


def test_dead_port_is_unreachable(tmp_path: Path) -> None:
    environment = {"CLAUDE_SANDBOX_URL": dead_url(), "CLAUDE_SANDBOX_TOKEN": TOKEN}
    ran = run_tool("tasks", "list", environment=environment, folder=tmp_path)
    assert ran.exit_code == ExitCode.UNREACHABLE


def test_service_must_be_named(tmp_path: Path) -> None:
    assert run_tool("tasks", "list", folder=tmp_path).exit_code == ExitCode.USAGE
