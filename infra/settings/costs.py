"""What the settings cost, by Cloudflare's prices in the dated table `prices.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.settings.parts import ContainerPart
from infra.versions import INSTANCE_TYPES

SECONDS_PER_HOUR: Final = 3_600
MIB_PER_GIB: Final = 1_024
MB_PER_GB: Final = 1_000
TABLE: Final = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True)
class Rate:
    """A second of a running instance in USD: `least` with its CPU idle, `most` with all of it busy."""

    least: float
    most: float


def read_table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text("utf-8"))


def rate_of(table: dict[str, Any], instance_type: str) -> Rate:
    """The rate of an instance type.

    Raises:
        KeyError: there is no such type.
    """
    prices, (vcpu, memory_mib, disk_mb) = table["container"], INSTANCE_TYPES[instance_type]
    memory, disk = memory_mib / MIB_PER_GIB, disk_mb / MB_PER_GB
    least = memory * prices["usd_per_gib_second"] + disk * prices["usd_per_gb_second"]
    return Rate(least, least + vcpu * prices["usd_per_vcpu_second"])


def cost_line(container: ContainerPart) -> str:
    """What a deploy tells of them."""
    table = read_table()
    rate = rate_of(table, container.instance_type)
    least, most = rate.least * SECONDS_PER_HOUR, rate.most * SECONDS_PER_HOUR
    return (
        f"On Cloudflare: {table['plan_usd_per_month']:g} USD a month idle, "
        f"{least:.2f} to {most:.2f} USD for an hour of a running task, "
        f"{most * container.max_instances:.2f} USD for an hour at most, and the model. "
        "More: claude-sandbox costs"
    )
