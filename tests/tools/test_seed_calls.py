"""The seed's documented calls, argument for argument, with the keys and exit codes its scripts count on."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import run_tool
from tests.tools.machine import with_programs
from tests.tools.service import (
    ANSWER,
    TASK_ID,
    TOKEN,
    FakeService,
    answering,
    authorized,
    seed_service,
    served,
)
from tests.tools.test_validate_config import seed_project

URL = "<worker-url>"
FOLDER = "<project-dir>"


def refusing(status: int, error: str) -> FakeService:
    service = seed_service()
    service.answers["POST /execute"] = authorized(answering({"error": error, "taskId": TASK_ID}, status))
    return service


def unhealthy() -> FakeService:
    service = seed_service()
    service.answers["POST /execute"] = answering(ANSWER)
    return service


class Call(NamedTuple):
    """A call of the seed's documentation.

    Args:
        keys: that the document has, nested ones with dots.
        values: that some of them have.
    """

    arguments: tuple[str, ...]
    exit_code: int
    keys: str
    values: dict[str, Any] = {}  # noqa: RUF012 - never changed
    service: FakeService = seed_service()


ANSWERED = "taskId success stdout stderr output execution_time_ms"
REFUSED = "success error http_code response"
MISSING = "success error usage example"
MISSING_VALUES = {"success": False, "error": "Missing required arguments"}
CHECKS = (
    "success issues checks.node.installed checks.node.version checks.node.meets_requirement "
    "checks.npm.installed checks.docker.installed checks.docker.running checks.wrangler.installed "
    "checks.wrangler.authenticated "
    "checks.claude.installed checks.openssl.installed"
)
FILES = (
    "success project_dir issues warnings files.dockerfile.exists files.dockerfile.valid "
    "files.dockerfile.base_image files.wrangler.exists files.wrangler.valid files.wrangler.has_containers "
    "files.wrangler.has_durable_objects files.wrangler.has_migrations files.wrangler.account_id_set "
    "files.index_ts.exists files.index_ts.valid files.index_ts.uses_getSandbox "
    "files.index_ts.exports_Sandbox files.index_ts.uses_permission_mode files.package_json.exists"
)
TESTS = (
    "success worker_url summary.passed summary.failed summary.total tests.health_check.success "
    "tests.health_check.http_code tests.health_check.status tests.auth_required.success "
    "tests.auth_required.http_code tests.auth_required.description tests.execute_task.skipped "
    "tests.execute_task.success tests.execute_task.output tests.execute_task.error"
)
DIAGNOSIS = (
    "timestamp project_dir system.os system.os_version system.architecture versions.node versions.npm "
    "versions.docker versions.wrangler versions.claude docker.running docker.info wrangler.authenticated "
    "wrangler.user project_files.dockerfile_hash project_files.wrangler_hash project_files.index_hash "
    "cloudflare.deployments cloudflare.containers"
)
TOKEN_KEYS = "success token instructions.step1 instructions.step2 instructions.step3 instructions.step4"
QUESTION = "What is 2 + 2?"

CALLS = {
    "task": Call(("execute-task", URL, TOKEN, QUESTION), 0, ANSWERED, {"success": True, "taskId": TASK_ID}),
    "task with a timeout": Call(("execute-task", URL, TOKEN, QUESTION, "60000"), 0, ANSWERED),
    "task of two lines": Call(("execute-task", URL, TOKEN, "one\ntwo"), 0, ANSWERED),
    "task that is -n": Call(("execute-task", URL, TOKEN, "-n"), 0, ANSWERED),
    "task without arguments": Call(("execute-task",), 1, MISSING, MISSING_VALUES),
    "task with a URL alone": Call(("execute-task", URL), 1, MISSING, MISSING_VALUES),
    "task without a task": Call(("execute-task", URL, TOKEN), 1, MISSING, MISSING_VALUES),
    "task with a wrong token": Call(
        ("execute-task", URL, "wrong-token", QUESTION),
        1,
        f"{REFUSED} hint",
        {"http_code": 401, "error": "Unauthorized - check your auth token"},
    ),
    "task that is refused": Call(
        ("execute-task", URL, TOKEN, QUESTION),
        1,
        REFUSED,
        {"http_code": 400, "error": "Bad request - task is required"},
        refusing(400, "Task is required"),
    ),
    "task out of time": Call(
        ("execute-task", URL, TOKEN, QUESTION, "60000"),
        1,
        f"{REFUSED} hint current_timeout_ms",
        {"http_code": 408, "error": "Request timeout", "current_timeout_ms": 60_000},
        refusing(408, "Request timeout"),
    ),
    "task that could not run": Call(
        ("execute-task", URL, TOKEN, QUESTION),
        1,
        f"{REFUSED} hint",
        {"http_code": 500, "error": "Server error - task execution failed"},
        refusing(500, "Task execution failed"),
    ),
    "prerequisites": Call(("check-prerequisites",), 0, CHECKS, {"success": True, "issues": []}),
    "project": Call(("validate-config", FOLDER), 0, FILES, {"success": True, "issues": []}),
    "project in this folder": Call(("validate-config",), 1, FILES, {"success": False}),
    "project that is not there": Call(("validate-config", "nowhere"), 1, FILES, {"success": False}),
    "deployment": Call(("test-deployment", URL), 0, TESTS, {"tests.execute_task.skipped": True}),
    "deployment with a token": Call(("test-deployment", URL, TOKEN), 0, TESTS, {"summary.passed": 3}),
    "deployment with a wrong token": Call(
        ("test-deployment", URL, "wrong-token"), 1, TESTS, {"summary.failed": 1}
    ),
    "deployment open to strangers": Call(
        ("test-deployment", URL), 1, TESTS, {"tests.auth_required.success": False}, unhealthy()
    ),
    "deployment without a URL": Call(("test-deployment",), 1, "success error", {"success": False}),
    "diagnosis": Call(("diagnose",), 0, DIAGNOSIS),
    "diagnosis of a project": Call(("diagnose", FOLDER), 0, DIAGNOSIS, {"wrangler.user": "authenticated"}),
    "token": Call(("generate-token",), 0, TOKEN_KEYS, {"success": True}),
}


def at(document: Any, path: str) -> Any:  # noqa: ANN401 - any JSON value
    for key in path.split("."):
        document = document[key]
    return document


@pytest.mark.parametrize("name", CALLS)
def test_seeds_call_gives_its_keys_and_exit_code(name: str, tmp_path: Path) -> None:
    call = CALLS[name]
    project = tmp_path / "project"
    project.mkdir()
    seed_project(project)
    with served(call.service) as url:
        given = {URL: url, FOLDER: str(project)}
        arguments = [given.get(one, one) for one in call.arguments]
        ran = run_tool(*arguments, environment=with_programs(tmp_path), folder=tmp_path)
    assert ran.exit_code == call.exit_code, ran.stdout
    assert {path: at(ran.document, path) for path in call.values} == call.values
    for path in call.keys.split():
        at(ran.document, path)


def test_token_has_256_bits_in_64_hex_characters(tmp_path: Path) -> None:
    token = run_tool("generate-token", folder=tmp_path).document["token"]
    assert (len(token), len(bytes.fromhex(token))) == (64, 32)


def test_prerequisites_that_are_missing_end_with_one(tmp_path: Path) -> None:
    ran = run_tool("check-prerequisites", environment={"PATH": ""}, folder=tmp_path)
    assert (ran.exit_code, ran.document["success"]) == (ExitCode.FAILED, False)
