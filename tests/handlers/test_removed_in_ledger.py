"""The app is removed inside the ledger: whoever asks next finds out, people hear of it once, and it is mended from there."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.playground.slack import ADMIN, BOOKKEEPER, OWNER
from bot.views.ids import ActionId
from providers.xero.simulator import TRADING
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk, actions, words
from tests.handlers.parting import connection, now, reconnecting, told

GONE = "took our access away"
OVER = "no longer accepts our sign-in"


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0, alerts_apart=True) as made:
        await made.world.later(300)  # a refusal right after connecting may be about the access before
        yield made


async def publish(desk: Desk) -> None:
    await desk.add()
    await desk.approve("INV-1")


async def read_lists(desk: Desk) -> None:
    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()


async def night(desk: Desk) -> None:
    await desk.world.later(24 * 3600)
    keeping = desk.world.upkeep.keep_alive
    for token_set_id in await keeping.due():
        await keeping.keep(token_set_id)
    await desk.settle()


Found = Callable[[Desk], Awaitable[None]]


@pytest.mark.parametrize("found_by", [publish, read_lists, night])
async def test_it_is_told_once_in_the_alerts_channel_with_who_can_mend_it(desk: Desk, found_by: Found) -> None:
    desk.xero.grants.disconnect(TRADING)

    await found_by(desk)

    (message,) = told(desk.world, GONE)
    assert (await connection(desk.world)).health == "broken"
    assert f"<@{ADMIN}>" in words(message)
    assert actions(message) == [ActionId.OPEN_CONNECT]


@pytest.mark.parametrize("found_by", [publish, read_lists, night])
async def test_a_sign_in_that_is_over_is_told_once_too(desk: Desk, found_by: Found) -> None:
    desk.xero.revoke_refresh_tokens()
    desk.xero.expire_access_tokens()

    await found_by(desk)

    assert len(told(desk.world, OVER)) == 1
    assert (await connection(desk.world)).health == "broken"


async def test_whoever_finds_it_again_tells_nobody_again(desk: Desk) -> None:
    desk.xero.grants.disconnect(TRADING)
    await publish(desk)

    for again in (read_lists, night, night):
        await again(desk)

    assert len(told(desk.world, GONE)) == 1


async def test_the_message_turns_into_what_came_of_it_and_what_waited_is_published(desk: Desk) -> None:
    desk.xero.grants.disconnect(TRADING)
    await publish(desk)
    (message,) = told(desk.world, GONE)
    assert "waits for the connection" in words(desk.card("INV-1"))

    await reconnecting(desk.world, OWNER, message)
    await connect(desk.world, user=OWNER)
    for _ in range(3):
        await desk.world.later(60)

    assert f"is connected again, by <@{OWNER}>" in now(desk.world, message)
    assert len(desk.xero.bills(TRADING)) == 1


async def test_one_that_is_removed_again_is_told_again(desk: Desk) -> None:
    for _ in range(2):
        desk.xero.grants.disconnect(TRADING)
        await night(desk)
        await connect(desk.world)
        await desk.settle()

    assert len(told(desk.world, GONE)) + len(told(desk.world, "is connected again")) == 2


async def test_who_may_not_connect_is_told_who_may(desk: Desk) -> None:
    desk.xero.grants.disconnect(TRADING)
    await night(desk)
    (message,) = told(desk.world, GONE)

    await reconnecting(desk.world, BOOKKEEPER, message)

    assert f"<@{ADMIN}>" in words(desk.modal(BOOKKEEPER))


async def test_a_connection_that_the_ledger_ended_is_disconnected_as_any(desk: Desk) -> None:
    desk.xero.grants.disconnect(TRADING)
    await night(desk)
    (message,) = told(desk.world, GONE)

    await desk.slack.command("/dext", "disconnect", user=ADMIN)
    form = desk.modal(ADMIN)
    await desk.slack.submit(form, {"keep": "settings", "confirmed": ["yes"]})
    await desk.settle()

    assert "Disconnected since" in now(desk.world, message)
    assert (await connection(desk.world)).token_set_id is None
