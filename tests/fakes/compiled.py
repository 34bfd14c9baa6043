"""Each statement is compiled once in a test session, not once in each test.

SQLAlchemy keeps what it compiled with an engine and for a dialect object, and a test has engines of its own: a quarter of
the suite's processor time was the same few hundred statements, compiled again. Two dialects of a class write the same SQL.
"""

from sqlalchemy import URL
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import LRUCache

from bot.db.unit_of_work import Database

_COMPILED: LRUCache[object, object] = LRUCache(5000)


def compile_once() -> None:
    """For the process, from here on."""
    make = Database._engines

    def engines(self: Database, url: URL) -> tuple[AsyncEngine, AsyncEngine]:
        writer, reader = make(self, url)
        for engine in (writer, reader):
            engine.sync_engine.update_execution_options(compiled_cache=_COMPILED)
        return writer, reader

    Database._engines = engines  # type: ignore[method-assign]
    for kind in (PGDialect_asyncpg, SQLiteDialect_aiosqlite):
        kind.__eq__ = _is_same_kind  # type: ignore[method-assign,assignment]
        kind.__hash__ = _of_kind  # type: ignore[method-assign,assignment]


def _is_same_kind(self: Dialect, other: object) -> bool:
    return type(self) is type(other)


def _of_kind(self: Dialect) -> int:
    return hash(type(self))
