"""A transaction ends whole: committed, or as if it had never begun, whoever is cancelled meanwhile."""

import asyncio
import contextvars
from contextlib import suppress

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from bot import deadline
from bot.clock import SystemClock
from bot.db import migrate, unit_of_work
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Database
from bot.deadline import answering
from bot.delivery import BusyError, is_patient
from bot.domain.ids import ChannelId, WorkspaceId
from bot.services.messages import Place, Surface, note
from tests.fakes.clock import FakeClock
from tests.services.publishing import World, a_world

PLACE = Place(role="note", surface=Surface.CHANNEL, channel_id=ChannelId("C1"))


async def _write(db: Database, workspace_id: WorkspaceId, key: str) -> None:
    async with db.write() as tx:
        await note(tx, workspace_id, key, PLACE, "text")


async def test_a_write_that_is_cancelled_at_any_moment_leaves_the_database_usable(sqlite_url: str) -> None:
    db = Database(sqlite_url, SystemClock())
    world = await a_world(db, db.clock)

    for number in range(60):
        writing = asyncio.create_task(_write(db, world.workspace_id, f"cancelled {number}"))
        await asyncio.sleep(number / 12_000)
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        await _write(db, world.workspace_id, f"after {number}")

    async with db.read() as tx:
        written = (await tx.execute(select(func.count()).select_from(MessageRow))).scalar_one()
    await db.close()
    assert written >= 60


async def test_whoever_answers_a_person_waits_for_one_write_at_most_of_those_that_nobody_waits_for(
    sqlite_url: str, clock: FakeClock
) -> None:
    db = Database(sqlite_url, clock)
    begun: list[str] = []

    async def write(name: str) -> None:
        async with db.write():
            begun.append(name)

    async with db.write():
        waiting = [asyncio.create_task(write(f"message {number}")) for number in range(5)]
        await asyncio.sleep(0)
        with answering():
            waiting.append(asyncio.create_task(write("a click")))
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    await db.close()

    assert begun.index("a click") <= 1


