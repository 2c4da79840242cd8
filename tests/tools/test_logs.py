"""`logs`: of localcloud from its file, of Cloudflare by the command that follows them."""

import json
from pathlib import Path

import pytest

from claude_sandbox.cli.report import ExitCode
from localcloud.daemon import Endpoints
from localcloud.deploy.request import Result
from localcloud.home import Home
from localcloud.outputs import outputs_document, store
from tests.tools.command_line import run_tool

EVENTS = [{"event": "request", "taskId": f"task-{number}"} for number in range(5)]


def outputs_of(folder: Path, name: str = "claude-sandbox-local-dev") -> str:
    """The file that localcloud writes."""
    home = Home(folder / ".localcloud")
    home.folder.mkdir()
    endpoints = Endpoints(pid=1, control_plane_url="http://127.0.0.1:8788", model_url="http://127.0.0.1:1")
    result = Result(outputs={"worker_url": "http://127.0.0.1:8787", "worker_name": name})
    store(home, outputs_document(home, endpoints, result))
    return home.outputs.read_text()


def local_stack(folder: Path) -> str:
    outputs = outputs_of(folder)
    logs = folder / ".localcloud" / "logs"
    logs.mkdir()
    noise = ["workerd says hello", '{"broken', "[1]", '{"event": NaN}', "[" * 100_000]
    lines = [*noise, *(json.dumps(one) for one in EVENTS)]
    (logs / "worker-claude-sandbox-local-dev.jsonl").write_text("\n".join(lines))
    return outputs


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


def test_outputs_of_localcloud_come_from_stdin_too(tmp_path: Path) -> None:
    outputs = local_stack(tmp_path)
    document = run_tool("logs", "--outputs=-", folder=tmp_path, stdin=outputs).document
    assert document["source"] == "localcloud"


def test_command_follows_the_log_at_cloudflare(tmp_path: Path) -> None:
    outputs = {"worker_url": "https://x.workers.dev", "worker_name": "claude-sandbox-acme-prod"}
    (tmp_path / "outputs.json").write_text(json.dumps(outputs))
    document = run_tool("logs", "--outputs=outputs.json", "--task=a", folder=tmp_path).document
    follow = ["npx", "wrangler", "tail", "claude-sandbox-acme-prod", "--format", "json", "--search", "a"]
    assert (document["source"], document["command"]) == ("cloudflare", follow)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "-rf", "a b"])
def test_name_that_no_worker_has_is_refused(name: str, tmp_path: Path) -> None:
    outputs_of(tmp_path, name)
    assert run_tool("logs", folder=tmp_path).exit_code == ExitCode.USAGE


def test_stack_must_be_named(tmp_path: Path) -> None:
    assert run_tool("logs", folder=tmp_path).exit_code == ExitCode.USAGE
