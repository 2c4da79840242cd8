"""Reads a Messages API request: which task it belongs to, which turn it asks for, what the tools returned."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

JsonObject = Mapping[str, Any]


def texts(content: object) -> Iterator[str]:
    """All text of a message's content, the results of tools included."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for block in content:
            yield from texts(block.get("text") or block.get("content"))


@dataclass(frozen=True)
class Conversation:
    """One request body of `POST /v1/messages`."""

    body: JsonObject

    @property
    def model(self) -> str:
        return str(self.body.get("model", "scripted"))

    @property
    def is_streamed(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def prompt(self) -> str:
        """The text of the first message: the task, with what the CLI adds to it."""
        return "\n".join(texts(self.body["messages"][0]["content"]))

    @property
    def turn(self) -> int:
        """How many turns the assistant has had already."""
        return sum(message["role"] == "assistant" for message in self.body["messages"])

    @property
    def tool_results(self) -> str:
        blocks = [
            block
            for message in self.body["messages"]
            if message["role"] == "user" and isinstance(message["content"], list)
            for block in message["content"]
            if block.get("type") == "tool_result"
        ]
        return "\n".join(text for block in blocks for text in texts(block.get("content")))

    @property
    def fingerprint(self) -> str:
        """The same for a repeated request of one session, so that a fault can end after a number of tries."""
        parts = [self.body.get("metadata"), self.prompt, self.turn]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
