"""Whatever a pipeline names is there: make targets, commands, options, files, versions, labels of stages."""

import re

import pytest

from infra.settings.stack import known_keys
from pipelines import stack_file
from pipelines.__main__ import parser
from tests.pipelines.pipelines import ROOT, all_steps, commands, gitlab_jobs, gitlab_scripts, scripts

MAKEFILE = (ROOT / "Makefile").read_text()
VALUES = {
    "STACK": "org/acme-dev",
    "LIKE": "org/acme-dev",
    "TEAM": "acme",
    "NUMBER": "12",
    "RESULT": "failure",
}


@pytest.mark.parametrize(("place", "words"), list(commands("make")), ids=str)
def test_every_make_target_exists(place: str, words: list[str]) -> None:
    assert words
    assert all(re.search(rf"^{target}:", MAKEFILE, re.MULTILINE) for target in words)


@pytest.mark.parametrize(
    ("place", "words"),
    [(place, words) for place, words in commands("-m") if words[0] == "pipelines"],
    ids=str,
)
def test_every_command_of_ours_is_accepted(place: str, words: list[str]) -> None:
    given = [re.sub(r"\$(\w+)", lambda name: VALUES.get(name[1], "org"), word) for word in words[1:]]
    until = next((at for at, word in enumerate(given) if word.startswith(">")), len(given))
    assert parser().parse_args(given[:until]).command == words[1]


def test_every_policy_file_exists() -> None:
    named = {word for _, words in commands("pulumi") for word in words if word.startswith("policy")}
    inputs = [step.get("with", {}) for _, step in all_steps()]
    named |= {one[key] for one in inputs for key in ("policyPacks", "policyPackConfigs") if key in one}
    assert named == {"policy", "policy/config.json"}
    assert all((ROOT / one).exists() for one in named)


def test_every_local_action_and_workflow_exists() -> None:
    named = re.findall(
        r"uses: \./(\S+)", "".join(one.read_text() for one in (ROOT / ".github").rglob("*.yml"))
    )
    assert named
    assert all((ROOT / one).is_file() or (ROOT / one / "action.yml").is_file() for one in named)


def test_the_engine_is_the_sdks_version() -> None:
    sdk = re.search(r'"pulumi==([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    files = [*(ROOT / ".github").rglob("*.yml"), ROOT / ".gitlab-ci.yml"]
    pinned = re.findall(
        r"(?:pulumi-version|PULUMI_VERSION): (\S+)", "".join(one.read_text() for one in files)
    )
    assert sdk
    assert set(pinned) == {sdk[1]}


def test_every_setting_that_a_pipeline_writes_is_a_setting() -> None:
    settings: dict[str, object] = {}
    stack_file.make_ephemeral(settings, "pr-12")
    stack_file.use_image(settings, "image")
    parts = [one for one in settings.values() if isinstance(one, dict)]
    assert {*settings, *(key for one in parts for key in one)} <= set(known_keys())


def test_every_output_that_a_pipeline_reads_is_one() -> None:
    outputs = re.findall(r'"(\w+)": \w', (ROOT / "infra/service.py").read_text())
    named = {words[2] for _, words in commands("pulumi") if words[:2] == ["stack", "output"]}
    named |= set(re.findall(r"stack output (\w+)", "".join(script for _, script in scripts())))
    assert named <= set(outputs)


def test_gitlab_runs_the_commands_that_github_runs() -> None:
    def of(*places: str) -> set[str]:
        found = [(place, words) for place, words in commands("-m") if words[0] == "pipelines"]
        return {words[1] for place, words in found if place.startswith("gitlab:") == ("gitlab" in places)}

    assert of("gitlab") == of("github") - {"report-drift"}


def test_gitlabs_jobs_extend_jobs_that_there_are() -> None:
    jobs = gitlab_jobs()
    extended = [
        one
        for body in jobs.values()
        for one in (
            [body.get("extends", [])] if isinstance(body.get("extends"), str) else body.get("extends", [])
        )
    ]
    assert set(extended) <= jobs.keys()
    assert gitlab_scripts()
