"""Brings a database to the tables this version of the code expects, and tells whether it is there.

One transaction a call, on SQLite too (its driver would commit before each CREATE): a migration that was killed
half-way has done nothing, and is run again. Two at once wait for each other.

Alembic is imported when it migrates only: a serving process asks where the database stands, and stays 7 MiB smaller.

`python -m bot.db.migrate "what changes"` (or `make migration`) writes the next revision from what the newest one and the
tables in `bot/db` differ by.
"""

import asyncio
import importlib
import pkgutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, MetaData, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

import bot.db
from bot.db.addresses import for_driver
from bot.db.base import Base

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "dext_schema"
MOVED = "moved:"
LOCK_WAIT_MILLISECONDS = 30_000
POSTGRES_LOCK = 0x64657874
"""Any number, the same in every process: one migration at a time."""


class OutdatedDatabaseError(Exception):
    """The database is not at this version's tables; the text says what to type."""


class UnreachableDatabaseError(Exception):
    """The database does not let us in; the text says why and what to do, and never the password."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The database cannot be reached ({why}). See that it runs, and that DEXT_DATABASE_URL leads to it."
        )


def tables() -> MetaData:
    """Every table of ours. All files of `bot/db` are imported, so that a new one cannot be forgotten."""
    for module in pkgutil.iter_modules(bot.db.__path__):
        if not module.ispkg and module.name != "migrate":
            importlib.import_module(f"bot.db.{module.name}")
    return Base.metadata


def revisions() -> tuple[str, ...]:
    """What this code knows, oldest first: the numbers that the files in `versions` begin with."""
    return tuple(sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py")))


def head() -> str:
    """The newest revision this code knows."""
    return revisions()[-1]


async def upgrade(url: str) -> None:
    """Apply what is missing, all or nothing.

    Raises:
        UnreachableDatabaseError: it does not let us in, or its folder cannot be made.
        OutdatedDatabaseError: everything in it was moved to another one.
    """
    _make_folder(url)
    async with connect(url) as connection:
        await connection.run_sync(_upgrade)


async def current(url: str) -> str | None:
    """The revision the database is at; None for one without our tables. Looking makes no empty file."""
    if not _exists(url):
        return None
    async with connect(url) as connection:
        return await connection.run_sync(_current)


async def require_head(url: str) -> None:
    """Raises:
    OutdatedDatabaseError: the tables are older or newer than this code.
    UnreachableDatabaseError: it does not let us in.
    """
    found = await current(url)
    if found == head():
        return
    _require_here(found)
    if found is not None and found not in revisions():
        raise OutdatedDatabaseError(
            f"The database was changed by a newer version (revision {found}). Start that version, or restore a back-up."
        )
    raise OutdatedDatabaseError(
        f"The database is at revision {found or 'none'}, this version needs {head()}. Type `dext-bot migrate`."
    )


def moved(revision: str) -> str:
    """What stands in the place of a revision in a database that all was moved out of."""
    return f"{MOVED}{revision}"


def _require_here(found: str | None) -> None:
    """A forgotten setting must not bring two installations to life, which would both send what was open.

    Raises: OutdatedDatabaseError: everything was moved to another database.
    """
    if found is not None and found.startswith(MOVED):
        raise OutdatedDatabaseError(
            "Everything in this database was moved to another one. Set DEXT_DATABASE_URL to that one; a copy of this one is "
            "made by `dext-bot migrate --from … --to …`."
        )


def _alembic(connection: Connection) -> Any:
    from alembic.config import Config  # noqa: PLC0415 - see the top

    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix())
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see the top

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": POSTGRES_LOCK})
    _require_here(_current(connection))
    command.upgrade(_alembic(connection), "head")


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one_or_none()  # noqa: S608 - our own constant
    return found


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection in one transaction, whose foreign keys rest while SQLite rebuilds a table."""
    engine = create_async_engine(for_driver(url), poolclass=NullPool, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _leave_transactions_to_us)
        event.listen(engine.sync_engine, "begin", _begin_immediate)
    try:
        async with AsyncExitStack() as stack:
            with _let_in(url):
                connection = await stack.enter_async_context(engine.begin())
            yield connection
    finally:
        await engine.dispose()


@contextmanager
def _let_in(url: str) -> Iterator[None]:
    """Raises: UnreachableDatabaseError: in the words of whoever refused, which do not hold the password."""
    try:
        _try_file(url)
        yield
    except DBAPIError as error:
        raise UnreachableDatabaseError(str(error.orig)) from error
    except SQLAlchemyError as error:
        raise UnreachableDatabaseError(type(error).__name__) from error
    except OSError as error:
        raise UnreachableDatabaseError(_why(error)) from error


def _why(error: OSError) -> str:
    """What asyncio itself says of a refused connection names no reason."""
    if isinstance(error, ConnectionError) or not error.strerror:
        return type(error).__name__
    if isinstance(error, FileExistsError):
        return f"{error.filename} is not a folder"
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror


def _try_file(url: str) -> None:
    """A folder or a file of somebody else's; found by the driver, its thread would complain after the loop has ended."""
    path = _file(url)
    if path is not None and path.exists():
        path.open("r+b").close()


def _leave_transactions_to_us(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={LOCK_WAIT_MILLISECONDS}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _file(url: str) -> Path | None:
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def _exists(url: str) -> bool:
    path = _file(url)
    return path is None or path.exists()


def _make_folder(url: str) -> None:
    path = _file(url)
    if path is not None:
        with _let_in(url):
            path.parent.mkdir(parents=True, exist_ok=True)


async def write_revision(message: str) -> None:
    """The next revision, as a file to read and commit."""
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/draft.db"
        if revisions():
            await upgrade(url)
        async with connect(url) as connection:
            await connection.run_sync(_write_revision, message)


def _write_revision(connection: Connection, message: str) -> None:
    from alembic import command  # noqa: PLC0415 - see the top

    number = f"{len(revisions()) + 1:04}"
    command.revision(_alembic(connection), message=message, autogenerate=True, rev_id=number)
    (path,) = (MIGRATIONS / "versions").glob(f"{number}_*.py")
    lines = [line for line in path.read_text().splitlines() if "auto generated by Alembic" not in line]
    path.write_text("\n".join(line for line in lines if "end Alembic commands" not in line) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit('Say what changes: make migration NAME="suppliers have a bank account"')
    asyncio.run(write_revision(sys.argv[1]))
