"""The linters of the trade find nothing to say. All of them run offline."""

import subprocess
from pathlib import Path

import pytest

from tests.pipelines.pipelines import ACTION_FILES, EXPRESSION, GITLAB_FILE, ROOT, WORKFLOW_FILES, scripts


def found_by(*command: str | Path, text: str | None = None) -> str:
    done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_zizmor_finds_nothing_even_as_an_auditor() -> None:
    assert not found_by(
        "zizmor", "--offline", "--quiet", "--strict-collection", "--persona=auditor", ".github"
    )


def test_workflows_fit_githubs_schema() -> None:
    assert not found_by("check-jsonschema", "--builtin-schema=vendor.github-workflows", *WORKFLOW_FILES)


def test_actions_fit_githubs_schema() -> None:
    assert not found_by("check-jsonschema", "--builtin-schema=vendor.github-actions", *ACTION_FILES)


def test_dependabots_file_fits_githubs_schema() -> None:
    assert not found_by("check-jsonschema", "--builtin-schema=vendor.dependabot", ".github/dependabot.yml")


def test_gitlab_file_fits_gitlabs_schema() -> None:
    command = (
        "check-jsonschema",
        "--builtin-schema=vendor.gitlab-ci",
        "--data-transform=gitlab-ci",
        GITLAB_FILE,
    )
    assert not found_by(*command)


@pytest.mark.parametrize(("place", "script"), scripts(), ids=[place for place, _ in scripts()])
def test_shellcheck_finds_nothing(place: str, script: str) -> None:
    assert not found_by("shellcheck", "--shell=bash", "-", text=EXPRESSION.sub("expression", script))
