"""The seed's positional form: a token is taken for one, an option never is."""

from pathlib import Path

import pytest

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import Ran, run_tool
from tests.tools.service import TOKEN, FakeService, seed_service, served


def ask(service: FakeService, folder: Path, tool: str, *arguments: str) -> Ran:
    with served(service) as url:
        return run_tool(tool, url, *arguments, folder=folder)


def sent(service: FakeService) -> set[str]:
    return {call.headers["authorization"] for call in service.calls if "authorization" in call.headers}


def test_token_file_behind_the_address_is_an_option(tmp_path: Path) -> None:
    (tmp_path / "t").write_text(TOKEN)
    service = seed_service()
    ran = ask(service, tmp_path, "test-deployment", "--token-file=t")
    assert (ran.exit_code, sent(service)) == (0, {f"Bearer {TOKEN}"})


def test_format_behind_the_address_is_an_option(tmp_path: Path) -> None:
    service = seed_service()
    ran = ask(service, tmp_path, "test-deployment", "--format=json")
    assert (ran.document["tests"]["execute_task"]["skipped"], sent(service)) == (True, set())


def test_help_behind_the_address_is_help(tmp_path: Path) -> None:
    service = seed_service()
    ran = ask(service, tmp_path, "test-deployment", "--help")
    assert ("help" in ran.document, service.calls) == (True, [])


@pytest.mark.parametrize("option", ["--format=json", "--help", "--token-file=t", "--no-such-option"])
def test_option_is_never_sent_as_a_token(option: str, tmp_path: Path) -> None:
    service = seed_service()
    ran = ask(service, tmp_path, "execute-task", option, "hello")
    assert (service.calls, ran.exit_code == ExitCode.INTERNAL) == ([], False)
