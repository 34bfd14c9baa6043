"""`dext-bot migrate`: brings a database to this version, or moves everything to another database."""

import argparse
import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url

from bot.commands.asking import StoppedError
from bot.commands.parsing import Commands, add_command
from bot.commands.progress import progress
from bot.config import ConfigError, database_url_of
from bot.db import copying, migrate
from bot.db.copying import CannotMoveError, Copy
from bot.db.migrate import OutdatedDatabaseError, UnreachableDatabaseError
from bot.worker.lock import WorkerLock

MOVING = """Bring the database of DEXT_DATABASE_URL to this version.

With --from and --to, move everything to another database instead, from SQLite to PostgreSQL or back:
  1. Stop every `dext-bot run` and `dext-bot worker`. What is on its way waits.
  2. Make an empty database, and type this. All is read back and compared before it counts; stopped anywhere, nothing was
     moved, and it is typed again.
  3. Set DEXT_DATABASE_URL to the new one at every process, with the keys of before, and start. What was open goes on.

The old database is left as it is, but no process starts on it any more: two would both send what was open.
"""
VARIABLE = "DEXT_DATABASE_URL"
EXAMPLE = "dext-bot migrate --from sqlite+aiosqlite:///var/dext.db --to postgresql+asyncpg://dext:password@db/dext"


def register(commands: Commands) -> None:
    does = "bring the database to this version, or move everything to another one"
    parser = add_command(commands, "migrate", run, does, EXAMPLE)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = MOVING
    parser.add_argument("--from", dest="source", metavar="URL", help="the database to move everything out of")
    parser.add_argument("--to", dest="target", metavar="URL", help="the empty database to move it to")


def run(chosen: argparse.Namespace) -> int:
    if chosen.source is None and chosen.target is None:
        url = database_url_of(os.environ)
        asyncio.run(migrate.upgrade(url))
        print(f"The database is at revision {migrate.head()}.")
        return 0
    if chosen.source is None or chosen.target is None:
        raise StoppedError(f"Say both: --from the database there is, --to the empty one. Example: {EXAMPLE}")
    with _said_of("--from"):
        source = database_url_of({VARIABLE: chosen.source})
        asyncio.run(_require_movable(source))
    with _said_of("--to"):
        target = database_url_of({VARIABLE: chosen.target})
        if make_url(target) == make_url(source):
            raise StoppedError("--from and --to are the same database. Nothing was moved; name an empty one.")
        asyncio.run(_require_new(target))
    with _worked_by_nobody(source):
        rows = asyncio.run(_move(source, target))
    print(f"{rows:,} rows were moved, and read back as they were.")
    print(f"Set DEXT_DATABASE_URL to {_shown(target)} at every process, and start. The old one is not used any more.")
    return 0


@contextmanager
def _said_of(option: str) -> Iterator[None]:
    """What is wrong with an address is said of where it was typed."""
    try:
        yield
    except (ConfigError, UnreachableDatabaseError) as error:
        raise StoppedError(str(error).replace(VARIABLE, option)) from error


@contextmanager
def _worked_by_nobody(url: str) -> Iterator[None]:
    """Raises: CannotMoveError: a process works on it."""
    lock = WorkerLock.of(url)
    if not lock.take():
        raise CannotMoveError(copying.in_use("the process that works its jobs"))
    try:
        copying.require_nobody_at_file(url)
        yield
    finally:
        lock.release()


async def _move(source: str, target: str) -> int:
    await migrate.upgrade(target)
    async with migrate.connect(target) as new:
        await copying.require_empty(new)
        async with migrate.connect(source) as old:
            await copying.hold_still(old)
            with progress(2 * await copying.count_rows(old)) as told:
                rows = await Copy(old, new, told).run()
            # committed before the new one is: at no instant can a process start on both
            await copying.mark_as_moved(old)
    return rows


async def _require_movable(source: str) -> None:
    """At this version, or moved already: whoever wants to go back to it makes a copy, and whoever was stopped between the
    two databases types the same again.
    """
    if await migrate.current(source) == migrate.moved(migrate.head()):
        return
    try:
        await migrate.require_head(source)
    except OutdatedDatabaseError as error:
        raise StoppedError(f"{_shown(source)}: {error}") from error


async def _require_new(target: str) -> None:
    """Its tables are made where there are none; nobody's are changed."""
    if await migrate.current(target) not in (None, migrate.head()):
        raise CannotMoveError(
            f"{_shown(target)} is not empty: there is another installation in it. Nothing was moved; name an empty one."
        )


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
