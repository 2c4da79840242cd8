"""What every workflow keeps, beyond what linters know."""

import re
from pathlib import Path

import pytest

from tests.pipelines.pipelines import (
    ACTION_FILES,
    ROOT,
    WORKFLOW_FILES,
    Job,
    all_steps,
    document,
    github_scripts,
    job,
    jobs,
)

SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
PINNED = re.compile(r"uses: [\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
EVERY_JOB = pytest.mark.parametrize("one", jobs(), ids=str)
OF_PULL_REQUESTS = [
    one for one in jobs() if "pull_request" in document(ROOT / f".github/workflows/{one.workflow}.yml")["on"]
]


@pytest.mark.parametrize("file", WORKFLOW_FILES + ACTION_FILES, ids=lambda file: file.parent.name + file.stem)
def test_every_action_is_pinned_by_commit_with_its_version(file: Path) -> None:
    lines = [line.strip(" -") for line in file.read_text().splitlines() if "uses:" in line]
    assert [line for line in lines if "uses: ./" not in line and not PINNED.fullmatch(line)] == []


def test_one_action_has_one_commit_everywhere() -> None:
    used = {step["uses"] for _, step in all_steps() if "@" in step.get("uses", "")}
    assert len({one.partition("@")[0] for one in used}) == len(used)


@pytest.mark.parametrize("file", WORKFLOW_FILES, ids=lambda file: file.stem)
def test_a_workflow_grants_nothing_and_says_what_may_run_beside_it(file: Path) -> None:
    workflow = document(file)
    assert workflow["permissions"] == {}
    assert "cancel-in-progress" in workflow["concurrency"]


@EVERY_JOB
def test_a_job_says_its_permissions_and_ends_in_time(one: Job) -> None:
    assert "permissions" in one.body
    assert "uses" in one.body or one.body["timeout-minutes"] <= 60


@EVERY_JOB
def test_a_checkout_leaves_no_token_behind(one: Job) -> None:
    checkouts = [step for step in one.steps if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("one", OF_PULL_REQUESTS, ids=str)
def test_a_forks_pull_request_meets_no_credential(one: Job) -> None:
    if one.has_credentials:
        assert one.body["if"].startswith(SAME_REPOSITORY + " &&")
        assert "||" not in outermost(one.body["if"])


def outermost(condition: str) -> str:
    """Without what stands in parentheses: an `or` in there can't let a fork through."""
    shorter = re.sub(r"\([^()]*\)", "", condition)
    return shorter if shorter == condition else outermost(shorter)


def test_no_workflow_is_started_with_credentials_by_a_fork() -> None:
    assert not [
        file.name
        for file in WORKFLOW_FILES
        if {"pull_request_target", "workflow_run"} & document(file)["on"].keys()
    ]


def test_the_check_has_no_credential() -> None:
    check = job("check", "check")
    assert not check.has_credentials
    assert check.body["permissions"] == {"contents": "read"}


@pytest.mark.parametrize(("place", "script"), github_scripts(), ids=[place for place, _ in github_scripts()])
def test_a_script_is_short_and_gets_values_by_environment_only(place: str, script: str) -> None:
    assert "${{" not in script
    assert len(script.splitlines()) <= 5


@EVERY_JOB
def test_a_job_reads_no_other_secret_than_the_cloudflare_token(one: Job) -> None:
    assert set(re.findall(r"secrets\.(\w+)", str(one.body))) <= {"CLOUDFLARE_API_TOKEN"}


@EVERY_JOB
def test_a_token_reaches_single_steps_of_a_job_with_an_environment(one: Job) -> None:
    assert "secrets." not in str({key: value for key, value in one.body.items() if key != "steps"})
    assert "secrets." not in str(one.steps) or "environment" in one.body


@pytest.mark.parametrize("one", [job("preview", "preview"), job("drift", "stack")], ids=str)
def test_what_only_looks_gets_the_token_that_only_reads(one: Job) -> None:
    assert one.body["environment"] == one.workflow


@EVERY_JOB
def test_what_writes_to_a_stack_waits_for_other_writers_and_is_never_cancelled(one: Job) -> None:
    if any(re.search("pulumi up|remove-ephemeral", step.get("run", "")) for step in one.steps):
        assert one.body["concurrency"]["group"].startswith("stack-")
        assert one.body["concurrency"]["cancel-in-progress"] is False


def test_each_environment_of_deploy_waits_for_the_one_before() -> None:
    assert job("deploy", "staging").body["needs"] == "dev"
    assert job("deploy", "prod").body["needs"] == ["dev", "staging"]


def test_every_update_is_judged_by_the_policies_after_a_preview() -> None:
    updates = [script for _, script in github_scripts() if "pulumi up" in script]
    assert len(updates) == 4
    assert all("--policy-pack policy --policy-pack-config policy/config.json" in one for one in updates)
    assert not any("--skip-preview" in one or " -f" in one for one in updates)
