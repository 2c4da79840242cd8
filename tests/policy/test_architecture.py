"""The rules stand alone: they can be read, tested and reused without an engine."""

import ast
import sys
from pathlib import Path

import pytest

PACK = Path(__file__).parents[2] / "policy"
RULE_FILES = sorted((PACK / "rules").glob("*.py"))


def imported_packages(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text())))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    return {name.partition(".")[0] for name in plain} | {
        (node.module or "").partition(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)
    }


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda file: file.stem)
def test_a_rule_imports_only_the_standard_library_and_rules(file: Path) -> None:
    assert imported_packages(file) <= {"rules", *sys.stdlib_module_names}


def test_pack_constructs_itself_and_nothing_else() -> None:
    body = ast.parse((PACK / "__main__.py").read_text()).body
    assert [type(node) for node in body] == [ast.Expr, ast.ImportFrom, ast.ImportFrom, ast.Expr]
