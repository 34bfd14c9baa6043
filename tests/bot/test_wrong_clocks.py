"""A clock that was wrong when it wrote until when something is held, or left alone, holds nothing up; nor does a machine
that slept send what another one may have sent.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clock import CLOCK_SLACK
from bot.db import places
from bot.db.outbox import MESSAGES, POST
from bot.db.places import ALL, LEASE, LONGEST_WAIT, PAUSES, PLACES
from bot.db.unit_of_work import Tx
from bot.domain.slack import LONGEST_SILENCE
from bot.playground.slack import ALERTS, BILLS
from bot.services.health import Health
from bot.services.messages import Drawn, Subject
from tests.bot.test_messenger import another, rows, tell, tell_item, texts, workspace_of
from tests.bot.test_slack_away import IN_ALERTS
from tests.fakes.app import World, whole_app
from tests.fakes.clock import FakeClock

LONGEST_HELD = LEASE + CLOCK_SLACK
"""What the clock of another process, as wrong as one may be, can have written."""
MOMENT = timedelta(microseconds=1)
HELD = {"its place": (PLACES, "held_until"), "the message": (MESSAGES, "leased_until")}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(sleeps_at_once=True)


@pytest.fixture
async def world(database_url: str, clock: FakeClock) -> AsyncIterator[World]:
    async with whole_app(database_url, clock=clock) as made:
        yield made


async def told_and_held(world: World, what: str, ahead: timedelta) -> None:
    await tell(world, "n0", "before")
    await world.product.messenger.drain()
    await tell(world, "n1", "waits")
    table, until = HELD[what]
    async with world.services.db.write() as tx:
        await tx.execute(table.update().values({until: tx.now + ahead}))


@pytest.mark.parametrize("what", HELD)
async def test_what_a_wrong_clock_claimed_is_free(world: World, what: str) -> None:
    await told_and_held(world, what, LONGEST_HELD + MOMENT)
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["before", "waits"]
    assert await rows(world) == [(False, None), (False, None)]


@pytest.mark.parametrize("what", HELD)
async def test_what_a_clock_claimed_that_is_a_little_ahead_is_held(world: World, what: str) -> None:
    await told_and_held(world, what, LONGEST_HELD)
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["before"]


async def test_what_a_wrong_clock_claimed_goes_where_it_is_wanted_now(world: World, clock: FakeClock) -> None:
    await told_and_held(world, "the message", timedelta(hours=1))
    await tell(world, "n1", "elsewhere", IN_ALERTS)
    await world.product.messenger.drain()

    assert texts(world.slack.messages(ALERTS)) == ["elsewhere"]


async def left_alone(
    world: World, clock: FakeClock, method: str, wait: timedelta, *, ahead: timedelta, is_news: bool = True
) -> None:
    """As a process writes it whose clock is so far `ahead`."""
    now = clock.now()
    clock.move_to(now + ahead)
    async with world.services.db.write() as tx:
        await places.pause(tx, await workspace_of(tx), method, wait, is_news=is_news)
    clock.move_to(now)


AHEAD = {ALL: (LONGEST_WAIT, CLOCK_SLACK), POST: (timedelta(seconds=30), CLOCK_SLACK)}


@pytest.mark.parametrize("method", AHEAD)
async def test_slack_is_tried_again_although_a_wrong_clock_wrote_a_later_time(
    world: World, clock: FakeClock, method: str
) -> None:
    wait, ahead = AHEAD[method]
    await left_alone(world, clock, method, timedelta(seconds=1), ahead=timedelta(hours=-1))
    await left_alone(world, clock, method, wait, ahead=ahead + MOMENT)
    await tell(world, "n1", "waits")
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["waits"]


@pytest.mark.parametrize("method", AHEAD)
async def test_slack_is_left_alone_as_a_clock_wrote_it_that_is_a_little_ahead(
    world: World, clock: FakeClock, method: str
) -> None:
    wait, ahead = AHEAD[method]
    await left_alone(world, clock, method, wait, ahead=ahead)
    await tell(world, "n1", "waits")
    await world.product.messenger.drain()
    assert world.slack.calls_of(POST) == []

    await clock.advance((wait + ahead).total_seconds())
    await world.product.messenger.drain()
    assert texts(world.slack.messages(BILLS)) == ["waits"]


@pytest.mark.parametrize("what", [ALL, POST, BILLS])
async def test_what_a_wrong_clock_wrote_hides_nothing_that_is_stuck(world: World, clock: FakeClock, what: str) -> None:
    """Two hours ahead a pause or a pace would end long after this; nobody takes what waits, and that is said."""
    ahead = timedelta(hours=2)
    if what == BILLS:
        async with world.services.db.write() as tx:
            paced = {"workspace_id": await workspace_of(tx), "place": BILLS, "paced_until": tx.now + ahead}
            await tx.execute(PLACES.insert().values(paced))
    else:
        await left_alone(world, clock, what, timedelta(seconds=60), ahead=ahead)
    await tell(world, "n1", "waits")
    await clock.advance(minutes=20)

    assert (await Health(world.services.db).check())["queue"] != "ok"


async def test_of_several_calls_that_fail_the_first_one_puts_right_what_a_wrong_clock_wrote(
    world: World, clock: FakeClock
) -> None:
    await left_alone(world, clock, ALL, LONGEST_WAIT, ahead=timedelta(hours=1))
    for seconds in (2, 90):
        wait = timedelta(seconds=seconds)
        await left_alone(world, clock, ALL, wait, ahead=timedelta(), is_news=False)

    async with world.services.db.read() as tx:
        assert (await tx.execute(select(PAUSES.c.until))).scalar_one() == tx.now + timedelta(seconds=2)


@pytest.mark.parametrize(("asked", "kept"), [(50 * 60, 50 * 60), (86_400, LONGEST_SILENCE.total_seconds())])
async def test_slacks_wish_for_silence_is_obeyed_for_an_hour_at_most(
    world: World, clock: FakeClock, asked: int, kept: float
) -> None:
    world.slack.faults.next_call(POST, "429", retry_after=asked)
    await tell(world, "n1", "waits")
    await world.product.messenger.drain()
    await clock.advance(kept - 1)
    await world.product.messenger.drain()
    before = len(world.slack.calls_of(POST))
    await clock.advance(1)
    await world.product.messenger.drain()

    assert before == 1
    assert texts(world.slack.messages(BILLS)) == ["waits"]


async def test_a_machine_that_slept_past_its_lease_posts_nothing_that_another_one_posted(
    world: World, clock: FakeClock
) -> None:
    has_slept = False

    async def sleep(_: Tx, message: object) -> Drawn:
        nonlocal has_slept
        if not has_slept:
            has_slept = True
            clock.suspend(LEASE.total_seconds() + 1)
            await another(world, {Subject.ITEM: sleep}).drain()
        return Drawn(text="once only")

    await tell_item(world)
    await another(world, {Subject.ITEM: sleep}).drain()

    assert len(world.slack.calls_of(POST)) == 1
    assert await rows(world) == [(False, None)]
