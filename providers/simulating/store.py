"""Where a simulated ledger is kept: one small SQLite file, or memory.

The working state is Python objects; this is what a restart reads back. It is one person's playground: each write is
its own transaction. All simulations may share a file: a vendor gives the key that its own tables are named by.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from providers.simulating.numbers import Json, dump, load


class Store:
    def __init__(self, database: Path | None, vendor: str) -> None:
        if database is not None:
            database.parent.mkdir(parents=True, exist_ok=True)
        self._records, self._bytes = f"simulated_{vendor}", f"simulated_{vendor}_bytes"
        self._connection = sqlite3.connect(database or ":memory:", isolation_level=None, timeout=10)
        self._run("PRAGMA journal_mode=WAL")
        self._run("PRAGMA synchronous=NORMAL")
        self._run("CREATE TABLE IF NOT EXISTS {records} (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key))")
        self._run("CREATE TABLE IF NOT EXISTS {bytes} (key TEXT PRIMARY KEY, content BLOB)")

    def _run(self, statement: str, *values: str | bytes) -> sqlite3.Cursor:
        named = statement.format(records=self._records, bytes=self._bytes)
        return self._connection.execute(named, values)

    def put(self, kind: str, key: str, value: Json) -> None:
        """A record that is there keeps its place, so that the order of making survives a restart."""
        statement = (
            "INSERT INTO {records} VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value"
        )
        self._run(statement, kind, key, dump(value))

    def remove(self, kind: str, key: str) -> None:
        self._run("DELETE FROM {records} WHERE kind = ? AND key = ?", kind, key)

    def all(self, kind: str) -> Iterator[tuple[str, Json]]:
        query = "SELECT key, value FROM {records} WHERE kind = ? ORDER BY rowid"
        with closing(self._run(query, kind)) as rows:
            for key, value in rows.fetchall():
                yield key, load(value)

    def put_bytes(self, key: str, content: bytes) -> None:
        self._run("INSERT OR REPLACE INTO {bytes} VALUES (?, ?)", key, content)

    def bytes_of(self, key: str) -> bytes | None:
        with closing(self._run("SELECT content FROM {bytes} WHERE key = ?", key)) as rows:
            row = rows.fetchone()
        return None if row is None else bytes(row[0])

    def close(self) -> None:
        self._connection.close()


class Shelf(dict[str, Json]):
    """Records of one kind by id; `save` writes one through to the store."""

    def __init__(self, store: Store, kind: str) -> None:
        super().__init__(store.all(kind))
        self._store, self._kind = store, kind

    def save(self, key: str, value: Json) -> None:
        self[key] = value
        self._store.put(self._kind, key, value)

    def drop(self, key: str) -> None:
        if self.pop(key, None) is not None:
            self._store.remove(self._kind, key)
