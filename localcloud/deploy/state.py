"""The state file of a stack: what was made, and digests of what it was made from. No secret is in it."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from localcloud.deploy.errors import DeployError
from localcloud.deploy.registration import JsonObject
from localcloud.home import write_private


class ResourceRecord(BaseModel):
    """A resource that exists.

    `digests` are keyed, one per input. `kept` are the inputs that reading and deleting need, in the clear.
    `outputs` are those that Cloudflare or a dynamic provider computed; a secret among them is a digest.
    `provider` names a dynamic resource's provider class as `module:Class`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    urn: str
    type: str
    id: str
    digests: dict[str, str]
    kept: JsonObject
    outputs: JsonObject = Field(default_factory=dict)
    dependencies: list[str] = Field(default_factory=list)
    is_protected: bool = False
    is_retained_on_delete: bool = False
    provider: str | None = None

    @property
    def name(self) -> str:
        return self.urn.rsplit("::", maxsplit=1)[-1]


class PendingCreate(BaseModel):
    """A create whose answer was not recorded, so that the resource may exist.

    `record` is what would have been recorded, without an id; `before` is what was there before the call.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    record: ResourceRecord
    before: JsonObject


class StackState(BaseModel):
    """Everything recorded of a stack. `replaced` still have to be deleted."""

    model_config = ConfigDict(extra="forbid")

    version: int = 1
    resources: list[ResourceRecord] = Field(default_factory=list)
    replaced: list[ResourceRecord] = Field(default_factory=list)
    pending: PendingCreate | None = None


class StateFile:
    """A state and its file; `save` writes it whole or not at all."""

    def __init__(self, path: Path, *, is_read_only: bool = False) -> None:
        self.path = path
        self._is_read_only = is_read_only
        self.state = load(path)

    def save(self) -> None:
        if not self._is_read_only:
            write_private(self.path, self.state.model_dump_json(indent=1) + "\n")

    def find(self, urn: str) -> ResourceRecord | None:
        return next((record for record in self.state.resources if record.urn == urn), None)

    def begin(self, pending: PendingCreate) -> None:
        self.state.pending = pending
        self.save()

    def forget_pending(self) -> None:
        if self.state.pending:
            self.state.pending = None
            self.save()

    def put(self, record: ResourceRecord, *, replaced: ResourceRecord | None = None) -> None:
        """Record what now exists under this URN; what it replaces waits for its deletion."""
        self.state.resources = [*self._others(record.urn), record]
        if replaced:
            self.state.replaced.append(replaced)
        self.state.pending = None
        self.save()

    def drop(self, record: ResourceRecord) -> None:
        """Forget a resource that does not exist any more, or that is given up."""
        self.state.resources = [other for other in self.state.resources if other != record]
        self.state.replaced = [other for other in self.state.replaced if other != record]
        self.save()

    def _others(self, urn: str) -> list[ResourceRecord]:
        return [other for other in self.state.resources if other.urn != urn]

    def rename(self, record: ResourceRecord, urn: str) -> ResourceRecord:
        """Give a record another URN, also where others depend on it."""
        renamed = [
            other.model_copy(
                update={
                    "urn": urn if other is record else other.urn,
                    "dependencies": [urn if d == record.urn else d for d in other.dependencies],
                }
            )
            for other in self.state.resources
        ]
        self.state.resources = renamed
        self.save()
        return next(other for other in renamed if other.urn == urn)


def load(path: Path) -> StackState:
    if not path.exists():
        return StackState()
    try:
        return StackState.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DeployError(
            "STATE_UNREADABLE",
            f"{path} is no state of this version of localcloud: {error.error_count()} problems",
            "Restore it, or start anew with `python -m localcloud reset`",
        ) from None
