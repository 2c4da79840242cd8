"""Exactly one document on stdout, on every path."""

import io
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from claude_sandbox.cli.app import app
from claude_sandbox.cli.frame import encoded, internal_failure, json_text, redacted
from claude_sandbox.cli.ready import HELP
from claude_sandbox.cli.report import ExitCode, Report
from claude_sandbox.cli.session import Session
from docs.generator.command_line import root_help
from tests.tools.command_line import run_program, run_tool
from tests.tools.schemas import strict


def test_token_has_256_bits_and_is_known_by_its_digest() -> None:
    ran = run_program("generate-token")
    assert ran.exit_code == 0
    assert len(bytes.fromhex(ran.document["token"])) == 32
    assert set(ran.document["instructions"]) == {"step1", "step2", "step3", "step4"}


def test_help_is_a_document_where_no_terminal_reads() -> None:
    ran = run_program("--help")
    assert "generate-token" in ran.document["help"]


def test_shipped_help_is_the_parsers() -> None:
    assert HELP.read_text() == root_help(), "write it again with: make docs"


def test_help_is_cut_nowhere() -> None:
    """Every command has its line, and says in it all that it has to say."""
    _, listed = root_help().split("Commands:\n")
    assert "..." not in listed
    assert [line.split()[0] for line in listed.splitlines()] == list(names_of_commands())


def names_of_commands() -> dict[str, object]:
    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    return dict(command.commands)


def test_quick_answers_import_no_parser() -> None:
    loaded = "import sys; from claude_sandbox.cli.ready import ready_report; ready_report(['generate-token'])"
    heavy = "print({'typer', 'rich', 'pydantic', 'httpx', 'dataclasses', 'asyncio'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{loaded}; {heavy}"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


def test_unknown_command_is_a_usage_error(tmp_path: Path) -> None:
    ran = run_tool("explode", folder=tmp_path)
    assert (ran.exit_code, ran.document["code"]) == (ExitCode.USAGE, "USAGE")


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (("clients", "list"), "claude-sandbox clients list"),
        (("clients", "explode"), "claude-sandbox clients"),
        (("tasks", "show"), "claude-sandbox tasks show"),
        (("costs", "--task-minutes=x"), "claude-sandbox costs"),
        (("logs", "--explode"), "claude-sandbox logs"),
        (("explode",), "claude-sandbox"),
    ],
    ids=str,
)
def test_hint_names_the_help_that_shows_it(arguments: tuple[str, ...], command: str, tmp_path: Path) -> None:
    assert run_tool(*arguments, folder=tmp_path).document["hint"] == f"See: {command} --help"


def test_defect_is_told_without_a_traceback() -> None:
    report = internal_failure(ZeroDivisionError("secret detail"))
    assert report.exit_code == ExitCode.INTERNAL
    assert "secret detail" not in str(report.document)


def test_half_a_surrogate_pair_is_escaped() -> None:
    assert json_text({"a": "\ud800é"}) == '{\n  "a": "\\ud800\\u00e9"\n}\n'


def session(*secrets: str, is_terminal: bool = False) -> Session:
    made = Session({}, Path(), io.StringIO(), io.StringIO(), is_terminal=is_terminal)
    made.secrets.update(secrets)
    return made


def nested(levels: int) -> list[object]:
    value: list[object] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), nested(5_000), {1, 2}], ids=type)
def test_document_that_can_not_be_written_is_a_defect(value: object) -> None:
    content, exit_code = encoded(Report({"success": True, "value": value}), session())
    assert (strict(content.decode())["code"], exit_code) == ("INTERNAL_ERROR", ExitCode.INTERNAL)


def test_keys_are_never_redacted() -> None:
    assert redacted({"password": ["a password"]}, session("password")) == {"password": ["a [redacted]"]}


def test_word_too_short_to_be_a_secret_mangles_nothing() -> None:
    assert redacted({"tests": "the latest test"}, session("test")) == {"tests": "the latest test"}


def test_secret_that_a_table_folds_is_redacted() -> None:
    secret = "0123456789abcdef" * 4
    report = Report({"output": f"{'x' * 60} {secret}"})
    table = encoded(report, session(secret, is_terminal=True))[0].decode()
    assert secret[:16] not in table
    assert "[redacted]" in table


CONTROLS = "\x1b[31mred\x1b]0;title\x07\x9b31m\x7f\rover\x08"


@pytest.mark.parametrize(
    "report", [Report({}, text=CONTROLS), Report({"output": CONTROLS, CONTROLS: [CONTROLS]})]
)
def test_text_of_others_never_steers_the_terminal(report: Report) -> None:
    table = encoded(report, session(is_terminal=True))[0].decode()
    assert "red" in table
    assert not [one for one in table if unicodedata.category(one) == "Cc" and one != "\n"]


def test_lines_and_tabs_stay() -> None:
    assert encoded(Report({}, text="a\tb\r\nc\n"), session(is_terminal=True))[0] == b"a\tb\nc\n"


def test_message_never_steers_the_terminal() -> None:
    made = session()
    made.tell("\x1b[31mred")
    assert isinstance(made.messages, io.StringIO)
    assert made.messages.getvalue() == "\ufffd[31mred\n"


def test_closed_pipe_ends_without_noise() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "claude_sandbox", "generate-token"]
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (ExitCode.CLOSED_PIPE, "")


def test_closed_stdout_ends_without_noise() -> None:
    command = f"{sys.executable} -m claude_sandbox generate-token >&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_defect_before_the_frame_stands_is_told(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise ZeroDivisionError('secret detail')")
    ran = run_program("generate-token", environment={"PYTHONPATH": str(tmp_path)})
    assert (ran.exit_code, ran.document["code"], ran.stderr) == (ExitCode.INTERNAL, "INTERNAL_ERROR", "")
    assert "secret detail" not in ran.stdout


@pytest.mark.parametrize("tool", ["generate-token", "costs", "validate-config", "diagnose", "tasks list"])
def test_folder_that_is_gone_stops_no_tool(tool: str, tmp_path: Path) -> None:
    command = f'mkdir gone && cd gone && rmdir ../gone && exec "$0" -m claude_sandbox {tool}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert strict(done.stdout)
    assert done.returncode != ExitCode.INTERNAL
    assert "Traceback" not in done.stderr
