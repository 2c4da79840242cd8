"""The managed registry's credentials, and the account's limits. There is no registry behind them."""

import secrets
from typing import Final, Literal

from pydantic import Field

from localcloud.control_plane.containers.configuration import REGISTRY_HOST
from localcloud.control_plane.containers.errors import RegistryNotFoundError
from localcloud.control_plane.containers.limits import (
    MAX_DISK_MB,
    MAX_MEMORY_MIB,
    MAX_VCPU,
    TOTAL_DISK_MB,
    TOTAL_MEMORY_MIB,
    TOTAL_VCPU,
)
from localcloud.control_plane.containers.registry import parse
from localcloud.control_plane.platform import ACCOUNT_ID
from localcloud.control_plane.wire import Answer, Body, Call, JsonObject

USERNAME: Final = "v1"
"""wrangler hard-codes it for its own registry calls (containers-api.md 1.9)."""


class CredentialsBody(Body):
    """Both fields are required for the managed registry."""

    permissions: list[Literal["pull", "push", "list", "library_push"]] = Field(min_length=1)
    expiration_minutes: int = Field(gt=0)


class Registries:
    """Credentials are made up and open nothing: images are those of the process backend."""

    def credentials(self, call: Call) -> Answer:
        """Make credentials for the managed registry; they are random, as there is no registry here."""
        if call.params["domain"] != REGISTRY_HOST:
            raise RegistryNotFoundError
        parse(call, CredentialsBody)
        return Answer(
            {
                "account_id": ACCOUNT_ID,
                "registry_host": REGISTRY_HOST,
                "username": USERNAME,
                "password": secrets.token_hex(32),
            }
        )

    def list_all(self, _call: Call) -> Answer:
        """List external registries: there are none."""
        return Answer([])

    def me(self, _call: Call) -> Answer:
        """Tell the account's limits and defaults (containers-api.md 1.8)."""
        limits: JsonObject = {
            "account_id": ACCOUNT_ID,
            "vcpu_per_deployment": MAX_VCPU,
            "memory_mib_per_deployment": MAX_MEMORY_MIB,
            "memory_per_deployment": "12GiB",
            "disk_mb_per_deployment": MAX_DISK_MB,
            "disk_per_deployment": "20GB",
            "total_vcpu": TOTAL_VCPU,
            "total_memory_mib": TOTAL_MEMORY_MIB,
            "total_memory": "6TiB",
            "total_disk_mb": TOTAL_DISK_MB,
            "node_group": "metal",
            "network_modes": ["uso"],
            "ipv4s": 0,
        }
        defaults: JsonObject = {"vcpus": 0.0625, "memory_mib": 256, "disk_mb": 2000}
        return Answer(
            {
                "external_account_id": ACCOUNT_ID,
                "legacy_identity": ACCOUNT_ID,
                "locations": [],
                "limits": limits,
                "defaults": defaults,
            }
        )
