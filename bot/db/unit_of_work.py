"""Transactions: the one place that begins and commits.

SQLite has one writer connection, because five gave "database is locked" under load where one gave none, and every write
begins IMMEDIATE, because deferred transactions let four clickers approve one item. Readers are a second engine that
cannot write. PostgreSQL uses one pool for both. No network call is made while a transaction is open.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Executable, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import await_only

from bot.clock import Clock
from bot.db.addresses import for_driver
from bot.db.base import table_of
from bot.db.workspaces import DeliveryRow
from bot.deadline import is_answering, stepping_aside
from bot.delivery import BusyError, RepeatedDeliveryError, current_delivery, is_patient

POOL_WAIT_SECONDS = 1.5
LOCK_WAIT_MILLISECONDS = 1000
"""Queue and lock together stay under Slack's three seconds, so that a person gets an honest "busy" in time."""
LOCK_STEP_SECONDS = {True: 0.001, False: 0.005}
"""Between two askings for the lock that another process holds: of who answers a person, and of others."""
PATIENT_TRIES = 10
"""Of who answers nobody: some twenty seconds."""
IDLE_MILLISECONDS = 60_000
"""PostgreSQL ends a transaction that nothing happens in for so long: a process that was frozen, or cut off, lets go of
its locks.
"""

T = TypeVar("T")

UNDONE = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL rolled back by itself: a serialization failure, a deadlock, a lock that was not to be had in time."""


class Nudge(StrEnum):
    """Who may have something to do after a commit. A lost nudge costs one poll interval, nothing else."""

    MESSENGER = "messenger"
    PLANNER = "planner"
    JOBS = "jobs"


@dataclass(slots=True)
class Tx:
    """One open transaction and the instant it works at."""

    connection: AsyncConnection
    now: datetime
    nudges: set[Nudge] = field(default_factory=set)

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return await to_its_end(self.connection.execute(statement, parameters))

    @property
    def is_sqlite(self) -> bool:
        return self.connection.dialect.name == "sqlite"

    def insert(self, row: Any) -> Any:
        """The dialect's INSERT, which knows ON CONFLICT."""
        return insert_into(row, is_sqlite=self.is_sqlite)

    def nudge(self, *whom: Nudge) -> None:
        self.nudges.update(whom)


def insert_into(row: Any, *, is_sqlite: bool) -> Any:
    """As `Tx.insert`, for statements that are built once."""
    table = table_of(row)
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


@cache
def _new_delivery(is_sqlite: bool) -> Any:  # noqa: FBT001 - a key of the cache
    return insert_into(DeliveryRow, is_sqlite=is_sqlite).on_conflict_do_nothing()


class Database:
    """Engines of one process, and what wakes its loops."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.url, self.clock = for_driver(url), clock
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.writer, self.reader = self._engines(self.url)
        self._turns = asyncio.Semaphore(1)
        self._listeners: dict[Nudge, list[Any]] = {nudge: [] for nudge in Nudge}

    def _engines(self, url: URL) -> tuple[AsyncEngine, AsyncEngine]:
        if not self.is_sqlite:
            engine = create_async_engine(
                url,
                pool_size=10,
                max_overflow=5,
                pool_timeout=POOL_WAIT_SECONDS,
                hide_parameters=True,
                pool_pre_ping=True,
                connect_args={"timeout": POOL_WAIT_SECONDS, "server_settings": _server_settings()},
            )
            return engine, engine
        writer = create_async_engine(
            url, pool_size=1, max_overflow=0, pool_timeout=POOL_WAIT_SECONDS, hide_parameters=True
        )
        event.listen(writer.sync_engine, "connect", _prepare_writer)
        event.listen(writer.sync_engine, "begin", _begin_immediate)
        reader = create_async_engine(
            url,
            pool_size=4,
            max_overflow=4,
            pool_timeout=POOL_WAIT_SECONDS,
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",
        )
        event.listen(reader.sync_engine, "connect", _prepare_reader)
        return writer, reader

    def on_nudge(self, nudge: Nudge, wake: Any) -> None:
        """Call `wake()` after a commit that leaves work for this loop."""
        self._listeners[nudge].append(wake)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """One decision: commit at the end, roll back on any exception.

        Raises:
            BusyError: the database could not be had in time.
            RepeatedDeliveryError: this delivery was already decided.
        """
        is_committing = False
        try:
            async with self._transaction() as tx:
                await _store_delivery(tx)
                yield tx
                is_committing = True
        except (PoolTimeoutError, DBAPIError) as error:
            if _is_undone(error, is_committing=is_committing):
                raise BusyError("the database is busy") from error
            raise
        delivery = current_delivery.get()
        if delivery is not None:
            delivery.is_stored = True
        for nudge in tx.nudges:
            for wake in self._listeners[nudge]:
                wake()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Tx]:
        """Begun and ended whole: cancelled halfway, the driver would leave SQLite's file locked for everybody."""
        async with self._in_turn():
            begun, connection = await self._begun()
            try:
                yield Tx(connection, self.clock.now())
            except BaseException as error:
                await to_its_end(begun.__aexit__(type(error), error, error.__traceback__))
                raise
            await to_its_end(begun.__aexit__(None, None, None))

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """Of those that nobody waits for one at a time waits for the one connection that writes: whoever answers a person
        is second in line at most.
        """
        if not self.is_sqlite or is_answering():
            yield
            return
        try:
            async with asyncio.timeout(POOL_WAIT_SECONDS * (PATIENT_TRIES if is_patient.get() else 1)):
                await self._turns.acquire()
        except TimeoutError as error:
            raise BusyError("the database is busy") from error
        try:
            await stepping_aside()
            yield
        finally:
            self._turns.release()

    async def _begun(self) -> tuple[AbstractAsyncContextManager[AsyncConnection], AsyncConnection]:
        """Nothing was done yet, so whoever is patient may ask again."""
        for tries_left in reversed(range(PATIENT_TRIES if is_patient.get() else 1)):
            begun = self.writer.begin()
            try:
                with _busy_where_it_is_silent():
                    connection = await to_its_end(begun.__aenter__(), undo=partial(_roll_back, begun))
            except (PoolTimeoutError, DBAPIError, BusyError) as error:
                if not tries_left or not (isinstance(error, BusyError) or _is_undone(error, is_committing=False)):
                    raise
            else:
                return begun, connection
        raise AssertionError

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """Look without deciding. SQLite's readers cannot write.

        Raises:
            BusyError: the database could not be had in time.
        """
        try:
            async with AsyncExitStack() as stack:
                with _busy_where_it_is_silent():
                    connection = await stack.enter_async_context(self.reader.connect())
                yield Tx(connection, self.clock.now())
        except (PoolTimeoutError, DBAPIError) as error:
            if _is_undone(error, is_committing=False):
                raise BusyError("the database is busy") from error
            raise

    async def close(self) -> None:
        await self.writer.dispose()
        if self.reader is not self.writer:
            await self.reader.dispose()


