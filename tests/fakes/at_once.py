"""SQLite asked in the loop's own thread.

The driver gives each connection a thread and asks it for one thing at a time: a test of a handler hands over a thousand
times, and waking a thread and the loop again took a sixth of its processor time. Asked at once and answered in the loop's
next round, statements of different tasks come between each other as before, and always in the same order.

Nothing is synced to the disk either: no test cuts the power. Tests of the database itself and of faults
(`driver_of_its_own`) have the driver as it is in service, as have all processes that tests start.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from aiosqlite import core

BUSY_TIMEOUT = "PRAGMA busy_timeout="
SYNCHRONOUS = "PRAGMA synchronous="
AGAIN_SECONDS = 0.002


class AtOnce:
    """What the driver takes for its queue."""

    def __init__(self) -> None:
        self._patience = 5.0

    def put_nowait(self, asked: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, function = asked
        if future is None:
            function()
            return
        self._answer(future, function, future.get_loop().time() + self._patience)

    def _answer(self, future: asyncio.Future[Any], function: Callable[[], Any], until: float) -> None:
        """A lock may be held by another connection of this very thread, so it is waited for in the loop, not in SQLite."""
        loop = future.get_loop()
        try:
            result = self._called(function)
        except BaseException as error:  # noqa: BLE001 - handed over, as the driver's thread does
            if _is_locked(error) and loop.time() < until:
                loop.call_later(AGAIN_SECONDS, self._answer, future, function, until)
            else:
                loop.call_soon(core.set_exception, future, error)
        else:
            loop.call_soon(core.set_result, future, result)

    def _called(self, function: Callable[[], Any]) -> Any:
        words = _words(function)
        if words.startswith(BUSY_TIMEOUT):
            self._patience = int(words.removeprefix(BUSY_TIMEOUT)) / 1000
            return None
        if words.startswith(SYNCHRONOUS):
            return None
        result = function()
        if isinstance(result, sqlite3.Connection):
            result.execute(f"{BUSY_TIMEOUT}0")
            result.execute(f"{SYNCHRONOUS}OFF")
        return result


class NoThread:
    """What the driver takes for its thread."""

    daemon = True

    def start(self) -> None:
        pass


def _words(function: Callable[[], Any]) -> str:
    if isinstance(function, partial) and function.args and isinstance(function.args[0], str):
        return function.args[0]
    return ""


def _is_locked(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


_make = core.Connection.__init__
_is_at_once = True


def ask_at_once() -> None:
    """For the process, from here on."""
    core.Connection.__init__ = _made  # type: ignore[method-assign]


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
