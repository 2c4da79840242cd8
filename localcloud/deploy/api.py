"""The deploy's client of the v4 API: one localhost base URL, one token."""

import ipaddress
from typing import Final, Self
from urllib.parse import urlsplit

import httpx
from pydantic import JsonValue

from localcloud.deploy.errors import DeployError
from localcloud.deploy.registration import JsonObject

ANSWER_S: Final = 120.0
"""A deployment answers once the Worker runs, which the control plane bounds at a minute."""


class ApiError(DeployError):
    """A call that was answered, and not with a success."""

    def __init__(self, method: str, path: str, status: int, errors: list[JsonObject]) -> None:
        texts = "; ".join(f"{error.get('code')} {error.get('message')}" for error in errors)
        super().__init__(
            "API_ERROR",
            f"{method} {path} answered {status}: {texts or 'no reason given'}",
            "Nothing of this call was recorded; mend the cause and deploy again",
        )
        self.status = status
        self.codes = [error.get("code") for error in errors]


class Api:
    """Calls below `/client/v4`. A transport may be given in place of the network."""

    def __init__(self, base_url: str, api_token: str, transport: httpx.BaseTransport | None = None) -> None:
        require_loopback(base_url)
        self.base_url = base_url.rstrip("/")
        self.api_token = api_token
        self._client = httpx.Client(
            base_url=self.base_url,
            headers={"authorization": f"Bearer {api_token}"},
            timeout=ANSWER_S,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.close()

    def call(self, method: str, path: str, body: JsonValue = None, **headers: str) -> JsonObject:
        """The `result` of a success, `{}` where it is no object; header names are given with underscores.

        Raises:
            ApiError: any other answer. It names method, path, status and the API's own words.
            DeployError: no answer.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            answer = self._client.request(method, path, json=body, headers=named)
        except httpx.HTTPError as error:
            raise DeployError(
                "NO_ANSWER",
                f"{method} {path} got no answer from {self.base_url} ({type(error).__name__})",
                "Start localcloud with `python -m localcloud start`",
            ) from None
        return result_of(answer, path)

    def find(self, path: str, **headers: str) -> JsonObject | None:
        """The result of a GET, None where there is nothing."""
        try:
            return self.call("GET", path, **headers)
        except ApiError as error:
            if error.status == httpx.codes.NOT_FOUND:
                return None
            raise

    def delete(self, path: str, **headers: str) -> None:
        """Delete; what is gone already is deleted."""
        try:
            self.call("DELETE", path, **headers)
        except ApiError as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise


def result_of(answer: httpx.Response, path: str) -> JsonObject:
    try:
        envelope = answer.json()
    except ValueError:
        envelope = {}
    if answer.is_success and envelope.get("success"):
        result = envelope.get("result")
        return result if isinstance(result, dict) else {"items": result}
    raise ApiError(answer.request.method, path, answer.status_code, envelope.get("errors") or [])


def require_loopback(base_url: str) -> None:
    """Only this machine: without the CLI's previews, locks and encrypted state, nothing else is safe.

    Raises:
        DeployError: the URL leads elsewhere.
    """
    host = urlsplit(base_url).hostname or ""
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise DeployError(
            "NOT_THIS_MACHINE",
            f"the base URL {base_url} is not on this machine, and this deploy is for this machine only",
            "Use `pulumi up`",
        )
