"""The account at Cloudflare: its container applications, and access to its registry of images."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

import httpx

from claude_sandbox import strict_json
from claude_sandbox.cli.report import ExitCode, ToolError, failure, usage_error
from claude_sandbox.cli.session import Session
from claude_sandbox.tools.cloudflare_answers import (
    Application,
    Applications,
    Body,
    Credentials,
    IssuedCredentials,
)

BASE_URL: Final = "https://api.cloudflare.com/client/v4"
REGISTRY: Final = "registry.cloudflare.com"
CREDENTIALS_MINUTES: Final = 5
PAGE_SIZE: Final = 500
EXIT_CODES: Final = {408: ExitCode.TIMEOUT, 429: ExitCode.BUSY, 503: ExitCode.BUSY}
NO_ANSWER: Final = 0
"""In place of a status, as curl has it."""
UNUSABLE: Final = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ImportError)
"""No way to Cloudflare; the last three where proxy or certificates of the environment can't be used."""
PERMISSION: Final = 'Give the API token the account permission "Workers Containers Write".'

Model = TypeVar("Model", bound=Body)


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
        self._session = session
        self._headers = {"authorization": f"Bearer {token}"}
        self._url = f"{environment.get('CLOUDFLARE_BASE_URL') or BASE_URL}/accounts/{self.id}/containers"

    def images_in_use(self) -> set[str]:
        """What container applications run: `repository[:tag][@digest]`, as each of them has it."""
        configurations = (one.configuration for one in self._applications())
        return {one.image for one in configurations if one is not None and one.image}

    def _applications(self) -> Iterator[Application]:
        query = {"per_page": str(PAGE_SIZE)}
        while True:
            answer = self._call("GET", "/applications", params=query)
            page = body_of(answer, Applications)
            yield from page.result
            token = page.result_info and page.result_info.next_page_token
            if not token:
                return
            query["page_token"] = next_page(answer, token, query.get("page_token"))

    def registry_credentials(self, *permissions: str) -> Credentials:
        """For five minutes."""
        body = {"permissions": list(permissions), "expiration_minutes": CREDENTIALS_MINUTES}
        answer = self._call("POST", f"/registries/{REGISTRY}/credentials", json=body)
        found = body_of(answer, IssuedCredentials).result
        self._session.secrets.add(found.password)
        return found

    def _call(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - of httpx
        return answered(self._session, method, self._url + path, self._headers, **more)


def answered(
    session: Session,
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
        answer = httpx.request(method, url, headers=dict(headers), timeout=session.call_timeout_s, **more)
    except httpx.ReadTimeout:
        raise told(
            "Cloudflare gave no answer in time", "NO_ANSWER_IN_TIME", ExitCode.TIMEOUT, NO_ANSWER
        ) from None
    except UNUSABLE as error:
        reason = f"Cannot reach Cloudflare ({type(error).__name__})"
        raise told(reason, "UNREACHABLE", ExitCode.UNREACHABLE, NO_ANSWER) from None
    if answer.is_success:
        return answer
    status = answer.status_code
    if status in {401, 403}:
        raise told("Cloudflare refused the token", "UNAUTHORIZED", ExitCode.AUTHENTICATION, status)
    raise told("Cloudflare refused the call", "REFUSED", EXIT_CODES.get(status, ExitCode.FAILED), status)


def body_of(answer: httpx.Response, model: type[Model]) -> Model:
    """The answer's body.

    Raises:
        ToolError: it is not the model's.
    """
    try:
        return model.model_validate(strict_json.loads(answer.content))
    except ValueError:
        raise bad_answer(answer) from None


def next_page(answer: httpx.Response, token: str, before: str | None) -> str:
    """The token itself.

    Raises:
        ToolError: it is the one before: such a list has no end.
    """
    if token == before:
        raise bad_answer(answer)
    return token


def bad_answer(answer: httpx.Response) -> ToolError:
    return told("The answer is not Cloudflare's", "BAD_ANSWER", ExitCode.BAD_ANSWER, answer.status_code)


def told(error: str, code: str, exit_code: ExitCode, http_code: int) -> ToolError:
    hint = PERMISSION if exit_code is ExitCode.AUTHENTICATION else None
    return ToolError(failure(error, code=code, exit_code=exit_code, http_code=http_code, hint=hint))
