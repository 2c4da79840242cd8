"""Before the first resource: is the token valid, the account reachable, every permission there?

Only reads, so that it runs in a preview too. A read proves the Read half of a permission: Cloudflare has no
way to ask for the Write half without writing.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import cloudflare
from cloudflare import Cloudflare

DENIED: Final = (401, 403)


class Check(NamedTuple):
    """One question: the call that answers it, and the permission to add where it is denied."""

    subject: str
    permission: str
    ask: Callable[[], object]


class PreflightError(RuntimeError):
    """What is missing, all of it at once. Nothing has been declared yet."""

    def __init__(self, findings: list[str]) -> None:
        self.findings = findings
        title = "this account can't be deployed to yet, so nothing was changed:"
        super().__init__("\n".join([title, *(f"  - {one}" for one in findings)]))


def require_ready(
    client: Cloudflare, account_id: str, custom_domain: str | None, *, has_alerts: bool = False
) -> None:
    """Ask everything that a deploy needs.

    Raises:
        PreflightError: findings, each with the exact permission to add.
    """
    findings = list(token_findings(client))
    if not findings:
        asked = checks(client, account_id, has_alerts=has_alerts)
        findings = [*permission_findings(asked, account_id), *zone_findings(client, custom_domain)]
    if findings:
        raise PreflightError(findings)


def token_findings(client: Cloudflare) -> Iterator[str]:
    """A user's token is verified here; an account's own token is not, so a refusal says nothing yet."""
    try:
        verified = client.user.tokens.verify()
    except cloudflare.APIConnectionError as error:
        reason = type(error).__name__
        yield f"Cloudflare's API can't be reached ({reason}); check network and cloudflare:baseUrl"
    except cloudflare.APIStatusError:
        return
    else:
        if verified is not None and verified.status != "active":
            yield f"the API token is {verified.status}; make another one, see docs/reference/tokens.md"


def permission_findings(asked: list[Check], account_id: str) -> Iterator[str]:
    answers = {check: answer_of(check.ask) for check in asked}
    if all(answer in DENIED for answer in answers.values()):
        where = f"the API token does not work on account {account_id}"
        yield f"{where}: it is wrong, has expired, or is another account's"
        return
    for check, answer in answers.items():
        if answer in DENIED:
            permission = f"add the permission {check.permission} to the API token"
            yield f"{check.subject} is denied; {permission}"
        elif isinstance(answer, str):
            yield f"{check.subject} gives no answer ({answer}); check the network, then run this again"


def checks(client: Cloudflare, account_id: str, *, has_alerts: bool) -> list[Check]:
    alerts = Check(
        "Notifications",
        "Notifications Write",
        lambda: client.alerting.policies.list(account_id=account_id),
    )
    return [
        Check("R2", "Workers R2 Storage Write", lambda: client.r2.buckets.list(account_id=account_id)),
        Check(
            "Workers",
            "Workers Scripts Write",
            lambda: client.workers.beta.workers.list(account_id=account_id),
        ),
        Check(
            "Containers",
            "Workers Containers Write",
            lambda: client.containers.applications.list(account_id=account_id, per_page=1),
        ),
        *([alerts] if has_alerts else []),
    ]


def answer_of(ask: Callable[[], object]) -> int | str | None:
    """The status of a refusal, the name of a connection's failure, or None."""
    try:
        ask()
    except cloudflare.APIStatusError as error:
        return error.status_code
    except cloudflare.APIConnectionError as error:
        return type(error).__name__
    return None


def zone_findings(client: Cloudflare, custom_domain: str | None) -> Iterator[str]:
    if custom_domain is None:
        return
    labels = custom_domain.split(".")
    candidates = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    try:
        is_visible = any(has_zone(client, name) for name in candidates)
    except cloudflare.APIConnectionError as error:
        reason = type(error).__name__
        yield f"the zones give no answer ({reason}); check the network, then run this again"
        return
    if not is_visible:
        yield (
            f"no zone of {custom_domain} is visible; add it to the account, or the permission Zone Read "
            "for it to the API token"
        )


def has_zone(client: Cloudflare, name: str) -> bool:
    try:
        return any(zone.name == name for zone in client.zones.list(name=name))
    except cloudflare.APIStatusError:
        return False
