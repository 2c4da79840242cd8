"""Workers as the newer resource API has them: a name, an immutable id, settings; code comes with versions."""

import re
from typing import Final
from uuid import uuid4

from pydantic import Field, JsonValue

from localcloud.control_plane.errors import InvalidRequestError
from localcloud.control_plane.platform import Platform
from localcloud.control_plane.store import Collection, Record
from localcloud.control_plane.wire import Body, JsonObject
from localcloud.control_plane.workers.errors import WorkerExistsError, WorkerNotFoundError

WORKER_NAME: Final = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}")


class LogSettings(Body):
    """Logs of a Worker; the whole block is echoed as stored."""

    enabled: bool = False
    head_sampling_rate: float = 1
    invocation_logs: bool = True
    persist: bool = True
    destinations: list[str] = Field(default_factory=list)


class TraceSettings(Body):
    """Traces of a Worker."""

    enabled: bool = False
    head_sampling_rate: float = 1
    persist: bool = True
    destinations: list[str] = Field(default_factory=list)


class Observability(Body):
    """What is recorded of a Worker. Stored and echoed: localcloud writes its own logs."""

    enabled: bool = False
    head_sampling_rate: float = 1
    logs: LogSettings = LogSettings()
    traces: TraceSettings = TraceSettings()


class Subdomain(Body):
    """Whether the Worker answers under workers.dev. localcloud serves it on its port either way."""

    enabled: bool = False
    previews_enabled: bool = False


class WorkerBody(Body):
    """The full document; what is missing has its default (pulumi-cloudflare-wire.md 2)."""

    name: str
    logpush: bool = False
    observability: Observability = Observability()
    subdomain: Subdomain = Subdomain()
    tags: list[str] = Field(default_factory=list)
    tail_consumers: list[JsonObject] = Field(default_factory=list)


class WorkerPatch(WorkerBody):
    """Some fields of the document; the others keep their values."""

    name: str = ""


class WorkerRecord(Record):
    """A Worker. Times are ISO 8601; `migration_tag` and `uses_exports` tell its Durable Object flow."""

    id: str
    settings: WorkerBody
    created_on: str
    updated_on: str
    deployed_on: str | None = None
    migration_tag: str | None = None
    uses_exports: bool = False
    last_version_number: int = Field(default=0, ge=0)

    @property
    def name(self) -> str:
        return self.settings.name


class WorkerRegistry:
    """The Workers of the account, by id or by name."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._records = Collection(platform.store, "workers", WorkerRecord)

    def all(self) -> list[WorkerRecord]:
        return self._records.all()

    def find_by_name(self, name: str) -> WorkerRecord | None:
        return next((worker for worker in self.all() if worker.name == name), None)

    def get(self, id_or_name: str) -> WorkerRecord:
        worker = self._records.find(id_or_name) or self.find_by_name(id_or_name)
        if worker is None:
            raise WorkerNotFoundError
        return worker

    def add(self, settings: WorkerBody) -> WorkerRecord:
        self.require_free(settings.name)
        now = self._platform.timestamp()
        worker = WorkerRecord(id=uuid4().hex, settings=settings, created_on=now, updated_on=now)
        self._records.put(worker.id, worker)
        return worker

    def change(self, worker: WorkerRecord, **change: object) -> WorkerRecord:
        """Store a change; the update time moves."""
        changed = worker.model_copy(update={**change, "updated_on": self._platform.timestamp()})
        self._records.put(worker.id, changed)
        return changed

    def remove(self, worker: WorkerRecord) -> None:
        self._records.remove(worker.id)

    def require_free(self, name: str) -> None:
        if not WORKER_NAME.fullmatch(name):
            raise InvalidRequestError(
                "name: up to 63 lower-case letters, digits, hyphens and underscores, no hyphen first"
            )
        if self.find_by_name(name):
            raise WorkerExistsError(name)


def shown(worker: WorkerRecord, domains: list[JsonValue]) -> JsonObject:
    """A Worker as the API answers it. Only custom domains are tracked among its references."""
    settings = worker.settings.model_dump(mode="json")
    references: JsonObject = {
        "dispatch_namespace_outbounds": [],
        "domains": domains,
        "durable_objects": [],
        "queues": [],
        "workers": [],
    }
    times = worker.model_dump(mode="json", include={"created_on", "updated_on", "deployed_on"})
    return {"id": worker.id, **settings, **times, "references": references}
