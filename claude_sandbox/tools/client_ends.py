"""Until when the clients of a stack can call: by its file, which has the end of every token."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic import ValidationError

from claude_sandbox.cli.report import ToolError
from claude_sandbox.tools.client_tokens import instant, parse_instant
from infra.settings.parts import Client
from infra.settings.stack import DEFAULT_CLIENT

SOON: Final = timedelta(days=7)
NEVER: Final = datetime.max.replace(tzinfo=UTC)


def client_ends(values: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Each client by name: `lasts`, `ends soon: <instant>` or `ended: <instant>`.

    A client that is being rotated has several tokens; it can call until the last of them ends.

    Args:
        values: settings as the stack file has them, without the project's prefix.
        now: instant of the look.
    """
    return {name: state(end, now) for name, end in last_ends(values).items()}


def last_ends(values: Mapping[str, Any]) -> dict[str, datetime]:
    """What can't be read is left out: `validate-config` tells of it."""
    ends: dict[str, datetime] = {}
    listed = values.get("clients")
    for one in listed if isinstance(listed, list) else ():
        with suppress(ValidationError):
            client = Client.model_validate(one)
            ends[client.name] = max(token.not_after or NEVER for token in client.tokens)
    if "serverAuthToken" in values:
        with suppress(ToolError):
            ends[DEFAULT_CLIENT] = parse_instant(values.get("serverAuthTokenNotAfter")) or NEVER
    return ends


def state(end: datetime, now: datetime) -> str:
    if end <= now:
        return f"ended: {instant(end)}"
    return f"ends soon: {instant(end)}" if end - now <= SOON else "lasts"
