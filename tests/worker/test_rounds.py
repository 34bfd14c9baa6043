"""What is done every so often is done once for all processes, and by another one where a process died of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import CLOCK_SLACK
from bot.config import LONGEST_LEASE_SECONDS
from bot.db import rounds as rows
from bot.db.unit_of_work import Database, Tx
from bot.delivery import BusyError
from bot.worker.rounds import LEASE, Round, Rounds
from bot.worker.upkeep import Upkeep
from tests.fakes.clock import FakeClock

EVERY = timedelta(hours=1)


@dataclass(slots=True)
class Kept:
    """Whatever the upkeep calls, and how often it did."""

    name: str
    done: list[str]

    async def look(self) -> int:
        self.done.append(self.name)
        return 1

    start_due = recovered = put_right = follow = look_again = look

    async def due(self) -> tuple[str, ...]:
        return ()

    async def give_back(self) -> None:
        """Nothing was ended."""

    find_altered = give_back


def an_upkeep(database: Database, clock: FakeClock, done: list[str]) -> Upkeep:
    parts: dict[str, Any] = {
        name: Kept(name, done)
        for name in (
            "keep_alive",
            "syncing",
            "removal",
            "waiting",
            "queues",
            "digests",
            "clocks",
            "file_rules",
            "gone_codes",
        )
    }
    return Upkeep(clock=clock, rounds=Rounds(database), giving_back=Kept("giving back", done), **parts)  # type: ignore[arg-type]  # it calls one method


@dataclass(slots=True)
class Begun:
    """A round that goes on until it is let."""

    times: int = 0
    is_begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self) -> None:
        self.times += 1
        self.is_begun.set()
        await self.may_end.wait()


@asynccontextmanager
async def under_way(rounds: Rounds, part: Begun) -> AsyncIterator["asyncio.Task[bool]"]:
    doing = asyncio.create_task(rounds.do(Round.SWEEP, EVERY, part))
    await part.is_begun.wait()
    yield doing
    part.may_end.set()
    await asyncio.gather(doing, return_exceptions=True)


async def nothing() -> None:
    """A round in which nothing is to be done."""


@pytest.fixture
def one(database: Database) -> Rounds:
    return Rounds(database)


@pytest.fixture
def other(database: Database) -> Rounds:
    return Rounds(database)


async def test_of_several_processes_one_does_each_round_of_the_upkeep_in_its_period(
    database: Database, clock: FakeClock
) -> None:
    done: list[str] = []
    processes = [an_upkeep(database, clock, done) for _ in range(3)]
    counted = []

    for minutes in (0, 0.5, 0.5, 59):
        clock.move_to(clock.now() + timedelta(minutes=minutes))
        # one of them was restarted a moment ago
        await asyncio.gather(*(upkeep.pass_once() for upkeep in (*processes, an_upkeep(database, clock, done))))
        counted.append(tuple(done.count(name) for name in ("syncing", "waiting", "queues", "removal", "keep_alive")))

    assert counted == [(1, 1, 1, 1, 1), (1, 1, 1, 1, 1), (2, 2, 2, 2, 1), (3, 3, 3, 3, 2)]


async def test_a_round_of_a_process_that_died_is_done_by_another_when_the_lease_ends(
    database: Database, clock: FakeClock, other: Rounds
) -> None:
    async with database.write() as tx:
        assert await rows.take(tx, Round.SWEEP, EVERY, me="one that died", until=tx.now + LEASE)

    done = []
    for seconds in (0, 29, 1, 1):
        clock.move_to(clock.now() + timedelta(seconds=seconds))
        done.append(await other.do(Round.SWEEP, EVERY, nothing))

    assert done == [False, False, True, False]


async def test_a_round_of_a_process_with_longer_leases_stays_with_it(
    database: Database, clock: FakeClock, one: Rounds
) -> None:
    """A setting is changed, and the processes are restarted one after another."""
    longest = timedelta(seconds=LONGEST_LEASE_SECONDS)
    async with database.write() as tx:
        assert await rows.take(tx, Round.SWEEP, EVERY, me="another", until=tx.now + longest)

    done = [await one.do(Round.SWEEP, EVERY, nothing)]
    async with database.write() as tx:  # one that had looked before
        done.append(await rows.take(tx, Round.SWEEP, EVERY, me=one.me, until=tx.now + one.lease))

    assert done == [False, False]


async def test_a_round_that_takes_long_stays_with_who_does_it(clock: FakeClock, one: Rounds, other: Rounds) -> None:
    part = Begun()
    async with under_way(one, part):
        for _ in range(12):
            await until_renewed(clock, one)
            assert not await other.do(Round.SWEEP, EVERY, part)

    assert part.times == 1


async def until_renewed(clock: FakeClock, rounds: Rounds) -> None:
    """A third of the lease passes, and what is done then comes to its end."""

    async def lease() -> object:
        async with rounds.db.read() as tx:
            return await rows.free_at(tx, Round.SWEEP, EVERY)

    before = await lease()
    async with asyncio.timeout(10):
        while not clock.sleepers:  # noqa: ASYNC110 - it goes to sleep when its own write has ended
            await asyncio.sleep(0)
        await clock.advance(LEASE.total_seconds() / 3)
        while await lease() == before:  # noqa: ASYNC110 - what is waited for is a row
            await asyncio.sleep(0)


async def test_a_round_that_was_begun_anew_elsewhere_is_not_ended_by_who_had_it(
    clock: FakeClock, one: Rounds, other: Rounds
) -> None:
    """A process that was frozen, and comes back."""
    first, second = Begun(), Begun()
    async with under_way(one, first) as doing:
        clock.move_to(clock.now() + LEASE)
        async with under_way(other, second):
            first.may_end.set()
            await doing
            third = Rounds(one.db)
            assert not await third.do(Round.SWEEP, timedelta(0), nothing)

    assert (first.times, second.times) == (1, 1)


async def test_a_round_that_a_stopping_process_breaks_off_is_had_by_another_at_once(one: Rounds, other: Rounds) -> None:
    async with under_way(one, Begun()) as doing:
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)

        assert await other.do(Round.SWEEP, EVERY, nothing)


async def fails() -> None:
    raise RuntimeError("nobody thought of this")


async def is_busy() -> None:
    raise BusyError("the database is busy")


@pytest.mark.parametrize(("part", "after"), [(fails, EVERY), (is_busy, LEASE)])
async def test_a_round_that_fails_has_its_next_turn_at_its_time_and_soon_where_the_database_was_busy(
    clock: FakeClock, one: Rounds, part: Callable[[], Awaitable[None]], after: timedelta
) -> None:
    begun = clock.now()
    assert not await one.do(Round.SWEEP, EVERY, part)

    clock.move_to(begun + after - timedelta(seconds=1))
    assert not await one.do(Round.SWEEP, EVERY, nothing)
    clock.move_to(begun + after)
    assert await one.do(Round.SWEEP, EVERY, nothing)


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=400)], ids=str)
async def test_a_round_that_a_clock_far_ahead_began_is_due_at_once_when_it_is_put_right_and_once_in_all(
    clock: FakeClock, one: Rounds, other: Rounds, ahead: timedelta
) -> None:
    today = clock.now()
    clock.move_to(today + ahead)
    assert await one.do(Round.SWEEP, EVERY, nothing)
    assert not await one.do(Round.SWEEP, EVERY, nothing)

    clock.move_to(today)
    third = Rounds(one.db)
    done = await asyncio.gather(*(rounds.do(Round.SWEEP, EVERY, nothing) for rounds in (one, other, third)))
    again = [await rounds.do(Round.SWEEP, EVERY, nothing) for rounds in (one, other, third)]

    assert (sorted(done), again) == ([False, False, True], [False] * 3)


async def test_a_process_whose_own_clock_was_ahead_looks_again_when_it_is_put_right(
    clock: FakeClock, one: Rounds
) -> None:
    today = clock.now()
    clock.move_to(today + timedelta(days=1))
    done = [await one.do(Round.SWEEP, EVERY, nothing) for _ in range(2)]

    clock.move_to(today)
    done.append(await one.do(Round.SWEEP, EVERY, nothing))

    assert done == [True, False, True]


async def test_a_round_that_a_process_died_in_whose_clock_was_ahead_is_done_by_another_at_once(
    database: Database, other: Rounds
) -> None:
    async with database.write() as tx:
        await rows.take(tx, Round.SWEEP, EVERY, me="one that died", until=tx.now + timedelta(days=1))

    assert await other.do(Round.SWEEP, EVERY, nothing)


async def test_a_round_that_a_clock_a_little_ahead_began_is_not_done_again(
    clock: FakeClock, one: Rounds, other: Rounds
) -> None:
    """Clocks of machines differ by a second or two."""
    now = clock.now()
    clock.move_to(now + CLOCK_SLACK)
    assert await one.do(Round.SWEEP, EVERY, nothing)

    clock.move_to(now)
    assert not await other.do(Round.SWEEP, EVERY, nothing)


class Asked(Database):
    """Counts who looks."""

    looks = 0

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        self.looks += 1
        async with super().read() as tx:
            yield tx


async def test_who_knows_when_a_round_is_due_does_not_ask_the_database_before(
    sqlite_url: str, clock: FakeClock
) -> None:
    database = Asked(sqlite_url, clock)
    rounds = Rounds(database)

    for _ in range(10):
        await rounds.do(Round.SWEEP, EVERY, nothing)
    await database.close()

    assert database.looks == 2
