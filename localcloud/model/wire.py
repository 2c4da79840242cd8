"""The Messages API's answers: a message, the same message as server-sent events, an error.

Source: the public API reference of Anthropic's Messages API, streaming section.
"""

import json
import uuid
from collections.abc import Iterator
from typing import Any

from localcloud.model.steps import Say, Use

JsonObject = dict[str, Any]

PIECE_CHARACTERS = 64

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


def error(status: int, message: str) -> JsonObject:
    """The API's error envelope."""
    return {"type": "error", "error": {"type": ERROR_TYPES.get(status, "api_error"), "message": message}}


def content_block(step: Say | Use, tool_results: str) -> JsonObject:
    """The one block of content that a step produces."""
    if isinstance(step, Use):
        return {
            "type": "tool_use",
            "id": f"toolu_{uuid.uuid4().hex[:24]}",
            "name": step.tool,
            "input": step.input,
        }
    return {"type": "text", "text": step.text.replace("{{results}}", tool_results)}


def message(model: str, block: JsonObject) -> JsonObject:
    """A whole assistant message with one block; tokens are counted as a quarter of the characters."""
    size = len(block.get("text", "") or json.dumps(block.get("input")))
    return {
        "id": f"msg_{uuid.uuid4().hex[:24]}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [block],
        "stop_reason": "tool_use" if block["type"] == "tool_use" else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": size // 4 + 1},
    }


def events(whole: JsonObject) -> Iterator[bytes]:
    """The stream that adds up to the message."""
    block = whole["content"][0]
    opening = {**whole, "content": [], "stop_reason": None, "usage": {**whole["usage"], "output_tokens": 1}}
    yield event("message_start", message=opening)
    yield event("content_block_start", index=0, content_block=opened(block))
    for delta in deltas(block):
        yield event("content_block_delta", index=0, delta=delta)
    yield event("content_block_stop", index=0)
    stop = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield event("message_delta", delta=stop, usage={"output_tokens": whole["usage"]["output_tokens"]})
    yield event("message_stop")


def opened(block: JsonObject) -> JsonObject:
    return {**block, "input": {}} if block["type"] == "tool_use" else {"type": "text", "text": ""}


def deltas(block: JsonObject) -> Iterator[JsonObject]:
    if block["type"] == "tool_use":
        for piece in pieces(json.dumps(block["input"])):
            yield {"type": "input_json_delta", "partial_json": piece}
    else:
        for piece in pieces(block["text"]):
            yield {"type": "text_delta", "text": piece}


def pieces(text: str) -> Iterator[str]:
    """Long texts come in larger pieces, so that a megabyte is not sixteen thousand events."""
    size = max(PIECE_CHARACTERS, len(text) // 64)
    return (text[start : start + size] for start in range(0, len(text), size))


def event(name: str, **data: Any) -> bytes:  # noqa: ANN401 - the fields of an event are JSON of any shape
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()
