"""The client `default`: its token is the secret serverAuthToken, which no file holds in the clear."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from claude_sandbox.cli.connection import checked_url
from claude_sandbox.cli.report import Document, ExitCode, ToolError, failure, usage_error
from claude_sandbox.cli.session import Session
from claude_sandbox.cli.tokens import checked_token, read_token
from claude_sandbox.client import SandboxClient, SandboxError
from claude_sandbox.tools.client_tokens import digest_of, has_ended, instant, parse_instant, token_entry
from claude_sandbox.tools.service_errors import report_of_error
from claude_sandbox.tools.stack_document import StackDocument
from infra.settings.stack import DEFAULT_CLIENT

SECRET: Final = "serverAuthToken"  # noqa: S105 - the name of a setting
SECRET_END: Final = "serverAuthTokenNotAfter"  # noqa: S105
SCOPES: Final = ("tasks:read", "tasks:write")
LOCAL_STACK: Final = "local"
REFUSED: Final = (401, 403)


@dataclass(frozen=True)
class Present:
    """What is known of the token that the client has now.

    Args:
        token_file: where it is; `-` for stdin.
        url: the service that takes it. Default: the address in the stack's file, if there is one.
    """

    token_file: Path | None = None
    url: str | None = None


def is_secret_client(document: StackDocument, name: str) -> bool:
    """Whether this client is the secret. localcloud sets it itself, whatever its stack's file says."""
    return name == DEFAULT_CLIENT and (document.stack == LOCAL_STACK or document.get(SECRET) is not None)


def secret_client(document: StackDocument, now: datetime) -> Iterator[Document]:
    """As it is listed; nothing where the stack has no such secret."""
    if is_secret_client(document, DEFAULT_CLIENT):
        end = parse_instant(document.get(SECRET_END))
        token: Document = {"secret": SECRET, "has_ended": has_ended({"notAfter": end}, now)}
        token |= {} if end is None else {"notAfter": instant(end)}
        yield {"name": DEFAULT_CLIENT, "scopes": [*SCOPES], "tokens": [token]}


def secret_client_error(document: StackDocument, hint: str) -> ToolError:
    """For what is done to listed clients only. `hint` is the next step where the secret is an operator's."""
    if document.stack == LOCAL_STACK:
        return usage_error(
            "localcloud sets the token of `default` itself; it is in .localcloud/auth-token",
            f"Take a client of another name: claude-sandbox clients add NAME --stack {LOCAL_STACK}",
        )
    return usage_error(f"The client `default` of {document.name} is the secret {SECRET}", hint)


def taken_over(session: Session, document: StackDocument, present: Present) -> Document:
    """The client, listed by the digest of its present token from now on, so that it can have two.

    Raises:
        ToolError: its token is not given, or is not the one that its callers have.
    """
    if document.stack == LOCAL_STACK or present.token_file is None:
        raise secret_client_error(document, "Name the file of its present token: --present-token-file FILE")
    token = read_token(session, present.token_file)
    checked_token(session, token)
    require_unlisted(document, token)
    require_taken(session, address_of(document, present), token)
    entry = token_entry(token, parse_instant(document.get(SECRET_END)))
    client: Document = {"name": DEFAULT_CLIENT, "tokens": [entry]}
    document.clients.append(client)
    document.remove(SECRET)
    document.remove(SECRET_END)
    return client


def require_unlisted(document: StackDocument, token: str) -> None:
    digest = digest_of(token)
    for client in document.clients:
        if any(one.get("sha256") == digest for one in client["tokens"]):
            raise usage_error(
                f"The present token is that of the client {client['name']!r}", "Name the file of `default`'s."
            )


def address_of(document: StackDocument, present: Present) -> str | None:
    worker = document.get("worker")
    known = worker if isinstance(worker, dict) else {}
    domain = known.get("customDomain")
    return present.url or known.get("url") or (domain and f"https://{domain}")


def require_taken(session: Session, url: str | None, token: str) -> None:
    """Ask the service: the wrong token here would lock every caller out with the next deploy.

    Raises:
        ToolError: it refuses the token, or can't be asked.
    """
    if url is None:
        session.warn("no --url is given, so nobody was asked whether the service takes the present token")
        return
    try:
        with SandboxClient(checked_url(session, url), token) as sandbox:
            sandbox.page(limit=1)
    except SandboxError as error:
        if error.facts.status in REFUSED:
            raise not_taken(url) from None
        raise ToolError(report_of_error(error)) from None


def not_taken(url: str) -> ToolError:
    return ToolError(
        failure(
            f"{url} does not take the present token, so nothing was changed",
            code="UNAUTHORIZED",
            exit_code=ExitCode.AUTHENTICATION,
            hint="Name the file of the token that callers of this very stack have now.",
        )
    )
