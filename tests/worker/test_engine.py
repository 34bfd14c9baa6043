"""One process's jobs: what it does when its leases ran out under it, or its clock was wrong."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.db.jobs import JOBS
from bot.db.unit_of_work import Database
from bot.services.jobs import JobKind
from bot.worker.engine import LEASE, Engine
from tests.fakes.clock import FakeClock

KIND = JobKind.READ_FILE
PATIENCE_SECONDS = 20


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
