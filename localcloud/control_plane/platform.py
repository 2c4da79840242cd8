"""What every service of the control plane stands on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from localcloud.control_plane.data_plane import DataPlane
from localcloud.control_plane.store import Store
from localcloud.port_range import FIRST_PORT

ACCOUNT_ID: Final = "0123456789abcdef0123456789abcdef"
SUBDOMAIN: Final = "localcloud"
"""The account's name under workers.dev."""

USER_EMAIL: Final = "localcloud@localhost"

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Platform:
    """State, time, the data plane, and where its Workers' ports begin.

    Durations are counted with `now` from stored times, so they pass while nothing runs.
    """

    store: Store
    data_plane: DataPlane
    now: Clock = utc_now
    first_port: int = FIRST_PORT

    def timestamp(self) -> str:
        """Now as Cloudflare writes it: ISO 8601, UTC, microseconds."""
        return iso8601(self.now())


def iso8601(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
