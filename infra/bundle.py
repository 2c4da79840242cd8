"""worker/ as the one ES module that is uploaded."""

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MODULE: Final = "worker/dist/index.js"
"""Relative to the project, since a path that differs between machines would replace the version."""


class BundleError(RuntimeError):
    """The Worker's sources can't be built; the text says why and what to do."""


@dataclass(frozen=True)
class Bundle:
    """A built module.

    Args:
        path: relative to the project's folder, with forward slashes.
        sha256: of its bytes, 64 hexadecimal characters.
        sandbox_sdk_version: of `@cloudflare/sandbox` in it, from the lock file.
    """

    path: str
    sha256: str
    sandbox_sdk_version: str


def build(project_folder: Path) -> Bundle:
    """Build worker/ and describe the result. The same sources give the same bytes on every machine.

    Raises:
        BundleError: dependencies are not installed, or the sources have an error.
    """
    worker = project_folder / "worker"
    completed = subprocess.run(command(worker), cwd=worker, capture_output=True, check=False)  # noqa: S603
    if completed.returncode != 0:
        raise BundleError(f"worker/ can't be built:\n{completed.stderr.decode().strip()}")
    write_changed(project_folder / MODULE, completed.stdout)
    return Bundle(
        path=MODULE,
        sha256=hashlib.sha256(completed.stdout).hexdigest(),
        sandbox_sdk_version=sandbox_sdk_version(worker),
    )


def write_changed(module: Path, content: bytes) -> None:
    """A second `up` with nothing changed writes nothing; who reads meanwhile never sees a part."""
    if module.exists() and module.read_bytes() == content:
        return
    module.parent.mkdir(exist_ok=True)
    part = module.with_name(f"{module.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(module)


def command(worker: Path) -> list[str]:
    """The `build` script of package.json, but to stdout.

    It runs without npm, whose start takes longer than the build.
    """
    esbuild = worker / "node_modules" / "esbuild" / "bin" / "esbuild"
    if not esbuild.exists():
        raise BundleError("worker/node_modules is missing; run: make install")
    script = json.loads((worker / "package.json").read_text())["scripts"]["build"]
    arguments = [one for one in shlex.split(script)[1:] if not one.startswith("--outfile=")]
    return [node(), str(esbuild), *arguments]


def node() -> str:
    """Node of the virtual environment, else of the machine."""
    own = Path(sys.executable).with_name("node")
    found = str(own) if own.exists() else shutil.which("node")
    if found is None:
        raise BundleError("Node is missing; run: make install")
    return found


def sandbox_sdk_version(worker: Path) -> str:
    lock = json.loads((worker / "package-lock.json").read_text())
    return str(lock["packages"]["node_modules/@cloudflare/sandbox"]["version"])
