"""Decides what each declared resource needs, does it and records it: create, update, replace, delete, or
nothing.

The order of writing is what makes a kill harmless. A create is announced in the state before the call, so
that the next run finds what it made; a change is repeated until it is recorded; what is gone already counts
as deleted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from localcloud.deploy.deletion import delete_all, require_unprotected
from localcloud.deploy.digests import Digests
from localcloud.deploy.errors import DeployError
from localcloud.deploy.imports import key_of
from localcloud.deploy.kinds.kind import Change, Kind, Made
from localcloud.deploy.kinds.registry import Kinds
from localcloud.deploy.progress import Progress
from localcloud.deploy.registration import JsonObject, Registered, Registration
from localcloud.deploy.secrets import masked, unmasked
from localcloud.deploy.state import PendingCreate, ResourceRecord, StateFile


@dataclass(frozen=True)
class Wanted:
    """A registration with its kind, its checked inputs and their digests."""

    registration: Registration
    kind: Kind
    inputs: JsonObject
    digests: dict[str, str]


@dataclass
class Engine:
    """One run over one stack. In a preview nothing is written: neither by calls nor to the state file."""

    file: StateFile
    kinds: Kinds
    digests: Digests
    progress: Progress
    is_preview: bool = False
    imports: Mapping[str, str] = field(default_factory=dict)
    _registered: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Record what a run that was cut short has made."""
        pending = self.file.state.pending
        if pending is None or self.is_preview:
            return
        found = self.kinds.of(pending.record.type).find(pending.record.kept, pending.before)
        if found is None:
            self.file.forget_pending()
            return
        record = pending.record.model_copy(update={"id": found.id, "outputs": found.outputs})
        self.file.put(record, replaced=self.file.find(record.urn))

    def register(self, registration: Registration) -> Registered:
        """Bring one resource to what the program declares.

        Raises:
            DeployError: it could not be done; the resources before stay as they are.
        """
        try:
            return self._apply(self._wanted(registration))
        except DeployError as error:
            raise error.about(registration.urn) from None

    def _apply(self, wanted: Wanted) -> Registered:
        record = self._current(wanted)
        if record is None:
            return self._create(wanted)
        differing = self._differing(wanted, record)
        change = wanted.kind.change(record, differing, wanted.inputs)
        if change is Change.SAME:
            return self._keep(wanted, record)
        if change is Change.UPDATE and not differing & wanted.registration.replacing_changes:
            return self._update(wanted, record)
        return self._replace(wanted, record, change)

    def finish(self) -> None:
        """Delete what was replaced, and what the program no longer declares."""
        unwanted = [r for r in self.file.state.resources if r.urn not in self._registered]
        require_unprotected(unwanted, "deleted")
        self._delete([*unwanted, *self.file.state.replaced])

    def destroy(self) -> None:
        """Delete everything."""
        self.begin()
        require_unprotected(self.file.state.resources, "deleted")
        self._delete([*self.file.state.resources, *self.file.state.replaced])

    def _wanted(self, registration: Registration) -> Wanted:
        if registration.urn in self._registered:
            raise DeployError(
                "DUPLICATE_RESOURCE", f"{registration.urn} is declared twice", "Give one another name"
            )
        self._registered.add(registration.urn)
        kind = self.kinds.of(registration.type)
        inputs = kind.check(registration)
        return Wanted(registration, kind, inputs, self.digests.of_each(kind.compared(inputs)))

    def _current(self, wanted: Wanted) -> ResourceRecord | None:
        """The record as the resource is now, with its secrets; None where it is not there any more."""
        record = self._recorded(wanted.registration) or self._imported(wanted)
        if record is None:
            return None
        outputs = unmasked(record.outputs, wanted.inputs, self.digests)
        unmasked_record = record.model_copy(update={"outputs": outputs})
        found = wanted.kind.read(unmasked_record, wanted.inputs)
        if found is None and not self.is_preview:
            self.file.drop(record)
        return found

    def _imported(self, wanted: Wanted) -> ResourceRecord | None:
        """A record of what the import file names, as if it had been made from the inputs.

        What the read that follows does not confirm is changed, as by the `up` after an import.

        Raises:
            DeployError: it is not there. Nothing is made in its place.
        """
        registration = wanted.registration
        import_id = self.imports.get(key_of(registration.type, registration.name))
        if import_id is None:
            return None
        made = Made(wanted.kind.imported_id(import_id, wanted.inputs))
        record = self._record(wanted, made)
        if wanted.kind.read(record, wanted.inputs) is None:
            raise DeployError(
                "NOT_THERE", f"there is no {import_id} to import", "Correct its id, or leave it out"
            )
        self.progress.tell("imported", registration.type, registration.name)
        if not self.is_preview:
            self.file.put(record)
        return record

    def _recorded(self, registration: Registration) -> ResourceRecord | None:
        """The stored record, also under a name that the resource had before."""
        for urn in (registration.urn, *registration.aliases):
            record = self.file.find(urn)
            if record:
                return record if urn == registration.urn else self.file.rename(record, registration.urn)
        return None

    def _differing(self, wanted: Wanted, record: ResourceRecord) -> set[str]:
        old, new = record.digests, wanted.digests
        differing = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        return differing - wanted.registration.ignored_changes

    def _keep(self, wanted: Wanted, record: ResourceRecord) -> Registered:
        """Nothing to do; inputs whose changes are ignored stay recorded as they were."""
        ignored = wanted.registration.ignored_changes & record.digests.keys()
        digests = wanted.digests | {name: record.digests[name] for name in ignored}
        made = Made(record.id, record.outputs)
        kept = self._record(wanted, made).model_copy(update={"digests": digests})
        if kept != self.file.find(kept.urn):
            self.file.put(kept)
        return self._told("unchanged", wanted, made)

    def _create(self, wanted: Wanted) -> Registered:
        if self.is_preview:
            return self._told("created", wanted, Made(""))
        made = self._make(wanted)
        self.file.put(self._record(wanted, made))
        return self._told("created", wanted, made)

    def _update(self, wanted: Wanted, record: ResourceRecord) -> Registered:
        if self.is_preview:
            return self._told("updated", wanted, Made(record.id, record.outputs))
        made = Made(record.id, record.outputs | wanted.kind.update(record, wanted.inputs))
        self.file.put(self._record(wanted, made))
        return self._told("updated", wanted, made)

    def _replace(self, wanted: Wanted, record: ResourceRecord, change: Change) -> Registered:
        """The new one now and the old one's end with the run, or its end first where that is asked for."""
        require_unprotected([record], "replaced")
        if self.is_preview:
            return self._told("replaced", wanted, Made(""))
        old = self.file.find(record.urn)
        if old and (change is Change.REPLACE_DELETE_FIRST or wanted.registration.deletes_before_replace):
            wanted.kind.delete(record)
            self.file.drop(old)
            old = None
        made = self._make(wanted)
        self.file.put(self._record(wanted, made), replaced=old)
        return self._told("replaced", wanted, made)

    def _make(self, wanted: Wanted) -> Made:
        if wanted.kind.finds_interrupted:
            before = wanted.kind.before_create(wanted.kind.kept(wanted.inputs))
            self.file.begin(PendingCreate(record=self._record(wanted, Made("")), before=before))
        return wanted.kind.create(wanted.inputs)

    def _record(self, wanted: Wanted, made: Made) -> ResourceRecord:
        registration = wanted.registration
        return ResourceRecord(
            urn=registration.urn,
            type=registration.type,
            id=made.id,
            digests=wanted.digests,
            kept=wanted.kind.kept(wanted.inputs),
            outputs=masked(made.outputs, registration.secret_keys, self.digests),
            dependencies=list(registration.dependencies),
            is_protected=registration.is_protected,
            is_retained_on_delete=registration.is_retained_on_delete,
            provider=wanted.kind.provider(wanted.inputs),
        )

    def _told(self, what: str, wanted: Wanted, made: Made) -> Registered:
        self.progress.tell(what, wanted.registration.type, wanted.registration.name)
        outputs = {**wanted.inputs, **made.outputs} if wanted.kind.echoes_inputs else made.outputs
        unknown = wanted.registration.unknown_keys
        return Registered(made.id, {name: value for name, value in outputs.items() if name not in unknown})

    def _delete(self, records: list[ResourceRecord]) -> None:
        delete_all(
            records, file=self.file, kinds=self.kinds, progress=self.progress, is_preview=self.is_preview
        )
