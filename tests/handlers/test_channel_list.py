"""`/dext channels`: what goes where, and unbinding a channel: nothing is lost, and what stands there goes on working."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.general import Purpose
from bot.domain.ids import ChannelId
from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOT_USER, FINANCE, MEMBER, View
from bot.playground.slack.people import Channel
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import A_BILL, CATEGORY, UNDO_SECONDS, Desk, a_desk, actions, words
from tests.handlers.test_managing import manage, more_organisations
from tests.playground.kit import schema_problems


@pytest.fixture
async def desk(database_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, alerts_apart=True) as made:
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


async def listed(desk: Desk, user: str = ADMIN) -> View:
    if desk.slack.view(user) is not None:
        await desk.slack.close_modal(user, everything=True)
    await desk.slack.command("/dext", "channels", user=user, channel=BILLS)
    return desk.modal(user)


async def choose(desk: Desk, **channels: str | None) -> None:
    await desk.slack.click(await listed(desk), ActionId.OPEN_CHANNELS, user=ADMIN)
    done = await desk.slack.submit(desk.modal(ADMIN), dict(channels))
    assert (done.errors, done.error) == ({}, None)
    await desk.settle()


async def unbind(desk: Desk, purpose: str) -> View:
    page = await listed(desk)
    block = next(each for each in page.blocks if f":{purpose}:" in each.get("accessory", {}).get("value", ""))
    await desk.slack.click(page, ActionId.UNBIND_CHANNEL, user=ADMIN, block_id=block["block_id"])
    await desk.settle()
    return desk.modal(ADMIN)


async def lose_the_connection(desk: Desk) -> None:
    await desk.world.later(3600)  # its access is over too
    desk.xero.disconnect(TRADING)
    await desk.slack.command("/dext", "sync", user=ADMIN, channel=BILLS)
    await desk.settle()


async def test_everybody_sees_what_goes_where_and_admins_change_it(desk: Desk) -> None:
    page = await listed(desk)
    assert f"*Items to approve*\n<#{BILLS}>" in words(page)
    assert f"*What is refused, or needs somebody*\n<#{ALERTS}>" in words(page)
    assert f"No channel of its own: it goes to <#{ALERTS}>." in words(page)
    assert "Amounts are shown there." in words(page)

    others = await listed(desk, MEMBER)
    assert f"<#{BILLS}>" in words(others)
    assert actions(others) == []
    assert "chosen by this organisation's admins" in words(others)


async def test_news_of_the_connection_goes_to_a_channel_of_its_own(desk: Desk) -> None:
    desk.slack.workspace.put_channel(with_us(desk, FINANCE))
    await choose(desk, **{BlockId.NEWS_CHANNEL: FINANCE})
    assert "chose this channel for the news of *Northwind Trading Ltd*" in desk.slack.messages(FINANCE)[-1].text
    told = len(desk.slack.messages(ALERTS))
    assert f"News of the connection: <#{FINANCE}>" in words(await manage(desk))

    await lose_the_connection(desk)

    assert "Northwind Trading Ltd" in words(desk.slack.messages(FINANCE)[-1])
    assert len(desk.slack.messages(ALERTS)) == told


async def test_an_unbound_channel_for_news_leaves_them_to_the_one_for_alerts(desk: Desk) -> None:
    desk.slack.workspace.put_channel(with_us(desk, FINANCE))
    await choose(desk, **{BlockId.NEWS_CHANNEL: FINANCE})
    told = len(desk.slack.messages(ALERTS))

    page = await unbind(desk, "news")

    assert f"from now on it goes to <#{ALERTS}>" in words(page)
    await lose_the_connection(desk)
    assert len(desk.slack.messages(ALERTS)) == told + 1


async def test_an_unbound_channel_for_alerts_leaves_them_under_their_cards(desk: Desk) -> None:
    await desk.drop("INV-1")
    page = await unbind(desk, "alerts")
    assert f"No channel of its own: it goes to <#{BILLS}>." in words(page)
    desk.xero.archive_account(TRADING, CATEGORY)

    await desk.approve("INV-1")
    await desk.world.later(UNDO_SECONDS + 3)

    assert "Refused by Xero" in words(desk.card("INV-1"))
    assert desk.slack.thread(BILLS, desk.card("INV-1").ts) != []
    assert not any("INV-1" in words(each) for each in desk.slack.messages(ALERTS))
    assert (await desk.world.settings()).is_set_up


async def test_cards_in_an_unbound_channel_go_on_working_and_new_ones_go_elsewhere(desk: Desk) -> None:
    await desk.drop("INV-1")

    page = await unbind(desk, "approvals")
    assert f"it goes to <#{ALERTS}>" in words(page)
    await desk.approve("INV-1")

    assert "Publish now" in words(desk.card("INV-1"))
    await unbind(desk, "alerts")
    settings = await desk.world.settings()
    assert (settings.approvals_channel, settings.alerts_channel) == (None, None)


async def test_what_an_archived_channel_did_not_take_follows_when_it_is_unbound(desk: Desk) -> None:
    workspace = desk.slack.workspace
    form = await desk.form()
    workspace.put_channel(replace(workspace.channels[BILLS], is_archived=True))
    await desk.slack.submit(form, A_BILL)
    await desk.settle()
    page = await listed(desk)
    assert "I cannot post there: it was archived. 1 message waits for it" in words(page)

    await unbind(desk, "approvals")
    assert "INV-1" in words(desk.slack.messages(ALERTS)[-1])


async def test_a_press_on_an_old_page_unbinds_nothing_else(desk: Desk) -> None:
    page = await listed(desk)
    await choose(desk, **{BlockId.ALERTS_CHANNEL: BILLS})
    assert f":alerts:{ALERTS}" in str(page.blocks)

    found = await desk.world.services.listing_channels.unbind(
        await desk.world.actor(), desk.world.organisation_id, Purpose.ALERTS, ChannelId(ALERTS)
    )

    assert found.taken_off is None
    assert (await desk.world.settings()).alerts_channel == BILLS
    with pytest.raises(Exception, match="admins can do that"):
        await desk.world.services.listing_channels.unbind(
            await desk.world.actor(APPROVER), desk.world.organisation_id, Purpose.ALERTS, ChannelId(BILLS)
        )


async def test_a_practice_sees_what_goes_where_in_all_its_organisations(desk: Desk) -> None:
    await more_organisations(desk, 2)
    page = await listed(desk)
    assert "*Items to approve*" in words(page)  # the channel says which organisation is meant

    await desk.slack.click(page, ActionId.ALL_CHANNELS, user=ADMIN)
    overview = desk.modal(ADMIN)
    text = words(overview)
    assert f"• Items to approve: <#{BILLS}>" in text
    assert f"• News of the connection and its lists: in <#{ALERTS}>, without one of its own" in text
    assert text.count("• Items to approve: no channel, a card goes to whoever sent the item in") == 2

    block = next(each for each in overview.blocks if f"<#{BILLS}>" in str(each))
    await desk.slack.click(overview, ActionId.LIST_CHANNELS, user=ADMIN, block_id=block["block_id"])
    assert f"*Items to approve*\n<#{BILLS}>" in words(desk.modal(ADMIN))
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.slack.command("/dext", "channels", user=ADMIN, channel=ALERTS)
    assert "Client 001" in words(desk.modal(ADMIN))


def with_us(desk: Desk, channel: str) -> Channel:
    found = desk.slack.workspace.channels[channel]
    return replace(found, members=found.members | {BOT_USER})
