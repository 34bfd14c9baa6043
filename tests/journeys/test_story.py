"""The main story over signed HTTP, on both databases: connect, set up, approve, publish, be refused, fix, go on.

Slack and Xero are simulated, as strict as the real ones; the application between them is the one that is served.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, MEMBER, OWNER, Message, View
from bot.views.ids import ActionId, BlockId
from providers.xero.simulated.numbers import Json
from providers.xero.simulator import TRADING, XeroState
from tests.fakes.app import World
from tests.fakes.connected import beside_xero, connect
from tests.intake.documents import a_document
from tests.playground.kit import schema_problems

CATEGORY, OTHER_CATEGORY, TAX = "429", "461", "INPUT2"
SUPPLIER = "<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Paper &amp; Ink Ltd</cbc:Name></cac:PartyName></cac:Party></cac:AccountingSupplierParty>"


class Story:
    """What people do, in the words of the story."""

    def __init__(self, world: World, xero: XeroState) -> None:
        self.world, self.slack, self.xero = world, world.slack, xero

    async def settle(self) -> None:
        await self.world.settle()

    async def set_up(self) -> None:
        """The admin presses Set up in the message that says it is connected, and fills the form."""
        announced = self.slack.messages(BILLS)[-1]
        await self.slack.click(announced, ActionId.OPEN_SETTINGS, user=ADMIN)
        form = self.modal(ADMIN)
        for action, word, block in (
            (ActionId.FIND_ACCOUNT, "general", BlockId.DEFAULT_ACCOUNT),
            (ActionId.FIND_TAX_RATE, "20%", BlockId.DEFAULT_TAX),
        ):
            await self.slack.options(form, action, word, user=ADMIN, block_id=block)
        done = await self.slack.submit(
            form,
            {
                BlockId.PAYMENT_STATUS: "awaiting_payment",
                BlockId.DEFAULT_ACCOUNT: CATEGORY,
                BlockId.DEFAULT_TAX: TAX,
                BlockId.APPROVERS: [APPROVER],
                BlockId.BOOKKEEPERS: [BOOKKEEPER],
                BlockId.APPROVALS_CHANNEL: BILLS,
                BlockId.ALERTS_CHANNEL: ALERTS,
            },
        )
        assert (done.errors, done.error) == ({}, None)
        await self.slack.close_modal(ADMIN, everything=True)
        await self.settle()

    async def drop(self, number: str) -> Message:
        """A member drops an e-invoice in the channel; answers its home card."""
        document = a_document(number=number, currency="GBP", extra=SUPPLIER).encode()
        await self.slack.upload(document, f"{number}.xml", channel=BILLS, user=MEMBER)
        await self.settle()
        return self.card(number)

    async def approve(self, number: str) -> None:
        await self.slack.click(self.card(number), ActionId.APPROVE_ITEM, user=APPROVER)
        await self.settle()

    def card(self, number: str) -> Message:
        found = [message for message in self.slack.messages(BILLS) if number in str(message.blocks)]
        assert found, [message.text for message in self.slack.messages(BILLS)]
        return found[-1]

    def alert(self, number: str) -> Message:
        """The one alert under a card."""
        card = self.card(number)
        (found,) = [reply for reply in self.slack.thread(BILLS, card.ts) if reply.blocks]
        return found

    def modal(self, user: str) -> View:
        view = self.slack.view(user)
        assert view is not None
        return view

    def bill(self, number: str) -> Json:
        (found,) = [bill for bill in self.xero.bills() if bill["InvoiceNumber"] == number]
        return found


@pytest.fixture
async def story(database_url: str) -> AsyncIterator[Story]:
    async with beside_xero(database_url) as (world, xero):
        yield Story(world, xero)


async def connected(story: Story) -> None:
    await connect(story.world)
    await story.settle()


async def test_from_the_command_to_a_published_bill_and_a_refusal_that_is_fixed(story: Story, shared: Path) -> None:
    slack, xero = story.slack, story.xero

    await slack.command("/dext", "connect", user=MEMBER)
    await slack.click(story.modal(MEMBER), ActionId.ASK_TO_CONNECT, user=MEMBER)
    await story.settle()
    assert "asks you to connect" in slack.dms(OWNER)[-1].text
    await slack.close_modal(MEMBER, everything=True)

    await connected(story)
    await story.set_up()
    card = await story.drop("INV-1")
    assert "Paper & Ink" in card.text or "Paper" in str(card.blocks)
    await story.approve("INV-1")

    published = story.bill("INV-1")
    assert published["Status"] == "AUTHORISED"
    assert str(published["Total"]) == "120.00"
    assert published["Url"].startswith(f"{story.world.address}/i/")
    assert published["InvoiceID"] in str(story.card("INV-1").blocks)

    xero.archive_account(TRADING, CATEGORY)
    await story.drop("INV-2")
    await story.approve("INV-2")
    alert = story.alert("INV-2")
    assert "archived" in str(alert.blocks)
    await slack.click(alert, ActionId.CHOOSE_ACCOUNT, user=BOOKKEEPER)
    form = story.modal(BOOKKEEPER)
    offered = await slack.options(form, ActionId.FIND_ACCOUNT, "", user=BOOKKEEPER)
    assert CATEGORY not in [option["value"] for option in offered]
    await slack.submit(form, {ActionId.FIND_ACCOUNT: OTHER_CATEGORY})
    await story.settle()

    assert story.bill("INV-2")["LineItems"][0]["AccountCode"] == OTHER_CATEGORY
    assert story.alert("INV-2").ts == alert.ts
    assert "ublished" in str(story.alert("INV-2").blocks)
    assert len(xero.bills()) == 2
    assert slack.refusals == []
    assert schema_problems(slack, shared) == []
