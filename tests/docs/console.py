"""Console blocks: `$ command`, then what it prints, with `...` for what differs from run to run."""

import doctest
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

END_OF_STEP: Final = "--- end of step"
ASKS_FOR_STATUS: Final = "echo $?"
TIMEOUT_SECONDS: Final = 400


@dataclass(frozen=True)
class Step:
    """One command, and what the page says that it prints; nothing said, nothing compared."""

    command: str
    expected: str


@dataclass(frozen=True)
class Outcome:
    """What a command did: both streams in the order of writing, as a reader sees them."""

    exit_code: int
    printed: str


def steps_of(block: str) -> list[Step]:
    """The steps of a block. A line after `> ` continues the command above it."""
    steps: list[Step] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append(Step(line[2:], ""))
        elif line.startswith("> ") and not steps[-1].expected:
            steps[-1] = Step(f"{steps[-1].command}\n{line[2:]}", "")
        else:
            steps[-1] = Step(steps[-1].command, f"{steps[-1].expected}{line}\n")
    return steps


def run_steps(
    steps: Sequence[Step], folder: Path, environment: Mapping[str, str]
) -> tuple[list[Outcome], str]:
    """All steps in one shell, so that variables last. The outcomes, and all that was printed."""
    done = subprocess.run(
        ["bash", "-c", "\n".join(scripted(step) for step in steps)],
        cwd=folder, env=environment, text=True, check=False, timeout=TIMEOUT_SECONDS,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    outcomes = []
    printed, *parts = done.stdout.split(f"\n{END_OF_STEP} ")
    for part in parts:
        exit_code, _, following = part.partition("\n")
        outcomes.append(Outcome(int(exit_code), printed))
        printed = following
    return outcomes, done.stdout


def scripted(step: Step) -> str:
    """The command, then a line that ends its output and keeps its exit code for `echo $?`."""
    return f"{step.command}\nended=$?; printf '\\n{END_OF_STEP} %d\\n' $ended; (exit $ended)"


def differences(steps: Sequence[Step], outcomes: Sequence[Outcome]) -> list[str]:
    """What did not go as the page says. A command may fail where the page then asks for its exit code."""
    following = [step.command for step in steps[1:]] + [""]
    return [
        f"$ {step.command}\n{problem}\n--- said\n{step.expected}--- printed\n{outcome.printed}"
        for step, outcome, then in zip(steps, outcomes, following, strict=True)
        for problem in problems(step, outcome, may_fail=then == ASKS_FOR_STATUS)
    ]


def problems(step: Step, outcome: Outcome, *, may_fail: bool) -> list[str]:
    found = [] if may_fail or outcome.exit_code == 0 else [f"exit code {outcome.exit_code}"]
    printed = outcome.printed.strip("\n") + "\n"
    checker = doctest.OutputChecker()
    if step.expected and not checker.check_output(
        step.expected.strip("\n") + "\n", printed, doctest.ELLIPSIS
    ):
        found.append("another output")
    return found
