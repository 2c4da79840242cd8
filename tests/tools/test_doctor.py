"""The doctor: its table, what it makes of recorded failures, and the repairs it makes."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from claude_sandbox.cli.report import ExitCode
from claude_sandbox.doctor.judge import judge
from claude_sandbox.doctor.table import KnownFailure, known_failures
from claude_sandbox.tools.doctor import REMEDIES
from tests.tools.command_line import Ran, run_tool
from tests.tools.service import TOKEN, dead_url, served, task_service

CASES = tomllib.loads((Path(__file__).parent / "corpus.toml").read_text())["case"]
LEAST_PRECISION = LEAST_RECALL = 0.95


def codes(text: str) -> set[str]:
    return {finding.failure.code for finding in judge(text)}


def test_table_has_at_least_forty_failures() -> None:
    assert len(known_failures()) >= 40


@pytest.mark.parametrize("failure", known_failures(), ids=lambda failure: failure.code)
def test_failure_says_cause_and_fix(failure: KnownFailure) -> None:
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+", failure.code)
    assert failure.cause.endswith(".")
    assert len(failure.fix) > 10
    assert failure.remedy is None or failure.remedy in REMEDIES


def test_corpus_has_a_case_for_every_failure() -> None:
    assert {code for case in CASES for code in case["expects"]} == {one.code for one in known_failures()}


def test_precision_and_recall_on_the_corpus() -> None:
    said = [(codes(case["text"]), set(case["expects"])) for case in CASES]
    right = sum(len(found & expected) for found, expected in said)
    assert right / sum(len(found) for found, _ in said) >= LEAST_PRECISION
    assert right / sum(len(expected) for _, expected in said) >= LEAST_RECALL


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_case_is_judged_as_recorded(case: dict[str, Any]) -> None:
    assert codes(case["text"]) == set(case["expects"])


def test_a_megabyte_of_noise_is_judged_at_once() -> None:
    assert codes("a.b=c docker image container " * 40_000) == set()


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
