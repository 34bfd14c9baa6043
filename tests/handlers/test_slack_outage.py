"""Slack is away for six hours while bills come in, are published and refused; then everything stands there as it is, in
order, in Slack's pace, and announced where it is much.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.app import assembled
from bot.playground.slack import BILLS
from bot.services.operating import Operating
from bot.settling import LONGEST_WAIT_SECONDS
from bot.slack import learn_workspace
from bot.views.ids import ActionId
from providers.xero.simulator import TRADING
from tests.fakes.clock import FakeClock
from tests.handlers.api_client import A_BILL, ApiClient, a_client
from tests.handlers.desk import CATEGORY, Desk, a_desk, words

BEFORE = [f"OLD-{number:02}" for number in range(1, 7)]
REFUSED = BEFORE[:2]
MEANWHILE = [f"NEW-{number:02}" for number in range(1, 31)]


class Shop(Desk):
    """Bills come from a web shop, which needs no Slack."""

    api: ApiClient

    @property
    def clock(self) -> FakeClock:
        assert isinstance(self.world.clock, FakeClock)
        return self.world.clock

    async def send(self, *numbers: str) -> None:
        for number in numbers:
            assert (await self.api.send({**A_BILL, "number": number})).status == 201
            await self.clock.advance(1)
        await self.settle()


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Shop]:
    async with a_desk(database_url, alerts_apart=True) as made, a_client(made.world) as api:
        shop = Shop(made.world)
        shop.api = api
        yield shop
        assert made.slack.refusals == []


async def a_day_without_slack(desk: Shop) -> None:
    """Six are approved, two of them not to the ledger's liking; thirty come meanwhile."""
    await desk.send(*BEFORE)
    for number in BEFORE:
        await desk.approve(number)
    desk.slack.faults.outage = "500"
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.world.later(70)
    desk.xero.restore_account(TRADING, CATEGORY)
    for start in range(0, len(MEANWHILE), 5):
        await desk.send(*MEANWHILE[start : start + 5])
        for _ in range(10):
            await desk.world.later(6 * 60)


async def test_after_six_hours_without_slack_everything_stands_there_once_in_order_and_in_pace(desk: Shop) -> None:
    await a_day_without_slack(desk)
    known, calls = {message.ts for message in desk.slack.messages(BILLS)}, len(desk.slack.calls)
    desk.slack.faults.outage = None
    await desk.clock.advance(LONGEST_WAIT_SECONDS)

    async with assembled(desk.world.services.config, desk.clock, jobs=desk.world.jobs) as restarted:
        await learn_workspace(restarted.services.clients)
        await restarted.messenger.drain()

    shown = [message.text + words(message) for message in desk.slack.messages(BILLS) if message.ts not in known]
    order = [number for text in shown for number in MEANWHILE if f"*Number*\n{number}" in text]
    assert order == MEANWHILE
    assert all("Refused by Xero" in words(desk.card(number)) for number in REFUSED)
    assert [text for text in shown if "new messages" in text] == [shown[0]]
    assert "I could not post in Slack from" in shown[0]
    assert "30 items" in shown[0]
    assert "30 to review" in shown[0]
    posts = [call for call in desk.slack.calls[calls:] if call.method == "chat.postMessage" and call.status == 200]
    for first, fourth in zip(posts, posts[3:], strict=False):
        assert first.args["channel"] != fourth.args["channel"] or fourth.at - first.at >= timedelta(seconds=0.999)
    assert len(desk.slack.calls) - calls < 3 * (len(MEANWHILE) + len(BEFORE))


async def test_a_few_are_not_announced(desk: Shop) -> None:
    await desk.send(*MEANWHILE[:10])

    assert not [message.text for message in desk.slack.messages(BILLS) if "new messages" in message.text]


async def test_what_was_refused_and_mended_before_slack_was_back_is_no_alert_there(desk: Shop) -> None:
    await desk.send("INV-1")
    await desk.approve("INV-1")
    desk.slack.faults.outage = "500"
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.world.later(70)
    desk.xero.restore_account(TRADING, CATEGORY)
    assert len(await Operating(desk.world.services.db).retry_all(None, None, 9)) == 1
    await desk.settle()
    desk.slack.faults.outage = None
    for _ in range(3):
        await desk.world.later(130)

    assert "Published" in words(desk.card("INV-1"))
    assert [reply for reply in desk.slack.thread(BILLS, desk.card("INV-1").ts) if "archived" in words(reply)] == []


async def test_of_a_card_that_was_posted_twice_either_decides_the_item_once(desk: Shop) -> None:
    """The answer to the first post was lost, so it was posted again."""
    desk.slack.faults.next_call("chat.postMessage", "lost")
    await desk.send("INV-1")
    await desk.world.later(130)
    copies = [message for message in desk.slack.messages(BILLS) if "*Number*\nINV-1" in words(message)]
    for copy in copies:
        await desk.press(copy, ActionId.APPROVE_ITEM)
    await desk.world.later(70)

    assert len(copies) == 2
    assert [bill["InvoiceNumber"] for bill in desk.xero.bills()] == ["INV-1"]
