"""How an exchange goes over httpx."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import httpx

from claude_sandbox.client.errors import InvalidRequest, Unreachable
from claude_sandbox.client.flows import Exchange
from claude_sandbox.client.text import is_visible_ascii
from claude_sandbox.client.wire import bad_address

TIMEOUT_S: Final = 30.0
CONNECT_TIMEOUT_S: Final = 10.0

T = TypeVar("T")


def opened(make: Callable[[], T]) -> T:
    """An httpx client.

    Raises:
        Unreachable: proxy or certificates, as the environment names them to httpx, can't be used.
    """
    try:
        return make()
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
        raise Unreachable(
            f"Proxy or certificates can't be used ({type(error).__name__})",
            code="BAD_NETWORK_SETTINGS",
            next_step="Mend or unset HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY and SSL_CERT_FILE.",
            may_have_arrived=False,
            is_transient=False,
        ) from None


def address(url: str) -> httpx.URL:
    """The service's.

    Raises:
        BadAnswer: it is no URL.
    """
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise bad_address(error) from None


def bearer(token: str | None) -> dict[str, str]:
    """The header of authorization.

    Raises:
        InvalidRequest: the token is not what a header can carry.
    """
    if token is None:
        return {}
    if not is_visible_ascii(token):
        raise InvalidRequest(
            "The token has characters that a header can't carry",
            code="BAD_TOKEN",
            next_step="Give the token alone: visible ASCII, without line break.",
        )
    return {"Authorization": f"Bearer {token}"}


def request_arguments(exchange: Exchange, timeout_s: float) -> dict[str, Any]:
    """For the `request` of both kinds of httpx client; `timeout_s` is the client's for every call."""
    waited_s = timeout_s + exchange.extra_s
    return {
        "method": exchange.method,
        "url": exchange.path,
        "json": exchange.body,
        "params": exchange.query,
        "headers": exchange.headers,
        "timeout": httpx.Timeout(waited_s, connect=min(CONNECT_TIMEOUT_S, waited_s)),
    }
