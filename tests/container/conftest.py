"""A sandbox's task folder, and programs that stand in for `claude` and record what reached them."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CLAUDE_TASK = Path(__file__).parents[2] / "container" / "claude-task"


@dataclass(frozen=True)
class Box:
    """One sandbox: its task folder, its working directory and the programs on its PATH."""

    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def task(self) -> Path:
        return self.folder / "task"

    @property
    def recording(self) -> Path:
        return self.folder / "recording"

    def install_claude(self, script: str) -> None:
        program = self.folder / "bin" / "claude"
        program.write_text(f"#!/bin/bash\nrecording={self.recording}\n{script}\n")
        program.chmod(0o755)

    def write_prompt(self, prompt: bytes) -> None:
        (self.task / "prompt.txt").write_bytes(prompt)

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([CLAUDE_TASK, "run"], env=self.environment(**environment))
        self.started.append(process)
        return process

    def start_until_claude_is_ready(self) -> subprocess.Popen[bytes]:
        """For programs that write `<recording>.ready` once their signal handlers stand."""
        process = self.start()
        deadline = time.monotonic() + 10
        while not self.recording.with_suffix(".ready").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return process

    def call(self, *arguments: str) -> dict[str, Any]:
        done = subprocess.run(
            [CLAUDE_TASK, *arguments], env=self.environment(), capture_output=True, check=True, timeout=30
        )
        state: dict[str, Any] = json.loads(done.stdout)
        return state

    def call_with_unknown_arguments(self, arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [CLAUDE_TASK, *arguments], env=self.environment(), capture_output=True, check=False
        )

    def environment(self, **more: str) -> dict[str, str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return {"PATH": path, "CLAUDE_TASK_DIR": str(self.task), "HOME": str(self.folder), **more}


@pytest.fixture
def make_box(tmp_path: Path) -> Iterator[Callable[[str], Box]]:
    box = Box(tmp_path)

    def make(claude: str) -> Box:
        for name in ("bin", "task"):
            (tmp_path / name).mkdir()
        box.install_claude(claude)
        return box

    yield make
    for process in box.started:
        process.kill()
        process.wait(10)


@pytest.fixture
def echo_box(make_box: Callable[[str], Box]) -> Box:
    """`claude` writes its stdin and its arguments to the recording and ends at once."""
    return make_box('cat >"$recording.stdin"; printf "%s\\n" "$@" >"$recording.args"')


@pytest.fixture
def sleeping_box(make_box: Callable[[str], Box]) -> Box:
    """`claude` sleeps until SIGINT, which it answers with a last event and exit 0."""
    return make_box(
        "trap 'echo interrupted; exit 0' INT\ntouch $recording.ready\nwhile :; do sleep 0.05; done"
    )