async def _roll_back(begun: AbstractAsyncContextManager[AsyncConnection], _connection: AsyncConnection) -> None:
    await begun.__aexit__(asyncio.CancelledError, asyncio.CancelledError(), None)


async def _store_delivery(tx: Tx) -> None:
    delivery = current_delivery.get()
    if delivery is None or delivery.is_stored:
        return
    if (await tx.execute(_new_delivery(tx.is_sqlite), {"name": delivery.name, "at": tx.now})).rowcount == 0:
        raise RepeatedDeliveryError(delivery.name)


@contextmanager
def _busy_where_it_is_silent() -> Iterator[None]:
    """Around the beginning of a connection: a server that does not answer at all had no effect either."""
    try:
        yield
    except TimeoutError as error:
        raise BusyError("the database does not answer") from error


def _server_settings() -> dict[str, str]:
    return {
        "lock_timeout": str(LOCK_WAIT_MILLISECONDS),
        "idle_in_transaction_session_timeout": str(IDLE_MILLISECONDS),
    }


def _is_undone(error: PoolTimeoutError | DBAPIError, *, is_committing: bool) -> bool:
    """Whether it certainly had no effect and may be tried again. A connection that breaks at the commit tells neither."""
    if isinstance(error, PoolTimeoutError):
        return True
    if getattr(error.orig, "sqlstate", None) in UNDONE:
        return True
    if error.connection_invalidated:
        return not is_committing
    return isinstance(error, OperationalError) and ("locked" in str(error.orig) or "busy" in str(error.orig))


async def to_its_end(work: Awaitable[T], undo: Callable[[T], Awaitable[object]] | None = None) -> T:
    """Do what must not be left halfway: cancellation waits for its end, and for `undo` of what it made."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        is_done = not task.cancelled() and task.exception() is None
        if undo is not None and is_done:
            await undo(task.result())
        raise


async def or_locks_nothing(tx: Tx, change: Awaitable[T]) -> T:
    """Where it answers that it changed nothing, its locks are let go. A row that another transaction has just changed is
    locked by PostgreSQL though it does not fit any more, and whoever goes on to other rows with that in hand may wait for
    somebody who waits for them.
    """
    if tx.is_sqlite:
        return await change
    savepoint = await to_its_end(tx.connection.begin_nested().start())
    changed = await change
    await to_its_end(savepoint.commit() if changed else savepoint.rollback())
    return changed


def _prepare_writer(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # ours to begin: the driver's own BEGIN is deferred
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={LOCK_WAIT_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=0")
    cursor.close()


def _prepare_reader(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.execute(f"PRAGMA busy_timeout={LOCK_WAIT_MILLISECONDS}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    """While another process writes, asked for again and again. SQLite itself would ask more and more rarely, up to every
    100 ms, and whoever asks most often gets the lock.
    """
    loop, step = asyncio.get_running_loop(), LOCK_STEP_SECONDS[is_answering()]
    until = loop.time() + LOCK_WAIT_MILLISECONDS / 1000
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if "locked" not in str(error.orig) or loop.time() > until:
                raise
            await_only(asyncio.sleep(step))  # noqa: TID251 - another process holds it by the real clock
        else:
            return


__all__ = ["Database", "IntegrityError", "Nudge", "Tx", "insert_into", "or_locks_nothing", "to_its_end"]
