"""Secrets in a text, put out of sight before any of it is judged or shown."""

import re
from typing import Final

MASK: Final = "[redacted]"
NAMED: Final = re.compile(r"\b((?:Bearer|Basic)\s+|x-(?:api|auth)-key[\"']?\s*[:=]\s*)\S+", re.IGNORECASE)
"""What follows the name of a scheme or of a header that carries a key."""
KEY: Final = re.compile(r"sk-ant-\S+|[0-9A-Fa-f]{32,}|[\w-]{40,}")
"""Anthropic's keys; our tokens, digests and account ids; any word as long as a token of Cloudflare's."""


def masked(text: str) -> str:
    """The text without what looks like a secret: too much is masked rather than too little."""
    return KEY.sub(_masked_word, NAMED.sub(rf"\1{MASK}", text))


def _masked_word(found: re.Match[str]) -> str:
    """A long word without a digit, such as `DURABLE_OBJECT_ALREADY_HAS_APPLICATION_...`, is no secret."""
    word = found[0]
    return MASK if word.startswith("sk-ant-") or any(letter.isdigit() for letter in word) else word
