"""What nobody will ask for again is thrown away once a day, in portions, on either database."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Table, func, select

from bot.db import jobs
from bot.db.drafts import DRAFTS, Draft, keep_draft
from bot.db.unit_of_work import Database
from bot.db.workspaces import WORKSPACES
from bot.domain.connecting import Stage
from bot.domain.documents import Facts
from bot.domain.editing import Edit
from bot.domain.ids import UserId
from bot.services.connect_stops import STOPPED
from bot.services.jobs import JobKind
from bot.services.messages import Place, Subject, Surface, note, want
from bot.services.purging import PURGE_AFTER, Purge
from bot.services.tokens import TokenKeeper
from bot.vault import Vault, new_key
from bot.worker import Engine, Sweeper
from bot.worker.rounds import Rounds
from bot.worker.sweeper import AT_ONCE, DELIVERIES, FLOWS, MESSAGES, PAUSE_SECONDS
from tests.fakes.clock import FakeClock
from tests.services.publishing import a_world


class Finished:
    """What there still is of jobs that ended."""

    def __init__(self, left: int) -> None:
        self.left, self.before = left, list[datetime]()

    async def delete_finished(self, before: datetime) -> int:
        self.before.append(before)
        deleted = min(self.left, AT_ONCE)
        self.left -= deleted
        return deleted


def a_sweeper(database: Database, clock: FakeClock, finished: Finished) -> Sweeper:
    tokens = TokenKeeper(database, Vault.from_text(new_key("test")), clock, {})
    return Sweeper(database, clock, Rounds(database), tokens, finished, Purge(database, clock, tokens))


async def deliver(database: Database, count: int, age: timedelta) -> None:
    rows = [{"name": str(uuid4()), "at": database.clock.now() - age} for _ in range(count)]
    async with database.write() as tx:
        await tx.execute(DELIVERIES.insert(), rows)


async def flow(database: Database, workspace_id: object, age: timedelta) -> None:
    then = database.clock.now() - age
    values = {"user_id": "U1", "provider": "xero", "stage": Stage.FINISHED, "link_hash": str(uuid4()), "code_tries": 0}
    async with database.write() as tx:
        new = FLOWS.insert().values(id=uuid4(), workspace_id=workspace_id, created_at=then, expires_at=then)
        await tx.execute(new.values(**values))


async def left(database: Database, table: Table) -> int:
    async with database.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(table))).scalar_one())


async def test_old_deliveries_tries_and_jobs_are_deleted_and_younger_ones_stay(
    database: Database, clock: FakeClock
) -> None:
    workspace_id = (await a_world(database, clock)).workspace_id
    await deliver(database, AT_ONCE + 5, timedelta(days=3))
    await deliver(database, 2, timedelta(hours=30))
    await flow(database, workspace_id, timedelta(days=31))
    await flow(database, workspace_id, timedelta(days=29))
    finished = Finished(2 * AT_ONCE + 1)

    await a_sweeper(database, clock, finished).pass_once()

    assert (await left(database, DELIVERIES), await left(database, FLOWS), finished.left) == (2, 1, 0)
    assert set(finished.before) == {clock.now() - timedelta(days=7)}


async def test_lines_that_nobody_saved_go_once_no_form_is_open_any_more(database: Database, clock: FakeClock) -> None:
    world = await a_world(database, clock)
    (old, young), draft = await world.approve("A-1", "A-2"), Draft(revision=1, working=Edit(facts=Facts()))
    sweeper = a_sweeper(database, clock, Finished(0))
    for item_id in (old, young):
        async with database.write() as tx:
            await keep_draft(tx, world.workspace_id, item_id, UserId("U1"), form_id=uuid4(), draft=draft)
        await clock.advance(days=1)

    await clock.advance(hours=1)
    await sweeper.pass_once()

    async with database.read() as tx:
        assert (await tx.execute(select(DRAFTS.c.item_id))).scalars().all() == [young]


async def test_what_was_told_once_is_kept_as_long_as_what_it_tells_of(database: Database, clock: FakeClock) -> None:
    workspace_id = (await a_world(database, clock)).workspace_id
    direct = Place(role="role", surface=Surface.DIRECT, user_id=UserId("U1"))
    stopped = replace(direct, role=STOPPED)
    async with database.write() as tx:
        await tx.execute(MESSAGES.delete().where(MESSAGES.c.workspace_id == workspace_id))
        for key in ("told", "waiting"):
            await note(tx, workspace_id, key, direct, "words")
        await want(tx, workspace_id, Subject.CONNECTION, "a try", stopped)
        await want(tx, workspace_id, Subject.HOME, "U1", direct)
        told = MESSAGES.update().where(MESSAGES.c.subject_id != "waiting", MESSAGES.c.workspace_id == workspace_id)
        await tx.execute(told.values(is_waiting=False))
    sweeper = a_sweeper(database, clock, Finished(0))

    await clock.advance(days=29)
    await sweeper.pass_once()
    assert await left(database, MESSAGES) == 4

    await clock.advance(days=2)
    await sweeper.pass_once()
    assert await left(database, MESSAGES) == 2


class Little(Purge):
    async def go_on(self, most: int = 20) -> bool:
        return await super().go_on(1)


async def test_a_purge_goes_on_in_portions_with_pauses_until_nothing_is_left(
    database: Database, clock: FakeClock
) -> None:
    clock.sleeps_at_once = True
    workspace_id = (await a_world(database, clock)).workspace_id
    removed = WORKSPACES.update().where(WORKSPACES.c.id == workspace_id)
    async with database.write() as tx:
        await tx.execute(removed.values(removed_at=tx.now - PURGE_AFTER))
    sweeper = a_sweeper(database, clock, Finished(0))
    sweeper.purge = Little(database, clock, sweeper.tokens)

    await sweeper.pass_once()

    assert await left(database, WORKSPACES) == 0
    assert PAUSE_SECONDS in clock.slept


class Broken(Purge):
    async def go_on(self, most: int = 20) -> bool:
        raise RuntimeError("nobody thought of this")


async def test_a_purge_that_fails_keeps_nothing_from_being_swept(database: Database, clock: FakeClock) -> None:
    sweeper = a_sweeper(database, clock, Finished(0))
    sweeper.purge = Broken(database, clock, sweeper.tokens)
    await sweeper.pass_once()
    clock.move_to(clock.now() + timedelta(days=1))
    await deliver(database, 3, timedelta(days=3))

    await sweeper.pass_once()

    assert await left(database, DELIVERIES) == 0


async def test_it_sweeps_once_a_day(database: Database, clock: FakeClock) -> None:
    """Whichever process does, and whether it was restarted since."""
    finished = Finished(0)
    both = [a_sweeper(database, clock, finished) for _ in range(2)]

    async def swept() -> int:
        await asyncio.gather(*(sweeper.pass_once() for sweeper in (*both, a_sweeper(database, clock, finished))))
        return len(finished.before)

    times = [await swept()]
    await clock.advance(hours=23)
    times.append(await swept())
    await clock.advance(hours=1)
    times.append(await swept())

    assert times == [1, 1, 2]


async def test_jobs_that_ended_long_ago_are_forgotten(database: Database, clock: FakeClock) -> None:
    engine = Engine(database)
    async with database.write() as tx:
        for key in ("one:1", "two:1"):
            await engine.enqueue(tx, JobKind.READ_FILE, key, key)
        (ended,) = await jobs.take(tx, ["read_file"], most=1, me="a", until=tx.now)
        await jobs.end(tx, [ended.place], me="a")

    found = [await engine.delete_finished(clock.now()), await engine.delete_finished(clock.now() + timedelta(days=7))]

    assert found == [0, 1]
    assert await left(database, jobs.JOBS) == 1
