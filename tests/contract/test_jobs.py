"""The engine and its stand-in keep one contract, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.db import jobs
from bot.db.unit_of_work import Database
from bot.services.jobs import JobKind
from bot.worker import engine
from bot.worker.engine import AT_ONCE, MOST_TRIES, Engine
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
        working = Engine(db, 0.05)
        await working.launch(ran.run)

        async def settled(count: int) -> None:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await ran.until(count)
            await asyncio.sleep(ONE_TOO_MANY_SECONDS)

        yield Line(working, db, ran, settled)
        await working.stop()
        await db.close()

    async def test_a_process_that_does_not_work_jobs_puts_them_in_line(self, line: Line, database_url: str) -> None:
        other = Database(database_url, SystemClock())
        async with other.write() as tx:
            await Engine(other).enqueue(tx, JobKind.PUBLISH_BATCH, "from elsewhere:1", "books")
        await line.settled(1)
        await other.close()

        assert line.ran.keys == [("publish_batch", "from elsewhere:1")]

    async def test_two_processes_share_the_jobs_each_once_and_one_of_a_partition_at_a_time(
        self, line: Line, database_url: str
    ) -> None:
        db = Database(database_url, SystemClock())
        other = Engine(db, 0.05)
        await other.launch(line.ran.run)
        for number in range(20):
            async with line.db.write() as tx:
                for partition in range(5):
                    await line.jobs.enqueue(tx, JobKind.PUBLISH_BATCH, f"{number}-{partition}:1", f"{partition}")
        await line.settled(100)
        await other.stop()
        await db.close()

        assert len(line.ran.keys) == len(set(line.ran.keys)) == 100
        assert line.ran.most_at_once <= 5
        for partition in range(5):
            order = [int(key.split("-")[0]) for _, key in line.ran.keys if key.endswith(f"-{partition}:1")]
            assert order == sorted(order)

    async def test_what_a_dead_process_held_is_had_by_another_when_its_lease_ends(
        self, line: Line, database_url: str
    ) -> None:
        async with line.db.write() as tx:
            await line.jobs.enqueue(tx, JobKind.READ_FILE, "held:1", "files")
            await jobs.take(tx, ["read_file"], most=1, me="dead", until=tx.now + timedelta(seconds=0.7))
            await line.jobs.enqueue(tx, JobKind.READ_FILE, "next:1", "files")
        await line.settled(0)
        seen = list(line.ran.keys)
        await line.settled(2)

        assert (seen, line.ran.keys) == ([], [("read_file", "held:1"), ("read_file", "next:1")])

    async def test_what_a_stopping_process_cut_off_is_had_by_another_at_once(
        self, line: Line, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "STOP_SECONDS", 0.1)
        begun, db = asyncio.Event(), Database(database_url, SystemClock())
        leaving = Engine(db, 0.05)
        assert isinstance(line.jobs, Engine)

        async def endless(_kind: str, _key: str) -> None:
            begun.set()
            await asyncio.Event().wait()

        await line.jobs.stop()
        await leaving.launch(endless)
        async with line.db.write() as tx:
            await line.jobs.enqueue(tx, JobKind.READ_FILE, "cut off:1", "files")
        await asyncio.wait_for(begun.wait(), PATIENCE_SECONDS)
        await leaving.stop()
        await db.close()
        await line.jobs.launch(line.ran.run)
        await line.settled(1)

        assert line.ran.keys == [("read_file", "cut off:1")]

    async def test_only_so_many_of_a_kind_run_at_once_and_other_kinds_wait_for_none_of_them(self, line: Line) -> None:
        async with line.db.write() as tx:
            for number in range(2 * AT_ONCE):
                await line.jobs.enqueue(tx, JobKind.PUBLISH_BATCH, f"{number}:1", f"{number}")
        await line.settled(2 * AT_ONCE)

        assert line.ran.most_at_once == AT_ONCE

    async def test_what_the_process_died_of_again_and_again_is_left_lying(self, line: Line) -> None:
        async with line.db.write() as tx:
            await line.jobs.enqueue(tx, JobKind.READ_FILE, "deadly:1", "files")
            await line.jobs.enqueue(tx, JobKind.READ_FILE, "next:1", "files")
            await tx.execute(jobs.JOBS.update().where(jobs.JOBS.c.key == "deadly:1").values(tries=MOST_TRIES))
        await line.settled(1)

        assert line.ran.keys == [("read_file", "next:1")]
