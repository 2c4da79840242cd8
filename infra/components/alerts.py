"""What Cloudflare notifies of by itself: its incidents, and the account's use of a product.

No alert type of Cloudflare's looks at one Worker (pulumi-cloudflare-wire.md 4): these are of the account.
"""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_cloudflare as cloudflare

from infra import naming

GRAVE_IMPACTS: Final = ("INCIDENT_IMPACT_MAJOR", "INCIDENT_IMPACT_CRITICAL")


@dataclass(frozen=True)
class UsageLimit:
    """A product as the account's list of alerts names it, and a limit in that product's unit."""

    product: str
    limit: int


@dataclass(frozen=True)
class AlertsArgs:
    """Inputs of `Alerts`.

    Args:
        account_id: Cloudflare account.
        service: begins the name of each policy.
        emails: addresses that are written to.
        webhooks: ids of the account's webhooks.
        pagerduties: ids of the account's PagerDuty services.
        tells_incidents: whether Cloudflare's own incidents are told.
        usage: what must not be exceeded, or None.
    """

    account_id: str
    service: str
    emails: tuple[str, ...]
    webhooks: tuple[str, ...]
    pagerduties: tuple[str, ...]
    tells_incidents: bool
    usage: UsageLimit | None


class Alerts(pulumi.ComponentResource):
    """A `NotificationPolicy` for each thing that is told."""

    def __init__(self, name: str, args: AlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(naming.type_token("Alerts"), name, None, opts)
        if args.tells_incidents:
            filters = cloudflare.NotificationPolicyFiltersArgs(incident_impacts=[*GRAVE_IMPACTS])
            self._declare(f"{name}-incidents", args, "incident_alert", filters)
        if args.usage:
            filters = cloudflare.NotificationPolicyFiltersArgs(
                products=[args.usage.product], limits=[str(args.usage.limit)]
            )
            self._declare(f"{name}-usage", args, "billing_usage_alert", filters)
        self.register_outputs({})

    def _declare(
        self, name: str, args: AlertsArgs, alert_type: str, filters: cloudflare.NotificationPolicyFiltersArgs
    ) -> None:
        cloudflare.NotificationPolicy(
            name,
            account_id=args.account_id,
            alert_type=alert_type,
            name=f"{args.service} {name}",
            description=f"Declared by the stack of {args.service}",
            enabled=True,
            mechanisms=mechanisms(args),
            filters=filters,
            opts=pulumi.ResourceOptions(parent=self),
        )


def mechanisms(args: AlertsArgs) -> cloudflare.NotificationPolicyMechanismsArgs:
    """Only those that are named: an empty list is an update on every refresh (wire.md 2)."""
    email, webhook, pagerduty = (
        cloudflare.NotificationPolicyMechanismsEmailArgs,
        cloudflare.NotificationPolicyMechanismsWebhookArgs,
        cloudflare.NotificationPolicyMechanismsPagerdutyArgs,
    )
    return cloudflare.NotificationPolicyMechanismsArgs(
        emails=[email(id=one) for one in args.emails] or None,
        webhooks=[webhook(id=one) for one in args.webhooks] or None,
        pagerduties=[pagerduty(id=one) for one in args.pagerduties] or None,
    )
