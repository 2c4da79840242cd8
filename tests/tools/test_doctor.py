"""The doctor: what it says of a text, of a service and of a machine, and the repairs it makes."""

import json
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import Ran, run_tool
from tests.tools.service import (
    HEALTH,
    RESULT,
    TASK_ID,
    TIME,
    TOKEN,
    FakeService,
    answering,
    answering_text,
    dead_url,
    served,
    task_service,
)

SECRETS = (
    "Bearer canary-secret-token",
    "sk-ant-canary03-abc_def",
    "x-api-key: canary-of-a-key",
    "5f1c0a7e9b5f1c0a7e9b5f1c0a7e9b5f1c0a7e9b5f1c0a7e9b5f1c0a7e9b0000",
    "Cf_canary1canary2canary3canary4canary5can",
)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("distance", [0, 150, 170])
def test_no_secret_of_a_log_is_shown(secret: str, distance: int, tmp_path: Path) -> None:
    line = f"bucket {' ' * distance}{secret} is not empty. 401 {secret} {' ' * distance}api.anthropic.com"
    stdout = examine(tmp_path, line).stdout
    assert "MODEL_UNAUTHORIZED" in stdout
    assert "canary" not in stdout
    assert "5f1c0a7e9b" not in stdout


def test_a_task_and_a_code_are_no_secrets(tmp_path: Path) -> None:
    line = "container a1b2c3d4-e5f6-4890-abcd-ef1234567890 DURABLE_OBJECT_ALREADY_HAS_APPLICATION was evicted"
    shown = examine(tmp_path, line).document["findings"]
    assert line[: line.index("evicted")] in shown[-1]["evidence"]


def examine(folder: Path, text: str) -> Ran:
    return run_tool("doctor", "-", folder=folder, stdin=text)


def test_error_text_gets_cause_and_fix(tmp_path: Path) -> None:
    ran = examine(tmp_path, "error code: 1101")
    finding = ran.document["findings"][0]
    assert (ran.exit_code, ran.document["verdict"]) == (ExitCode.FAILED, "known")
    assert finding["code"] == "IMAGE_WITHOUT_SERVER"
    assert finding["fix"]


def test_unknown_failure_is_said_to_be_unknown(tmp_path: Path) -> None:
    ran = examine(tmp_path, "Segmentation fault")
    assert (ran.exit_code, ran.document["verdict"], ran.document["findings"]) == (1, "unknown", [])


def test_healthy_service_is_healthy(tmp_path: Path) -> None:
    with served(task_service()) as url:
        environment = {"CLAUDE_SANDBOX_URL": url, "CLAUDE_SANDBOX_TOKEN": TOKEN}
        ran = run_tool("doctor", environment=environment, folder=tmp_path)
    assert (ran.exit_code, ran.document["verdict"]) == (0, "healthy")


def test_wrong_token_is_recognised(tmp_path: Path) -> None:
    with served(task_service()) as url:
        environment = {"CLAUDE_SANDBOX_URL": url, "CLAUDE_SANDBOX_TOKEN": "wrong-token"}
        ran = run_tool("doctor", environment=environment, folder=tmp_path)
    assert [one["code"] for one in ran.document["findings"]] == ["WORKER_UNAUTHORIZED"]
    assert "wrong-token" not in ran.stdout


def local_folder(folder: Path, url: str, mode: int) -> Path:
    """A folder as `make up` leaves it."""
    token = folder / ".localcloud" / "auth-token"
    token.parent.mkdir()
    token.write_text(TOKEN)
    token.chmod(mode)
    outputs = {"worker_url": url, "auth_token_file": str(token)}
    (folder / ".localcloud" / "outputs.json").write_text(json.dumps(outputs))
    return token


def test_stopped_localcloud_is_recognised(tmp_path: Path) -> None:
    local_folder(tmp_path, dead_url(), 0o600)
    document = run_tool("doctor", folder=tmp_path).document
    assert [one["code"] for one in document["findings"]] == ["LOCALCLOUD_STOPPED"]
    assert document["findings"][0]["fixable"]


def test_open_token_file_is_closed_when_asked(tmp_path: Path) -> None:
    with served(task_service()) as url:
        token = local_folder(tmp_path, url, 0o644)
        before = run_tool("doctor", folder=tmp_path)
        repaired = run_tool("doctor", "--fix", folder=tmp_path)
        after = run_tool("doctor", folder=tmp_path)
    assert (before.exit_code, repaired.exit_code, after.exit_code) == (1, 0, 0)
    assert token.stat().st_mode & 0o777 == 0o600


def test_nothing_is_repaired_from_an_error_text(tmp_path: Path) -> None:
    ran = run_tool("doctor", "--fix", "-", folder=tmp_path, stdin="connect ECONNREFUSED 127.0.0.1:8787")
    assert ran.document["findings"][0]["fixable"] is False


