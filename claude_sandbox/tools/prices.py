"""Cloudflare's prices, from the dated table `prices.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

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
    prices, size = table["container"], table["instance_types"][instance_type]
    least = size["gib"] * prices["usd_per_gib_second"] + size["gb"] * prices["usd_per_gb_second"]
    return Rate(least, least + size["vcpu"] * prices["usd_per_vcpu_second"])
