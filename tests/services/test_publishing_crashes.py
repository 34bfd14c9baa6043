"""Processes that die, freeze or overlap: nothing is lost, nothing stands in the ledger twice."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from bot.db.publications import BATCHES
from bot.domain.items import ItemState
from bot.domain.problems import Problem, ProblemCode
from bot.services.budgets import LONGEST_WAIT_SECONDS
from providers.base import LONGEST_WRITE
from providers.http import WRITE_LIMIT
from tests.fakes.clock import FakeClock
from tests.services.ledger import Trouble
from tests.services.publishing import CrashError, CrashingDatabase, World, a_world

THREE = ("INV-1", "INV-2", "INV-3")


@pytest.fixture
async def world(database_url: str, clock: FakeClock) -> AsyncIterator[World]:
    db = CrashingDatabase(database_url, clock)
    yield await a_world(db, clock)
    await db.close()


async def _writes_of_the_whole_way(world: World) -> int:
    """How many transactions publishing takes, counted on the way without a crash."""
    assert isinstance(world.db, CrashingDatabase)
    before = world.db.writes
    await world.approve("INV-0")
    approved = world.db.writes
    await world.settle()
    assert before < approved < world.db.writes
    return world.db.writes - approved


@pytest.mark.parametrize("keys", ["honoured", "ignored"])
@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
async def test_a_process_that_dies_at_any_write_loses_and_doubles_nothing(world: World, moment: str, keys: str) -> None:
    assert isinstance(world.db, CrashingDatabase)
    if keys == "ignored":
        world.ledger.remembers_keys_for = timedelta(0)
    writes = await _writes_of_the_whole_way(world)
    world.db.dies_after_commit = moment == "after the commit"

    for number in range(1, writes + 1):
        await world.approve(f"INV-{number}")
        world.db.dies_at = world.db.writes + number
        await world.settle()

    assert world.ledger.numbers == sorted(f"INV-{number}" for number in range(writes + 1))
    assert set((await world.states()).values()) == {ItemState.PUBLISHED}
    assert await world.audited("published") == writes + 1


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
async def test_a_process_that_dies_around_a_refusal_that_wrote_nothing_doubles_nothing(
    world: World, moment: str
) -> None:
    """Wherever it dies, the next attempt knows whether a document may be there already, and so which key it takes."""
    assert isinstance(world.db, CrashingDatabase)
    world.ledger.searches_late_by = timedelta(seconds=40)
    writes = await _writes_of_the_whole_way(world) + 2
    world.db.dies_after_commit = moment == "after the commit"

    for number in range(1, writes + 1):
        world.ledger.troubles["create"] = [Trouble.BUSY]
        await world.approve(f"INV-{number}")
        world.db.dies_at = world.db.writes + number
        await world.settle()

    assert world.ledger.numbers == sorted(f"INV-{number}" for number in range(writes + 1))
    assert set((await world.states()).values()) == {ItemState.PUBLISHED}


@pytest.mark.parametrize("call", ["create", "created", "read"])
async def test_a_process_that_dies_at_any_call_loses_and_doubles_nothing(world: World, call: str) -> None:
    world.ledger.remembers_keys_for = timedelta(0)
    await world.approve(*THREE)
    _die_once_at(world, call)

    await world.settle()

    assert world.ledger.numbers == list(THREE)
    assert set((await world.states()).values()) == {ItemState.PUBLISHED}


async def test_a_process_that_dies_while_searching_loses_and_doubles_nothing(world: World) -> None:
    world.ledger.remembers_keys_for = timedelta(0)
    world.ledger.troubles["create"] = [Trouble.COMMIT_THEN_500]
    await world.approve(*THREE)
    _die_once_at(world, "find")

    await world.settle()

    assert world.ledger.numbers == list(THREE)


def _die_once_at(world: World, call: str) -> None:
    async def die(point: str) -> None:
        if point == call:
            world.ledger.on_call = None
            raise CrashError

    world.ledger.on_call = die


async def test_an_attempt_that_is_not_the_current_one_sends_nothing(world: World) -> None:
    await world.approve("INV-1")
    await world.publishing.plan()
    ((_, key),) = world.jobs.waiting
    world.later(31)
    await world.publishing.reconcile()

    await world.publishing.run(key)

    assert world.ledger.calls == []


async def test_two_runs_of_one_attempt_send_once(world: World) -> None:
    await world.approve("INV-1")
    await world.publishing.plan()
    ((_, key),) = world.jobs.waiting

    await world.publishing.run(key)
    await world.publishing.run(key)

    assert world.ledger.calls == ["create", "read"]


async def test_two_planners_make_one_batch(world: World) -> None:
    await world.approve("INV-1")
    (due,) = await world.publishing.due()

    made = [await world.publishing.freeze(due), await world.publishing.freeze(due)]

    assert made == [1, 0]


async def test_two_reconcilers_make_one_attempt(world: World) -> None:
    await world.approve("INV-1")
    await world.publishing.plan()
    world.later(31)
    (stuck,) = await world.publishing.stuck()

    made = [await world.publishing.restart(stuck), await world.publishing.restart(stuck)]

    assert made == [1, 0]


@pytest.mark.parametrize("answer", ["taken", "refused"])
async def test_what_a_frozen_process_learns_after_another_took_over_is_not_written(world: World, answer: str) -> None:
    """It wakes with an answer to a call that the other attempt has repeated meanwhile; the other one's counts."""
    world.ledger.remembers_keys_for = timedelta(0)
    (item_id,) = await world.approve("INV-1")
    if answer == "refused":
        world.ledger.refuse["INV-1"] = Problem(code=ProblemCode.PERIOD_LOCKED)
    await world.publishing.plan()
    _, key = world.jobs.waiting.pop()

    async def overtake(point: str) -> None:
        if point == "created":
            world.ledger.on_call = None
            world.later(31)
            await world.publishing.reconcile()

    world.ledger.on_call = overtake

    await world.publishing.run(key)
    world.ledger.refuse.clear()
    await world.settle()

    assert world.ledger.numbers == ["INV-1"]
    assert await world.state(item_id) is ItemState.PUBLISHED
    assert await world.alert(item_id) is None


