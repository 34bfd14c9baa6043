"""The things tests lean on are tested themselves."""

import asyncio
import socket
import sqlite3
import threading
from contextlib import closing, nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.db.unit_of_work import Database
from tests.fakes.at_once import driver_of_its_own
from tests.fakes.clock import START, FakeClock
from tests.fakes.network import OutsideError, loopback_only


async def test_sleepers_wake_in_order_each_at_its_own_instant() -> None:
    clock, woken = FakeClock(), list[tuple[int, float]]()

    async def sleeper(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append((seconds, clock.monotonic()))

    async with asyncio.TaskGroup() as group:
        for seconds in (30, 10, 20):
            group.create_task(sleeper(seconds))
        await clock.advance(25)
        assert woken == [(10, 10), (20, 20)]
        await clock.advance(5)

    assert woken[-1] == (30, 30)
    assert clock.now() == START + timedelta(seconds=30)


async def test_a_sleeper_that_sleeps_again_is_woken_again_within_one_advance() -> None:
    clock, passes = FakeClock(), list[float]()

    async def every_minute() -> None:
        for _ in range(3):
            await clock.sleep(60)
            passes.append(clock.monotonic())

    async with asyncio.TaskGroup() as group:
        group.create_task(every_minute())
        await clock.advance(minutes=3)

    assert passes == [60, 120, 180]


async def test_a_clock_that_sleeps_at_once_lets_nobody_wait() -> None:
    clock = FakeClock(sleeps_at_once=True)

    await clock.sleep(3600)

    assert clock.monotonic() == 3600


def test_reaching_for_another_machine_fails_even_where_the_error_was_swallowed() -> None:
    with (
        pytest.raises(AssertionError, match=r"198\.51\.100\.7"),
        loopback_only(),
        socket.socket() as outside,
        pytest.raises(OutsideError),
    ):
        outside.connect(("198.51.100.7", 443))


def test_looking_up_the_name_of_another_machine_fails() -> None:
    with pytest.raises(AssertionError, match=r"api\.example\.org"), loopback_only(), pytest.raises(OutsideError):
        socket.getaddrinfo("api.example.org", 443)


async def test_a_lock_that_the_same_loop_holds_is_waited_for(sqlite_url: str, clock: FakeClock) -> None:
    one, other, done = Database(sqlite_url, clock), Database(sqlite_url, clock), list[str]()

    async def write(database: Database, name: str) -> None:
        async with database.write() as tx:
            await tx.execute(text("SELECT 1"))
            done.append(name)

    async with one.write():
        waiting = asyncio.create_task(write(other, "other"))
        while not other.writer.pool.checkedout():  # type: ignore[attr-defined]  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0)
        assert not done
    await write(one, "one")
    await waiting

    assert sorted(done) == ["one", "other"]
    await one.close()
    await other.close()


async def test_statements_of_two_tasks_come_between_each_other(sqlite_url: str, clock: FakeClock) -> None:
    database, asked = Database(sqlite_url, clock), list[str]()

    async def read(name: str) -> None:
        async with database.read() as tx:
            for _ in range(3):
                await tx.execute(text("SELECT 1"))
                asked.append(name)

    await asyncio.gather(read("a"), read("b"))

    assert asked not in (["a"] * 3 + ["b"] * 3, ["b"] * 3 + ["a"] * 3)
    await database.close()


async def test_a_statement_is_answered_in_the_next_round_of_the_loop(sqlite_url: str, clock: FakeClock) -> None:
    database, rounds, loop = Database(sqlite_url, clock), list[int](), asyncio.get_running_loop()

    def count() -> None:
        rounds.append(1)
        loop.call_soon(count)

    async with database.read() as tx:
        loop.call_soon(count)
        await tx.execute(text("SELECT 1"))
        assert len(rounds) == 1
    await database.close()


async def test_a_statement_that_meets_a_lock_waits_for_it_in_the_loop(sqlite_url: str, clock: FakeClock) -> None:
    database = Database(sqlite_url, clock)
    with closing(sqlite3.connect(sqlite_url.partition("///")[2], isolation_level=None)) as holder:
        holder.execute("PRAGMA journal_mode=DELETE")
        async with database.read() as tx:
            holder.execute("BEGIN EXCLUSIVE")
            asked = asyncio.create_task(tx.execute(text("SELECT 1 FROM workspaces")))
            await asyncio.sleep(0.02)
            assert not asked.done()
            holder.execute("COMMIT")
            assert (await asked).all() == []
    await database.close()


async def test_whoever_is_cancelled_at_a_statement_hears_of_it_when_that_is_done(
    sqlite_url: str, clock: FakeClock
) -> None:
    database = Database(sqlite_url, clock)

    async def written() -> None:
        async with database.write() as tx:
            await tx.execute(text("CREATE TABLE made (id)"))

    writing = asyncio.create_task(written())
    while not writing.done():
        writing.cancel()
        await asyncio.sleep(0)

    assert writing.cancelled()
    async with database.write() as tx:  # nobody holds the lock
        await tx.execute(text("CREATE TABLE made (id)"))
    await database.close()


async def test_threads_are_the_drivers_own_only_where_they_are_asked_for(sqlite_url: str, clock: FakeClock) -> None:
    running = []
    for way in (nullcontext, driver_of_its_own):
        with way():
            database = Database(sqlite_url, clock)
            async with database.read():
                running.append(sum("_connection_worker_thread" in thread.name for thread in threading.enumerate()))
            await database.close()

    assert running == [0, 1]
