"""One process's jobs: what it does when its leases ran out under it, or its clock was wrong."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.clock import CLOCK_SLACK
from bot.config import LONGEST_LEASE_SECONDS
from bot.db import jobs
from bot.db.jobs import JOBS
from bot.db.unit_of_work import Database
from bot.services.jobs import JobKind
from bot.worker.engine import LEASE, Engine
from tests.fakes.clock import FakeClock

KIND = JobKind.READ_FILE
PATIENCE_SECONDS = 20
LONGEST = timedelta(seconds=LONGEST_LEASE_SECONDS)


@dataclass(slots=True)
class Working:
    """Jobs that go on until they are let."""

    engine: Engine
    begun: list[str] = field(default_factory=list)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    _more: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def run(self, _kind: str, key: str) -> None:
        self.begun.append(key)
        async with self._more:
            self._more.notify_all()
        await self.may_end.wait()

    async def put_in_line(self, key: str) -> None:
        async with self.engine.db.write() as tx:
            await self.engine.enqueue(tx, KIND, key, key)

    async def until_begun(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._more:
            await self._more.wait_for(lambda: len(self.begun) >= count)

    async def change(self, **values: object) -> None:
        async with self.engine.db.write() as tx:
            await tx.execute(JOBS.update().values(**values))


@pytest.fixture
async def working(database: Database) -> AsyncIterator[Working]:
    working = Working(Engine(database))
    await working.engine.launch(working.run)
    yield working
    working.may_end.set()
    await working.engine.stop()


async def test_a_process_that_was_frozen_does_not_begin_again_what_it_is_at(working: Working, clock: FakeClock) -> None:
    await working.put_in_line("long:1")
    await working.until_begun(1)

    clock.move_to(clock.now() + 2 * LEASE)
    await working.put_in_line("next:1")
    await working.until_begun(2)

    assert working.begun == ["long:1", "next:1"]


async def test_what_another_process_took_over_and_let_go_is_begun_again_when_it_is_over_here(working: Working) -> None:
    await working.put_in_line("long:1")
    await working.until_begun(1)

    await working.change(held_by=None, leased_until=None)
    await working.put_in_line("next:1")
    await working.until_begun(2)
    seen = list(working.begun)
    working.may_end.set()
    await working.until_begun(3)

    assert (seen, working.begun) == (["long:1", "next:1"], ["long:1", "next:1", "long:1"])


async def test_a_lease_of_a_machine_whose_clock_was_ahead_is_waited_for_no_longer_than_any(
    database: Database, clock: FakeClock
) -> None:
    """It died, and its clock was a day ahead."""
    working, today = Working(Engine(database)), clock.now()
    clock.move_to(today + timedelta(days=1))
    await working.put_in_line("held:1")
    async with database.write() as tx:
        await jobs.take(tx, [KIND], most=1, me="dead", until=tx.now + LEASE)

    clock.move_to(today)
    await working.engine.launch(working.run)
    await working.until_begun(1)
    working.may_end.set()
    await working.engine.stop()

    assert working.begun == ["held:1"]


@pytest.mark.parametrize("lease", [LEASE, LONGEST], ids=["our own setting", "the longest setting"])
async def test_what_another_process_holds_is_left_alone_however_long_its_leases_are_set_and_with_its_clock_a_little_ahead(
    working: Working, lease: timedelta
) -> None:
    """A setting is changed, and the processes are restarted one after another."""
    async with working.engine.db.write() as tx:
        await jobs.put_in_line(tx, KIND, "held:1", "held")
        await jobs.take(tx, [KIND], most=1, me="another", until=tx.now + lease + CLOCK_SLACK)

    await working.put_in_line("next:1")
    await working.until_begun(1)

    assert working.begun == ["next:1"]


async def test_a_job_that_was_committed_later_with_a_lower_place_runs_beside_the_one_that_was_there_each_once(
    postgres_url: str, clock: FakeClock
) -> None:
    """What `bot.db.jobs` says of PostgreSQL: no job may rely on its line."""
    db = Database(postgres_url, clock)
    working = Working(Engine(db))
    await working.engine.launch(working.run)

    async with db.write() as late:
        await working.engine.enqueue(late, KIND, "lower place:1", "one line")
        async with db.write() as tx:
            await working.engine.enqueue(tx, KIND, "higher place:1", "one line")
        await working.until_begun(1)
    await working.until_begun(2)
    working.may_end.set()
    await working.engine.stop()
    await db.close()

    assert working.begun == ["higher place:1", "lower place:1"]
