"""SQLite asked in the loop's own thread.

The driver gives each connection a thread and asks it for one thing at a time, four for a statement: a test of a handler
hands over a thousand times, and waking a thread and the loop again took a quarter of its processor time. Here a statement
is asked at once, with all its rows, and answered in the loop's next round: those of different tasks come between each
other as before, and always in the same order.

Nothing is synced to the disk either: no test cuts the power. Tests of the database itself and of faults
(`driver_of_its_own`) have the driver as it is in service, as have all processes that tests start.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiosqlite import core
from sqlalchemy import Executable
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.engine import CursorResult
from sqlalchemy.util import EMPTY_DICT
from sqlalchemy.util.concurrency import await_, in_greenlet

from bot.db.unit_of_work import Tx

BUSY_TIMEOUT = "PRAGMA busy_timeout="
SYNCHRONOUS = "PRAGMA synchronous="
AGAIN_SECONDS = 0.002


class HasToWaitError(Exception):
    """Another connection holds the lock, and whoever asks is not where one can wait."""


class AtOnce:
    """What the driver takes for its queue."""

    def put_nowait(self, asked: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, function = asked
        try:
            result = function()
        except BaseException as error:
            if future is None:
                raise
            future.set_exception(error)
            return
        if isinstance(result, sqlite3.Connection):
            result.execute(f"{BUSY_TIMEOUT}0")
            result.execute(f"{SYNCHRONOUS}OFF")
        if future is not None:
            future.set_result(result)


class NoThread:
    """What the driver takes for its thread."""

    daemon = True

    def start(self) -> None:
        pass


class Cursor(AsyncAdapt_aiosqlite_cursor):
    """A statement and its rows, asked without the driver between."""

    __slots__ = ()
    _adapt_connection: "Connection"
    _cursor: Any

    def __init__(self, connection: "Connection") -> None:
        self._adapt_connection, self._connection = connection, connection._connection
        self._cursor = connection.own.cursor()
        self._soft_closed_memoized = EMPTY_DICT
        self._rows = deque()

    def execute(self, operation: str, parameters: Any = None) -> None:
        if operation.startswith("PRAGMA ") and self._adapt_connection.keeps(operation):
            return
        self._adapt_connection.ask(lambda: self._all_of(self._cursor.execute, operation, parameters or ()))

    def executemany(self, operation: str, seq_of_parameters: Any) -> None:
        self._adapt_connection.ask(lambda: self._all_of(self._cursor.executemany, operation, seq_of_parameters))

    def _all_of(self, ask: Callable[[str, Any], object], operation: str, parameters: Any) -> None:
        ask(operation, parameters)
        if self._cursor.description:
            self._rows = deque(self._cursor.fetchall())

    def close(self) -> None:
        self._rows.clear()
        self._cursor.close()

    async def _async_soft_close(self) -> None:
        pass


class Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ("own", "patience")
    _cursor_cls = Cursor  # type: ignore[assignment]  # it is made of this connection, which is one of theirs

    def __init__(self, dbapi: Any, connection: core.Connection) -> None:
        super().__init__(dbapi, connection)  # type: ignore[arg-type]
        self.own, self.patience = connection._conn, 5.0

    def commit(self) -> None:
        if self.is_open:
            self.ask(self.own.commit)

    def rollback(self) -> None:
        if self.is_open and self.own.in_transaction:
            self.ask(self.own.rollback)

    @property
    def is_open(self) -> bool:
        return self._connection._connection is not None

    def keeps(self, pragma: str) -> bool:
        """Whether it is one that is answered here."""
        if pragma.startswith(BUSY_TIMEOUT):
            self.patience = int(pragma.removeprefix(BUSY_TIMEOUT)) / 1000
        return pragma.startswith((BUSY_TIMEOUT, SYNCHRONOUS))

    def ask(self, what: Callable[[], object]) -> None:
        """A lock may be held by another connection of this very thread, so it is waited for in the loop, not in SQLite."""
        if not in_greenlet():
            _ask_now(what)
            return
        loop = asyncio.get_running_loop()
        until = loop.time() + self.patience
        while True:
            try:
                what()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or loop.time() >= until:
                    await_(asyncio.sleep(0))
                    raise
                await_(asyncio.sleep(AGAIN_SECONDS))
            else:
                await_(asyncio.sleep(0))
                return


def _ask_now(what: Callable[[], object]) -> None:
    try:
        what()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise HasToWaitError from error
        raise


async def _execute(self: Tx, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
    """Without a task, a greenlet and four rounds of the loop, where nothing is waited for. Nothing can break it off
    halfway, and whoever is cancelled hears of it when it is done, as in service.
    """
    connection = self.connection.sync_connection
    if connection is not None and isinstance(connection.connection.dbapi_connection, Connection):
        try:
            return connection.execute(statement, parameters)
        except HasToWaitError:
            pass
        finally:
            await asyncio.sleep(0)
    return await _in_a_task(self, statement, parameters)


_in_a_task = Tx.execute
_make = core.Connection.__init__
_connect = AsyncAdapt_aiosqlite_dbapi.connect
_is_at_once = True


def ask_at_once() -> None:
    """For the process, from here on."""
    core.Connection.__init__ = _made  # type: ignore[method-assign]
    AsyncAdapt_aiosqlite_dbapi.connect = _connected  # type: ignore[method-assign]
    Tx.execute = _execute  # type: ignore[method-assign]


@contextmanager
def driver_of_its_own() -> Iterator[None]:
    """With the driver's threads, for as long as the block lasts."""
    global _is_at_once  # noqa: PLW0603 - one switch for the process
    _is_at_once = False
    try:
        yield
    finally:
        _is_at_once = True


def _made(self: core.Connection, *args: Any, **more: Any) -> None:
    _make(self, *args, **more)
    if _is_at_once:
        self._tx = AtOnce()  # type: ignore[assignment]
        self._thread = NoThread()  # type: ignore[assignment]


def _connected(self: AsyncAdapt_aiosqlite_dbapi, *args: Any, **more: Any) -> AsyncAdapt_aiosqlite_connection:
    adapted = _connect(self, *args, **more)
    driver: Any = adapted._connection
    return Connection(self, driver) if isinstance(driver._tx, AtOnce) else adapted
