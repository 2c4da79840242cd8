"""The data plane's client: HTTP with JSON over its Unix socket."""

from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import httpx
from pydantic import JsonValue, ValidationError

from localcloud.control_plane.data_plane import ObjectPage, Seen, ServedWorker, Status, WorkerStartError
from localcloud.control_plane.errors import DataPlaneError
from localcloud.control_plane.wire import JsonObject

ANSWER_S: Final = 60.0
"""Starting workerd with a large module takes a second or two; a minute means that it hangs."""

SeenT = TypeVar("SeenT", bound=Seen)


class UnixSocketDataPlane:
    """The real one. The socket's mode 0600 is the access control."""

    def __init__(self, socket_path: Path, *, answer_s: float = ANSWER_S) -> None:
        transport = httpx.HTTPTransport(uds=str(socket_path))
        self._client = httpx.Client(transport=transport, base_url="http://data-plane", timeout=answer_s)

    def status(self) -> Status:
        return self._read(Status, "/status")

    def serve_worker(self, name: str, version: JsonObject) -> str:
        answer = self._send("PUT", f"/workers/{quote(name)}", version)
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            raise WorkerStartError(message_of(answer))
        return parse(ServedWorker, checked(answer)).url

    def stop_worker(self, name: str, *, purge: bool) -> None:
        checked(self._send("DELETE", f"/workers/{quote(name)}?purge={str(purge).lower()}"))

    def put_application(self, namespace_id: str, application: JsonObject) -> None:
        checked(self._send("PUT", f"/applications/{namespace_id}", application))

    def delete_application(self, namespace_id: str) -> None:
        checked(self._send("DELETE", f"/applications/{namespace_id}"))

    def put_bucket(self, name: str) -> None:
        checked(self._send("PUT", f"/buckets/{quote(name)}"))

    def delete_bucket(self, name: str) -> None:
        checked(self._send("DELETE", f"/buckets/{quote(name)}"))

    def list_objects(self, bucket: str, limit: int) -> ObjectPage:
        return self._read(ObjectPage, f"/buckets/{quote(bucket)}/objects?limit={limit}")

    def delete_object(self, bucket: str, key: str) -> None:
        checked(self._send("DELETE", f"/buckets/{quote(bucket)}/objects?key={quote(key, safe='')}"))

    def empty_bucket(self, name: str) -> None:
        checked(self._send("DELETE", f"/buckets/{quote(name)}/objects"))

    def close(self) -> None:
        self._client.close()

    def _read(self, model: type[SeenT], path: str) -> SeenT:
        return parse(model, checked(self._send("GET", path)))

    def _send(self, method: str, path: str, body: JsonValue = None) -> httpx.Response:
        try:
            return self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            reason = f"no answer to {method} {path} ({type(error).__name__}); is localcloud running?"
            raise DataPlaneError(reason) from None


def checked(answer: httpx.Response) -> httpx.Response:
    """The answer, if it is a success. What is already gone was deleted, too.

    Raises:
        DataPlaneError: it is a failure; the text is the data plane's.
    """
    is_gone = answer.status_code == httpx.codes.NOT_FOUND and answer.request.method == "DELETE"
    if answer.is_success or is_gone:
        return answer
    call = f"{answer.request.method} {answer.request.url.path}"
    raise DataPlaneError(f"{call} answered {answer.status_code}: {message_of(answer)}")


def message_of(answer: httpx.Response) -> str:
    """The `message` or `error` of a JSON answer, else its text."""
    try:
        body = answer.json()
    except ValueError:
        return answer.text
    if isinstance(body, dict):
        return str(body.get("message") or body.get("error") or "no message")
    return answer.text


def parse(model: type[SeenT], answer: httpx.Response) -> SeenT:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        raise DataPlaneError(
            f"{answer.request.url.path} answered no {model.__name__}: {error.title}"
        ) from None
