"""docs/reference/client.md: its programs run, and its tables name what there is."""

import inspect
import re
from pathlib import Path

import pytest

from claude_sandbox import AsyncSandboxClient, SandboxClient
from claude_sandbox import client as package
from claude_sandbox.client import SandboxError
from tests.tools.service import TOKEN, served, task_service

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "client.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_program_runs_and_says_something(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    with served(task_service("running")) as url:
        exec(compile(program, "client.md", "exec"), {"url": url, "token": TOKEN})  # noqa: S102
    assert capsys.readouterr().out


def methods(client: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")}


def test_table_names_every_method() -> None:
    assert set(re.findall(r"^\| `(\w+)\(", PAGE, flags=re.MULTILINE)) == methods(SandboxClient) - {"close"}


def test_both_clients_have_the_same_methods() -> None:
    assert methods(AsyncSandboxClient) - {"aclose"} == methods(SandboxClient) - {"close"}


def test_table_names_every_error() -> None:
    errors = {kind.__name__: kind.is_transient for kind in SandboxError.__subclasses__()}
    told = re.findall(r"^\| `(\w+)` \|.*\| (yes|no) \|$", PAGE, flags=re.MULTILINE)
    assert {name: answer == "yes" for name, answer in told} == errors
    assert errors.keys() <= set(package.__all__)
