"""What every call passes through: the token, the account, one change at a time, the envelope, the log."""

import asyncio
import json
import threading
import time
import traceback
from contextlib import suppress
from typing import Final

from pydantic import JsonValue
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from localcloud.control_plane.errors import (
    ApiError,
    ForeignAccountError,
    InvalidRequestError,
    MissingPermissionError,
    NotImplementedHereError,
)
from localcloud.control_plane.faults import Fault, InjectedFaults
from localcloud.control_plane.permissions import is_permitted
from localcloud.control_plane.platform import ACCOUNT_ID
from localcloud.control_plane.request_log import RequestLog
from localcloud.control_plane.tokens import Tokens
from localcloud.control_plane.wire import Answer, Call, Handler, Route, error_envelope

INTERNAL_ERROR: Final = ApiError(
    500, 500, "localcloud failed; logs/control-plane.jsonl in its home folder tells where"
)


class Gate:
    """Shared by all endpoints: who may enter, and the lock that lets changes happen one after the other."""

    def __init__(self, tokens: Tokens, requests: RequestLog, faults: InjectedFaults) -> None:
        self.tokens = tokens
        self.requests = requests
        self.faults = faults
        self._change = threading.Lock()

    def run(self, handler: Handler, call: Call) -> Answer:
        if call.method == "GET":
            return handler(call)
        with self._change:
            return handler(call)


class Endpoint:
    """All methods of one path."""

    def __init__(self, gate: Gate, routes: list[Route]) -> None:
        self._gate = gate
        self._routes = {route.method: route for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, began = Request(scope, receive), time.monotonic()
        fault = self._gate.faults.take(request.method, request.url.path)
        response = await self._response_or_fault(request, fault)
        self._gate.requests.record(request.method, request.url.path, response.status_code, began)
        if fault is not None and fault.is_cut:
            await cut(send)
        else:
            await response(scope, receive, send)

    async def _response_or_fault(self, request: Request, fault: Fault | None) -> JSONResponse:
        if fault is None:
            return await self._response(request)
        if fault.is_late or fault.status is None:
            response = await self._response(request)
        if fault.status is not None:
            response = refusal(fault.error(fault.status))
        await pause(request.receive, fault.delay_ms / 1000)
        return response

    async def _response(self, request: Request) -> JSONResponse:
        try:
            answer = await self._answer(request)
            return JSONResponse(answer.envelope(), answer.status)
        except ApiError as error:
            return refusal(error)
        except Exception as error:  # noqa: BLE001 - a bug here must still be answered with an envelope
            self._gate.requests.write(event="failed", error=type(error).__name__, where=where(error))
            return refusal(INTERNAL_ERROR)

    async def _answer(self, request: Request) -> Answer:
        groups = self._gate.tokens.permissions_of(request.headers.get("authorization", ""))
        route = self._routes.get(request.method)
        if route is None:
            raise NotImplementedHereError(f"{request.method} {request.url.path}")
        account_id = request.path_params.get("account_id", ACCOUNT_ID)
        if account_id != ACCOUNT_ID:
            raise ForeignAccountError(account_id)
        if not is_permitted(groups, route.area, request.method):
            raise MissingPermissionError(route.area)
        return await run_in_threadpool(self._gate.run, route.handler, call_of(request, await request.body()))


def refusal(error: ApiError) -> JSONResponse:
    return JSONResponse(error_envelope(error), error.status, dict(error.headers))


async def pause(receive: Receive, seconds: float) -> None:
    """Let time pass, but no more once the caller has given up."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass


async def cut(send: Send) -> None:
    """Promise a body, and end the connection before it."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9999")]})
    raise ConnectionAbortedError("a cut that a test asked for")


def call_of(request: Request, body: bytes) -> Call:
    return Call(
        method=request.method,
        path=request.url.path,
        params=request.path_params,
        query=request.query_params,
        headers=request.headers,
        body=decoded(body),
    )


def decoded(body: bytes) -> JsonValue:
    if not body:
        return None
    try:
        value: JsonValue = json.loads(body)
    except ValueError:
        raise InvalidRequestError("the body is no JSON") from None
    return value


def where(error: Exception) -> str:
    """The innermost frame. No message: it could quote a value."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"
