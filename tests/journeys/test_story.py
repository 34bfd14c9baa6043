"""The main story over signed HTTP, on both databases: connect, set up, approve, publish, be refused, fix, go on.

Slack and Xero are simulated, as strict as the real ones; the application between them is the one that is served.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, MEMBER, OWNER, Message, View
from bot.views.ids import ActionId, BlockId
from providers.simulating.numbers import Json
from providers.xero.simulator import TRADING, XeroState
from tests.fakes.app import World
from tests.fakes.connected import beside_xero, connect
from tests.handlers.desk import words
from tests.intake.documents import a_document
from tests.playground.kit import schema_problems

CATEGORY, OTHER_CATEGORY, TAX, NO_TAX = "429", "461", "INPUT2", "NONE"
SUPPLIER = "<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Paper &amp; Ink Ltd</cbc:Name></cac:PartyName></cac:Party></cac:AccountingSupplierParty>"

TYPED: dict[str, object] = {
    BlockId.SUPPLIER: "Paper & Ink Ltd",
    BlockId.ISSUED_ON: "2026-03-01",
    BlockId.CURRENCY: "GBP",
    BlockId.GROSS: "120.00",
    BlockId.TAX: "20.00",
}


class Story:
    """What people do, in the words of the story."""

    def __init__(self, world: World, xero: XeroState) -> None:
        self.world, self.slack, self.xero = world, world.slack, xero

    async def settle(self) -> None:
        await self.world.settle()

    async def set_up(self, *, status: str = "awaiting_payment", category: str = CATEGORY, tax: str = TAX) -> None:
        """The admin presses Set up in the message that says it is connected, and fills the form."""
        announced = self.slack.messages(BILLS)[-1]
        await self.slack.click(announced, ActionId.OPEN_SETTINGS, user=ADMIN)
        form = self.modal(ADMIN)
        await self.slack.options(form, ActionId.FIND_ACCOUNT, category, user=ADMIN, block_id=BlockId.DEFAULT_ACCOUNT)
        await self.slack.options(form, ActionId.FIND_TAX_RATE, "", user=ADMIN, block_id=BlockId.DEFAULT_TAX)
        done = await self.slack.submit(
            form,
            {
                BlockId.PAYMENT_STATUS: status,
                BlockId.DEFAULT_ACCOUNT: category,
                BlockId.DEFAULT_TAX: tax,
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
        found = [message for message in self.slack.messages(BILLS) if f"*Number*\n{number}" in words(message)]
        assert found, [message.text for message in self.slack.messages(BILLS)]
        return found[-1]

    def alert(self, number: str) -> Message:
        """The last alert under a card."""
        card = self.card(number)
        return [reply for reply in self.slack.thread(BILLS, card.ts) if reply.blocks][-1]

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


@pytest.mark.parametrize(
    ("status", "in_xero"),
    [("draft", "DRAFT"), ("awaiting_approval", "SUBMITTED"), ("awaiting_payment", "AUTHORISED")],
)
async def test_every_choice_of_the_set_up_shows_in_the_published_bill(
    sqlite_url: str, status: str, in_xero: str
) -> None:
    async with beside_xero(sqlite_url) as (world, xero):
        story = Story(world, xero)
        await connected(story)
        await story.set_up(status=status, category=OTHER_CATEGORY, tax=TAX)
        await story.drop("INV-1")

        await story.approve("INV-1")

        bill = story.bill("INV-1")
        (line,) = bill["LineItems"]
        assert (bill["Type"], bill["Status"]) == ("ACCPAY", in_xero)
        assert (line["AccountCode"], line["TaxType"]) == (OTHER_CATEGORY, TAX)


async def test_nothing_is_sent_before_the_set_up_is_saved_once(story: Story) -> None:
    await connected(story)
    await story.slack.command("/dext", "add", user=MEMBER)
    form = story.modal(MEMBER)
    await story.slack.submit(form, {**TYPED, BlockId.NUMBER: "INV-1"})
    await story.settle()
    before = [bill["InvoiceNumber"] for bill in story.xero.bills()]

    await story.set_up()
    await story.approve("INV-1")

    assert "INV-1" not in before
    assert story.bill("INV-1")["Contact"]["Name"] == "Paper & Ink Ltd"


async def test_an_ended_connection_is_told_once_and_the_queue_goes_on_after_reconnecting(story: Story) -> None:
    await connected(story)
    await story.set_up()
    await story.drop("INV-1")
    await story.drop("INV-2")
    story.xero.revoke_refresh_tokens()
    story.xero.expire_access_tokens()

    await story.approve("INV-1")
    await story.approve("INV-2")
    told = [message for message in story.slack.messages(ALERTS) if "has ended" in message.text]
    waiting = story.card("INV-1")
    await story.slack.click(told[0], ActionId.OPEN_CONNECT, user=ADMIN)
    await connect(story.world)
    await story.world.later(60)

    assert len(told) == 1
    assert "waits for the connection" in str(waiting.blocks)
    assert {bill["InvoiceNumber"] for bill in story.xero.bills()} >= {"INV-1", "INV-2"}
    assert "connected again" in str(story.slack.message(ALERTS, told[0].ts))


async def test_a_second_refusal_is_told_in_a_message_of_its_own(story: Story) -> None:
    await connected(story)
    await story.set_up()
    story.xero.archive_account(TRADING, CATEGORY)
    await story.drop("INV-1")
    await story.approve("INV-1")
    alert = story.alert("INV-1")

    await story.slack.click(alert, ActionId.RETRY_ITEM, user=BOOKKEEPER)
    await story.settle()

    assert story.alert("INV-1").ts != alert.ts
    assert "Refused 2 times" in str(story.alert("INV-1").blocks)
    assert [bill for bill in story.xero.bills() if bill["InvoiceNumber"] == "INV-1"] == []
