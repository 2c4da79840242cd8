"""The jobs do what they are for: their scripts run here, against a pulumi and a gh that only remember."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.ephemeral import END_TAG
from tests.pipelines.pipelines import ROOT, job
from tests.pipelines.runner import SECRET, Runner

BUILT = f"registry.cloudflare.com/{'0' * 32}/claude-sandbox:0.12.10-abc@sha256:{'a' * 64}"
COMMITTED = f"registry.cloudflare.com/{'0' * 32}/claude-sandbox@sha256:{'b' * 64}"
POLICIES = ["--policy-pack", "policy", "--policy-pack-config", "policy/config.json"]
GITHUB = {
    "vars.PULUMI_ORGANIZATION": "org",
    "inputs.team": "acme",
    "matrix.team": "acme",
    "secrets.CLOUDFLARE_API_TOKEN": SECRET,
    "fromJSON(vars.TEAMS || '[\"\"]')[0]": "acme",
    "github.event.pull_request.number": "12",
    "github.token": "t",
    "github.repository": "owner/project",
}
GITLAB = {"PULUMI_ORGANIZATION": "org", "TEAM": "acme", "CI_MERGE_REQUEST_IID": "12"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """With acme's three stacks: dev builds, the others name an image of some time ago."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    example = (ROOT / "Pulumi.dev.yaml").read_text()
    (folder / "Pulumi.acme-dev.yaml").write_text(example)
    for environment in ("staging", "prod"):
        text = example.replace("build: true", f"image: {COMMITTED}").replace(": dev", f": {environment}")
        (folder / f"Pulumi.acme-{environment}.yaml").write_text(text)
    return folder


def deployed_by_github(checkout: Path) -> Runner:
    runner = Runner(checkout, {"pulumi stack output": json.dumps({"image": BUILT})}, dict(GITHUB))
    outputs = runner.github(job("deploy", "dev"))
    runner.values.update({f"needs.dev.outputs.{key}": value for key, value in outputs.items()})
    runner.github(job("deploy", "staging"))
    runner.github(job("deploy", "prod"))
    return runner


def deployed_by_gitlab(checkout: Path) -> Runner:
    runner = Runner(checkout, {"pulumi stack output": json.dumps({"image": BUILT})}, dict(GITLAB))
    runner.values.update(runner.gitlab("dev"))
    runner.gitlab("staging")
    runner.gitlab("prod")
    return runner


Deployment = Callable[[Path], Runner]
BOTH = pytest.mark.parametrize("deployed", [deployed_by_github, deployed_by_gitlab])


@BOTH
def test_staging_and_prod_run_the_digest_that_dev_built(checkout: Path, deployed: Deployment) -> None:
    calls = deployed(checkout).calls
    updates = [(one["command"][3], one["image"]) for one in calls if one["command"][1] == "up"]
    assert updates == [("org/acme-dev", None), ("org/acme-staging", BUILT), ("org/acme-prod", BUILT)]


@BOTH
def test_only_dev_is_asked_what_it_built(checkout: Path, deployed: Deployment) -> None:
    runner = deployed(checkout)
    asked = [one[-1] for one in runner.commands("pulumi", "stack", "output")]
    assert asked == ["org/acme-dev"]


@BOTH
def test_every_update_is_judged_by_the_policies(checkout: Path, deployed: Deployment) -> None:
    updates = deployed(checkout).commands("pulumi", "up")
    assert len(updates) == 3
    assert all(one[-4:] == POLICIES for one in updates)


def test_only_the_update_has_the_token(checkout: Path) -> None:
    calls = deployed_by_github(checkout).calls
    assert {one["command"][1] for one in calls if one["has_token"]} == {"up"}


def test_a_dev_without_an_image_stops_the_promotion(checkout: Path) -> None:
    runner = Runner(checkout, {"pulumi stack output": "{}"}, dict(GITHUB))
    with pytest.raises(AssertionError, match="puts out no image"):
        runner.github(job("deploy", "dev"))


def test_a_team_gets_a_run_of_its_own(checkout: Path) -> None:
    runner = Runner(checkout, {}, {**GITHUB, "matrix.team": "globex"})
    team = job("deploy", "teams")
    team.steps[0]["env"].update(GITHUB_REPOSITORY="owner/project", GITHUB_SHA="c0ffee")
    runner.github(team)
    (started,) = runner.commands("gh", "workflow", "run")
    assert started[-4:] == ["--raw-field", "team=globex", "--raw-field", "commit=c0ffee"]


def test_an_ephemeral_stack_is_made_deployed_and_told(checkout: Path) -> None:
    (checkout / "Pulumi.acme-pr-12.yaml").write_text((checkout / "Pulumi.acme-dev.yaml").read_text())
    runner = Runner(checkout, {"pulumi stack output": "https://example.test"}, dict(GITHUB))
    runner.github(job("preview", "ephemeral"))
    assert [one[1:3] for one in runner.commands("pulumi")] == [
        ["stack", "select"], ["stack", "tag"], ["config", "cp"], ["up", "--stack"], ["stack", "output"],
    ]  # fmt: skip
    assert "environment: pr-12" in (checkout / "Pulumi.acme-pr-12.yaml").read_text()


def test_an_ephemeral_stack_is_destroyed_and_forgotten(checkout: Path) -> None:
    runner = Runner(checkout, {}, dict(GITHUB))
    runner.github(job("preview", "remove"))
    command = "pulumi destroy --stack org/acme-pr-12 --yes --non-interactive --refresh --remove"
    assert runner.commands("pulumi") == [command.split()]


def test_a_sweep_destroys_what_is_over(checkout: Path) -> None:
    listed = json.dumps([{"name": "org/acme-pr-12"}, {"name": "org/acme-prod"}])
    answers = {"pulumi stack ls": listed, f"pulumi stack tag get {END_TAG}": "2026-01-01T00:00:00+00:00"}
    runner = Runner(checkout, answers, dict(GITHUB))
    runner.github(job("sweep", "sweep"))
    assert [one[3] for one in runner.commands("pulumi", "destroy")] == ["org/acme-pr-12"]


def test_drift_is_looked_for_with_the_image_that_runs_and_without_writing(checkout: Path) -> None:
    answers = {"pulumi stack output": json.dumps({"image": BUILT})}
    runner = Runner(checkout, answers, {**GITHUB, "matrix.environment": "prod"})
    runner.github(job("drift", "stack"))
    looked = [one for one in runner.calls if one["command"][1] != "stack"]
    assert [one["command"][1] for one in looked] == ["refresh", "preview"]
    assert all("--expect-no-changes" in one["command"] and one["image"] == BUILT for one in looked)
    assert "--preview-only" in looked[0]["command"]


def test_drift_is_told_in_an_issue(checkout: Path) -> None:
    run = json.dumps(
        {"url": "https://example.test/7", "jobs": [{"name": "acme-prod", "conclusion": "failure"}]}
    )
    answers = {"gh issue list": "[]", "gh run view": run}
    runner = Runner(checkout, answers, {**GITHUB, "needs.stack.result": "failure"})
    report = job("drift", "report")
    report.steps[-1]["env"]["GITHUB_RUN_ID"] = "7"
    runner.github(report)
    (created,) = runner.commands("gh", "issue", "create")
    assert "acme-prod" in created[-1]
