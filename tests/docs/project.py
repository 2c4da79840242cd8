"""A copy of this project, in which the pages' commands are typed."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.docs.markdown import ROOT

CERTIFICATES: Final = {"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"}
"""Whom a machine behind a proxy trusts when it fetches packages."""
PASSED: Final = {"HOME", "LANG", "PYTHON", "TMPDIR", "LOCALCLOUD_FIRST_PORT", *CERTIFICATES}

NOT_COPIED: Final = shutil.ignore_patterns(
    ".git", ".localcloud", ".venv", "node_modules", "dist", ".*_cache", ".hypothesis"
)
INSTALLED: Final = (".venv", "worker/node_modules", "localcloud/data_plane/node_modules")
WRITTEN_URL: Final = "http://127.0.0.1:8787"
"""What the pages say; where that port is taken localcloud takes another."""


@dataclass(frozen=True)
class Project:
    """A folder with the project in it, and its shell."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """A new user's: nothing of this session but where programs are, and the project's own first."""
        passed = {name: value for name, value in os.environ.items() if name in PASSED}
        path = os.pathsep.join([str(self.folder / ".venv" / "bin"), os.environ["PATH"]])
        return {**passed, "PATH": path, "NO_COLOR": "1"}

    def run(self, commands: str) -> str:
        """What the commands print on stdout; none of them may fail."""
        done = subprocess.run(
            ["bash", "-eu", "-c", commands],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=400,
        )  # fmt: skip
        assert done.returncode == 0, f"{commands}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    def up(self) -> str:
        """The service on localcloud; its address."""
        return url_in(self.run("make up"))


def url_in(text: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", text)
    assert found is not None, text
    return found[0]


@contextmanager
def bare(folder: Path) -> Iterator[Project]:
    """As it is after a clone: nothing installed, nothing built."""
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    try:
        yield Project(folder)
    finally:
        subprocess.run(["make", "clean"], cwd=folder, check=False, capture_output=True)


@contextmanager
def copied(folder: Path) -> Iterator[Project]:
    """With the dependencies that are installed here: the commands need not fetch them again."""
    with bare(folder) as project:
        for installed in INSTALLED:
            subprocess.run(["cp", "-a", ROOT / installed, folder / installed], check=True)
        move_environment(folder)
        yield project


def move_environment(folder: Path) -> None:
    """A virtual environment names its own folder."""
    for path in (folder / ".venv" / "bin").iterdir():
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 100_000:
            path.write_bytes(path.read_bytes().replace(str(ROOT).encode(), str(folder).encode()))
    for path in (folder / ".venv").rglob("*.pth"):
        path.write_text(path.read_text().replace(str(ROOT), str(folder)))
