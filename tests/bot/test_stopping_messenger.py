"""A process that stops begins no call of Slack, gives back what it holds, and says what it could not write down."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.audience import Audience
from bot.db import outbox
from bot.db.outbox import POST
from bot.db.unit_of_work import Tx
from bot.delivery import BusyError
from bot.messenger import Messenger
from bot.playground.slack import BILLS
from bot.services.messages import Drawn, Subject
from tests.bot.test_messenger import another, rows, tell, tell_item, texts
from tests.bot.test_slack_away import a_second_process
from tests.fakes.app import World, whole_app
from tests.fakes.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(sleeps_at_once=True)


@pytest.fixture
async def world(database_url: str, clock: FakeClock) -> AsyncIterator[World]:
    async with whole_app(database_url, clock=clock) as made:
        yield made


async def stopped_during(messenger: Messenger, begun: asyncio.Event, released: asyncio.Event) -> None:
    """It is asked to stop while a message is on its way, which goes on only then."""
    await messenger.start()
    async with asyncio.timeout(10):
        await begun.wait()
        stopping = asyncio.create_task(messenger.stop())
        while not messenger.posting.is_stopping:  # noqa: ASYNC110 - the first thing that it does
            await asyncio.sleep(0)
        released.set()
        await stopping


async def test_no_post_begins_once_a_process_is_stopping_and_another_one_posts_it_at_once(
    world: World, clock: FakeClock
) -> None:
    begun, released = asyncio.Event(), asyncio.Event()

    async def draw(_: Tx, message: object) -> Drawn:
        begun.set()
        await released.wait()
        return Drawn(text="goes out")

    stopping = another(world, {Subject.ITEM: draw})
    await tell_item(world)
    await stopped_during(stopping, begun, released)
    assert world.slack.calls_of("conversations.info") == world.slack.calls_of(POST) == []

    await another(world, {Subject.ITEM: draw}).drain()
    assert texts(world.slack.messages(BILLS)) == ["goes out"]
    assert await rows(world) == [(False, None)]


async def test_a_post_that_was_being_prepared_is_not_made_by_a_process_that_stops(
    world: World, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released = asyncio.Event(), asyncio.Event()
    require_own = Audience.require_own

    async def slow(*given: Any) -> None:
        begun.set()
        await released.wait()
        await require_own(*given)

    monkeypatch.setattr(Audience, "require_own", slow)
    await tell(world, "n1", "goes out")
    await stopped_during(world.product.messenger, begun, released)
    assert world.slack.calls_of(POST) == []

    async with a_second_process(world, clock) as other:
        await other.drain()
    assert texts(world.slack.messages(BILLS)) == ["goes out"]


async def test_what_slack_took_and_a_stop_keeps_from_being_written_is_named_in_the_log(
    world: World, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.messenger.STOP_SECONDS", 0.05)
    begun = asyncio.Event()

    async def never(*_: Any, **__: Any) -> bool:
        begun.set()
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr(outbox, "taken", never)
    await tell(world, "n1", "posted")
    await stopped_during(world.product.messenger, begun, asyncio.Event())

    assert_named(world, caplog)


async def test_what_slack_took_and_a_database_never_takes_is_named_in_the_log(
    world: World, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.settling.WRITE_AGAIN_FOR_SECONDS", 2.0)

    async def busy(*_: Any, **__: Any) -> bool:
        raise BusyError("the database is busy")

    monkeypatch.setattr(outbox, "taken", busy)
    await tell(world, "n1", "posted")
    await world.product.messenger.drain()

    assert_named(world, caplog)


def assert_named(world: World, caplog: pytest.LogCaptureFixture) -> None:
    (posted,) = world.slack.messages(BILLS)
    (warning,) = [record for record in caplog.records if record.message.startswith("given up")]
    assert vars(warning)["ts"] == posted.ts
    assert vars(warning)["channel"] == BILLS
