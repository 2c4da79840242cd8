"""Text of the caller's, checked before it is sent."""

from claude_sandbox.client.errors import InvalidRequest


def is_visible_ascii(text: str) -> bool:
    """What a header can carry, and something at all."""
    return text.isascii() and text.isprintable() and " " not in text and text != ""


def sendable(text: str, what: str) -> str:
    """The text itself.

    Raises:
        InvalidRequest: it has half a surrogate pair, for which UTF-8 has no bytes.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidRequest(
            f"The {what} is no Unicode text", code="NOT_UNICODE", next_step="Send text that UTF-8 can carry."
        ) from None
    return text


def checked_key(key: str) -> str:
    """The idempotency key itself.

    Raises:
        InvalidRequest: a header can't carry it.
    """
    if is_visible_ascii(key):
        return key
    raise InvalidRequest(
        "The idempotency key can't be used",
        code="BAD_IDEMPOTENCY_KEY",
        next_step="Use 1 to 255 visible ASCII characters.",
    )
