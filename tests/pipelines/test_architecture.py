"""The pipelines' commands stand alone: they work in a checkout whose program does not."""

import ast
import sys
from pathlib import Path

import pytest

from tests.pipelines.pipelines import ROOT

ALLOWED = sys.stdlib_module_names | {"pipelines", "yaml"}


def imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("file", sorted((ROOT / "pipelines").glob("*.py")), ids=lambda file: file.stem)
def test_a_module_imports_nothing_of_the_program(file: Path) -> None:
    assert {name.partition(".")[0] for name in imported(file)} <= ALLOWED
