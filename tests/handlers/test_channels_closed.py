"""The approvals channel is closed to us and the admin chooses another one, as our own message advises."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.audience import FRESH_SECONDS
from bot.domain.ids import ChannelId, UserId
from bot.domain.settings import Destination, KindSettings, PaymentStatus, SettingsForm
from bot.playground.slack import (
    ADMIN,
    ALERTS,
    APPROVER,
    BILLS,
    BOOKKEEPER,
    BOT_USER,
    FINANCE,
    MEMBER,
    OUTSIDER,
    Message,
)
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.fakes.clock import FakeClock
from tests.fakes.connected import CATEGORY, TAX
from tests.handlers.desk import A_BILL, Desk, words

pytestmark = pytest.mark.desk(undo_seconds=0)


def archive(desk: Desk, channel: str) -> None:
    workspace = desk.slack.workspace
    workspace.put_channel(replace(workspace.channels[channel], is_archived=True))


def share(desk: Desk, channel: str) -> None:
    workspace = desk.slack.workspace
    workspace.put_channel(replace(workspace.channels[channel], is_shared=True).with_member(OUTSIDER))
    assert isinstance(desk.world.clock, FakeClock)
    desk.world.clock.move_to(desk.world.clock.now() + timedelta(seconds=FRESH_SECONDS))


def leave(desk: Desk, channel: str) -> None:
    desk.slack.leave(channel, BOT_USER)


async def choose(desk: Desk, approvals: str, alerts: str) -> None:
    await desk.slack.invite(FINANCE, by=ADMIN)
    form = SettingsForm(
        version=(await desk.world.settings()).version,
        costs=KindSettings(
            destination=Destination.PURCHASES,
            payment_status=PaymentStatus.AWAITING_PAYMENT,
            default_account=CATEGORY,
            default_tax_rate=TAX,
        ),
        approvers=(UserId(APPROVER),),
        bookkeepers=(UserId(BOOKKEEPER),),
        approvals_channel=ChannelId(approvals),
        alerts_channel=ChannelId(alerts),
    )
    await desk.world.services.set_up.settings.save(await desk.world.actor(), desk.world.organisation_id, form)
    await desk.settle()


def cards(desk: Desk, channel: str) -> list[Message]:
    return [
        message for message in desk.slack.messages(channel) if f"*Number*\n{A_BILL[BlockId.NUMBER]}" in words(message)
    ]


@pytest.mark.parametrize("close", [archive, leave, share])
async def test_a_card_and_its_alert_follow_into_the_channel_that_was_chosen_instead(desk: Desk, close: object) -> None:
    desk.xero.archive_account(TRADING, CATEGORY)
    card = await desk.add()
    await desk.press(card, ActionId.APPROVE_ITEM, settled=False)
    close(desk, BILLS)  # type: ignore[operator]  # one of those above
    await desk.settle()

    await choose(desk, FINANCE, FINANCE)

    (moved,) = cards(desk, FINANCE)
    (alert,) = desk.slack.thread(FINANCE, moved.ts)
    assert "Category 429 · General Expenses is archived in Xero" in words(alert)


async def test_the_line_that_leads_to_an_alert_goes_to_the_alerts_channel_that_was_chosen_instead(desk: Desk) -> None:
    await desk.world.set_up(alerts_channel=ALERTS)
    archive(desk, ALERTS)
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.press(await desk.add(), ActionId.APPROVE_ITEM)

    await choose(desk, BILLS, FINANCE)

    (line,) = [message for message in desk.slack.messages(FINANCE) if "Open it" in words(message)]
    assert line.channel == FINANCE


async def test_a_card_stays_where_it_is_when_its_channel_is_open(desk: Desk) -> None:
    await desk.add(user=MEMBER)

    await choose(desk, FINANCE, FINANCE)

    assert len(cards(desk, BILLS)) == 1
    assert cards(desk, FINANCE) == []
