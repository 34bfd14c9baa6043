"""A machine's clock that was far ahead for a while, and was put right: nothing stands still, and nothing is written twice.

The ledger, and everybody else, has the right time all along.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clock import SystemClock
from bot.db import wrong_clocks
from bot.db.publications import STEPS
from bot.db.unit_of_work import Database
from bot.domain.items import ItemState
from bot.services.wrong_clocks import WrongClocks
from tests.fakes import in_step
from tests.fakes.clock import FakeClock
from tests.services.ledger import Trouble
from tests.services.publishing import CrashError, World, a_world

AHEAD = timedelta(days=400)
"""As of a machine that starts before it was told the time; the certificates of all ledgers are over for it."""


STEP_SECONDS = 20


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    """By a ledger that has a clock of its own."""
    made = await a_world(database, clock)
    made.ledger.clock = FakeClock()
    return made


def put_ahead(world: World) -> None:
    assert isinstance(world.clock, FakeClock)
    world.clock.move_to(world.clock.now() + AHEAD)


def put_right(world: World) -> None:
    assert isinstance(world.clock, FakeClock)
    world.clock.move_to(world.ledger.clock.now())


def later(world: World, seconds: float) -> None:
    assert isinstance(world.ledger.clock, FakeClock)
    world.later(seconds)
    world.ledger.clock.move_to(world.ledger.clock.now() + timedelta(seconds=seconds))


async def settles(world: World, *, within: float) -> bool:
    """Whether all that there is to do is done in so many seconds."""
    for _ in range(int(within // STEP_SECONDS)):
        await WrongClocks(world.db).put_right()
        await world.one_pass()
        if await world.is_settled():
            return True
        later(world, STEP_SECONDS)
    return False


@pytest.mark.parametrize("trouble", [Trouble.COMMIT_THEN_500, Trouble.RESET_BEFORE_COMMIT])
@pytest.mark.parametrize("remembers", [timedelta(0), timedelta(minutes=6)])
async def test_what_was_sent_by_a_wrong_clock_and_lost_its_answer_is_looked_for_and_stands_there_once(
    world: World, trouble: Trouble, remembers: timedelta
) -> None:
    world.ledger.remembers_keys_for, world.ledger.troubles["create"] = remembers, [trouble]
    put_ahead(world)
    await world.approve("INV-1")
    await world.one_pass()
    put_right(world)

    assert await settles(world, within=600)
    assert (world.ledger.numbers, await world.states()) == (["INV-1"], {"INV-1": ItemState.PUBLISHED})


async def test_what_could_not_be_sent_while_the_clock_was_wrong_goes_soon_after(world: World) -> None:
    world.ledger.troubles["create"] = [Trouble.BUSY]
    put_ahead(world)
    await world.approve("INV-1")
    await world.one_pass()
    put_right(world)

    assert await settles(world, within=600)


async def test_what_was_approved_while_the_clock_was_wrong_goes_soon_after(world: World) -> None:
    put_ahead(world)
    await world.approve("INV-1")
    put_right(world)

    assert await settles(world, within=600)


async def test_a_process_that_died_with_a_wrong_clock_holds_nothing(world: World) -> None:
    async def dies(point: str) -> None:
        if point == "create" and world.ledger.calls == ["create"]:
            raise CrashError

    world.ledger.on_call = dies
    put_ahead(world)
    await world.approve("INV-1")
    await world.one_pass()
    put_right(world)

    assert await settles(world, within=600)
    assert world.ledger.numbers == ["INV-1"]


async def test_a_ledger_that_goes_on_failing_holds_up_no_others_though_it_began_by_a_wrong_clock(world: World) -> None:
    world.ledger.fails_at = "INV-1"
    put_ahead(world)
    await world.approve("INV-1")
    await world.one_pass()
    put_right(world)
    await world.approve("INV-2")

    await settles(world, within=1500)

    assert world.ledger.numbers == ["INV-2"]


@pytest.mark.postgres
async def test_a_process_whose_clock_is_not_the_databases_puts_nothing_right_and_takes_nothing(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that is behind by a year would take everybody's undo windows for a year too long."""
    monkeypatch.setattr(wrong_clocks, "time_of_database", in_step.its_own)
    right = Database(postgres_url, SystemClock())
    behind = Database(postgres_url, FakeClock())
    made = await a_world(right, right.clock)
    await made.approve("INV-1")
    due = select(STEPS.c.due_at)
    async with right.read() as tx:
        before = (await tx.execute(due)).scalar_one()

    async with right.read() as ours, behind.read() as its:
        assert (await wrong_clocks.is_right(ours), await wrong_clocks.is_right(its)) == (True, False)
    assert await WrongClocks(behind).put_right() == 0
    async with right.read() as tx:
        assert (await tx.execute(due)).scalar_one() == before
    for database in (right, behind):
        await database.close()
