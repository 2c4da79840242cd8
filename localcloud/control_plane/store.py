"""Everything the control plane remembers: JSON records in one SQLite file, readable by its owner only."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  collection TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (collection, key)
)
"""


class Record(BaseModel):
    """One stored thing. Immutable: a change is a new record under the same key."""

    model_config = ConfigDict(extra="forbid", frozen=True)


RecordT = TypeVar("RecordT", bound=Record)


class Store:
    """One connection, guarded by a lock.

    Written through to the disk: what was answered survives SIGKILL and power loss.
    """

    def __init__(self, path: Path) -> None:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside happen, or none."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, statement: str, *values: str) -> list[tuple[str, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def reset(self) -> None:
        self.rows("DELETE FROM records")

    def close(self) -> None:
        with self._lock:
            self._connection.close()


class Collection(Generic[RecordT]):
    """The records of one kind, by key, in the order in which they were first put."""

    def __init__(self, store: Store, name: str, model: type[RecordT]) -> None:
        self._store = store
        self._name = name
        self._model = model

    def find(self, key: str) -> RecordT | None:
        rows = self._store.rows("SELECT body FROM records WHERE collection = ? AND key = ?", self._name, key)
        return self._model.model_validate_json(rows[0][0]) if rows else None

    def all(self) -> list[RecordT]:
        rows = self._store.rows("SELECT body FROM records WHERE collection = ? ORDER BY position", self._name)
        return [self._model.model_validate_json(body) for (body,) in rows]

    def put(self, key: str, record: RecordT) -> None:
        self._store.rows(
            "INSERT INTO records (collection, key, body) VALUES (?, ?, ?)"
            " ON CONFLICT (collection, key) DO UPDATE SET body = excluded.body",
            self._name,
            key,
            record.model_dump_json(by_alias=True),
        )

    def clear(self) -> None:
        self._store.rows("DELETE FROM records WHERE collection = ?", self._name)

    def remove(self, key: str) -> None:
        self._store.rows("DELETE FROM records WHERE collection = ? AND key = ?", self._name, key)
