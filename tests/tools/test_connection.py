"""Which address and which token a tool takes, and that no token goes to another address than its own."""

import json
from pathlib import Path

import pytest

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import Ran, run_tool
from tests.tools.service import TOKEN, FakeService, dead_url, served, task_service

OTHERS_TOKEN = "canary-token-of-another-deployment"


def outputs_of(folder: Path, url: str, token: str | None = None, name: str = "outputs.json") -> str:
    """A stack's outputs; with a token as localcloud writes them."""
    outputs = {"worker_url": url}
    if token is not None:
        (folder / f"{name}.token").write_text(token)
        outputs["auth_token_file"] = f"{name}.token"
    (folder / name).write_text(json.dumps(outputs))
    return f"--outputs={name}"


def ask(folder: Path, *arguments: str, stdin: str = "", **environment: str) -> Ran:
    variables = {f"CLAUDE_SANDBOX_{name}": value for name, value in environment.items()}
    return run_tool("tasks", "list", *arguments, environment=variables, folder=folder, stdin=stdin)


def sent_tokens(service: FakeService) -> set[str]:
    return {call.headers.get("authorization", "") for call in service.calls}


def test_named_outputs_come_before_the_environment(tmp_path: Path) -> None:
    with served(task_service()) as url:
        ran = ask(tmp_path, outputs_of(tmp_path, url, TOKEN), URL=dead_url(), TOKEN=OTHERS_TOKEN)
    assert ran.exit_code == 0


def test_address_of_an_argument_comes_before_the_named_outputs(tmp_path: Path) -> None:
    with served(task_service()) as url:
        ran = ask(tmp_path, f"--url={url}", outputs_of(tmp_path, dead_url(), TOKEN))
    assert ran.exit_code == 0


def test_token_of_an_argument_comes_before_that_of_the_named_outputs(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    with served(task_service()) as url:
        ran = ask(tmp_path, "--token-file=token", outputs_of(tmp_path, url, OTHERS_TOKEN))
    assert ran.exit_code == 0


@pytest.mark.parametrize("way", ["outputs", "url"])
def test_environments_token_never_goes_to_another_address(way: str, tmp_path: Path) -> None:
    service = task_service()
    with served(service) as url:
        argument = outputs_of(tmp_path, url) if way == "outputs" else f"--url={url}"
        ran = ask(tmp_path, argument, URL=dead_url(), TOKEN=OTHERS_TOKEN)
    assert (ran.exit_code, service.calls) == (ExitCode.USAGE, [])
    assert "token is not sent" in ran.stderr


@pytest.mark.parametrize("own", ["", "same"])
def test_environments_token_goes_to_named_outputs_of_its_own_address(own: str, tmp_path: Path) -> None:
    with served(task_service()) as url:
        named = f"{url}/" if own else ""
        assert ask(tmp_path, outputs_of(tmp_path, url), URL=named, TOKEN=TOKEN).exit_code == 0


@pytest.mark.parametrize("tool", ["tasks list", "test-deployment", "diagnose", "doctor", "costs --since=1d"])
def test_empty_address_is_none(tool: str, tmp_path: Path) -> None:
    environment = {"CLAUDE_SANDBOX_URL": "", "CLAUDE_SANDBOX_TOKEN": "", "PATH": ""}
    ran = run_tool(*tool.split(), environment=environment, folder=tmp_path)
    assert ran.exit_code != ExitCode.INTERNAL, ran.stdout


def test_empty_address_leaves_the_outputs_of_this_folder(tmp_path: Path) -> None:
    (tmp_path / ".localcloud").mkdir()
    with served(task_service()) as url:
        outputs_of(tmp_path, url, TOKEN, ".localcloud/outputs.json")
        assert ask(tmp_path, URL="").exit_code == 0


def test_outputs_come_from_stdin(tmp_path: Path) -> None:
    with served(task_service()) as url:
        ran = ask(tmp_path, "--outputs=-", stdin=json.dumps({"worker_url": url}), TOKEN=TOKEN)
    assert ran.exit_code == 0


def test_stdin_can_not_be_outputs_and_token(tmp_path: Path) -> None:
    ran = ask(tmp_path, "--outputs=-", "--token-file=-", stdin=TOKEN)
    assert (ran.exit_code, ran.document["error"]) == (ExitCode.USAGE, "stdin was asked for twice")
