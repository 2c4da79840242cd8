"""Every pin that is not in a lock file."""

from typing import Final

COMPATIBILITY_DATE: Final = "2026-07-30"
"""Workers runtime date: the newest that the locked workerd accepts, so a laptop runs what production runs."""

COMPATIBILITY_FLAGS: Final = ("nodejs_compat",)
"""The Sandbox SDK imports `node:path/posix`."""
