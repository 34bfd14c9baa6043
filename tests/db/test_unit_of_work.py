"""A transaction ends whole: committed, or as if it had never begun, whoever is cancelled meanwhile."""

import asyncio
from contextlib import suppress

import pytest
from sqlalchemy import func, select, text

from bot.clock import SystemClock
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Database
from bot.delivery import BusyError
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


@pytest.fixture
async def on_postgres(postgres_url: str, clock: FakeClock) -> World:
    return await a_world(Database(postgres_url, clock), clock)


async def test_a_lock_that_is_not_to_be_had_is_an_honest_busy(on_postgres: World) -> None:
    db = on_postgres.db
    async with db.write() as tx:
        await tx.execute(text("LOCK TABLE items"))
        with pytest.raises(BusyError):
            async with db.write() as other:
                await other.execute(text("LOCK TABLE items"))
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
