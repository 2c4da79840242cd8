"""How an exchange goes over httpx."""

from typing import Any, Final

import httpx

from claude_sandbox.client.flows import Exchange

CONNECT_TIMEOUT_S: Final = 10.0


def bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def request_arguments(exchange: Exchange) -> dict[str, Any]:
    """For the `request` of both kinds of httpx client."""
    return {
        "method": exchange.method,
        "url": exchange.path,
        "json": exchange.body,
        "params": exchange.query,
        "headers": exchange.headers,
        "timeout": httpx.Timeout(exchange.timeout_s, connect=CONNECT_TIMEOUT_S),
    }
