"""The clients of a stack: who may call, with which tokens, until when. Only digests are in the stack file."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from claude_sandbox.cli.report import Document, Report, ToolError, usage_error
from claude_sandbox.cli.session import Session
from claude_sandbox.tools.client_tokens import (
    end_of,
    handed_over,
    has_ended,
    instant,
    parse_instant,
    quoted,
    token_entry,
)
from claude_sandbox.tools.default_client import (
    LOCAL_STACK,
    SCOPES,
    SECRET,
    Present,
    is_secret_client,
    secret_client,
    secret_client_error,
    taken_over,
)
from claude_sandbox.tools.generate_token import TOKEN_BYTES
from claude_sandbox.tools.stack_document import StackDocument, plain
from infra.settings.parts import MAX_TOKENS


@dataclass(frozen=True)
class Change:
    """What is asked for.

    Args:
        stack: the file is Pulumi.<stack>.yaml.
        folder: where it is.
        name: the client's.
        now: instant from which all lengths of time count.
        is_dry_run: nothing is written and no token is made.
        token_file: where a new token goes instead of the document; must not exist.
    """

    stack: str
    folder: Path
    name: str
    now: datetime
    is_dry_run: bool = False
    token_file: Path | None = None


def list_clients(session: Session, stack: str, folder: Path, now: datetime) -> Report:
    """Names, scopes and the ends of the tokens."""
    document = StackDocument(session, folder, stack)
    shown = [
        {
            "name": client["name"],
            "scopes": plain(client.get("scopes") or [*SCOPES]),
            "tokens": [{**plain(one), "has_ended": has_ended(one, now)} for one in client["tokens"]],
        }
        for client in document.clients
    ]
    return Report({"success": True, "stack": stack, "clients": [*secret_client(document, now), *shown]})


def add(session: Session, change: Change, scopes: list[str], lifetime: timedelta | None) -> Report:
    """A new client with one token."""
    document = StackDocument(session, change.folder, change.stack)
    if is_secret_client(document, change.name):
        raise secret_client_error(document, "Use: clients rotate")
    if find(document.clients, change.name):
        raise usage_error(f"There is a client {change.name!r} already", "Use: clients rotate")
    token = secrets.token_hex(TOKEN_BYTES)
    entry: Document = {"name": change.name}
    if scopes:
        entry["scopes"] = scopes
    entry["tokens"] = [token_entry(token, end_of(change.now, lifetime))]
    document.clients.append(entry)
    return finish(session, document, change, entry, token)


def rotate(
    session: Session,
    change: Change,
    overlap: timedelta,
    lifetime: timedelta | None,
    present: Present = Present(),  # noqa: B008 - frozen
) -> Report:
    """A new token beside those of now, which end after the overlap, or earlier where they do already."""
    document = StackDocument(session, change.folder, change.stack)
    client = rotated(session, document, change.name, present)
    tokens, end = client["tokens"], change.now + overlap
    for one in [one for one in tokens if has_ended(one, change.now)]:
        tokens.remove(one)
    if len(tokens) == MAX_TOKENS:
        raise usage_error(f"{change.name!r} has {MAX_TOKENS} tokens that have not ended", "Wait for an end.")
    for one in tokens:
        one["notAfter"] = quoted(min(end, parse_instant(one.get("notAfter")) or end))
    token = secrets.token_hex(TOKEN_BYTES)
    tokens.append(token_entry(token, end_of(change.now, lifetime)))
    return finish(session, document, change, client, token, old_tokens_end=instant(end))


def revoke(session: Session, change: Change) -> Report:
    """The client with all its tokens is taken out. `removed` is what has to be put back to undo it."""
    document = StackDocument(session, change.folder, change.stack)
    client = find(document.clients, change.name)
    if client is None and is_secret_client(document, change.name):
        raise secret_client_error(document, f"Take it out: pulumi config rm {SECRET} --stack {change.stack}")
    if client is None:
        raise no_such_client(change.name, document)
    document.clients.remove(client)
    return finish(session, document, change, None, None, removed=plain(client))


def find(clients: list[Any], name: str) -> Any | None:  # noqa: ANN401 - a mapping of the YAML library
    return next((one for one in clients if one["name"] == name), None)


def rotated(session: Session, document: StackDocument, name: str, present: Present) -> Any:  # noqa: ANN401
    """The client, listed.

    Raises:
        ToolError: there is none, or it has to be taken over and its present token is not known.
    """
    client = find(document.clients, name)
    if client is None and is_secret_client(document, name):
        return taken_over(session, document, present)
    if client is None:
        raise no_such_client(name, document)
    if present.token_file is not None:
        raise usage_error(f"The tokens of {name!r} are known", "Leave --present-token-file out.")
    return client


def no_such_client(name: str, document: StackDocument) -> ToolError:
    names = ", ".join(str(one["name"]) for one in document.clients) or "none"
    return usage_error(f"{document.name} lists no client {name!r}", f"Listed: {names}")


def finish(
    session: Session,
    document: StackDocument,
    change: Change,
    client: Any | None,  # noqa: ANN401 - a mapping of the YAML library
    token: str | None,
    **more: object,
) -> Report:
    """Write, unless the deployment would refuse the file or nothing is to be written."""
    problems = document.problems()
    if problems:
        raise usage_error(f"{document.name} could not be deployed then", problems[0])
    told: Document = {"success": True, "stack": change.stack, "file": document.name, "name": change.name}
    told |= {"dry_run": change.is_dry_run, "client": None if client is None else plain(client), **more}
    if not change.is_dry_run:
        if token is not None:
            told |= handed_over(session, token, change.token_file)
        document.write()
    return Report({**told, "next_step": next_step(change)})


def next_step(change: Change) -> str:
    if change.is_dry_run:
        return "Nothing was written. Call again without --dry-run."
    return (
        "python -m localcloud deploy" if change.stack == LOCAL_STACK else f"pulumi up --stack {change.stack}"
    )
