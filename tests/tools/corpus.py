"""Recorded failures, and how well the doctor knows them."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from claude_sandbox.doctor.judge import judge

HERE = Path(__file__).parent
Case = dict[str, Any]


def cases_of(name: str) -> list[Case]:
    cases: list[Case] = tomllib.loads((HERE / name).read_text("utf-8"))["case"]
    return cases


def codes(text: str) -> set[str]:
    return {finding.failure.code for finding in judge(text)}


class Score(NamedTuple):
    """Over all cases: `right` findings, those that were `said`, those that were `expected`."""

    right: int
    said: int
    expected: int

    @property
    def precision(self) -> float:
        return self.right / self.said

    @property
    def recall(self) -> float:
        return self.right / self.expected


def score(cases: Sequence[Case]) -> Score:
    judged = [(codes(case["text"]), set(case["expects"])) for case in cases]
    return Score(
        right=sum(len(said & expected) for said, expected in judged),
        said=sum(len(said) for said, _ in judged),
        expected=sum(len(expected) for _, expected in judged),
    )
