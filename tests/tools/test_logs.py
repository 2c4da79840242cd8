"""`logs`: of localcloud from its file, of Cloudflare by the command that follows them."""

import json
from pathlib import Path

import pytest

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import run_tool

EVENTS = [{"event": "request", "taskId": f"task-{number}"} for number in range(5)]


def outputs_of(folder: Path, name: str = "claude-sandbox-local-dev") -> Path:
    file = folder / ".localcloud" / "outputs.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"worker_url": "http://127.0.0.1:8787", "worker_name": name}))
    return file


def local_stack(folder: Path) -> None:
    logs = outputs_of(folder).parent / "logs"
    logs.mkdir()
    lines = ["workerd says hello", *(json.dumps(one) for one in EVENTS), '{"broken', "[1]"]
    (logs / "worker-claude-sandbox-local-dev.jsonl").write_text("\n".join(lines))


def test_local_events_come_oldest_first_without_noise(tmp_path: Path) -> None:
    local_stack(tmp_path)
    document = run_tool("logs", folder=tmp_path).document
    assert (document["source"], document["entries"]) == ("localcloud", EVENTS)


def test_newest_lines_are_kept(tmp_path: Path) -> None:
    local_stack(tmp_path)
    assert run_tool("logs", "--lines=2", folder=tmp_path).document["entries"] == EVENTS[-2:]


def test_events_of_one_task(tmp_path: Path) -> None:
    local_stack(tmp_path)
    assert run_tool("logs", "--task=task-3", folder=tmp_path).document["entries"] == [EVENTS[3]]


def test_command_follows_the_log_at_cloudflare(tmp_path: Path) -> None:
    outputs_of(tmp_path, "claude-sandbox-acme-prod")
    document = run_tool("logs", "--outputs=.localcloud/outputs.json", "--task=a", folder=tmp_path).document
    follow = ["npx", "wrangler", "tail", "claude-sandbox-acme-prod", "--format", "json", "--search", "a"]
    assert (document["source"], document["command"]) == ("cloudflare", follow)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "-rf", "a b"])
def test_name_that_no_worker_has_is_refused(name: str, tmp_path: Path) -> None:
    outputs_of(tmp_path, name)
    assert run_tool("logs", folder=tmp_path).exit_code == ExitCode.USAGE


def test_stack_must_be_named(tmp_path: Path) -> None:
    assert run_tool("logs", folder=tmp_path).exit_code == ExitCode.USAGE
