"""One issue, however many nights a stack drifts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.drift import report
from tests.pipelines.pipelines import ROOT
from tests.pipelines.programs import FakeProgram

RUN = json.dumps({"url": "https://github.example/runs/7", "jobs": [
    {"name": "acme-dev", "conclusion": "success"}, {"name": "acme-prod", "conclusion": "failure"},
    {"name": "report", "conclusion": None},
]})  # fmt: skip


def repository(open_issues: str) -> FakeProgram:
    return FakeProgram({("issue", "list"): open_issues, ("run", "view"): RUN})


def test_the_first_drift_opens_an_issue_that_names_the_stacks() -> None:
    gh = repository("[]")
    assert report(gh, has_drift=True, run_id="7") == "opened"
    created = gh.calls[-1]
    assert created[:2] == ("issue", "create")
    assert "- acme-prod" in created[-1]
    assert "acme-dev" not in created[-1]
    assert "https://github.example/runs/7" in created[-1]


def test_further_drift_is_told_in_the_same_issue() -> None:
    gh = repository('[{"number": 41}]')
    assert report(gh, has_drift=True, run_id="7") == "updated"
    assert gh.calls[-1][:3] == ("issue", "comment", "41")


def test_the_issue_is_closed_once_all_agree() -> None:
    gh = repository('[{"number": 41}]')
    assert report(gh, has_drift=False, run_id="7") == "closed"
    assert gh.calls[-1][:3] == ("issue", "close", "41")


def test_nothing_is_said_where_nothing_drifts() -> None:
    gh = repository("[]")
    assert report(gh, has_drift=False, run_id="7") == "quiet"
    assert [call[:2] for call in gh.calls] == [("issue", "list")]


@pytest.fixture
def without_packages(tmp_path: Path) -> dict[str, str]:
    """An environment with nothing but a `gh` that has no open issue."""
    gh = tmp_path / "gh"
    gh.write_text("#!/bin/sh\necho '[]'\n")
    gh.chmod(0o755)
    return {"PATH": f"{tmp_path}{os.pathsep}/usr/bin:/bin"}


def test_the_report_needs_no_package(without_packages: dict[str, str]) -> None:
    command = [sys.executable, "-S", "-m", "pipelines", "report-drift", "--result=success", "--run-id=7"]
    done = subprocess.run(
        command, cwd=ROOT, env=without_packages, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "quiet\n"), done.stderr
