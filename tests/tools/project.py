"""A folder with a project in it, as far as the tools look at one."""

import shutil
from pathlib import Path

from claude_sandbox.tools.project_facts import INSTALLED

ROOT = Path(__file__).parents[2]
FILES = (
    "Pulumi.yaml",
    "Pulumi.dev.yaml",
    "container/Dockerfile",
    "container/claude-task",
    "worker/package.json",
    "worker/src/index.ts",
    "worker/src/sandbox.ts",
)


def make_project(folder: Path) -> Path:
    """This project's files, with its dependencies as good as installed."""
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in INSTALLED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def add_stack(folder: Path, *lines: str, image: str = "{build: true}") -> None:
    """A stack of an account, with these further lines under `config`."""
    settings = (
        "accountId: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "team: acme",
        "environment: dev",
        f"container: {image}",
        "claudeCredential: {secure: v1:abc}",
        *lines,
    )
    text = "".join(f"  autonomous-claude-sandbox:{line}\n" for line in settings)
    (folder / "Pulumi.acme-dev.yaml").write_text(f"config:\n{text}")