async def test_a_write_that_nobody_waits_for_begins_when_an_answer_in_hand_is_given(
    sqlite_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process has one processor: what it writes for itself would make the person wait."""
    monkeypatch.setattr(deadline, "STEPS_ASIDE_SECONDS", 60.0)
    db = Database(sqlite_url, clock)
    done: list[str] = []

    async def write(name: str) -> None:
        async with db.write():
            done.append(name)

    message = asyncio.create_task(write("message"), context=contextvars.copy_context())
    with answering():
        await write("click")
        await write("what the click says")
    await message
    await db.close()

    assert done == ["click", "what the click says", "message"]


async def test_answers_that_never_end_hold_nothing_up(
    sqlite_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "STEPS_ASIDE_SECONDS", 0.001)
    db = Database(sqlite_url, clock)
    message = asyncio.create_task(_nothing_in(db), context=contextvars.copy_context())

    with answering():
        async with asyncio.timeout(10):
            await message
        left = list(deadline._in_hand.waiting)
    await db.close()

    assert left == [], "where requests never pause, these would grow for ever"


@pytest.mark.usefixtures("short_waits")
async def test_a_write_that_nobody_waits_for_and_that_has_no_turn_in_time_is_an_honest_busy(
    sqlite_url: str, clock: FakeClock
) -> None:
    db = Database(sqlite_url, clock)
    async with db.write():
        with pytest.raises(BusyError):
            async with db.write():
                pass
    async with db.write():
        pass
    await db.close()


async def test_while_another_process_writes_its_lock_is_asked_for_again_and_again(
    sqlite_url: str, clock: FakeClock
) -> None:
    """As SQLite waits by itself, it asks ever more rarely, and who writes all the time is always there first."""
    there, here = Database(sqlite_url, clock), Database(sqlite_url, clock)
    asked: list[str] = []
    event.listen(here.writer.sync_engine, "before_cursor_execute", lambda *a: asked.append(a[2]))

    async with there.write():
        with answering():
            waiting = asyncio.create_task(_nothing_in(here))
        async with asyncio.timeout(10):
            while asked.count("BEGIN IMMEDIATE") < 5:  # noqa: ASYNC110 - what is waited for is no event
                await asyncio.sleep(0)
    await waiting
    for db in (there, here):
        await db.close()

    assert set(asked) == {"BEGIN IMMEDIATE"}


@pytest.mark.usefixtures("short_waits")
async def test_another_process_that_does_not_stop_writing_is_an_honest_busy(sqlite_url: str, clock: FakeClock) -> None:
    there, here = Database(sqlite_url, clock), Database(sqlite_url, clock)

    async with there.write():
        with pytest.raises(BusyError):
            await _nothing_in(here)
    await _nothing_in(here)
    for db in (there, here):
        await db.close()


async def _nothing_in(db: Database) -> None:
    async with db.write():
        pass


@pytest.fixture
async def on_postgres(postgres_url: str, clock: FakeClock) -> World:
    return await a_world(Database(postgres_url, clock), clock)


@pytest.mark.usefixtures("short_waits")
async def test_a_lock_that_is_not_to_be_had_is_an_honest_busy(on_postgres: World) -> None:
    db = on_postgres.db
    async with db.write() as tx:
        await tx.execute(text("LOCK TABLE items"))
        with pytest.raises(BusyError):
            async with db.write() as other:
                await other.execute(text("LOCK TABLE items"))
        with pytest.raises(BusyError):
            async with db.read() as other:
                await other.execute(text("SELECT * FROM items"))
    await db.close()


@pytest.mark.usefixtures("short_waits")
async def test_a_server_that_says_nothing_is_an_honest_busy(clock: FakeClock) -> None:
    async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    db = Database(f"postgresql+asyncpg://postgres@127.0.0.1:{port}/dext?sslmode=disable", clock)
    for begin in (db.read, db.write):
        with pytest.raises(BusyError):
            async with begin():
                pass
    await db.close()
    silent.close()


async def test_a_process_that_was_frozen_lets_go_of_what_it_holds(
    postgres_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = Database(postgres_url, clock)
    monkeypatch.setattr(unit_of_work, "IDLE_MILLISECONDS", 100)
    frozen = Database(postgres_url, clock)

    async def is_frozen_holding_it() -> None:
        async with frozen.write() as tx:
            await tx.execute(text("LOCK TABLE items"))
            async with db.write() as other:
                await other.execute(text("LOCK TABLE items"))

    with pytest.raises(DBAPIError):
        await is_frozen_holding_it()

    await db.close()
    await frozen.close()


async def test_one_word_for_a_secure_connection_is_good_for_both_drivers(postgres_url: str, clock: FakeClock) -> None:
    url = f"{postgres_url}&sslmode=prefer"
    db = Database(url, clock)
    async with db.read() as tx:
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1
    await migrate.require_head(url)
    await db.close()


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_what_the_server_rolled_back_by_itself_is_an_honest_busy(on_postgres: World, state: str) -> None:
    rolled_back = text(f"DO $$ BEGIN RAISE EXCEPTION 'rolled back' USING ERRCODE = '{state}'; END $$")
    with pytest.raises(BusyError):
        async with on_postgres.db.write() as tx:
            await tx.execute(rolled_back)
    await on_postgres.db.close()


async def test_a_connection_that_broke_before_the_commit_is_an_honest_busy(on_postgres: World) -> None:
    with pytest.raises(BusyError):
        async with on_postgres.db.write() as tx:
            await tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    await on_postgres.db.close()


@pytest.mark.usefixtures("short_waits")
async def test_a_job_waits_for_the_database_where_a_person_is_told_that_it_is_busy(
    sqlite_url: str, clock: FakeClock
) -> None:
    db = Database(sqlite_url, clock)

    async def decide(*, patient: bool) -> str:
        is_patient.set(patient)
        try:
            async with db.write() as tx:
                await tx.execute(text("SELECT 1"))
        except BusyError:
            return "busy"
        return "done"

    async with db.write():
        person = asyncio.create_task(decide(patient=False))
        job = asyncio.create_task(decide(patient=True))
        assert await person == "busy"

    assert await job == "done"
    await db.close()
