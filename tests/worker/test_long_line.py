"""What finding the next job takes, however many wait: counted in steps and pages, not in time."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from bot.db import jobs
from bot.db.unit_of_work import Database, Tx
from bot.services.jobs import JobKind

KINDS = tuple(kind.value for kind in JobKind)
SHORT, LONG = 10, 3000


async def wait_in_one_line(tx: Tx, first: int, last: int) -> None:
    line = {"kind": JobKind.READ_FILE.value, "partition": "files", "tries": 0}
    await tx.execute(jobs.JOBS.insert(), [{**line, "key": f"{number}:1"} for number in range(first, last)])


async def work(database: Database) -> int:
    """Of one look, with the line's first held."""
    async with database.write() as tx:
        await jobs.take(tx, KINDS, most=1, me="another", until=tx.now)
    if database.is_sqlite:
        return await _steps(database)
    return await _pages(database)


async def _steps(database: Database) -> int:
    counted: list[int] = []
    async with database.read() as tx:
        driver: Any = (await tx.connection.get_raw_connection()).driver_connection
        await driver.set_progress_handler(lambda: counted.append(1), 10)
        await jobs.is_any_free(tx, KINDS, without=())
        await driver.set_progress_handler(None, 10)
    return len(counted)


async def _pages(database: Database) -> int:
    now = database.clock.now()
    look = jobs._free(KINDS, False).limit(6).params(without=[], now=now, furthest=now)
    words = str(look.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]  # theirs
    async with database.write() as tx:
        await tx.execute(text("ANALYZE jobs"))
        explained = text("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + words.replace(":", "\\:"))
        (told,) = (await tx.execute(explained)).scalar_one()
    return int(told["Plan"]["Shared Hit Blocks"])


async def test_thousands_in_one_line_make_no_look_longer(database: Database) -> None:
    async with database.write() as tx:
        await wait_in_one_line(tx, 0, SHORT)
    before = await work(database)
    async with database.write() as tx:
        await wait_in_one_line(tx, SHORT, LONG)

    assert await work(database) < before + LONG / 10
