"""The engine and its stand-in keep one contract, on both databases."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.clock import SystemClock
from bot.db.unit_of_work import Database
from bot.services.jobs import JobKind
from bot.worker.engine import Engine
from tests.contract.jobs import JobsContract, Line, Ran
from tests.fakes.jobs import InlineJobs

PATIENCE_SECONDS = 20.0
ONE_TOO_MANY_SECONDS = 0.5
"""Longer than the engine's poll."""


class TestInlineJobs(JobsContract):
    @pytest.fixture
    def line(self, database: Database) -> Line:
        ran = Ran()
        jobs = InlineJobs(ran.run)

        async def settled(_count: int) -> None:
            await jobs.drain()

        return Line(jobs, database, ran, settled)


@pytest.mark.engine
class TestEngine(JobsContract):
    @pytest.fixture
    async def line(self, database_url: str) -> AsyncIterator[Line]:
        ran, db = Ran(), Database(database_url, SystemClock())
        async with db.write():
            engine = Engine(database_url)
        await engine.launch(ran.run)

        async def settled(count: int) -> None:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await ran.until(count)
            await asyncio.sleep(ONE_TOO_MANY_SECONDS)

        yield Line(engine, db, ran, settled)
        await engine.stop()
        await db.close()

    async def test_a_process_that_does_not_work_jobs_puts_them_in_line(self, line: Line, database_url: str) -> None:
        other = Engine(database_url)
        async with line.db.write() as tx:
            await other.enqueue(tx, JobKind.PUBLISH_BATCH, "from elsewhere:1", "books")
        await line.settled(1)
        await other.stop()

        assert line.ran.keys == [("publish_batch", "from elsewhere:1")]

    async def test_a_job_that_was_cancelled_lets_its_partition_go(self, database_url: str, line: Line) -> None:
        """A workflow of a dead process would hold it for ever."""
        assert isinstance(line.jobs, Engine)
        async with line.db.write() as tx:
            for key in ("stuck:1", "next:1"):
                await line.jobs.enqueue(tx, JobKind.READ_FILE, key, "files")
        await line.jobs.cancel(JobKind.READ_FILE, ["stuck:1"])
        async with asyncio.timeout(PATIENCE_SECONDS):
            while ("read_file", "next:1") not in line.ran.keys:
                await line.ran.until(len(line.ran.keys) + 1)

        assert ("read_file", "next:1") in line.ran.keys
