"""The part of a stack's settings that says what Cloudflare tells by itself, and whom."""

from typing import Annotated

from pydantic import Field, StringConstraints

from infra.settings.parts import Part

Email = Annotated[
    str,
    StringConstraints(
        max_length=254, pattern=r"^[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}$"
    ),
]
DestinationId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$")]


class UsageAlert(Part):
    """What the account uses of one product in a billing period, above which an alert is sent."""

    product: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="Product, as the account's list of alerts has it."
    )
    limit: int = Field(
        ge=1, strict=True, description="In the product's own unit, such as requests or bytes. Of the account."
    )


class AlertsPart(Part):
    """Notifications of Cloudflare's. Nothing is declared where nobody is named."""

    emails: tuple[Email, ...] = Field((), max_length=20, description="Addresses that are written to.")
    webhooks: tuple[DestinationId, ...] = Field(
        (), max_length=20, description="Ids of the account's webhooks, made in its Notifications."
    )
    pagerduties: tuple[DestinationId, ...] = Field(
        (), max_length=20, description="Ids of the account's PagerDuty services, connected there."
    )
    incidents: bool = Field(
        default=True,
        description="Tell of Cloudflare's own incidents with major or critical impact. On, so that a failure "
        "of the platform is not looked for in the service.",
    )
    usage: UsageAlert | None = Field(
        None, description="Tell when the account uses more of a product than this. Default: no such alert."
    )

    @property
    def has_receivers(self) -> bool:
        return bool(self.emails or self.webhooks or self.pagerduties)
