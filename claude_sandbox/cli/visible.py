"""Text of others', before a terminal shows it."""

from typing import Final

REPLACEMENT: Final = "\ufffd"
CONTROLS: Final = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\n"), ord("\t")}, REPLACEMENT)
"""C0, DEL and C1: what moves the cursor, sets the title or the clipboard, or hides what was written."""


def visible(text: str) -> str:
    """The text with each control character replaced, but line breaks and tabs."""
    return text.replace("\r\n", "\n").translate(CONTROLS)
