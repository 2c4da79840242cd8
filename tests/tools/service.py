"""A service that answers what a test told it to, on a real port."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.asgi_server import listen, serve

TOKEN = "canary-token-5f1c0a7e9b"
TASK_ID = "a1b2c3d4-e5f6-4890-abcd-ef1234567890"
ANSWER = {"taskId": TASK_ID, "success": True, "stdout": "4\n", "stderr": "", "output": "4\n"}
TIME = "2026-11-23T22:00:00.000Z"
RESULT = {
    **ANSWER,
    "timestamp": TIME,
    "status": "succeeded",
    "code": None,
    "truncated": False,
    "execution_time_ms": 1_200,
    "cost_usd": 0.0123,
    "num_turns": 2,
    "permission_denials": [],
    "session_id": None,
    "attempts": 1,
}

Answer = Callable[[Request, bytes], Response]


@dataclass
class Call:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> object:
        return json.loads(self.body)


@dataclass
class FakeService:
    """An ASGI application. `answers` maps "METHOD /path" to what is answered; others get 404."""

    answers: dict[str, Answer]
    calls: list[Call] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        body = await request.body()
        self.calls.append(Call(request.method, request.url.path, dict(request.headers), body))
        answer = self.answers.get(f"{request.method} {request.url.path}", not_found)
        await answer(request, body)(scope, receive, send)


def not_found(_request: Request, _body: bytes) -> Response:
    return JSONResponse({"error": "Not found"}, 404)


def answering(body: object, status: int = 200, **headers: str) -> Answer:
    return lambda _request, _body: JSONResponse(body, status, headers=headers)


def answering_text(text: str, status: int = 200, media_type: str = "text/html") -> Answer:
    return lambda _request, _body: Response(text, status, media_type=media_type)


def in_turn(*answers: Answer) -> Answer:
    """One after the other; the last one stays."""
    left = list(answers)

    def answer(request: Request, body: bytes) -> Response:
        return (left.pop(0) if len(left) > 1 else left[0])(request, body)

    return answer


def authorized(answer: Answer) -> Answer:
    """401 without the token, as the Worker does."""

    def check(request: Request, body: bytes) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"error": "Unauthorized"}, 401)
        return answer(request, body)

    return check


HEALTH = {
    "status": "healthy",
    "platform": "cloudflare_sandboxes",
    "auth_method": "claude_subscription_setup_token",
}


def seed_service() -> FakeService:
    """A healthy service with the seed's API and nothing more: the POST waits for the answer."""
    result = {**ANSWER, "timestamp": "2026-11-23T22:00:00.000Z"}
    return FakeService(
        {
            "GET /health": answering(HEALTH),
            "POST /execute": authorized(answering(ANSWER)),
            f"GET /tasks/{TASK_ID}/result": authorized(answering(result)),
        }
    )


def task_service(*states: str) -> FakeService:
    """A healthy service with the newer API: a task goes through these states and then succeeds."""
    left = list(states)
    times = {"created_at": TIME, "started_at": TIME, "ended_at": TIME}
    task = {"taskId": TASK_ID, "attempts": 1, "timeout_ms": 300_000, **times}
    summary = {"taskId": TASK_ID, "status": "succeeded", "created_at": TIME}

    def result(_request: Request, _body: bytes) -> Response:
        if left:
            pending = {"error": "Task result not found", "code": "RESULT_NOT_FOUND", "status": left.pop(0)}
            return JSONResponse(pending, 404)
        return JSONResponse(RESULT)

    def page(request: Request, _body: bytes) -> Response:
        cursor = None if "cursor" in request.query_params else "1"
        return JSONResponse({"tasks": [summary], "cursor": cursor})

    return FakeService(
        {
            "GET /health": answering(HEALTH),
            "POST /execute": authorized(answering({"taskId": TASK_ID, "status": "queued"}, 202)),
            "GET /tasks": authorized(page),
            f"GET /tasks/{TASK_ID}": authorized(answering({**task, "status": "succeeded"})),
            f"GET /tasks/{TASK_ID}/result": authorized(result),
            f"POST /tasks/{TASK_ID}/cancel": authorized(answering({**task, "status": "cancelled"}, 202)),
        }
    )


@contextmanager
def served(service: ASGIApp) -> Iterator[str]:
    with serve(service, listen()) as url:
        yield url


def dead_url() -> str:
    """An address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def silent_server() -> Iterator[str]:
    """Connections are taken, requests are never answered."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def raw_server(answer: bytes, *, resets: bool = False) -> Iterator[str]:
    """A server that reads a request, sends these bytes and closes; with `resets` the connection is cut."""
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_answer_all, args=(listener, answer, resets), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _answer_all(listener: socket.socket, answer: bytes, resets: bool) -> None:  # noqa: FBT001
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(65_536)
            connection.sendall(answer)
            if resets:
                linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