def examine_service(folder: Path, service: FakeService) -> Ran:
    with served(service) as url:
        environment = {"CLAUDE_SANDBOX_URL": url, "CLAUDE_SANDBOX_TOKEN": TOKEN}
        return run_tool("doctor", environment=environment, folder=folder)


def failing_service(code: str) -> FakeService:
    """Every task of it failed, with this code."""
    failed = {"taskId": TASK_ID, "status": "failed", "created_at": TIME}
    result = {**RESULT, "success": False, "status": "failed", "code": code}

    def page(request: Request, _body: bytes) -> Response:
        tasks = [failed] if request.query_params.get("status") == "failed" else []
        return JSONResponse({"tasks": tasks, "cursor": None})

    answers = {"GET /tasks": page, f"GET /tasks/{TASK_ID}/result": answering(result)}
    return FakeService({"GET /health": answering(HEALTH), **answers})


def test_service_whose_tasks_fail_is_not_healthy(tmp_path: Path) -> None:
    ran = examine_service(tmp_path, failing_service("MODEL_UNAUTHORIZED"))
    assert ran.exit_code == ExitCode.FAILED
    assert [one["code"] for one in ran.document["findings"]] == ["MODEL_UNAUTHORIZED"]


def test_tasks_that_fail_for_no_known_cause_are_told(tmp_path: Path) -> None:
    document = examine_service(tmp_path, failing_service("AGENT_ERROR")).document
    assert (document["verdict"], document["findings"]) == ("unknown", [])
    assert "tasks list --status failed" in document["hint"]


@pytest.mark.parametrize(
    ("check", "code"),
    [("credential", "CREDENTIAL_MISSING"), ("results", "STORAGE_DOWN"), ("queue", "QUEUE_DOWN")],
)
def test_service_that_is_not_ready_is_not_healthy(check: str, code: str, tmp_path: Path) -> None:
    service = task_service()
    checks = {**dict.fromkeys(("credential", "results", "queue"), True), check: False}
    service.answers["GET /readyz"] = answering({"ready": False, "checks": checks}, 503)
    assert [one["code"] for one in examine_service(tmp_path, service).document["findings"]] == [code]


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("error code: 1101", "IMAGE_WITHOUT_SERVER"),
        ("error code: 1042", "WORKERS_DEV_OFF"),
        ("<html>Sign in</html>", "NOT_THE_SERVICE"),
    ],
)
def test_error_page_is_told_by_the_finest_cause(page: str, code: str, tmp_path: Path) -> None:
    service = FakeService({"GET /health": answering_text(page, 500)})
    assert [one["code"] for one in examine_service(tmp_path, service).document["findings"]] == [code]


def test_the_file_that_was_read_is_closed_and_no_other(tmp_path: Path) -> None:
    chosen = tmp_path / "chosen-token"
    chosen.write_text(TOKEN)
    chosen.chmod(0o644)
    with served(task_service()) as url:
        other = local_folder(tmp_path, url, 0o644)
        ran = run_tool("doctor", "--fix", "--url", url, "--token-file", str(chosen), folder=tmp_path)
    assert (ran.exit_code, ran.document["findings"][0]["fixed"]) == (0, True)
    assert (chosen.stat().st_mode & 0o777, other.stat().st_mode & 0o777) == (0o600, 0o644)


def test_repair_does_not_make_a_sick_service_well(tmp_path: Path) -> None:
    with served(failing_service("AGENT_ERROR")) as url:
        local_folder(tmp_path, url, 0o644)
        ran = run_tool("doctor", "--fix", folder=tmp_path)
    assert (ran.exit_code, ran.document["findings"][0]["fixed"]) == (ExitCode.FAILED, True)
    assert ran.document["hint"].startswith("Repaired")


def test_token_from_the_environment_is_no_file_to_close(tmp_path: Path) -> None:
    with served(task_service()) as url:
        local_folder(tmp_path, dead_url(), 0o644)
        environment = {"CLAUDE_SANDBOX_URL": url, "CLAUDE_SANDBOX_TOKEN": TOKEN}
        ran = run_tool("doctor", environment=environment, folder=tmp_path)
    assert (ran.document["verdict"], ran.document["facts"]["token_file"]) == ("healthy", {"mode": None})


@pytest.mark.parametrize(("own_url", "mode"), [("https://another.invalid", None), (None, "644")])
def test_file_of_another_services_token_is_not_looked_at(
    own_url: str | None, mode: str | None, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o644)
    environment = {"CLAUDE_SANDBOX_TOKEN_FILE": "token", "CLAUDE_SANDBOX_URL": own_url or ""}
    with served(task_service()) as url:
        ran = run_tool("doctor", "--url", url, environment=environment, folder=tmp_path)
    assert ran.document["facts"]["token_file"] == {"mode": mode}
