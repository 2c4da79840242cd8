"""The file that the service's token comes from, and who may read it."""

import stat
from pathlib import Path
from typing import Any, Final

from claude_sandbox.cli.connection import LOCAL_OUTPUTS, Chosen, environment_url, plain_url, read_outputs
from claude_sandbox.cli.files import STDIN
from claude_sandbox.cli.report import ToolError
from claude_sandbox.cli.session import Session

GROUP_AND_OTHERS: Final = 0o077


def token_file(session: Session, chosen: Chosen) -> Path | None:
    """As the connection finds it; None where the token comes from elsewhere or is not there."""
    named = chosen.token_file or file_of_outputs_or_environment(session, chosen)
    return None if named is None or str(named) == STDIN else session.folder / named


def names_service(session: Session, chosen: Chosen) -> bool:
    """Else it is the one that `make up` left in the current folder."""
    return bool(chosen.url or chosen.outputs or environment_url(session))


def file_of_outputs_or_environment(session: Session, chosen: Chosen) -> str | None:
    if not names_service(session, chosen):
        return outputs_of(session, LOCAL_OUTPUTS).get("auth_token_file")
    outputs = outputs_of(session, chosen.outputs) if chosen.outputs else {}
    if isinstance(outputs.get("auth_token_file"), str) or session.environment.get("CLAUDE_SANDBOX_TOKEN"):
        return outputs.get("auth_token_file")
    url, own_url = chosen.url or outputs.get("worker_url"), environment_url(session)
    is_for_another = url is not None and own_url is not None and plain_url(url) != plain_url(own_url)
    return None if is_for_another else session.environment.get("CLAUDE_SANDBOX_TOKEN_FILE")


def outputs_of(session: Session, file: Path) -> dict[str, Any]:
    """Empty where the file can't be read; stdin was read already."""
    if not (session.folder / file).is_file():
        return {}
    try:
        return read_outputs(session, file)
    except ToolError:
        return {}


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
