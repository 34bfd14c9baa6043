"""An installation moves to another database: every table of ours, row by row, in one transaction there.

It is read back and compared before anything is committed, so a move that was killed, or that met a value the other
database does not take, has done nothing. Jobs that were in line, or that a stopped process held, are had there by whoever
works the new database.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, bindparam, func, make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import migrate
from bot.db.migrate import POSTGRES_LOCK, VERSION_TABLE

AT_ONCE, AT_ONCE_WITH_BYTES = 1000, 8
"""Rows in memory: files may have megabytes each."""
SUMS = 2**256

Told = Callable[[int], None]


class CannotMoveError(Exception):
    """Nothing was moved; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a table has in it, whatever the order: two of the same content have the same rows."""

    rows: int = 0
    sum: int = 0

    def __add__(self, other: "Content") -> "Content":
        return Content(self.rows + other.rows, (self.sum + other.sum) % SUMS)


@dataclass(slots=True)
class Copy:
    """One move between two open transactions. `told` hears how many rows were handled: each is written, and read back."""

    source: AsyncConnection
    target: AsyncConnection
    told: Told
    handled: int = 0

    async def run(self) -> int:
        """Answers how many rows there are.

        Raises:
            CannotMoveError: a value is not taken, or does not come back as it was.
        """
        tables = migrate.tables().sorted_tables
        copied = {table.name: await self._copied(table) for table in tables}
        for table in tables:
            if await self._content(self.target, table) != copied[table.name]:
                raise CannotMoveError(
                    f"The rows of {table.name} did not come back from the new database as they were written. Nothing was moved."
                )
        await self.target.run_sync(_go_on_counting)
        return sum(content.rows for content in copied.values())

    async def _copied(self, table: Table) -> Content:
        content, itself = Content(), _refers_to_itself(table)
        with _taken(table):
            async for rows in _rows(self.source, table):
                content = content + _content_of(rows)
                await self.target.execute(table.insert(), [{**row, **dict.fromkeys(itself)} for row in rows])
                self._handle(rows)
            if itself:
                await self._refer(table, itself)
        return content

    async def _refer(self, table: Table, columns: list[str]) -> None:
        """What a row says of another row of its table is written when both are there."""
        keys = [column.name for column in table.primary_key]
        statement = (
            table.update()
            .where(*(table.c[key] == bindparam(f"of_{key}") for key in keys))
            .values({column: bindparam(f"is_{column}") for column in columns})
        )
        async for rows in _rows(self.source, table):
            values = [
                {f"of_{key}": row[key] for key in keys} | {f"is_{column}": row[column] for column in columns}
                for row in rows
                if any(row[column] is not None for column in columns)
            ]
            if values:
                await self.target.execute(statement, values)

    async def _content(self, connection: AsyncConnection, table: Table) -> Content:
        content = Content()
        async for rows in _rows(connection, table):
            content = content + _content_of(rows)
            self._handle(rows)
        return content

    def _handle(self, rows: list[dict[str, Any]]) -> None:
        self.handled += len(rows)
        self.told(self.handled)


async def count_rows(connection: AsyncConnection) -> int:
    counts = [
        (await connection.execute(select(func.count()).select_from(table))).scalar_one()
        for table in migrate.tables().sorted_tables
    ]
    return sum(counts)


async def require_empty(target: AsyncConnection) -> None:
    """Raises: CannotMoveError: there is something in it, which nothing may be mixed with."""
    if target.dialect.name == "postgresql":
        await target.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": POSTGRES_LOCK})
    for table in migrate.tables().sorted_tables:
        if (await target.execute(select(*table.primary_key).limit(1))).first() is not None:
            raise CannotMoveError(
                f"The new database is not empty: there are rows in {table.name}. Nothing was moved; name an empty one."
            )


def require_nobody_at_file(url: str) -> None:
    """SQLite leaves its write-ahead log only while nobody else has the file open.

    Raises: CannotMoveError: somebody has.
    """
    path = make_url(url).database
    if make_url(url).get_backend_name() != "sqlite" or path is None or not Path(path).exists():
        return
    connection = sqlite3.connect(path, timeout=0.5, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise CannotMoveError(in_use("a process")) from error
    finally:
        connection.close()


async def hold_still(source: AsyncConnection) -> None:
    """Nobody changes the database, and nobody starts on it, until the end of the transaction.

    Raises: CannotMoveError: somebody is at work on it.
    """
    if source.dialect.name != "postgresql":
        return  # begun IMMEDIATE: the one writer is us
    await source.execute(text("SET LOCAL lock_timeout = '5s'"))
    try:
        await source.execute(text(f"LOCK TABLE {VERSION_TABLE} IN ACCESS EXCLUSIVE MODE"))
    except DBAPIError as error:
        raise CannotMoveError(in_use("somebody who holds its tables")) from error
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    count = (await source.execute(others)).scalar_one()
    if count:
        raise CannotMoveError(in_use(f"{count} connection{'' if count == 1 else 's'}"))
    names = ", ".join(f'"{table.name}"' for table in migrate.tables().sorted_tables)
    await source.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))


def in_use(who: str) -> str:
    return (
        f"The database to move is in use by {who}. Nothing was moved. Stop every `dext-bot run` and `dext-bot worker`, and "
        "whatever else has it open, and type this again; what is on its way goes on in the new database."
    )


async def mark_as_moved(source: AsyncConnection) -> None:
    """No process starts on it any more."""
    await source.execute(
        text(f"UPDATE {VERSION_TABLE} SET version_num = :moved"),  # noqa: S608 - our own constant
        {"moved": migrate.moved(migrate.head())},
    )


async def _rows(connection: AsyncConnection, table: Table) -> AsyncIterator[list[dict[str, Any]]]:
    has_bytes = any(isinstance(column.type, LargeBinary) for column in table.columns)
    at_once = AT_ONCE_WITH_BYTES if has_bytes else AT_ONCE
    async with connection.stream(select(table), execution_options={"yield_per": at_once}) as result:
        async for rows in result.mappings().partitions():
            yield [dict(row) for row in rows]


def _content_of(rows: list[dict[str, Any]]) -> Content:
    return Content(len(rows), sum(map(_sum_of, rows)) % SUMS)


def _sum_of(row: Mapping[str, Any]) -> int:
    whole = sha256()
    for value in row.values():
        whole.update(sha256(value if isinstance(value, bytes) else repr(value).encode()).digest())
    return int.from_bytes(whole.digest())


def _refers_to_itself(table: Table) -> list[str]:
    columns: list[Column[Any]] = [key.parent for key in table.foreign_keys if key.column.table is table]
    return [column.name for column in columns]


def _go_on_counting(target: Connection) -> None:
    """PostgreSQL counts on where the copied numbers end; SQLite looks for the highest by itself."""
    if target.dialect.name != "postgresql":
        return
    for table in migrate.tables().sorted_tables:
        for column in table.columns:
            if column.identity is not None:
                sequence = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
                last = select(func.max(column)).scalar_subquery()
                target.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


@contextmanager
def _taken(table: Table) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise CannotMoveError(
            f"The new database does not take a row of {table.name}: {error.orig}. Nothing was moved."
        ) from error
