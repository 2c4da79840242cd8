"""What a token may do: Cloudflare's permission groups, each the Read or the Write half of an area."""

from enum import StrEnum
from typing import Final


class Area(StrEnum):
    """The parts of the API, by the words that the names of their permission groups begin with.

    Workers, R2, containers and the account: cloudflare-containers-api.md 5. Zones, notifications and users:
    the reference of `pulumi-cloudflare`. Memberships: workers-sdk#9129. `LOCALCLOUD` is for localcloud's own
    calls.
    """

    ACCOUNT = "Account Settings"
    CONTAINERS = "Workers Containers"
    LOCALCLOUD = "localcloud"
    MEMBERSHIPS = "Memberships"
    NOTIFICATIONS = "Notifications"
    R2 = "Workers R2 Storage"
    SCRIPTS = "Workers Scripts"
    USER = "User Details"
    ZONE = "Zone"


GROUPS: Final = frozenset(f"{area} {half}" for area in Area for half in ("Read", "Write"))
"""Every permission group that there is here."""


def needed_group(area: Area, method: str) -> str:
    return f"{area} Read" if method == "GET" else f"{area} Write"


def is_permitted(groups: frozenset[str], area: Area | None, method: str) -> bool:
    """Whether a token with these groups may make the call: Write opens reads, too. None is open to all."""
    return area is None or bool(groups & {needed_group(area, method), f"{area} Write"})
