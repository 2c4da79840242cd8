"""Every pin that is not in a lock file."""

from typing import Final

COMPATIBILITY_DATE: Final = "2026-07-30"
"""Workers runtime date: the newest that the locked workerd accepts, so a laptop runs what production runs."""

COMPATIBILITY_FLAGS: Final = ("nodejs_compat",)
"""The Sandbox SDK imports `node:path/posix`."""

SANDBOX_IMAGE: Final = "docker.io/cloudflare/sandbox:0.12.10"
"""Base of the container image; its tag is the version of the npm package `@cloudflare/sandbox`."""

CLAUDE_CODE_VERSION: Final = "2.1.330"
"""Claude Code in the container image."""

INSTANCE_TYPES: Final = {
    "lite": (0.0625, 256, 2_000),
    "basic": (0.25, 1_024, 4_000),
    "standard-1": (0.5, 4_096, 8_000),
    "standard-2": (1.0, 6_144, 12_000),
    "standard-3": (2.0, 8_192, 16_000),
    "standard-4": (4.0, 12_288, 20_000),
}
"""vCPU, memory in MiB, disk in decimal MB. The API answers these numbers where the name was sent."""
