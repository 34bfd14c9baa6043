"""The product's own `run`, with an ear on its statements: SIGUSR1 begins to write down, SIGUSR2 stores what was heard.

Only what a request of Slack or of the API does is heard, not the loops beside it. Nothing is attached while nobody listens, so the
measured process is the ordinary one. With `--without-messages` nothing is posted afterwards either: an answer's cost is
what the person waits for, and what follows it is counted where waiting is measured.
"""

import asyncio
import os
import pickle
import signal
import sys
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Executable, Select, event
from sqlalchemy.engine import Engine

from bot import app
from bot.clock import SystemClock
from bot.config import read_config
from bot.messenger import Messenger
from handlers.api import ItemsApi
from handlers.guard import Guard
from providers import PROVIDERS

heard: list[tuple[int, str | Select[Any], Any]] = []
"""The engine, the statement (empty: a commit), its parameters. A SELECT is kept as Core's own, to be executed as such."""

building: list[tuple[Executable, Any]] = []
"""What Core is about to execute, and with what."""


answering: ContextVar[bool] = ContextVar("answering", default=False)
"""Set while a request is answered; tasks that are begun then inherit it."""


class HeardGuard(Guard):
    async def answer(self, request: web.Request) -> web.Response:
        answering.set(True)
        return await super().answer(request)


class HeardApi(ItemsApi):
    async def send(self, request: web.Request) -> web.Response:
        answering.set(True)
        return await super().send(request)


def _hear(connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
    if answering.get() and not statement.startswith("BEGIN"):
        built, given = building[-1] if building else (None, None)
        heard.append(
            (id(connection.engine), *((built, given) if isinstance(built, Select) else (statement, parameters)))
        )


def _build(_connection: Any, statement: Executable, many: Any, one: Any, *_rest: Any) -> None:
    building[:] = [(statement, one or dict(*many))]


def _committed(connection: Any) -> None:
    if answering.get():
        heard.append((id(connection.engine), "", None))


def _listen(*_: Any) -> None:
    heard.clear()
    if not event.contains(Engine, "before_cursor_execute", _hear):
        event.listen(Engine, "before_execute", _build)
        event.listen(Engine, "before_cursor_execute", _hear)
        event.listen(Engine, "commit", _committed)
    Path(os.environ["BENCH_HEARD"]).with_suffix(".listening").touch()


def _store(*_: Any) -> None:
    event.remove(Engine, "before_execute", _build)
    event.remove(Engine, "before_cursor_execute", _hear)
    event.remove(Engine, "commit", _committed)
    path = Path(os.environ["BENCH_HEARD"])
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(heard))
    part.rename(path)


async def _nothing(_: Messenger) -> None:
    return None


if __name__ == "__main__":
    if "--without-messages" in sys.argv:
        vars_of_messenger: Any = Messenger
        vars_of_messenger.start = vars_of_messenger.stop = _nothing
    signal.signal(signal.SIGUSR1, _listen)
    signal.signal(signal.SIGUSR2, _store)
    parts: Any = app
    parts.Guard, parts.ItemsApi = HeardGuard, HeardApi
    asyncio.run(app.run(read_config(os.environ, tuple(PROVIDERS)), SystemClock()))
