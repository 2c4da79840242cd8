"""What may be told of an answer: words of this list, and never those of whoever answered."""

import re
from typing import Final

from claude_sandbox.cli.report import Document
from claude_sandbox.client import BadAnswer, SandboxError

OTHER: Final = "other"
"""Stands for every word that is not listed."""

CODES: Final = frozenset({
    "UNREACHABLE", "NO_ANSWER_IN_TIME", "CONNECTION_CUT", "BAD_ANSWER", "BAD_ADDRESS", "BAD_NETWORK_SETTINGS",
    "TASK_REQUIRED", "INVALID_REQUEST", "UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND", "TASK_NOT_FOUND",
    "RESULT_NOT_FOUND", "METHOD_NOT_ALLOWED", "REQUEST_TIMEOUT", "REQUEST_IN_PROGRESS", "TASK_IN_PROGRESS",
    "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "IDEMPOTENCY_KEY_REUSED", "RATE_LIMITED",
    "TASK_EXECUTION_FAILED", "INTERNAL_ERROR", "CAPACITY_EXHAUSTED", "STORAGE_UNAVAILABLE", "NOT_CONFIGURED",
    "AGENT_ERROR", "MAX_TURNS_REACHED", "BUDGET_EXCEEDED", "MODEL_UNAUTHORIZED", "MODEL_OVERLOADED",
    "MODEL_ERROR", "NO_RESULT", "RUN_TIMED_OUT", "CANCELLED", "SANDBOX_UNAVAILABLE", "SANDBOX_LOST",
    "RUNNER_DIED",
})  # fmt: skip
"""The client's codes, the Worker's refusals, the Worker's failures of tasks."""
STATUS_CODE: Final = re.compile(r"HTTP_\d{3}")
AUTH_METHODS: Final = frozenset({"claude_subscription_setup_token", "anthropic_api_key"})
CHECKS: Final = ("credential", "results", "queue")
"""Of `GET /readyz`."""

NO_ANSWER: Final = (
    "name or service not known",
    "temporary failure in name resolution",
    "nodename nor servname provided",
    "getaddrinfo failed",
    "hostname mismatch",
    "ip address mismatch",
    "certificate has expired",
    "self-signed certificate",
    "unable to get local issuer certificate",
    "certificate verify failed",
    "proxyerror",
    "connection refused",
    "network is unreachable",
    "no route to host",
    "server disconnected",
    "connection reset by peer",
    "timed out",
)
"""Why there was none, the more exact first."""
PAGES: Final = ("there is nothing here yet",)
EDGE_ERROR: Final = re.compile(r"\berror(?: code)?:?\s*(?:<[^<>]{0,200}>\s*){0,4}(1\d{3})\b", re.IGNORECASE)
"""Of Cloudflare's network, as its pages name it: `error code: 1101`."""


def told(error: SandboxError) -> Document:
    """An error without its texts, which may name an address or anything else."""
    return {
        "http_code": error.facts.status or 0,
        "code": known_code(error.code),
        "reason": page_reason(error.facts.body or "")
        if isinstance(error, BadAnswer)
        else known_phrase(error.message, NO_ANSWER),
    }


def known_code(code: str | None) -> str:
    return code if code is not None and (code in CODES or STATUS_CODE.fullmatch(code)) else OTHER


def known_phrase(text: str, phrases: tuple[str, ...]) -> str:
    lower = text.lower()
    return next((one for one in phrases if one in lower), OTHER)


def page_reason(page: str) -> str:
    edge_error = EDGE_ERROR.search(page)
    return f"error code: {edge_error[1]}" if edge_error else known_phrase(page, PAGES)
