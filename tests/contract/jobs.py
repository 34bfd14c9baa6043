"""What services rely on when they put a job in line; the engine and the tests' stand-in both keep it."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from bot.db.unit_of_work import Database
from bot.services.jobs import JobKind, Jobs

BATCH, LISTS = JobKind.PUBLISH_BATCH, JobKind.SYNC_LISTS


@dataclass(slots=True)
class Ran:
    """Remembers what was run, and how many of a kind at once."""

    keys: list[tuple[str, str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    more: asyncio.Event = field(default_factory=asyncio.Event)
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """What else is done in each."""

    async def until(self, count: int) -> None:
        """Wait until that many have run."""
        while len(self.keys) < count:
            self.more.clear()
            await self.more.wait()

    async def run(self, kind: str, key: str) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.02)
        if self.meanwhile is not None:
            await self.meanwhile()
        self.keys.append((kind, key))
        self.at_once -= 1
        self.more.set()


@dataclass(frozen=True, slots=True)
class Line:
    """Jobs under test. `settled` waits until that many have run, and a little longer for one too many."""

    jobs: Jobs
    db: Database
    ran: Ran
    settled: Callable[[int], Awaitable[None]]


class JobsContract(ABC):
    @abstractmethod
    def line(self) -> Line:
        """A fixture of the subclass."""

    async def test_a_job_runs_when_its_transaction_commits(self, line: Line) -> None:
        async with line.db.write() as tx:
            await line.jobs.enqueue(tx, BATCH, "one:1", "books")
            await line.jobs.enqueue(tx, LISTS, "two:1", "books")
        await line.settled(2)

        assert sorted(line.ran.keys) == [("publish_batch", "one:1"), ("sync_lists", "two:1")]

    async def test_nothing_runs_before_the_commit(self, line: Line) -> None:
        async with line.db.write() as tx:
            await line.jobs.enqueue(tx, BATCH, "one:1", "books")
            await line.settled(0)
            seen = list(line.ran.keys)
        await line.settled(1)

        assert (seen, line.ran.keys) == ([], [("publish_batch", "one:1")])

    async def test_a_transaction_that_is_rolled_back_leaves_no_job(self, line: Line) -> None:
        async def decide_and_fail() -> None:
            async with line.db.write() as tx:
                await line.jobs.enqueue(tx, BATCH, "ghost:1", "books")
                raise LookupError

        with pytest.raises(LookupError):
            await decide_and_fail()
        async with line.db.write() as tx:
            await line.jobs.enqueue(tx, BATCH, "real:1", "books")
        await line.settled(1)

        assert line.ran.keys == [("publish_batch", "real:1")]

    async def test_the_same_kind_and_key_is_one_job(self, line: Line) -> None:
        for _ in range(2):
            async with line.db.write() as tx:
                await line.jobs.enqueue(tx, BATCH, "one:1", "books")
                await line.jobs.enqueue(tx, BATCH, "one:1", "books")
            await line.settled(1)

        assert line.ran.keys == [("publish_batch", "one:1")]

    async def test_jobs_of_one_partition_run_in_order_one_at_a_time(self, line: Line) -> None:
        for number in range(4):
            async with line.db.write() as tx:
                await line.jobs.enqueue(tx, BATCH, f"{number}:1", "books")
        await line.settled(4)

        assert [key for _, key in line.ran.keys] == ["0:1", "1:1", "2:1", "3:1"]
        assert line.ran.most_at_once == 1

    async def test_a_job_is_open_from_its_commit_until_it_is_over(self, line: Line) -> None:
        async def open_now() -> frozenset[str]:
            async with line.db.read() as tx:
                return await line.jobs.open_of(tx, BATCH, ("one:1", "two:1"))

        before = await open_now()
        seen_at_work: list[frozenset[str]] = []

        async def look() -> None:
            seen_at_work.append(await open_now())

        line.ran.meanwhile = look
        async with line.db.write() as tx:
            await line.jobs.enqueue(tx, BATCH, "one:1", "books")
        await line.settled(1)

        assert (before, seen_at_work, await open_now()) == (frozenset(), [frozenset({"one:1"})], frozenset())
