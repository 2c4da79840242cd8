"""An answer of HTTP as a model, or as an error that says what it means."""

from typing import Any, Final, TypeVar

import httpx
from pydantic import ValidationError

from claude_sandbox import strict_json
from claude_sandbox.client.errors import (
    BadAnswer,
    Busy,
    Conflict,
    Facts,
    Forbidden,
    InvalidRequest,
    NotFound,
    SandboxError,
    ServiceFailed,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from claude_sandbox.client.models import Answer

SHOWN_CHARACTERS: Final = 2_000
LONGEST_RETRY_AFTER_S: Final = 60.0

KINDS: Final[dict[int, type[SandboxError]]] = {
    400: InvalidRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    408: TimedOut,
    409: Conflict,
    413: InvalidRequest,
    415: InvalidRequest,
    422: InvalidRequest,
    429: Busy,
    500: ServiceFailed,
    503: Busy,
}
KINDS_BY_CODE: Final[dict[str, type[SandboxError]]] = {
    "NOT_CONFIGURED": ServiceFailed,
    "STORAGE_UNAVAILABLE": ServiceFailed,
}
"""Codes that say more than their status, which is that of a service where nothing was started.

The first lasts until the stack is deployed again; at the second the task has run.
"""
TRANSIENT_CODES: Final = frozenset({"STORAGE_UNAVAILABLE"})
GATEWAY_STATUSES: Final = frozenset({502, 503, 504})

Model = TypeVar("Model", bound=Answer)


def parse(answer: httpx.Response, model: type[Model]) -> Model:
    """The answer's body.

    Raises:
        SandboxError: a status of error, or a body that is not the model's.
    """
    if not answer.is_success:
        raise error_of(answer)
    try:
        return model.model_validate(json_object(answer))
    except ValidationError:
        raise bad_answer(answer) from None


def error_of(answer: httpx.Response) -> SandboxError:
    """The error that status and body mean; without the service's own body it is a bad answer."""
    body = json_object(answer)
    if not isinstance(body.get("error"), str):
        return bad_answer(answer)
    code = text_in(body, "code") or f"HTTP_{answer.status_code}"
    kind = KINDS_BY_CODE.get(code) or KINDS.get(answer.status_code, SandboxError)
    facts = facts_of(answer, body)
    is_transient = kind.is_transient or code in TRANSIENT_CODES
    return kind(
        body["error"],
        code=code,
        next_step=text_in(body, "detail"),
        facts=facts,
        is_transient=is_transient or (kind is ServiceFailed and facts.is_retryable),
    )


def bad_answer(answer: httpx.Response) -> BadAnswer:
    return BadAnswer(
        "Unexpected response",
        code="BAD_ANSWER",
        next_step="Something else answers at this address; check the worker URL.",
        facts=facts_of(answer, {}),
        is_transient=answer.status_code in GATEWAY_STATUSES,
    )


def facts_of(answer: httpx.Response, body: dict[str, Any]) -> Facts:
    return Facts(
        status=answer.status_code,
        task_id=text_in(body, "taskId"),
        retry_after_s=retry_after_s(answer),
        details=text_in(body, "details") or wrong_fields(body),
        body=answer.text[:SHOWN_CHARACTERS],
        state=text_in(body, "status"),
        is_retryable=body.get("retryable") is True,
    )


def wrong_fields(body: dict[str, Any]) -> str | None:
    """What the service says of each field that it refuses: a JSON pointer and what is wrong there."""
    listed = body.get("errors")
    errors = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    said = [f"{one.get('pointer', '')} {one.get('detail', '')}".strip() for one in errors]
    return "; ".join(said)[:SHOWN_CHARACTERS] or None


def json_object(answer: httpx.Response) -> dict[str, Any]:
    """The body where it is a JSON object, else nothing."""
    try:
        body = strict_json.loads(answer.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def text_in(body: dict[str, Any], key: str) -> str | None:
    value = body.get(key)
    return value if isinstance(value, str) else None


def retry_after_s(answer: httpx.Response) -> float | None:
    """Seconds that the header asks for, at most a minute; the form with a date is not used by the service."""
    value = answer.headers.get("retry-after", "")
    return min(float(value), LONGEST_RETRY_AFTER_S) if value.isascii() and value.isdigit() else None


def unreachable(error: httpx.HTTPError | httpx.InvalidURL) -> SandboxError:
    """No answer, as an error of ours: cut on the way, never connected, or waited for too long."""
    has_connected = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    reason = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, httpx.ReadTimeout):
        return Unreachable(
            f"No answer in time ({reason})",
            code="NO_ANSWER_IN_TIME",
            next_step="The task may go on: list your tasks.",
            may_have_arrived=True,
        )
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return bad_address(error)
    return Unreachable(
        f"The connection was cut ({reason})" if has_connected else f"Cannot reach the worker ({reason})",
        code="CONNECTION_CUT" if has_connected else "UNREACHABLE",
        next_step="The task may go on: list your tasks."
        if has_connected
        else "Check the URL and the network.",
        may_have_arrived=has_connected,
    )


def bad_address(error: Exception) -> BadAnswer:
    return BadAnswer(
        f"The address can't be used ({type(error).__name__})", code="BAD_ADDRESS", next_step="Check the URL."
    )
