"""The account at Cloudflare: its container applications, and access to its registry of images."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx

from claude_sandbox.cli.report import ExitCode, ToolError, failure, usage_error
from claude_sandbox.cli.session import Session

BASE_URL: Final = "https://api.cloudflare.com/client/v4"
REGISTRY: Final = "registry.cloudflare.com"
CREDENTIALS_MINUTES: Final = 5
PAGE_SIZE: Final = 500
TIMEOUT_S: Final = 30.0
PERMISSION: Final = 'Give the API token the account permission "Workers Containers Write".'


class Account:
    """One account, by `CLOUDFLARE_ACCOUNT_ID` and `CLOUDFLARE_API_TOKEN`.

    Raises:
        ToolError: one of them is not set.
    """

    def __init__(self, session: Session) -> None:
        environment = session.environment
        self.id = environment.get("CLOUDFLARE_ACCOUNT_ID", "")
        token = environment.get("CLOUDFLARE_API_TOKEN", "")
        if not (
            self.id.isalnum() and self.id.isascii() and token.isascii() and token.isprintable() and token
        ):
            raise usage_error(
                "The account or its API token is missing",
                "Set CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN.",
            )
        session.secrets.add(token)
        self._headers = {"authorization": f"Bearer {token}"}
        self._url = f"{environment.get('CLOUDFLARE_BASE_URL') or BASE_URL}/accounts/{self.id}/containers"

    def images_in_use(self) -> set[str]:
        """The digests that container applications run."""
        images = (str((one.get("configuration") or {}).get("image", "")) for one in self._applications())
        return {image.rpartition("@")[2] for image in images if "@" in image}

    def _applications(self) -> Iterator[dict[str, Any]]:
        query: dict[str, str] = {"per_page": str(PAGE_SIZE)}
        while True:
            page = self._call("GET", "/applications", params=query)
            yield from page["result"]
            token = (page.get("result_info") or {}).get("next_page_token")
            if not token:
                return
            query["page_token"] = token

    def registry_credentials(self, session: Session, *permissions: str) -> tuple[str, str, str]:
        """Host, user and password, for five minutes."""
        body = {"permissions": list(permissions), "expiration_minutes": CREDENTIALS_MINUTES}
        found = self._call("POST", f"/registries/{REGISTRY}/credentials", json=body)["result"]
        session.secrets.add(str(found["password"]))
        return str(found["registry_host"]), str(found["username"]), str(found["password"])

    def _call(self, method: str, path: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - of httpx
        answer = answered(method, self._url + path, self._headers, **more)
        document = json_of(answer)
        if document.get("success") is not True or not isinstance(document.get("result"), dict | list):
            raise bad_answer(answer)
        return document


def answered(
    method: str,
    url: str,
    headers: Mapping[str, str],
    **more: Any,  # noqa: ANN401 - of httpx
) -> httpx.Response:
    """A 2xx answer.

    Raises:
        ToolError: unreachable, refused, or another status.
    """
    try:
        answer = httpx.request(method, url, headers=dict(headers), timeout=TIMEOUT_S, **more)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = f"Cannot reach Cloudflare ({type(error).__name__})"
        raise told(reason, "UNREACHABLE", ExitCode.UNREACHABLE, 0) from None
    if answer.status_code in {401, 403}:
        raise told(
            "Cloudflare refused the token", "UNAUTHORIZED", ExitCode.AUTHENTICATION, answer.status_code
        )
    if not answer.is_success:
        raise told("Cloudflare refused the call", "REFUSED", ExitCode.FAILED, answer.status_code)
    return answer


def json_of(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise bad_answer(answer)
    return document


def bad_answer(answer: httpx.Response) -> ToolError:
    return told("The answer is not Cloudflare's", "BAD_ANSWER", ExitCode.BAD_ANSWER, answer.status_code)


def told(error: str, code: str, exit_code: ExitCode, http_code: int) -> ToolError:
    hint = PERMISSION if exit_code is ExitCode.AUTHENTICATION else None
    return ToolError(failure(error, code=code, exit_code=exit_code, http_code=http_code, hint=hint))