async def test_a_call_that_goes_on_after_its_lease_was_lost_doubles_nothing(world: World) -> None:
    """The process stands still with the ledger halfway through its documents, and another one takes over."""
    world.ledger.remembers_keys_for = timedelta(0)
    await world.approve(*THREE)

    async def overtake(point: str) -> None:
        if point == "halfway":
            world.ledger.on_call = None
            world.later(31)
            await world.publishing.reconcile()
            await world.publishing.run(world.jobs.waiting.pop()[1])

    world.ledger.on_call = overtake

    await world.settle()

    assert world.ledger.numbers == list(THREE)
    assert set((await world.states()).values()) == {ItemState.PUBLISHED}


def test_no_write_is_under_way_for_longer_than_is_waited_for() -> None:
    assert WRITE_LIMIT.total is not None
    assert timedelta(seconds=LONGEST_WAIT_SECONDS + WRITE_LIMIT.total) <= LONGEST_WRITE


async def test_a_frozen_batch_is_never_changed(world: World) -> None:
    world.ledger.troubles["create"] = [Trouble.RESET_BEFORE_COMMIT, Trouble.RESET_BEFORE_COMMIT]
    await world.approve("INV-1")
    await world.settle(passes=1)
    await world.approve("INV-2")

    await world.settle()

    assert world.ledger.bodies[0] == world.ledger.bodies[1] == world.ledger.bodies[2]
    assert world.ledger.numbers == ["INV-1", "INV-2"]


async def test_the_lease_is_renewed_while_a_call_is_in_flight(world: World, clock: FakeClock) -> None:
    leases = []
    await world.approve("INV-1")
    await world.publishing.plan()
    ((_, key),) = world.jobs.waiting

    async def slow(point: str) -> None:
        for _ in range(6 if point == "read" else 0):
            await clock.advance(10)
            while not clock.sleepers:  # renewing is done when it sleeps again
                await clock.advance()
            async with world.db.read() as tx:
                row = (await tx.execute(BATCHES.select())).one()
            leases.append(row.leased_until > world.clock.now())

    world.ledger.on_call = slow

    await world.publishing.run(key)

    assert leases == [True] * 6


async def test_a_renewal_that_fails_is_not_the_last(world: World, clock: FakeClock) -> None:
    """Whatever the database has for a moment: with the lease gone, another process would take the batch over."""
    assert isinstance(world.db, CrashingDatabase)
    world.db.dies_of = DBAPIError("UPDATE", None, OSError("the server went away"))
    leases = []
    await world.approve("INV-1")
    await world.publishing.plan()
    ((_, key),) = world.jobs.waiting

    async def slow(point: str) -> None:
        assert isinstance(world.db, CrashingDatabase)
        world.db.dies_at = world.db.writes + 1 if point == "read" else None
        for _ in range(4 if point == "read" else 0):
            await clock.advance(10)
            while not clock.sleepers:
                await clock.advance()
            async with world.db.read() as tx:
                leases.append((await tx.execute(BATCHES.select())).one().leased_until > world.clock.now())

    world.ledger.on_call = slow

    await world.publishing.run(key)

    assert leases == [True] * 4
