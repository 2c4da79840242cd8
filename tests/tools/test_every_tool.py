"""Every tool against everything that goes wrong: one document, the right exit code, no secret."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import Ran, run_program, run_tool
from tests.tools.machine import PROGRAMS, with_programs
from tests.tools.registry import ACCOUNT, API_TOKEN
from tests.tools.schemas import TOOLS
from tests.tools.service import (
    TASK_ID,
    TOKEN,
    Answer,
    answering,
    answering_text,
    dead_url,
    raw_server,
    served,
    silent_server,
)

CALLS = [
    ("execute-task", "hello", "--timeout-ms=1000"),
    ("test-deployment",),
    ("doctor",),
    ("diagnose",),
    ("costs", "--since=1d"),
    ("tasks", "list"),
    ("tasks", "show", TASK_ID),
    ("tasks", "result", TASK_ID),
    ("tasks", "cancel", TASK_ID),
    ("images", "list"),
    ("images", "prune", "--yes"),
]
"""Every tool that calls the service, or Cloudflare."""

FIXED_EXITS = {"test-deployment": ExitCode.FAILED, "doctor": ExitCode.FAILED, "diagnose": ExitCode.OK}
"""Tools whose finding the failure is; the others fail with the failure's own exit code."""


class Uniform:
    """Answers every request alike, after a while."""

    def __init__(self, answer: Answer, delay_s: float) -> None:
        self._answer = answer
        self._delay_s = delay_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(self._delay_s)
            await self._answer(Request(scope, receive), b"")(scope, receive, send)


def uniformly(answer: Answer, delay_s: float = 0.0) -> Callable[[], AbstractContextManager[str]]:
    return lambda: served(Uniform(answer, delay_s))


@contextmanager
def nothing_there() -> Iterator[str]:
    yield dead_url()


@contextmanager
def no_such_name() -> Iterator[str]:
    """As where there is no network: no name is found. RFC 6761 keeps this one from ever being."""
    yield "https://sandbox.invalid"


HTML = "<!doctype html><title>Sign in</title>"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"

FAILURES: dict[str, tuple[Callable[[], AbstractContextManager[str]], ExitCode]] = {
    "dead port": (nothing_there, ExitCode.UNREACHABLE),
    "no network": (no_such_name, ExitCode.UNREACHABLE),
    "silence": (silent_server, ExitCode.TIMEOUT),
    "HTML": (uniformly(answering_text(HTML)), ExitCode.BAD_ANSWER),
    "401": (uniformly(answering({"error": "Unauthorized"}, 401)), ExitCode.AUTHENTICATION),
    "404": (uniformly(answering({"error": "Not found"}, 404)), ExitCode.FAILED),
    "408": (uniformly(answering({"error": "Request timeout"}, 408)), ExitCode.TIMEOUT),
    "500": (uniformly(answering({"error": "Task execution failed", "details": "x"}, 500)), ExitCode.FAILED),
    "slow 404": (uniformly(answering({"error": "Not found"}, 404), delay_s=0.5), ExitCode.FAILED),
    "broken JSON": (uniformly(answering_text("{", 200, "application/json")), ExitCode.BAD_ANSWER),
    "NaN": (uniformly(answering_text('{"success": NaN}', 200, "application/json")), ExitCode.BAD_ANSWER),
    "cut answer": (lambda: raw_server(HEAD), ExitCode.UNREACHABLE),
    "cut connection": (lambda: raw_server(b"", resets=True), ExitCode.UNREACHABLE),
}


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
@pytest.mark.parametrize("failure", FAILURES)
def test_failure_of_the_service_is_told(failure: str, call: tuple[str, ...], tmp_path: Path) -> None:
    server, exit_code = FAILURES[failure]
    with server() as url:
        environment = {
            "PATH": "",
            "CLAUDE_SANDBOX_URL": url,
            "CLAUDE_SANDBOX_TOKEN": TOKEN,
            "CLOUDFLARE_ACCOUNT_ID": ACCOUNT,
            "CLOUDFLARE_API_TOKEN": API_TOKEN,
            "CLOUDFLARE_BASE_URL": url,
        }
        timeout_s = 0.05 if failure == "silence" else 15.0
        ran = run_tool(*call, environment=environment, folder=tmp_path, timeout_s=timeout_s)
    assert ran.exit_code == FIXED_EXITS.get(call[0], exit_code), ran.stdout
    require_clean(ran)


def require_clean(ran: Ran) -> None:
    assert TOKEN not in ran.stdout + ran.stderr
    assert API_TOKEN not in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("tool", ["check-prerequisites", "diagnose"])
def test_program_that_hangs_is_given_up(tool: str, tmp_path: Path) -> None:
    (tmp_path / "wrangler.json").write_text("{}")
    hang = f"exec {shutil.which('sleep')} 600"
    environment = with_programs(tmp_path, **dict.fromkeys(PROGRAMS, hang))
    ran = run_tool(tool, environment=environment, folder=tmp_path, timeout_s=0.05)
    assert ran.exit_code == (ExitCode.OK if tool == "diagnose" else ExitCode.FAILED)
    require_clean(ran)


