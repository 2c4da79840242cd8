"""Cloudflare's two kinds of paged lists: by page number, and by token."""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from localcloud.control_plane.errors import InvalidRequestError
from localcloud.control_plane.wire import Answer, JsonObject

DEFAULT_PAGE_SIZE: Final = 20
DEFAULT_TOKEN_PAGE_SIZE: Final = 100


def page_of(items: list[JsonValue], query: Mapping[str, str]) -> Answer:
    """`page` and `per_page`.

    Generated clients ask on until a page is empty, so a page past the end must be empty.
    """
    page = whole_number(query, "page", 1)
    per_page = whole_number(query, "per_page", DEFAULT_PAGE_SIZE)
    shown = items[(page - 1) * per_page : page * per_page]
    info: JsonObject = {
        "page": page,
        "per_page": per_page,
        "count": len(shown),
        "total_count": len(items),
        "total_pages": -(-len(items) // per_page),
    }
    return Answer(shown, result_info=info)


def whole_number(query: Mapping[str, str], name: str, default: int) -> int:
    """A positive whole number of the query string.

    Raises:
        InvalidRequestError: it is none.
    """
    text = query.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise InvalidRequestError(f"{name}: must be a whole number from 1")
    return int(text)


def page_by_token(items: list[JsonValue], query: Mapping[str, str]) -> Answer:
    """`per_page` and `page_token`; the token is the position of the first item (containers-api.md 1.1)."""
    per_page = whole_number(query, "per_page", DEFAULT_TOKEN_PAGE_SIZE)
    token = query.get("page_token", "0")
    start = int(token) if token.isdecimal() else 0
    info: JsonObject = {"per_page": per_page, "page_token": token}
    if start + per_page < len(items):
        info["next_page_token"] = str(start + per_page)
    return Answer(items[start : start + per_page], result_info=info)
