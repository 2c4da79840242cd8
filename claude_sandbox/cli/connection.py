"""Where the service is, and the token: from arguments, environment, files, stack outputs or stdin."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from claude_sandbox import strict_json
from claude_sandbox.cli.files import read_file
from claude_sandbox.cli.report import ToolError, usage_error
from claude_sandbox.cli.session import Session
from claude_sandbox.cli.tokens import (
    checked_token,
    environment_token,
    explicit_token,
    has_environment_token,
    is_plain,
    read_token,
)

LOCAL_OUTPUTS: Final = Path(".localcloud/outputs.json")
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


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
    """The most explicit address and token; None where no address is known.

    The arguments come first, then the outputs that they name, then the environment. Where none of these
    names an address, what `make up` left in the current folder serves: address and token together, so that
    a token meant for another service is never sent to an address that a folder brought along.

    Raises:
        ToolError: an address, token or file that can't be used.
    """
    token = explicit_token(session, chosen.token, chosen.token_file)
    outputs = read_outputs(session, chosen.outputs) if chosen.outputs else {}
    url = chosen.url or outputs.get("worker_url") or environment_url(session)
    if url is None:
        return local_connection(session, token)
    token = token or outputs_token(session, outputs) or token_for(session, url)
    return _connection(session, url, token)


def environment_url(session: Session) -> str | None:
    return session.environment.get("CLAUDE_SANDBOX_URL") or None


def token_for(session: Session, url: str) -> str | None:
    """The environment's token, unless the environment names another address that the token belongs to."""
    own_url = environment_url(session)
    if own_url is None or plain_url(own_url) == plain_url(url):
        return environment_token(session)
    if has_environment_token(session):
        session.warn("the environment's token is not sent: CLAUDE_SANDBOX_URL names another address")
    return None


def local_connection(session: Session, token: str | None) -> Connection | None:
    """What `make up` deployed from the current folder, if it did."""
    if not (session.folder / LOCAL_OUTPUTS).is_file():
        return None
    session.tell(f"Using {LOCAL_OUTPUTS}")
    outputs = read_outputs(session, LOCAL_OUTPUTS)
    return _connection(session, outputs["worker_url"], token or outputs_token(session, outputs))


def _connection(session: Session, url: str, token: str | None) -> Connection:
    return Connection(checked_url(session, url), checked_token(session, token))


def plain_url(url: str) -> str:
    return url.strip().rstrip("/")


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
    return plain_url(url)


def read_outputs(session: Session, file: Path) -> dict[str, Any]:
    """Outputs of a stack, as `pulumi stack output --json` or localcloud write them; `-` is stdin.

    Raises:
        ToolError: the file is none of these.
    """
    try:
        outputs = strict_json.loads(read_file(session, file, "outputs file"))
    except ValueError:
        outputs = None
    if not isinstance(outputs, dict) or not isinstance(outputs.get("worker_url"), str):
        raise usage_error("The outputs file names no worker_url", "Write it with: pulumi stack output --json")
    return outputs


def outputs_token(session: Session, outputs: dict[str, Any]) -> str | None:
    file = outputs.get("auth_token_file")
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
