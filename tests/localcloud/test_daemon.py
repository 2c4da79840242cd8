"""Whether localcloud runs: its lock tells, not a pid that a killed one left behind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from localcloud import daemon
from localcloud.home import Home, write_private
from localcloud.lock import is_locked, locked
from localcloud.supervisor import announce

OF_ANOTHER_USER = 1
"""The pid of init, which only root may signal."""
HOLD = "import sys; print('held', flush=True); sys.stdin.read()"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def left_behind(home: Home, pid: int) -> None:
    """What a killed supervisor's home says: its endpoints, and a lock that nobody holds."""
    with locked(home):
        announce(home, control_plane_url="http://127.0.0.1:1", model_url="http://127.0.0.1:2")
    text = home.endpoints.read_text().replace(str(os.getpid()), str(pid))
    write_private(home.endpoints, text)


@contextmanager
def foreign_process() -> Iterator["subprocess.Popen[str]"]:
    """A process that has nothing to do with localcloud."""
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process


def test_the_holder_of_the_lock_is_found(home: Home) -> None:
    with locked(home):
        announce(home, control_plane_url="http://127.0.0.1:1", model_url="http://127.0.0.1:2")
        found = daemon.find(home)
    assert found == daemon.Endpoints(os.getpid(), "http://127.0.0.1:1", "http://127.0.0.1:2")


def test_one_that_still_starts_is_not_found(home: Home) -> None:
    with locked(home):
        assert daemon.find(home) is None


def test_a_reused_pid_is_not_found_and_not_stopped(home: Home) -> None:
    with foreign_process() as process:
        left_behind(home, process.pid)
        assert daemon.find(home) is None
        assert daemon.stop(home) is False
        assert process.poll() is None


def test_a_reused_pid_of_another_user_is_not_found_and_not_stopped(home: Home) -> None:
    left_behind(home, OF_ANOTHER_USER)
    assert daemon.find(home) is None
    assert daemon.stop(home) is False


def test_the_lock_is_held_until_a_child_that_inherited_it_ends(home: Home) -> None:
    command = [sys.executable, "-c", HOLD]
    with locked(home) as lock:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[lock])
    with child:
        assert is_locked(home)
    assert not is_locked(home)