OPTIONS = (
    "--format", "--url", "--token-file", "--outputs", "--task-file", "--timeout-ms", "--idempotency-key",
    "--for", "--fix", "--status", "--limit", "--cursor", "--stack", "--project-dir", "--overlap", "--help",
    "--expires-in", "--scope", "--dry-run", "--present-token-file", "--task-minutes", "--since", "--lines",
    "--task", "--keep", "--",
)  # fmt: skip
HOSTILE = (
    "", " ", "-", "--", "-n", "\x00", "\n", "$(id)", "`id`", "'; rm -rf / #", '"', "\\", "%s%n", "{}", "null",
    "../../etc/passwd", "\ud800", "\udcff", "\u202e", "é" * 300, "9" * 400, "-1", "1e999", "nan", "http://",
    "https://[", "ftp://x", "a=b", "sk-ant-canary", "json", "auto", "90d", "dev", "local",
)  # fmt: skip
ARGUMENT = st.one_of(
    st.sampled_from(OPTIONS),
    st.sampled_from(HOSTILE),
    st.builds("=".join, st.tuples(st.sampled_from(OPTIONS), st.sampled_from(HOSTILE))),
    st.text(max_size=20).filter(lambda text: not text.lower().startswith("http")),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Empty, with a stack file."""
    made = tmp_path_factory.mktemp("hostile")
    (made / "Pulumi.dev.yaml").write_text("config:\n  autonomous-claude-sandbox:team: acme\n")
    return made


@pytest.mark.parametrize("tool", TOOLS)
def test_hostile_arguments_are_refused_or_used(tool: str, folder: Path) -> None:
    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    @given(st.lists(ARGUMENT, max_size=5))
    def run(arguments: list[str]) -> None:
        environment = {"CLAUDE_SANDBOX_TOKEN": TOKEN, "PATH": ""}
        ran = run_tool(*tool.split(), *arguments, environment=environment, folder=folder)
        assert ran.exit_code != ExitCode.INTERNAL, ran.stdout
        require_clean(ran)

    run()


VARIABLES = (
    "CLAUDE_SANDBOX_URL", "CLAUDE_SANDBOX_TOKEN", "CLAUDE_SANDBOX_TOKEN_FILE", "CLOUDFLARE_ACCOUNT_ID",
    "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_BASE_URL", "PATH", "HOME", "PULUMI_ACCESS_TOKEN",
)  # fmt: skip
VALUE = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20)).filter(
    lambda text: "\x00" not in text and not text.lower().startswith("http") and is_encodable(text)
)
"""What an environment can hold, and no address that is asked."""
NECESSARY = {"execute-task": ["hello"], "tasks show": ["a"], "tasks result": ["a"], "tasks cancel": ["a"]}


def is_encodable(text: str) -> bool:
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize("tool", TOOLS)
def test_hostile_environment_is_refused_or_used(tool: str, folder: Path) -> None:
    @settings(max_examples=50, deadline=None, database=None, derandomize=True)
    @given(st.dictionaries(st.sampled_from(VARIABLES), VALUE))
    def run(environment: dict[str, str]) -> None:
        ran = run_tool(*tool.split(), *NECESSARY.get(tool, []), environment=environment, folder=folder)
        assert ran.exit_code != ExitCode.INTERNAL, ran.stdout
        require_clean(ran)

    run()


LIBRARIES_VARIABLES = [
    {"HTTP_PROXY": "gopher://x"},
    {"ALL_PROXY": "socks5://x:1"},
    {"NO_PROXY": "[::"},
    {"SSL_CERT_FILE": "/nope"},
    {"COLUMNS": "abc", "LINES": "-1", "TERM": "no-such", "FORCE_COLOR": "1"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    {"PYTHONWARNINGS": "error"},
    {"TYPER_USE_RICH": "1", "_TYPER_STANDARD_TRACEBACK": "1"},
]


@pytest.mark.parametrize("variables", LIBRARIES_VARIABLES, ids=str)
@pytest.mark.parametrize("call", [("tasks", "list"), ("diagnose",), ("images", "list"), ("no-such-é",)])
def test_environment_that_libraries_read_breaks_no_tool(
    call: tuple[str, ...], variables: dict[str, str], tmp_path: Path
) -> None:
    url = dead_url()
    environment = {
        "CLAUDE_SANDBOX_URL": url,
        "CLAUDE_SANDBOX_TOKEN": TOKEN,
        "CLOUDFLARE_ACCOUNT_ID": ACCOUNT,
        "CLOUDFLARE_API_TOKEN": API_TOKEN,
        "CLOUDFLARE_BASE_URL": url,
        **variables,
    }
    ran = run_program(*call, environment=environment, folder=tmp_path)
    assert isinstance(ran.document, dict)
    assert ran.exit_code != ExitCode.INTERNAL, ran.stdout
    require_clean(ran)


@pytest.mark.parametrize("chosen", ["json", "table"])
def test_format_is_as_chosen(chosen: str) -> None:
    stdout = run_program("costs", "--format", chosen).stdout
    assert stdout.startswith("{") == (chosen == "json")
    assert "standard-1" in stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completes_commands(shell: str) -> None:
    words = "claude-sandbox clients ro"
    environment = {
        "_CLAUDE_SANDBOX_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": words,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "COMP_WORDS": words,
        "COMP_CWORD": "2",
    }
    assert "rotate" in run_program(environment=environment).stdout
