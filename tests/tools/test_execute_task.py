"""`execute-task`: the seed's call and ours, against a server on a real port."""

import json
from pathlib import Path

import pytest

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import Ran, run_tool
from tests.tools.service import (
    ANSWER,
    RESULT,
    TASK_ID,
    TOKEN,
    Answer,
    FakeService,
    answering,
    answering_text,
    dead_url,
    in_turn,
    raw_server,
    seed_service,
    served,
    silent_server,
    task_service,
)


def ask(url: str, folder: Path, *arguments: str, task: str = "What is 2 + 2?") -> Ran:
    environment = {"CLAUDE_SANDBOX_URL": url, "CLAUDE_SANDBOX_TOKEN": TOKEN}
    return run_tool("execute-task", task, *arguments, environment=environment, folder=folder)


def ask_service(answer: Answer, folder: Path) -> Ran:
    with served(FakeService({"POST /execute": answer})) as url:
        return ask(url, folder)


def test_seed_call_gives_the_answer_and_its_time(healthy_url: str, tmp_path: Path) -> None:
    ran = run_tool("execute-task", healthy_url, TOKEN, "What is 2 + 2?", "60000", folder=tmp_path)
    assert ran.exit_code == 0
    assert ran.document.items() >= ANSWER.items()
    assert isinstance(ran.document["execution_time_ms"], int)


def test_seed_call_warns_of_the_visible_token(healthy_url: str, tmp_path: Path) -> None:
    ran = run_tool("execute-task", healthy_url, TOKEN, "hello", folder=tmp_path)
    assert "CLAUDE_SANDBOX_TOKEN_FILE" in ran.stderr
    assert TOKEN not in ran.stderr + ran.stdout


@pytest.mark.parametrize("task", ["-n", "--help", "two\nlines", '"; $(id) `id` \\', "é✓", "--format=json"])
def test_task_arrives_as_it_was_typed(task: str, tmp_path: Path) -> None:
    service = seed_service()
    with served(service) as url:
        run_tool("execute-task", url, TOKEN, task, folder=tmp_path)
    assert service.calls[0].json == {"task": task, "timeout": 300_000}


def test_token_by_dash_comes_from_stdin(healthy_url: str, tmp_path: Path) -> None:
    ran = run_tool("execute-task", healthy_url, "-", "hello", folder=tmp_path, stdin=f"{TOKEN}\n")
    assert ran.exit_code == 0


