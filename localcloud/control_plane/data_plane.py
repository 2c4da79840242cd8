"""The data plane as the control plane sees it: it is told what to run, and owns no truth."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from localcloud.control_plane.wire import JsonObject


class WorkerStartError(Exception):
    """The uploaded module does not start; the text is workerd's."""


class Seen(BaseModel):
    """An answer of the data plane. It may say more than the control plane reads."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class RunningWorker(Seen):
    """A Worker that the data plane serves."""

    name: str
    port: int


class Instance(Seen):
    """A container instance. `state` is the data plane's word, `started_at` ISO 8601."""

    namespace_id: str
    object_id: str
    state: str
    started_at: str | None = None
    image: str | None = None


class Status(Seen):
    """What runs now."""

    workers: list[RunningWorker] = Field(default_factory=list)
    instances: list[Instance] = Field(default_factory=list)


class StoredObject(Seen):
    """An R2 object's key and size in bytes."""

    key: str
    size: int


class ObjectPage(Seen):
    """The first objects of a bucket."""

    objects: list[StoredObject]
    truncated: bool = False


class ServedWorker(Seen):
    """The answer to a deployment."""

    url: str


class DataPlane(Protocol):
    """Every call is idempotent. All raise `DataPlaneError` where the data plane fails or is silent."""

    def status(self) -> Status: ...

    def serve_worker(self, name: str, version: JsonObject) -> str:
        """Serve this version and return the URL, once it answers. Raises `WorkerStartError`."""

    def stop_worker(self, name: str, *, purge: bool) -> None:
        """Stop serving; `purge` also forgets its Durable Objects' data."""

    def put_application(self, namespace_id: str, application: JsonObject) -> None: ...

    def delete_application(self, namespace_id: str) -> None: ...

    def put_bucket(self, name: str) -> None: ...

    def delete_bucket(self, name: str) -> None: ...

    def list_objects(self, bucket: str, limit: int) -> ObjectPage: ...

    def delete_object(self, bucket: str, key: str) -> None: ...

    def empty_bucket(self, name: str) -> None: ...

    def close(self) -> None: ...
