"""Where the service is, and the token: from arguments, environment, files, stack outputs or stdin."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from claude_sandbox.cli.report import ToolError, usage_error
from claude_sandbox.cli.session import Session

LOCAL_OUTPUTS: Final = Path(".localcloud/outputs.json")
STDIN: Final = "-"
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
MAX_TOKEN_CHARACTERS: Final = 4_096


@dataclass(frozen=True)
class Chosen:
    """What the arguments say. None where they say nothing."""

    url: str | None = None
    token: str | None = None
    token_file: Path | None = None
    outputs: Path | None = None


@dataclass(frozen=True)
class Connection:
    """A checked address without a trailing slash, and the token if there is one."""

    url: str
    token: str | None


def find_connection(session: Session, chosen: Chosen) -> Connection | None:
    """The most explicit of arguments, environment and outputs; None where no address is known.

    The outputs file in the current folder serves only where nothing else names an address, and then gives the
    token too: a token meant for another service is never sent to an address that a folder brought along.

    Raises:
        ToolError: an address, token or file that can't be used.
    """
    url = chosen.url or session.environment.get("CLAUDE_SANDBOX_URL")
    token = explicit_token(session, chosen)
    if url is None and chosen.outputs is None:
        return local_connection(session, token)
    outputs = read_outputs(session, chosen.outputs) if chosen.outputs else None
    token = token or environment_token(session) or outputs_token(session, outputs)
    return _connection(session, url or (outputs or {})["worker_url"], token)


def local_connection(session: Session, token: str | None) -> Connection | None:
    """What `make up` deployed from the current folder, if it did."""
    if not (session.folder / LOCAL_OUTPUTS).is_file():
        return None
    session.tell(f"Using {LOCAL_OUTPUTS}")
    outputs = read_outputs(session, LOCAL_OUTPUTS)
    return _connection(session, outputs["worker_url"], token or outputs_token(session, outputs))


def _connection(session: Session, url: str, token: str | None) -> Connection:
    return Connection(checked_url(session, url), checked_token(session, token))


def checked_url(session: Session, url: str) -> str:
    """The address without a trailing slash.

    Raises:
        ToolError: it is no http or https URL, or carries a user, a query or a fragment.
    """
    try:
        parts = urlsplit(url.strip())
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or not is_plain(url):
        raise usage_error(
            "The worker URL is no http or https URL", "Use one such as https://name.workers.dev"
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise usage_error(
            "The worker URL has a user, a query or a fragment", "Give scheme, host and port only."
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        session.warn("this address is not encrypted: the token can be read on its way")
    return url.strip().rstrip("/")


def checked_token(session: Session, token: str | None) -> str | None:
    """The token, from now on never written.

    Raises:
        ToolError: it is not what a header can carry.
    """
    if token is None:
        return None
    session.secrets.add(token)
    if not is_plain(token) or len(token) > MAX_TOKEN_CHARACTERS:
        raise usage_error(
            "The token has characters that a header can't carry", "Give the token alone, on one line."
        )
    return token


def is_plain(text: str) -> bool:
    """Visible ASCII only: what a header or an address can carry."""
    return text.isascii() and text.isprintable() and " " not in text


def explicit_token(session: Session, chosen: Chosen) -> str | None:
    """Of the arguments: as it is, by file, or `-` for stdin."""
    if chosen.token == STDIN:
        return token_line(session.read_stdin())
    if chosen.token:
        return chosen.token
    return read_token(session, chosen.token_file) if chosen.token_file else None


def environment_token(session: Session) -> str | None:
    token = session.environment.get("CLAUDE_SANDBOX_TOKEN")
    file = session.environment.get("CLAUDE_SANDBOX_TOKEN_FILE")
    return token or (read_token(session, Path(file)) if file else None)


def read_token(session: Session, file: Path) -> str:
    """The first line of a file, or of stdin for `-`.

    Raises:
        ToolError: the file can't be read or is empty.
    """
    if str(file) == STDIN:
        return token_line(session.read_stdin())
    return token_line(read_file(session, file, "token file"))


def token_line(text: str) -> str:
    token = text.strip()
    if not token:
        raise usage_error("The token is empty", "Write the token alone into the file or on stdin.")
    return token


def read_file(session: Session, file: Path, what: str) -> str:
    """A UTF-8 file of the user's.

    Raises:
        ToolError: it can't be read.
    """
    try:
        return (session.folder / file).read_text("utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise usage_error(f"The {what} can't be read: {reason}", f"Check the path {file}") from None


def read_outputs(session: Session, file: Path) -> dict[str, Any]:
    """Outputs of a stack, as `pulumi stack output --json` or localcloud write them.

    Raises:
        ToolError: the file is none of these.
    """
    try:
        outputs = json.loads(read_file(session, file, "outputs file"))
    except ValueError:
        outputs = None
    if not isinstance(outputs, dict) or not isinstance(outputs.get("worker_url"), str):
        raise usage_error("The outputs file names no worker_url", "Write it with: pulumi stack output --json")
    return outputs


def outputs_token(session: Session, outputs: dict[str, Any] | None) -> str | None:
    file = (outputs or {}).get("auth_token_file")
    return read_token(session, Path(file)) if isinstance(file, str) else None


def require_connection(session: Session, chosen: Chosen, missing: ToolError) -> tuple[str, str]:
    """Address and token.

    Raises:
        ToolError: one of them is missing, as `missing` says, or can't be used.
    """
    found = find_connection(session, chosen)
    if found is None or found.token is None:
        raise missing
    return found.url, found.token