def test_token_file_of_the_environment_is_read(healthy_url: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    environment = {"CLAUDE_SANDBOX_URL": healthy_url, "CLAUDE_SANDBOX_TOKEN_FILE": "token"}
    ran = run_tool("execute-task", "--format", "json", "hello", environment=environment, folder=tmp_path)
    assert ran.document["success"] is True


def test_outputs_of_localcloud_are_found(healthy_url: str, tmp_path: Path) -> None:
    token_file = tmp_path / ".localcloud" / "auth-token"
    token_file.parent.mkdir()
    token_file.write_text(TOKEN)
    outputs = {"worker_url": healthy_url, "auth_token_file": str(token_file)}
    (tmp_path / ".localcloud" / "outputs.json").write_text(json.dumps(outputs))
    assert run_tool("execute-task", "hello", folder=tmp_path).exit_code == 0


def test_address_of_a_folder_never_gets_the_environments_token(tmp_path: Path) -> None:
    (tmp_path / ".localcloud").mkdir()
    (tmp_path / ".localcloud" / "outputs.json").write_text(json.dumps({"worker_url": dead_url()}))
    ran = run_tool("execute-task", "hello", environment={"CLAUDE_SANDBOX_TOKEN": TOKEN}, folder=tmp_path)
    assert ran.document["error"] == "Missing required arguments"


def test_missing_arguments_are_told_as_by_the_seed(tmp_path: Path) -> None:
    ran = run_tool("execute-task", folder=tmp_path)
    assert ran.exit_code == 1
    assert ran.document.items() >= {"success": False, "error": "Missing required arguments"}.items()
    assert {"usage", "example"} <= ran.document.keys()


@pytest.mark.parametrize("timeout", ["", "0", "-1", "1.5", '1, "task":"evil"', "999", "3600001", "٣٠٠٠"])
def test_refuses_a_timeout_that_is_no_number_in_range(timeout: str, tmp_path: Path) -> None:
    service = seed_service()
    with served(service) as url:
        ran = ask(url, tmp_path, f"--timeout-ms={timeout}")
    assert (ran.exit_code, service.calls) == (ExitCode.USAGE, [])


def test_task_that_failed_fails_the_tool(tmp_path: Path) -> None:
    ran = ask_service(answering({**ANSWER, "success": False, "stderr": "no"}), tmp_path)
    assert (ran.exit_code, ran.document["success"]) == (ExitCode.FAILED, False)


REFUSALS = [
    (400, ExitCode.FAILED, "Bad request - task is required"),
    (401, ExitCode.AUTHENTICATION, "Unauthorized - check your auth token"),
    (403, ExitCode.AUTHENTICATION, "told"),
    (404, ExitCode.FAILED, "told"),
    (408, ExitCode.TIMEOUT, "Request timeout"),
    (429, ExitCode.BUSY, "told"),
    (500, ExitCode.FAILED, "Server error - task execution failed"),
    (503, ExitCode.BUSY, "told"),
]


@pytest.mark.parametrize(("status", "exit_code", "error"), REFUSALS)
def test_refusal_has_its_words_and_exit_code(
    status: int, exit_code: ExitCode, error: str, tmp_path: Path
) -> None:
    ran = ask_service(answering({"error": "told", "taskId": TASK_ID}, status), tmp_path)
    assert ran.exit_code == exit_code
    assert ran.document.items() >= {"success": False, "error": error, "http_code": status}.items()


def test_a_field_that_is_refused_is_told_in_the_services_words(tmp_path: Path) -> None:
    """The seed's words for 400 are about a missing task."""
    errors = [{"pointer": "/timeout", "detail": "must be at most 60000 ms"}]
    body = {"error": "Invalid request", "code": "INVALID_REQUEST", "detail": "Mend it", "errors": errors}
    document = ask_service(answering(body, 400), tmp_path).document
    assert (document["error"], document["hint"]) == ("Invalid request", "Mend it")
    assert document["details"] == "/timeout must be at most 60000 ms"


def test_a_result_that_cannot_be_read_now_is_no_lack_of_capacity(tmp_path: Path) -> None:
    """The task has run."""
    body = {"error": "Storage unavailable", "code": "STORAGE_UNAVAILABLE", "taskId": TASK_ID}
    ran = ask_service(answering(body, 503), tmp_path)
    assert (ran.exit_code, ran.document["is_transient"]) == (ExitCode.FAILED, True)


def test_timeout_tells_the_current_one(tmp_path: Path) -> None:
    ran = ask_service(answering({"error": "Request timeout", "taskId": TASK_ID}, 408), tmp_path)
    assert ran.document.items() >= {"current_timeout_ms": 300_000, "taskId": TASK_ID}.items()


@pytest.mark.parametrize("status", [200, 302, 401, 404, 502])
def test_page_of_something_else_is_no_answer(status: int, tmp_path: Path) -> None:
    ran = ask_service(answering_text("<html>hello</html>", status), tmp_path)
    assert (ran.exit_code, ran.document["http_code"]) == (ExitCode.BAD_ANSWER, status)


@pytest.mark.parametrize("body", ["{", "[]", "null", "4", '{"success": "yes"}', "[" * 100_000])
def test_broken_answer_is_no_answer(body: str, tmp_path: Path) -> None:
    ran = ask_service(answering_text(body, media_type="application/json"), tmp_path)
    assert ran.exit_code == ExitCode.BAD_ANSWER


def test_dead_port_is_unreachable(tmp_path: Path) -> None:
    ran = ask(dead_url(), tmp_path)
    assert (ran.exit_code, ran.document["code"]) == (ExitCode.UNREACHABLE, "UNREACHABLE")


@pytest.mark.parametrize("end", ["reset", "closed"])
@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"])
def test_cut_connection_does_not_say_that_nothing_ran(answer: bytes, end: str, tmp_path: Path) -> None:
    with raw_server(answer, resets=end == "reset") as url:
        ran = ask(url, tmp_path)
    assert (ran.exit_code, ran.document["code"]) == (ExitCode.UNREACHABLE, "CONNECTION_CUT")


UNAVAILABLE = {"error": "Task execution failed", "code": "SANDBOX_UNAVAILABLE", "taskId": TASK_ID}
NEVER_STARTED: list[tuple[Answer, bool]] = [
    (answering({**UNAVAILABLE, "retryable": True}, 500), True),
    (answering({**UNAVAILABLE, "code": "SANDBOX_LOST", "retryable": False}, 500), False),
    (answering({"error": "Capacity exhausted", "code": "CAPACITY_EXHAUSTED", "retryable": True}, 503), True),
    (answering({"error": "Unauthorized"}, 401), False),
]


@pytest.mark.parametrize(("answer", "retryable"), NEVER_STARTED)
def test_document_tells_whether_the_run_never_started(
    answer: Answer, retryable: object, tmp_path: Path
) -> None:
    assert ask_service(answer, tmp_path).document["retryable"] is retryable


def test_task_that_never_arrived_is_retryable(tmp_path: Path) -> None:
    assert ask(dead_url(), tmp_path).document["retryable"] is True


def test_task_that_may_have_arrived_is_not_retryable(tmp_path: Path) -> None:
    with raw_server(b"") as url:
        assert ask(url, tmp_path).document["retryable"] is False


@pytest.mark.parametrize(("code", "retryable"), [("SANDBOX_UNAVAILABLE", True), ("SANDBOX_LOST", False)])
def test_end_tells_whether_the_run_never_started(code: str, retryable: object, tmp_path: Path) -> None:
    service = task_service()
    ended = {**RESULT, "success": False, "status": "failed", "code": code}
    service.answers[f"GET /tasks/{TASK_ID}/result"] = answering(ended)
    with served(service) as url:
        assert ask(url, tmp_path).document["retryable"] is retryable


def test_task_that_was_taken_is_never_retryable(tmp_path: Path) -> None:
    service = task_service()
    refused = answering({"error": "Forbidden", "retryable": True}, 403)
    service.answers[f"GET /tasks/{TASK_ID}/result"] = refused
    with served(service) as url:
        document = ask(url, tmp_path).document
    assert (document["taskId"], document["retryable"]) == (TASK_ID, False)


def test_blip_while_a_task_runs_is_outlasted_and_told(tmp_path: Path) -> None:
    service = task_service()
    path = f"GET /tasks/{TASK_ID}/result"
    down = answering({"error": "Storage unavailable", "code": "STORAGE_UNAVAILABLE"}, 503)
    service.answers[path] = in_turn(down, down, down, answering(RESULT))
    with served(service) as url:
        ran = ask(url, tmp_path)
    assert ran.exit_code == 0
    assert "Storage unavailable; trying again in" in ran.stderr


def test_silent_service_is_given_up_after_the_tasks_time(tmp_path: Path) -> None:
    environment = {"CLAUDE_SANDBOX_TOKEN": TOKEN}
    with silent_server() as url:
        environment["CLAUDE_SANDBOX_URL"] = url
        arguments = ("execute-task", "hello", "--timeout-ms=1000")
        ran = run_tool(*arguments, environment=environment, folder=tmp_path, timeout_s=0.05)
    assert (ran.exit_code, ran.document["code"]) == (ExitCode.TIMEOUT, "NO_ANSWER_IN_TIME")
    assert ran.stderr == "Sending the task\n"


def test_seed_form_knows_exit_codes_zero_and_one_only(tmp_path: Path) -> None:
    ran = run_tool("execute-task", dead_url(), TOKEN, "hello", folder=tmp_path)
    assert ran.exit_code == ExitCode.FAILED


def test_token_that_the_service_echoes_is_not_written(tmp_path: Path) -> None:
    ran = ask_service(answering({**ANSWER, "stdout": f"Bearer {TOKEN}"}), tmp_path)
    assert TOKEN not in ran.stdout


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://a b", "http://u:p@x", "http://x:0", "//x"])
def test_refuses_an_address_that_is_none(url: str, tmp_path: Path) -> None:
    assert ask("http://127.0.0.1:1", tmp_path, f"--url={url}").exit_code == ExitCode.USAGE


def test_waits_for_a_task_that_was_accepted(tmp_path: Path) -> None:
    with served(task_service("queued", "running")) as url:
        ran = ask(url, tmp_path)
    assert ran.document.items() >= {**ANSWER, "status": "succeeded", "run_time_ms": 1_200}.items()
    assert f"Task {TASK_ID} is running" in ran.stderr


ENDS = [
    ("timed_out", "RUN_TIMED_OUT", 408, ExitCode.TIMEOUT),
    ("failed", "SANDBOX_UNAVAILABLE", 500, ExitCode.FAILED),
    ("interrupted", "SANDBOX_LOST", 500, ExitCode.FAILED),
]


@pytest.mark.parametrize(("status", "code", "http_code", "exit_code"), ENDS)
def test_end_is_told_as_the_waiting_call_tells_it(
    status: str, code: str, http_code: int, exit_code: ExitCode, tmp_path: Path
) -> None:
    service = task_service()
    ended = {**RESULT, "success": False, "status": status, "code": code}
    service.answers[f"GET /tasks/{TASK_ID}/result"] = answering(ended)
    with served(service) as url:
        ran = ask(url, tmp_path)
    assert ran.exit_code == exit_code
    assert ran.document.items() >= {"success": False, "http_code": http_code, "code": code}.items()
