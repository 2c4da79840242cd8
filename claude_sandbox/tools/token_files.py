"""The file that the service's token comes from, and who may read it."""

import stat
from pathlib import Path
from typing import Final

from claude_sandbox.cli.connection import LOCAL_OUTPUTS, Chosen, read_outputs
from claude_sandbox.cli.files import STDIN
from claude_sandbox.cli.report import ToolError
from claude_sandbox.cli.session import Session

GROUP_AND_OTHERS: Final = 0o077


def token_file(session: Session, chosen: Chosen) -> Path | None:
    """As the connection finds it; None where the token comes from elsewhere or is not there."""
    if chosen.token_file is not None:
        return None if str(chosen.token_file) == STDIN else session.folder / chosen.token_file
    names_service = chosen.url or chosen.outputs or session.environment.get("CLAUDE_SANDBOX_URL")
    if names_service and session.environment.get("CLAUDE_SANDBOX_TOKEN"):
        return None
    named = session.environment.get("CLAUDE_SANDBOX_TOKEN_FILE") if names_service else None
    outputs = chosen.outputs or (None if names_service else LOCAL_OUTPUTS)
    named = named or outputs_token_file(session, outputs)
    return None if named is None else session.folder / named


def outputs_token_file(session: Session, outputs: Path | None) -> str | None:
    if outputs is None or not (session.folder / outputs).is_file():
        return None
    try:
        file = read_outputs(session, outputs).get("auth_token_file")
    except ToolError:
        return None
    return file if isinstance(file, str) else None


def mode_of(file: Path | None) -> int | None:
    """The permissions; None where there is no such file."""
    try:
        return None if file is None else stat.S_IMODE(file.stat().st_mode)
    except (OSError, ValueError):
        return None


def close_to_others(file: Path) -> bool:
    """Take the file away from group and others. Whether it is then, by looking again."""
    mode = mode_of(file)
    try:
        if mode is not None:
            file.chmod(mode & ~GROUP_AND_OTHERS)
    except OSError:
        return False
    closed = mode_of(file)
    return closed is not None and not closed & GROUP_AND_OTHERS
