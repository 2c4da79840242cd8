"""The runner's promises: byte for byte on stdin, at most one run, an exit code that is written last."""

import signal
from collections.abc import Callable

import pytest

from tests.container.conftest import Box


def test_empty_sandbox_is_absent(echo_box: Box) -> None:
    assert echo_box.call("wait", "0")["state"] == "absent"


def test_prompt_without_run_is_prepared(echo_box: Box) -> None:
    echo_box.write_prompt(b"x")
    assert echo_box.call("wait", "0")["state"] == "prepared"


def test_run_that_ended_reports_its_exit_code(make_box: Callable[[str], Box]) -> None:
    box = make_box("echo out; echo err >&2; exit 3")
    box.write_prompt(b"x")
    box.start().wait(10)
    assert box.call("wait", "5") == {"state": "exited", "exit_code": 3, "events_bytes": 4, "stderr_bytes": 4}


def test_wait_blocks_until_the_run_ends(make_box: Callable[[str], Box]) -> None:
    box = make_box("sleep 0.5")
    box.write_prompt(b"x")
    box.start()
    assert box.call("wait", "20")["state"] == "exited"


def test_wait_returns_while_the_run_goes_on(sleeping_box: Box) -> None:
    sleeping_box.write_prompt(b"x")
    sleeping_box.start()
    assert sleeping_box.call("wait", "0")["state"] == "running"
    sleeping_box.call("stop")


def test_stop_right_behind_a_start_ends_the_run(sleeping_box: Box) -> None:
    """It finds the run that has not claimed its folder yet."""
    sleeping_box.write_prompt(b"x")
    sleeping_box.start()
    assert sleeping_box.call("stop")["state"] == "exited"


def test_second_run_is_refused_and_touches_nothing(echo_box: Box) -> None:
    echo_box.write_prompt(b"first")
    echo_box.start().wait(10)
    echo_box.write_prompt(b"second")
    assert echo_box.start().wait(10) == 75
    assert echo_box.recording.with_suffix(".stdin").read_bytes() == b"first"


def test_twenty_runs_at_once_start_claude_once(make_box: Callable[[str], Box]) -> None:
    box = make_box('echo start >>"$recording"; sleep 0.3')
    box.write_prompt(b"x")
    codes = [process.wait(20) for process in [box.start() for _ in range(20)]]
    assert sorted(codes) == [0] + [75] * 19
    assert box.recording.read_text() == "start\n"


def test_run_without_prompt_starts_nothing(echo_box: Box) -> None:
    assert echo_box.start().wait(10) == 66
    assert not (echo_box.task / "run").exists()


def test_killed_runner_is_reported_as_died(sleeping_box: Box) -> None:
    sleeping_box.write_prompt(b"x")
    runner = sleeping_box.start()
    assert sleeping_box.call("wait", "0")["state"] == "running"
    runner.kill()
    runner.wait(10)
    assert sleeping_box.call("wait", "5")["state"] == "died"


def test_process_that_the_agent_leaves_behind_does_not_keep_the_run_alive(
    make_box: Callable[[str], Box],
) -> None:
    box = make_box("sleep 30 & exit 0")
    box.write_prompt(b"x")
    box.start().wait(10)
    assert box.call("wait", "5")["state"] == "exited"


@pytest.mark.parametrize("verb", ["stop", "SIGTERM"])
def test_interrupted_claude_still_writes_its_last_event(sleeping_box: Box, verb: str) -> None:
    sleeping_box.write_prompt(b"x")
    runner = sleeping_box.start_until_claude_is_ready()
    if verb == "stop":
        sleeping_box.call("stop")
    else:
        runner.send_signal(signal.SIGTERM)
    assert sleeping_box.call("wait", "10")["state"] == "exited"
    assert "interrupted" in (sleeping_box.task / "run" / "events.jsonl").read_text()


def test_stop_kills_a_claude_that_ignores_signals(make_box: Callable[[str], Box]) -> None:
    box = make_box("trap '' INT TERM\ntouch $recording.ready\nwhile :; do sleep 0.05; done")
    box.write_prompt(b"x")
    box.start_until_claude_is_ready()
    assert box.call("stop")["exit_code"] == 137


def test_stop_is_idempotent(echo_box: Box) -> None:
    echo_box.write_prompt(b"x")
    echo_box.start().wait(10)
    assert echo_box.call("stop") == echo_box.call("stop")


def test_time_limit_ends_the_run_with_124(sleeping_box: Box) -> None:
    sleeping_box.write_prompt(b"x")
    sleeping_box.start(CLAUDE_TASK_TIMEOUT_SECONDS="1").wait(20)
    assert sleeping_box.call("wait", "0")["exit_code"] == 124


def test_settings_become_arguments_and_the_prompt_does_not(echo_box: Box) -> None:
    echo_box.write_prompt(b"--version")
    echo_box.start(
        CLAUDE_TASK_PERMISSION_MODE="plan",
        CLAUDE_TASK_MODEL="some-model",
        CLAUDE_TASK_MAX_TURNS="7",
        CLAUDE_TASK_MAX_BUDGET_USD="1.5",
    ).wait(10)
    assert echo_box.recording.with_suffix(".args").read_text().split() == [
        "--print", "--output-format", "stream-json", "--verbose", "--permission-mode", "plan",
        "--setting-sources", "user", "--strict-mcp-config",
        "--model", "some-model", "--max-turns", "7", "--max-budget-usd", "1.5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "prompt",
    [
        b"$(touch /tmp/owned) `id` \"'\\",
        b"--settings=/etc/passwd",
        b"a\0b\n",
        b"\xe2\x80\xae\x1b[31m",
        b"x" * 262_144,
    ],
)
def test_prompt_reaches_stdin_byte_for_byte(echo_box: Box, prompt: bytes) -> None:
    echo_box.write_prompt(prompt)
    echo_box.start().wait(10)
    assert echo_box.recording.with_suffix(".stdin").read_bytes() == prompt


@pytest.mark.parametrize(
    "arguments", [[], ["wait"], ["wait", "-1"], ["wait", "1; id"], ["run", "x"], ["--help"]]
)
def test_unknown_arguments_are_refused_with_the_usage(echo_box: Box, arguments: list[str]) -> None:
    done = echo_box.call_with_unknown_arguments(arguments)
    assert done.returncode == 64
    assert b"claude-task wait SECONDS" in done.stderr
