"""What a service answers to reading calls: the facts that `diagnose` tells and `doctor` judges."""

from claude_sandbox.cli.report import Document
from claude_sandbox.client import SandboxClient, SandboxError


def probe(url: str, token: str | None) -> Document:
    """Health, and whether the token is taken."""
    with SandboxClient(url, token) as sandbox:
        try:
            health = sandbox.health()
        except SandboxError as error:
            return {"healthy": False, **told(error)}
        facts: Document = {"healthy": health.status == "healthy", "auth_method": health.auth_method}
        return facts if token is None else {**facts, "token": token_facts(sandbox)}


def token_facts(sandbox: SandboxClient) -> Document:
    try:
        sandbox.page(limit=1)
    except SandboxError as error:
        return {"accepted": error.facts.status not in {401, 403}, **told(error)}
    return {"accepted": True}


def told(error: SandboxError) -> Document:
    return {
        "http_code": error.facts.status or 0,
        "code": error.code,
        "error": error.message,
        "hint": error.next_step,
    }
