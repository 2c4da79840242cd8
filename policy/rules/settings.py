"""Rules about the service's own settings: who may call, how Claude runs, what a sandbox may reach."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from rules.properties import Properties
from rules.resource import VERSION, Resource
from rules.rule import Option, ResourceRule
from rules.version import binding, json_text, settings

PERMISSION_MODES: Final = ("acceptEdits", "auto", "default", "dontAsk", "manual", "plan")
"""What `claude --permission-mode` knows, without bypassPermissions."""


def refused_permission_modes(version: Resource, _options: Properties) -> Iterator[str]:
    mode = settings(version).child("claude").text("permissionMode")
    if mode not in PERMISSION_MODES:
        yield f"permission mode is {mode}"


def unreasoned_hosts(version: Resource, options: Properties) -> Iterator[str]:
    reasons = options.child("reasons")
    for host in settings(version).child("egress").texts("allowedHosts"):
        if "*" in host:
            yield f"{host} allows hosts that nobody has named"
        elif not (reasons.text(host) or "").strip():
            yield f"{host} is allowed without a reason"


def clients(version: Resource) -> list[Properties] | None:
    """The clients that the secret CLIENTS names, or None where it is no list of clients."""
    try:
        found = json.loads(json_text(binding(version, "CLIENTS")) or "")
    except json.JSONDecodeError:
        return None
    return Properties({"clients": found}).children("clients") if isinstance(found, list) else None


def _is_instant(text: str | None) -> bool:
    try:
        return datetime.fromisoformat(text or "").tzinfo is not None
    except ValueError:
        return False


def tokens_without_end(version: Resource, _options: Properties) -> Iterator[str]:
    found = clients(version)
    if found is None:
        yield "CLIENTS is not a list of clients"
    for client in found or ():
        endless = [one for one in client.children("tokens") if not _is_instant(one.text("notAfter"))]
        if endless:
            yield f"client {client.text('name')} has {len(endless)} token(s) without notAfter"


def shared_subscriptions(version: Resource, _options: Properties) -> Iterator[str]:
    names = [client.text("name") or "?" for client in clients(version) or ()]
    if binding(version, "CLAUDE_CODE_OAUTH_TOKEN") is not None and len(names) > 1:
        yield f"{len(names)} clients ({', '.join(names)}) share one person's subscription"


RULES: Final = (
    ResourceRule(
        id="permission-mode",
        demand="Claude Code runs with a permission mode that asks or denies, never with bypassPermissions.",
        why="The CLI refuses bypassPermissions and --dangerously-skip-permissions as root, so every task "
        "fails at once; "
        "where it runs, nothing an injected prompt asks for is denied.",
        fix="Set claude.permissionMode to acceptEdits, the default.",
        gotcha=4,
        types=(VERSION,),
        check=refused_permission_modes,
    ),
    ResourceRule(
        id="egress-denied",
        demand="A sandbox reaches the model and no other host, except hosts named one by one with a "
        "reviewed reason.",
        why="Whatever the agent can reach, an injected prompt can send data to.",
        fix="Remove the host from egress.allowedHosts, or let a reviewer add it with its reason in "
        "policy/config.json.",
        options=(
            Option(
                "reasons",
                "Allowed host → why a sandbox must reach it",
                {"type": "object", "additionalProperties": {"type": "string"}},
            ),
        ),
        types=(VERSION,),
        check=unreasoned_hosts,
    ),
    ResourceRule(
        id="clients-expire",
        demand="Every token of every client ends at a stated time.",
        why="A leaked token without an end works until somebody notices.",
        fix="Give each token a notAfter; `claude-sandbox clients rotate` sets it and keeps the old token "
        "alive meanwhile.",
        types=(VERSION,),
        check=tokens_without_end,
    ),
    ResourceRule(
        id="subscription-for-one",
        demand="A stack that runs on a person's Claude subscription has no more than one client.",
        why="Anthropic allows OAuth tokens for the individual's own use; a service for others needs an API "
        "key.",
        fix="Set claude.credential to apiKey and give an Anthropic API key, or keep one client.",
        types=(VERSION,),
        check=shared_subscriptions,
    ),
)
