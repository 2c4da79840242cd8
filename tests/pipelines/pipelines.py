"""The pipelines as data: GitHub's workflows and actions, and GitLab's file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
WORKFLOW_FILES: Final = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTION_FILES: Final = sorted((ROOT / ".github/actions").glob("*/action.yml"))
GITLAB_FILE: Final = ROOT / ".gitlab-ci.yml"
EXPRESSION: Final = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")

Mapping = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """One job of a workflow."""

    workflow: str
    name: str
    body: Mapping

    @property
    def steps(self) -> list[Mapping]:
        return list(self.body.get("steps", []))

    @property
    def has_credentials(self) -> bool:
        """Whether it reads a secret, or can buy a session with GitHub's token."""
        may_buy = self.body.get("permissions", {}).get("id-token") == "write"
        return may_buy or "environment" in self.body or "secrets." in yaml.safe_dump(self.body)

    def __str__(self) -> str:
        return f"{self.workflow}:{self.name}"


def document(file: Path) -> Mapping:
    """With `on`, which YAML 1.1 reads as true, under its name."""
    loaded: dict[str | bool, Any] = yaml.safe_load(file.read_text())
    return {("on" if key is True else str(key)): one for key, one in loaded.items()}


def jobs() -> list[Job]:
    found = [(file.stem, document(file)["jobs"]) for file in WORKFLOW_FILES]
    return [Job(workflow, name, body) for workflow, bodies in found for name, body in bodies.items()]


def job(workflow: str, name: str) -> Job:
    return next(one for one in jobs() if (one.workflow, one.name) == (workflow, name))


def all_steps() -> list[tuple[str, Mapping]]:
    """Each with where it stands."""
    of_jobs = [(str(one), step) for one in jobs() for step in one.steps]
    of_actions = [
        (file.parent.name, step) for file in ACTION_FILES for step in document(file)["runs"]["steps"]
    ]
    return of_jobs + of_actions


def github_scripts() -> list[tuple[str, str]]:
    return [(place, step["run"]) for place, step in all_steps() if "run" in step]


def gitlab_jobs() -> Mapping:
    """Jobs and hidden jobs, by name."""
    known = {"stages", "workflow", "default", "variables", "include"}
    return {name: body for name, body in document(GITLAB_FILE).items() if name not in known}


def gitlab_scripts() -> list[tuple[str, str]]:
    return [
        (name, "\n".join([*body.get("before_script", []), *body.get("script", [])]))
        for name, body in gitlab_jobs().items()
        if "script" in body or "before_script" in body
    ]


def scripts() -> list[tuple[str, str]]:
    return github_scripts() + [(f"gitlab:{name}", script) for name, script in gitlab_scripts()]


def commands(program: str) -> Iterator[tuple[str, list[str]]]:
    """Every call of a program in any script, as the words after its name, with where it stands."""
    for place, script in scripts():
        for line in script.replace("\\\n", " ").splitlines():
            words = re.findall(r'"[^"]*"|\S+', line)
            for at, word in enumerate(words):
                if word == program:
                    yield place, [one.strip('"') for one in words[at + 1 :]]
