"""The README's commands, typed in its order in a copy of this project."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"(?P<mark><!-- needs an account -->\n)?```sh\n(?P<commands>.*?)```", re.DOTALL)
PASSED = {"HOME", "LANG", "PATH", "PYTHON", "TMPDIR"}
NOT_COPIED = shutil.ignore_patterns(".git", ".localcloud", ".venv", "node_modules", ".*_cache", ".hypothesis")


def blocks() -> list[str]:
    """The blocks that this machine can run."""
    return [one["commands"] for one in BLOCK.finditer((ROOT / "README.md").read_text()) if not one["mark"]]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy, with the dependencies that are installed here: the commands need not fetch them again."""
    folder = tmp_path_factory.mktemp("readme") / "project"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    for installed in (".venv", "worker/node_modules", "localcloud/data_plane/node_modules"):
        subprocess.run(["cp", "-a", ROOT / installed, folder / installed], check=True)
    for path in (folder / ".venv" / "bin").iterdir():
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 100_000:
            path.write_bytes(path.read_bytes().replace(str(ROOT).encode(), str(folder).encode()))
    for path in (folder / ".venv").rglob("*.pth"):
        path.write_text(path.read_text().replace(str(ROOT), str(folder)))
    yield folder
    subprocess.run(["make", "clean"], cwd=folder, check=False, capture_output=True)


def run(project: Path, commands: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name in PASSED}
    done = subprocess.run(
        ["bash", "-eu", "-c", commands],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{commands}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def test_the_first_command_stands_before_line_25() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()
    assert lines.index("make up") < 25


def test_the_commands_work_as_they_stand(project: Path) -> None:
    up, curl, use, down, clean = blocks()
    first = run(project, up)
    assert "I wrote hello.py" in first
    url = re.search(r"http://127\.0\.0\.1:\d+", first)
    assert url is not None
    pasted = next(line for line in first.splitlines() if line.startswith("  curl"))
    assert '"output":"4"' in run(project, pasted)
    assert '"output":"4"' in run(project, curl.replace("http://127.0.0.1:8787", url[0]))
    assert '"success"' in run(project, use.replace("http://127.0.0.1:8787", url[0]))
    run(project, down)
    run(project, clean)
    assert not (project / ".localcloud").exists()
    assert not (project / ".venv").exists()
