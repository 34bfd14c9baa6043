"""Where the simulated workspace is kept: one small SQLite file, or memory.

The working state is Python objects; this is only what a restart reads back, so a table of named JSON documents is
enough. It is one person's playground: each write is its own transaction.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

_TABLES = (
    "CREATE TABLE IF NOT EXISTS simulated_slack (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key))",
    "CREATE TABLE IF NOT EXISTS simulated_slack_bytes (key TEXT PRIMARY KEY, content BLOB)",
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

    def put(self, kind: str, key: str, value: dict[str, Any]) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO simulated_slack VALUES (?, ?, ?)", (kind, key, json.dumps(value))
        )

    def remove(self, kind: str, key: str) -> None:
        self._connection.execute("DELETE FROM simulated_slack WHERE kind = ? AND key = ?", (kind, key))

    def all(self, kind: str) -> Iterator[dict[str, Any]]:
        query = "SELECT value FROM simulated_slack WHERE kind = ? ORDER BY key"
        with closing(self._connection.execute(query, (kind,))) as rows:
            for (value,) in rows.fetchall():
                yield json.loads(value)

    def put_bytes(self, key: str, content: bytes) -> None:
        self._connection.execute("INSERT OR REPLACE INTO simulated_slack_bytes VALUES (?, ?)", (key, content))

    def bytes_of(self, key: str) -> bytes | None:
        query = "SELECT content FROM simulated_slack_bytes WHERE key = ?"
        with closing(self._connection.execute(query, (key,))) as rows:
            row = rows.fetchone()
        return None if row is None else bytes(row[0])

    def close(self) -> None:
        self._connection.close()
