"""The repairs that `doctor --fix` makes: each stays on this machine, destroys nothing and can be undone."""

import subprocess
import sys
from collections.abc import Callable
from typing import Final

from claude_sandbox.cli.connection import Chosen
from claude_sandbox.cli.session import Session
from claude_sandbox.tools.project_facts import is_installed
from claude_sandbox.tools.token_files import close_to_others, token_file

TIMEOUT_S: Final = 600
"""The dependencies are some hundred megabytes."""

Remedy = Callable[[Session, Chosen], bool]
"""Whether the failure is gone afterwards."""


def close_token_file(session: Session, chosen: Chosen) -> bool:
    """Close the file that the token was read from."""
    file = token_file(session, chosen)
    if file is None or not close_to_others(file):
        return False
    session.tell(f"Closed {file.name} to other users")
    return True


def start_localcloud(session: Session, _chosen: Chosen) -> bool:
    """Start what `make down` or a reboot stopped; data is kept."""
    session.tell("Starting localcloud")
    return succeeds(session, sys.executable, "-m", "localcloud", "start")


def install_dependencies(session: Session, _chosen: Chosen) -> bool:
    """Install what the lock files name, into this folder."""
    session.tell("Running make install")
    return succeeds(session, "make", "install") and is_installed(session.folder)


def succeeds(session: Session, *command: str) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - constant arguments
            command,
            cwd=session.folder,
            env=dict(session.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


REMEDIES: Final[dict[str, Remedy]] = {
    "chmod-token-file": close_token_file,
    "start-localcloud": start_localcloud,
    "make-install": install_dependencies,
}
