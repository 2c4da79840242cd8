"""Durable Object namespaces: one per class of a Worker.

The id outlives renames, and the data lies under it.
"""

from uuid import uuid4

from localcloud.control_plane.paging import page_of
from localcloud.control_plane.store import Collection, Record, Store
from localcloud.control_plane.wire import Answer, Call, JsonObject


class NamespaceRecord(Record):
    """A namespace.

    `is_live` is false from the upload of the version that introduces the class until that version is
    deployed: the id is known (golden traffic), the namespace is not there yet (cloudflare-containers-api.md
    8.1).
    """

    id: str
    worker_id: str
    script: str
    class_name: str
    use_sqlite: bool = True
    use_containers: bool = False
    is_live: bool = False


class Namespaces:
    """All namespaces of the account."""

    def __init__(self, store: Store) -> None:
        self._records = Collection(store, "durable_object_namespaces", NamespaceRecord)

    def find(self, namespace_id: str) -> NamespaceRecord | None:
        """A live namespace, by id."""
        namespace = self._records.find(namespace_id)
        return namespace if namespace and namespace.is_live else None

    def find_class(self, script: str, class_name: str) -> NamespaceRecord | None:
        """A live namespace, by Worker name and class."""
        named = (n for n in self._records.all() if (n.script, n.class_name) == (script, class_name))
        return next((namespace for namespace in named if namespace.is_live), None)

    def of_worker(self, worker_id: str) -> list[NamespaceRecord]:
        """Live and reserved ones."""
        return [namespace for namespace in self._records.all() if namespace.worker_id == worker_id]

    def live_of_worker(self, worker_id: str) -> list[NamespaceRecord]:
        return [namespace for namespace in self.of_worker(worker_id) if namespace.is_live]

    def reserved_id(self, worker_id: str, class_name: str) -> str:
        """The id that a class of this Worker has or will have: the reserved one, or a new one."""
        reserved = (n for n in self.of_worker(worker_id) if n.class_name == class_name and not n.is_live)
        return next((namespace.id for namespace in reserved), uuid4().hex)

    def put(self, namespace: NamespaceRecord) -> None:
        self._records.put(namespace.id, namespace)

    def remove(self, namespace_id: str) -> None:
        self._records.remove(namespace_id)

    def list_all(self, call: Call) -> Answer:
        """List the namespaces that are live, by page."""
        return page_of([shown(n) for n in self._records.all() if n.is_live], call.query)


def shown(namespace: NamespaceRecord) -> JsonObject:
    """Shape from cloudflare-containers-api.md 3.2."""
    return {
        "id": namespace.id,
        "name": f"{namespace.script}_{namespace.class_name}",
        "class": namespace.class_name,
        "script": namespace.script,
        "use_sqlite": namespace.use_sqlite,
        "use_containers": namespace.use_containers,
    }
