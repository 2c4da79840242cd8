"""What one instance may have, and all instances of the account at once."""

from typing import Final

from pydantic import AliasPath, BaseModel, Field

from localcloud.control_plane.containers.errors import ApplicationError
from localcloud.control_plane.wire import JsonObject

MAX_VCPU: Final = 4
MAX_MEMORY_MIB: Final = 12_288
MAX_DISK_MB: Final = 20_000
MIN_MEMORY_MIB_PER_VCPU: Final = 3_072
"""Of one instance (cloudflare-containers-api.md 2)."""

TOTAL_VCPU: Final = 1_500
TOTAL_MEMORY_MIB: Final = 6 * 1_024 * 1_024
TOTAL_DISK_MB: Final = 30_000_000
"""Of all that run at once (cloudflare-containers-api.md 6)."""


class ExpandedSize(BaseModel):
    """The size in a stored configuration."""

    vcpu: float
    memory_mib: int
    disk_mb: int = Field(validation_alias=AliasPath("disk", "size_mb"))


def require_within_account(max_instances: int, configuration: JsonObject) -> None:
    """Refuse what the account could not run even alone. Others' instances count only while they run.

    That a create, a PATCH and a rollout are refused with this word is documented
    (cloudflare-containers-api.md 1.2), how Cloudflare counts is not.

    Raises:
        ApplicationError: SURPASSED_TOTAL_LIMITS.
    """
    size = ExpandedSize.model_validate(configuration)
    totals = ((size.vcpu, TOTAL_VCPU), (size.memory_mib, TOTAL_MEMORY_MIB), (size.disk_mb, TOTAL_DISK_MB))
    if any(max_instances * each > total for each, total in totals):
        raise ApplicationError("SURPASSED_TOTAL_LIMITS")
