"""Settings of stacks at random, within what program and policies allow; a seed gives one stack."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final

from tests.components.program import ACCOUNT_ID, SANDBOX_VERSION, SECRETS
from tests.unit.settings_documents import SCHEMA, SETTINGS

Configuration = dict[str, Any]
Chosen = dict[str, Any]
"""By dotted name."""

DIGEST: Final = "sha256:" + "a" * 64
REPOSITORY: Final = f"registry.cloudflare.com/{ACCOUNT_ID}/claude"
END: Final = "2027-03-31T00:00:00Z"
CLIENTS: Final = [
    {"name": "ci", "tokens": [{"sha256": "a" * 64, "notAfter": END}]},
    {
        "name": "reader",
        "scopes": ["tasks:read"],
        "tokens": [{"sha256": digit * 64, "notAfter": END} for digit in "bc"],
    },
]

ALLOWED: Final[Mapping[str, Sequence[Any]]] = {
    "accountId": (ACCOUNT_ID, "f" * 32),
    "team": ("acme", "a", "web-platform-europe"),
    "environment": ("dev", "staging", "prod", "production", "pr-1", "pr-4711"),
    "worker.name": (None, "claude"),
    "worker.customDomain": (None, "claude.example.com"),
    "worker.url": (None, "https://claude.example.org"),
    "worker.observability.enabled": (True,),
    "container.image": (f"{REPOSITORY}@{DIGEST}", f"{REPOSITORY}:{SANDBOX_VERSION}-abc@{DIGEST}", None),
    "container.instanceType": ("standard-1", "standard-2", "standard-3", "standard-4"),
    "container.maxInstances": (1, 5, 375),
    "container.rolloutGraceSeconds": (3_600, 86_400),
    "claude.baseUrl": (None, "https://models.example.com/v1"),
    "claude.model": (None, "claude-opus"),
    "claude.maxTurns": (None, 1, 50),
    "claude.maxBudgetUsd": (None, 0.01, 20),
    "claude.version": (None, "2.1.0"),
    "clients": (None, CLIENTS[:1], CLIENTS),
    "serverAuthTokenNotAfter": (END,),
    "results.bucketName": (None, "results-of-acme"),
    "results.retentionDays": (1, 30, 90),
    "limits.defaultTimeoutMs": (1_000, 300_000),
    "limits.maxTimeoutMs": (300_000, 600_000, 3_600_000),
    "limits.maxTaskBytes": (1, 1_024),
    "egress.allowedHosts": (None,),
    "durableObjects.renamed": (None, {"Box": "Sandbox"}),
    "durableObjects.deleted": (None,),
    "durableObjects.migration.newTag": (None, "v1"),
    "durableObjects.migration.oldTag": (None, "v0"),
    "durableObjects.migration.newSqliteClasses": (None, ["Sandbox", "Task", "TaskQueue"]),
    "alerts.emails": (None, ["ops@example.com"], ["a@example.com", "b@example.com"]),
    "alerts.webhooks": (None, ["0" * 32]),
    "alerts.pagerduties": (None, ["1" * 32]),
    "alerts.usage.product": (None, "worker_requests"),
    "alerts.usage.limit": (None, 1, 10_000_000),
}
"""Where not every value will do, or the schema names none. None leaves the setting out."""


def derived(path: tuple[str | int, ...]) -> Sequence[Any]:
    """What the schema itself names: choices, or the bounds."""
    whole, _ = SCHEMA.resolved(dict(SETTINGS)[path])
    if whole["type"] == "boolean":
        return (False, True)
    return whole.get("enum") or (whole["minimum"], whole["maximum"])


CHOICES: Final[Mapping[str, Sequence[Any]]] = {
    dotted: ALLOWED.get(dotted) or derived(path)
    for path, node in SETTINGS
    if 0 not in path and "properties" not in SCHEMA.resolved(node)[0]
    for dotted in [".".join(map(str, path))]
}
"""Setting to its values. A new setting that the schema does not describe fully has to be added above."""


def configuration(seed: int) -> tuple[Configuration, dict[str, str]]:
    """Settings and secrets of one stack."""
    random = Random(seed)  # noqa: S311 - repeatable, not secret
    chosen = {name: random.choice(values) for name, values in CHOICES.items()}
    has_default_client = random.random() < 0.7
    secrets = {"claudeCredential": SECRETS["claudeCredential"]}
    if has_default_client:
        secrets["serverAuthToken"] = SECRETS["serverAuthToken"]
    agree_on_environment(chosen)
    agree_on_callers(chosen, has_default_client=has_default_client)
    agree_on_classes(chosen)
    agree_on_alerts(chosen)
    return nested(chosen), secrets


def agree_on_environment(chosen: Chosen) -> None:
    chosen["ephemeral"] = chosen["environment"].startswith("pr-")
    chosen["container.build"] = chosen["container.image"] is None
    if chosen["environment"] in {"prod", "production"}:
        chosen |= {"worker.workersDev": False, "worker.customDomain": "claude.example.com"}
    elif not (chosen["worker.customDomain"] or chosen["worker.url"]):
        chosen["worker.workersDev"] = True


def agree_on_callers(chosen: Chosen, *, has_default_client: bool) -> None:
    """Somebody can call; several share no one's subscription."""
    if not has_default_client:
        chosen["clients"] = chosen["clients"] or CLIENTS[:1]
    if has_default_client + len(chosen["clients"] or []) > 1:
        chosen["claude.credential"] = "apiKey"


def agree_on_classes(chosen: Chosen) -> None:
    """Each flow has its own settings, and a step of migrations its tag."""
    if chosen["durableObjects.flow"] == "migrations":
        chosen["durableObjects.renamed"] = None
    if chosen["durableObjects.flow"] == "exports" or not chosen["durableObjects.migration.newTag"]:
        leave_out(chosen, "durableObjects.migration.")


def agree_on_alerts(chosen: Chosen) -> None:
    """Whoever is told is told something, and the other way round."""
    has_receivers = any(chosen[f"alerts.{kind}"] for kind in ("emails", "webhooks", "pagerduties"))
    if not (has_receivers and chosen["alerts.usage.product"] and chosen["alerts.usage.limit"]):
        leave_out(chosen, "alerts.usage.")
        chosen["alerts.incidents"] = chosen["alerts.incidents"] or has_receivers


def leave_out(chosen: Chosen, prefix: str) -> None:
    chosen |= {name: None for name in chosen if name.startswith(prefix)}


def nested(chosen: Mapping[str, Any]) -> Configuration:
    document: Configuration = {}
    for name, value in chosen.items():
        *groups, key = name.split(".")
        target = document
        for group in groups:
            target = target.setdefault(group, {})
        if value is not None:
            target[key] = value
    return without_empty(document)


def without_empty(document: Configuration) -> Configuration:
    """A group of which nothing is said is left out: an empty one can lack what it requires."""
    kept = {key: without_empty(one) if isinstance(one, dict) else one for key, one in document.items()}
    return {key: one for key, one in kept.items() if one != {}}
