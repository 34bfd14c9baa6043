"""What is in the books is shown to the workspace's own members, also where that changed after a place was chosen."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.playground.slack import ADMIN, APPROVER, BILLS, BOT_USER, FINANCE, GENERAL, OUTSIDER, SHARED, Message
from bot.services.home import HOME
from bot.services.messages import Subject, place_of
from tests.fakes.app import World
from tests.fakes.connected import beside_xero, connect
from tests.handlers.desk import A_BILL, Desk, a_desk, words
from tests.handlers.parting import NAME, disconnect

DAY, CHECKS = 24 * 3600, 24 * 4
CLOSED = "I do not post in"


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        yield made


def share(desk: Desk, channel: str, *, is_shared: bool = True) -> None:
    workspace = desk.slack.workspace
    workspace.put_channel(replace(workspace.channels[channel], is_shared=is_shared).with_member(OUTSIDER))


async def typed_again(desk: Desk, channel: str) -> None:
    """Disconnected, and connected again from there."""
    await disconnect(desk.world)
    await desk.world.later(5)
    await desk.slack.command("/dext", "connect xero", user=ADMIN, channel=channel)
    await connect(desk.world)
    await desk.settle()


def said(world: World, channel: str) -> list[str]:
    return [f"{message.text} {words(message)}" for message in world.slack.messages(channel)]


def posts(world: World, channel: str) -> int:
    return len([call for call in world.slack.calls_of("chat.postMessage") if channel in str(call)])


def told(desk: Desk, text: str) -> list[Message]:
    return [message for message in desk.slack.dms(ADMIN) if text in message.text]


async def bill(desk: Desk) -> None:
    done = await desk.slack.submit(await desk.form(), dict(A_BILL))
    assert done.errors == {}
    await desk.settle()


async def test_a_connection_is_announced_neither_where_others_read_nor_where_the_app_is_not(sqlite_url: str) -> None:
    async with beside_xero(sqlite_url) as (world, _):
        world.slack.leave(GENERAL, BOT_USER)
        for channel in (SHARED, GENERAL):
            await world.slack.command("/dext", "connect xero", user=ADMIN, channel=channel)
            await connect(world)
            await world.settle()
        tried = posts(world, GENERAL)
        for _ in range(CHECKS):
            await world.later(DAY / CHECKS)

        assert not any(NAME in text for text in (*said(world, SHARED), *said(world, GENERAL)))
        assert (posts(world, GENERAL) - tried, posts(world, SHARED)) == (0, 0)
        told = [message.text for message in world.slack.dms(ADMIN)]
        assert len([text for text in told if "was connected to Dext" in text]) == 1
        assert len([text for text in told if "reconnected" in text]) == 1
        assert not any("/invite" in text for text in told)


async def test_an_announcement_is_left_alone_once_another_company_reads_it(desk: Desk) -> None:
    await desk.slack.invite(FINANCE, by=ADMIN)
    await typed_again(desk, FINANCE)
    assert any("reconnected" in text for text in said(desk.world, FINANCE))

    share(desk, FINANCE)
    await desk.world.later(DAY)
    before = said(desk.world, FINANCE)
    await typed_again(desk, FINANCE)

    assert said(desk.world, FINANCE) == before
    assert len(told(desk, "reconnected")) == 1


async def test_a_channel_shared_after_it_was_chosen_gets_nothing_and_its_admin_is_told_once(desk: Desk) -> None:
    share(desk, BILLS)
    await desk.world.later(DAY)

    await bill(desk)
    for _ in range(CHECKS):
        await desk.world.later(DAY / CHECKS)

    assert not any("120.00" in text for text in said(desk.world, BILLS))
    assert len(told(desk, CLOSED)) == 1
    assert len(desk.slack.calls_of("conversations.info")) < 40

    share(desk, BILLS, is_shared=False)
    await desk.world.later(3601)

    assert any("120.00" in text for text in said(desk.world, BILLS)), "lost"


async def test_somebody_who_became_a_guest_gets_nothing_in_a_home_they_do_not_open(desk: Desk) -> None:
    await desk.world.set_up()
    await desk.slack.open_home(APPROVER)
    desk.slack.change_person(APPROVER, is_guest=True)
    await desk.world.later(DAY)

    await desk.add()

    home = desk.slack.home(APPROVER)
    assert home is not None
    assert "Guests of this workspace" in words(home)
    actor = await desk.world.actor(APPROVER)
    async with desk.world.services.db.read() as tx:
        assert await place_of(tx, actor.workspace.id, Subject.HOME, APPROVER, HOME) is None

    desk.slack.change_person(APPROVER, is_guest=False)
    await desk.world.later(61)
    await desk.slack.open_home(APPROVER)

    home = desk.slack.home(APPROVER)
    assert home is not None
    assert "120.00" in words(home)
