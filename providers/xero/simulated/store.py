"""Where the simulated Xero is kept: one small SQLite file, or memory.

The working state is Python objects; this is what a restart reads back. It is one person's playground: each write is
its own transaction.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from providers.xero.simulated.numbers import Json, dump, load

_TABLES = (
    "CREATE TABLE IF NOT EXISTS simulated_xero (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key))",
    "CREATE TABLE IF NOT EXISTS simulated_xero_bytes (key TEXT PRIMARY KEY, content BLOB)",
)


class Store:
    def __init__(self, database: Path | None) -> None:
        if database is not None:
            database.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(database or ":memory:", isolation_level=None, timeout=10)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        for statement in _TABLES:
            self._connection.execute(statement)

    def put(self, kind: str, key: str, value: Json) -> None:
        """A record that is there keeps its place, so that the order of making survives a restart."""
        statement = (
            "INSERT INTO simulated_xero VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value"
        )
        self._connection.execute(statement, (kind, key, dump(value)))

    def remove(self, kind: str, key: str) -> None:
        self._connection.execute("DELETE FROM simulated_xero WHERE kind = ? AND key = ?", (kind, key))

    def all(self, kind: str) -> Iterator[tuple[str, Json]]:
        query = "SELECT key, value FROM simulated_xero WHERE kind = ? ORDER BY rowid"
        with closing(self._connection.execute(query, (kind,))) as rows:
            for key, value in rows.fetchall():
                yield key, load(value)

    def put_bytes(self, key: str, content: bytes) -> None:
        self._connection.execute("INSERT OR REPLACE INTO simulated_xero_bytes VALUES (?, ?)", (key, content))

    def bytes_of(self, key: str) -> bytes | None:
        query = "SELECT content FROM simulated_xero_bytes WHERE key = ?"
        with closing(self._connection.execute(query, (key,))) as rows:
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
