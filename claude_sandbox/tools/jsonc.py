"""JSON with comments and trailing commas, as wrangler reads it."""

import re
from typing import Final

STRING: Final = r'"(?:[^"\\]|\\.)*"'
"""Stays whole, though it may hold `//` or a comma before a bracket."""
COMMENT: Final = re.compile(rf"{STRING}|//[^\n]*|/\*.*?\*/", re.DOTALL)
TRAILING_COMMA: Final = re.compile(rf"{STRING}|,(?=\s*[}}\]])", re.DOTALL)


def without_comments(text: str) -> str:
    return TRAILING_COMMA.sub(string_only, COMMENT.sub(string_only, text))


def string_only(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith('"') else ""
