"""Runs the scripts of a pipeline's jobs here, with programs on the PATH that only write down their calls."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.pipelines.pipelines import EXPRESSION, ROOT, Job, gitlab_jobs

RECORDER: Final = ROOT / "tests/pipelines/recording-program"
PROGRAMS: Final = ("gh", "pulumi")
SECRET: Final = "secret-of-the-environment"


@dataclass(frozen=True)
class Runner:
    """A checkout, and a machine whose pulumi and gh are fakes.

    Args:
        folder: of the checkout; the programs are beside it.
        answers: what the programs print, by the beginning of the command line.
        values: what the pipeline's expressions or variables stand for.
    """

    folder: Path
    answers: Mapping[str, str]
    values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        programs = self.folder.parent / "programs"
        programs.mkdir()
        for name in PROGRAMS:
            (programs / name).symlink_to(RECORDER)
        (programs / "python").symlink_to(sys.executable)

    def github(self, job: Job) -> dict[str, str]:
        """Run the job's own scripts; the job's outputs."""
        outputs: dict[str, str] = {}
        for step in job.steps:
            if "run" not in step:
                continue
            environment = self._resolved({**job.body.get("env", {}), **step.get("env", {})})
            written = self._run(step["run"], environment)
            outputs |= {f"steps.{step.get('id')}.outputs.{key}": value for key, value in written.items()}
        named = job.body.get("outputs", {})
        return {key: EXPRESSION.sub(lambda found: outputs[found[1]], value) for key, value in named.items()}

    def gitlab(self, name: str) -> dict[str, str]:
        """Run the job's script; the variables that its dotenv report gives to later jobs."""
        job = gitlab_jobs()[name]
        environment = {**self.values, "CLOUDFLARE_API_TOKEN": SECRET}
        for key, value in job.get("variables", {}).items():
            environment[key] = _expanded(value, environment)
        for line in job["script"]:
            self._run(line, environment)
        report = job.get("artifacts", {}).get("reports", {}).get("dotenv")
        return _variables(self.folder / report) if report else {}

    @property
    def calls(self) -> list[Mapping[str, Any]]:
        """Every call so far: its `command`, whether it `has_token`, and the `image` of its stack's file."""
        file = self.folder.parent / "calls"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def commands(self, *start: str) -> list[list[str]]:
        return [one["command"] for one in self.calls if tuple(one["command"][: len(start)]) == start]

    def _resolved(self, environment: Mapping[str, Any]) -> dict[str, str]:
        return {
            name: EXPRESSION.sub(lambda found: self.values[found[1]], str(value))
            for name, value in environment.items()
        }

    def _run(self, script: str, environment: Mapping[str, str]) -> dict[str, str]:
        output = self.folder.parent / "output"
        output.write_text("")
        own = {
            "PATH": f"{self.folder.parent / 'programs'}{os.pathsep}/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "FAKE_CALLS": str(self.folder.parent / "calls"),
            "FAKE_ANSWERS": json.dumps(self.answers),
            "GITHUB_OUTPUT": str(output),
        }
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        done = subprocess.run(
            shell, cwd=self.folder, env={**own, **environment}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return _variables(output)


def _variables(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def _expanded(text: str, values: Mapping[str, str]) -> str:
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f"${name}", values[name])
    return text
