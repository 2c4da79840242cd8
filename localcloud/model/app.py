"""The HTTP face of the scripted model, and the record of what it saw."""

import asyncio
import secrets
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from localcloud.model import wire
from localcloud.model.conversation import Conversation
from localcloud.model.scenarios import steps_for
from localcloud.model.steps import Fail, Say, ScriptError, Step

RECORDED_REQUESTS = 10_000


class ConnectionCutError(Exception):
    """Raised inside a response body: the server then closes the connection in mid-stream."""


class ScriptedModel:
    """State of one server: whom it accepts, the requests it saw, the tries of each faulty turn."""

    def __init__(self, credentials: Callable[[], Sequence[str]]) -> None:
        self.credentials = credentials
        self.requests: deque[dict[str, Any]] = deque(maxlen=RECORDED_REQUESTS)
        self.tries: Counter[str] = Counter()

    def is_authorized(self, request: Request) -> bool:
        """As the real API: a key in `x-api-key`, or a bearer token."""
        sent = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix(
            "Bearer "
        )
        return any(secrets.compare_digest(sent.encode(), one.encode()) for one in self.credentials())

    async def record(self, request: Request) -> bytes:
        body = await request.body()
        self.requests.append(
            {
                "method": request.method,
                "path": request.url.path,
                "headers": dict(request.headers),
                "body_bytes": len(body),
            }
        )
        return body

    async def post_message(self, request: Request) -> Response:
        await self.record(request)
        if not self.is_authorized(request):
            return JSONResponse(wire.error(401, "invalid x-api-key"), 401)
        conversation = Conversation(await request.json())
        self.requests[-1]["prompt"] = conversation.prompt
        try:
            step = self.next_step(conversation)
        except ScriptError as problem:
            return JSONResponse(wire.error(400, str(problem)), 400)
        if isinstance(step, Fail):
            return JSONResponse(wire.error(step.status, "as scripted"), step.status, headers=step.headers)
        whole = wire.message(conversation.model, wire.content_block(step, conversation.tool_results))
        if not conversation.is_streamed:
            return JSONResponse(whole)
        return StreamingResponse(stream(whole, step), media_type="text/event-stream")

    def next_step(self, conversation: Conversation) -> Step:
        """A fault that has had its tries is skipped; past its end a script repeats its last step."""
        steps = steps_for(conversation.prompt)
        faults = [step for step in steps if isinstance(step, Fail)]
        answers = [step for step in steps if not isinstance(step, Fail)]
        self.tries[conversation.fingerprint] += 1
        if faults and conversation.turn == 0 and self.tries[conversation.fingerprint] <= faults[0].times:
            return faults[0]
        return answers[min(conversation.turn, len(answers) - 1)]

    async def count_tokens(self, request: Request) -> Response:
        body = await self.record(request)
        if not self.is_authorized(request):
            return JSONResponse(wire.error(401, "invalid x-api-key"), 401)
        return JSONResponse({"input_tokens": len(body) // 4})

    async def list_requests(self, _request: Request) -> Response:
        return JSONResponse(list(self.requests))

    async def clear_requests(self, _request: Request) -> Response:
        self.requests.clear()
        return JSONResponse([])

    async def refuse(self, request: Request) -> Response:
        await self.record(request)
        return JSONResponse(wire.error(404, f"{request.method} {request.url.path} is not scripted"), 404)


async def stream(whole: dict[str, Any], step: Step) -> AsyncIterator[bytes]:
    """The message's events, with the pauses and the cut that the step asks for."""
    pause_s = step.pause_ms / 1000 if isinstance(step, Say) else 0
    for index, event in enumerate(wire.events(whole)):
        if index == 3 and isinstance(step, Say) and step.is_cut:  # noqa: PLR2004 - after the first piece of text
            raise ConnectionCutError
        yield event
        await asyncio.sleep(pause_s)


def create_app(credentials: Callable[[], Sequence[str]]) -> Starlette:
    """The scripted model as an ASGI application that accepts these credentials, of either kind."""
    model = ScriptedModel(credentials)
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return Starlette(
        routes=[
            Route("/v1/messages", model.post_message, methods=["POST"]),
            Route("/v1/messages/count_tokens", model.count_tokens, methods=["POST"]),
            Route("/__requests", model.list_requests, methods=["GET"]),
            Route("/__requests", model.clear_requests, methods=["DELETE"]),
            Route("/{path:path}", model.refuse, methods=methods),
        ]
    )
