"""Failures as Cloudflare words them. A service raises; the wire layer answers.

The v4 envelope carries a numeric code. Where no source gives the number, the class says so; clients must
then match on the HTTP status or the text.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from localcloud.control_plane.permissions import Area

NO_RETRY: Final[Mapping[str, str]] = {"x-should-retry": "false"}
"""Stops the clients' retries, which otherwise last three minutes (pulumi-cloudflare-wire.md 1)."""


class ApiError(Exception):
    """An answer that is no success.

    Args:
        status: HTTP status.
        code: Cloudflare's numeric error code.
        message: what went wrong; never a request body, never a secret.
        headers: of the answer.
        meta: `errors[0].meta`, where Cloudflare sends one.
    """

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        meta: dict[str, JsonValue] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.meta = meta


class AuthenticationError(ApiError):
    """No token, or none of this localcloud (cloudflare-containers-api.md 1.2: 401)."""

    def __init__(self) -> None:
        super().__init__(401, 10000, "Authentication error")


class ForeignAccountError(ApiError):
    """A valid token, another account.

    The status is Cloudflare's; that the code is 10000 here too is unconfirmed.
    """

    def __init__(self, account_id: str) -> None:
        super().__init__(403, 10000, f"Authentication error: no access to account {account_id}")


class MissingPermissionError(ApiError):
    """A valid token without the permission; Cloudflare does not say which one it is.

    403 with 10000: terraform-provider-cloudflare#1533, workers-sdk#4669. The containers API answers 401
    (cloudflare-containers-api.md 1.2); its number is unconfirmed.
    """

    def __init__(self, area: Area | None) -> None:
        super().__init__(401 if area is Area.CONTAINERS else 403, 10000, "Authentication error")


class InvalidRequestError(ApiError):
    """A body or parameter of the wrong shape.

    The number 1001 is localcloud's: no source gives one for all services.
    """

    def __init__(self, message: str) -> None:
        super().__init__(400, 1001, message)


class NotImplementedHereError(ApiError):
    """What Cloudflare can do and localcloud cannot. Its own answer, never Cloudflare's."""

    def __init__(self, what: str) -> None:
        message = f"localcloud does not implement {what}; localcloud/README.md lists what it does"
        super().__init__(501, 501, message, headers=NO_RETRY)


class DataPlaneError(ApiError):
    """The data plane failed or does not answer. localcloud's own answer."""

    def __init__(self, message: str) -> None:
        super().__init__(503, 503, f"localcloud's data plane: {message}", headers=NO_RETRY)
