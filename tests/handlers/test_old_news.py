"""What happened to a connection is told once, kept true until something came of it, and then left alone."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.playground.slack import ADMIN, ALERTS
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk, words
from tests.handlers.parting import disconnect, told


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0, alerts_apart=True) as made:
        yield made


async def night(desk: Desk) -> int:
    """The lists are read again; answers how many messages were changed by that."""
    before = len(desk.slack.calls_of("chat.update"))
    await desk.world.later(timedelta(hours=27).total_seconds())
    await desk.world.upkeep.syncing.start_due()
    await desk.settle()
    return len(desk.slack.calls_of("chat.update")) - before


async def again(desk: Desk) -> None:
    await desk.world.later(5)
    await connect(desk.world)
    await desk.settle()


async def test_a_night_changes_no_more_messages_after_years_of_reconnections(desk: Desk) -> None:
    first = await night(desk)
    for _ in range(3):
        await disconnect(desk.world)
        await again(desk)

    assert await night(desk) <= first
    assert len(told(desk.world, "is connected again")) == 3


async def test_news_that_is_over_does_not_come_back_when_somebody_deletes_it_and_what_is_open_does(desk: Desk) -> None:
    await disconnect(desk.world)
    (news,) = told(desk.world, "disconnected")
    desk.slack.workspace.drop_message(news)
    await desk.world.set_up()
    assert len(told(desk.world, "disconnected")) == 1, "still to be mended"

    await again(desk)
    (news,) = told(desk.world, "is connected again")
    (announcement,) = [message for message in desk.slack.dms(ADMIN) if "connected this organisation" in words(message)]
    for message in (news, announcement):
        desk.slack.workspace.drop_message(message)
    await night(desk)

    assert told(desk.world, "is connected again") == []
    assert not any("connected this organisation" in words(message) for message in desk.slack.dms(ADMIN))
    assert len(told(desk.world, "Northwind", ALERTS)) == 0
