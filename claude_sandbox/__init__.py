"""Operate a deployment: the `claude-sandbox` command and the Python client."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claude_sandbox.client import AsyncSandboxClient, SandboxClient

__all__ = ["AsyncSandboxClient", "SandboxClient"]


def __getattr__(name: str) -> object:
    """The client is imported when asked for, so that the command line starts without httpx."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from claude_sandbox import client  # noqa: PLC0415 - see above

    return getattr(client, name)
