"""What somebody paid themselves becomes one bill to them: made of their receipts, approved by another, published, and taken
apart again.
"""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.reports import Claim
from bot.playground.slack import (
    APPROVER,
    BILLS,
    BOOKKEEPER,
    FORMER,
    GUEST,
    MEMBER,
    OTHER_BOT,
    Message,
    Submitted,
    View,
)
from bot.services.reports import ReceiptsRefusedError
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import item_of
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, a_desk, actions, words
from tests.handlers.test_exchange_rates import drop as drop_in_euros
from tests.playground.kit import schema_problems

TRAIN = {BlockId.SUPPLIER: "Northern Rail", BlockId.NUMBER: "T-7", BlockId.GROSS: "30.00", BlockId.TAX: "0.00"}


@pytest.fixture
async def desk(sqlite_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        await made.world.set_up()
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0) as made:
        await made.world.set_up()
        yield made
        assert made.slack.refusals == []


async def opened(desk: Desk, user: str = MEMBER) -> View:
    """From App Home."""
    home = await desk.slack.open_home(user)
    assert home is not None
    await desk.slack.click(home, ActionId.OPEN_REPORT, user=user)
    return desk.modal(user)


def offered(form: View) -> dict[str, str]:
    """What each receipt would be sent as, by its reference."""
    block = next(each for each in form.blocks if each.get("block_id") == BlockId.RECEIPTS)
    return {option["text"]["text"].partition(" · ")[0]: option["value"] for option in block["element"]["options"]}


async def make(desk: Desk, *references: str, user: str = MEMBER, **more: object) -> Submitted:
    """Of these receipts, or of all that are offered."""
    form = await opened(desk, user)
    chosen = offered(form)
    values = [chosen[reference] for reference in references or chosen]
    done = await desk.slack.submit(form, {BlockId.RECEIPTS: values, **more}, user=user)
    await desk.settle()
    return done


def card_of(desk: Desk, reference: str) -> Message:
    return [one for one in desk.slack.messages(BILLS) if f"· {reference}" in words(one)][-1]


async def two_receipts(desk: Desk) -> None:
    """B-1001 was dropped with its file, B-1002 typed in."""
    await desk.drop("INV-1")
    await desk.add(**TRAIN)


async def test_receipts_become_one_bill_to_whoever_paid_them_with_a_line_and_a_file_for_each(either: Desk) -> None:
    desk = either
    await two_receipts(desk)

    done = await make(desk, **{BlockId.DESCRIPTION: "March"})

    assert done.view is not None
    assert "was added as *B-1003*: in approval" in words(done.view)
    card = words(card_of(desk, "B-1003"))
    assert "Northwind Trading Ltd" in card.splitlines()[0]
    assert "Expense report · *150.00 GBP*" in card
    assert "B-1001> Paper &amp; Ink Ltd" in card
    assert "?file|its file>" in card
    assert "Northern Rail" in card
    receipt = card_of(desk, "B-1001")
    assert "part of expense report B-1003" in words(receipt)
    assert ActionId.UNARCHIVE_ITEM not in actions(receipt)

    await desk.press(card_of(desk, "B-1003"), ActionId.APPROVE_ITEM, APPROVER)

    (bill,) = desk.xero.bills()
    assert bill["Contact"]["Name"] == "Mia"
    assert (bill["InvoiceNumber"], bill["Status"], Decimal(bill["Total"])) == ("B-1003", "AUTHORISED", Decimal(150))
    told = [line["Description"] for line in bill["LineItems"]]
    assert [each.split(" · ")[1] for each in told] == ["Paper & Ink Ltd", "Northern Rail"]
    assert [(Decimal(line["LineAmount"]), Decimal(line["TaxAmount"])) for line in bill["LineItems"]] == [
        (Decimal(100), Decimal(20)),
        (Decimal(30), Decimal(0)),
    ]
    files = [each["FileName"] for each in desk.xero.books[TRADING].files(bill["InvoiceID"])]
    assert files == ["B-1003 B-1001 INV-1.xml.txt"]
    assert "its file is there too" in words(card_of(desk, "B-1003"))


async def test_whoever_claims_it_never_approves_it(desk: Desk) -> None:
    await desk.drop("INV-1", user=APPROVER)
    await make(desk, user=APPROVER)

    await desk.press(card_of(desk, "B-1002"), ActionId.APPROVE_ITEM, APPROVER)
    assert "somebody else has to decide" in desk.whispers(APPROVER)[-1]

    await desk.press(card_of(desk, "B-1002"), ActionId.EDIT_ITEM, BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.DESCRIPTION: "Edited"})
    await desk.settle()
    await desk.press(card_of(desk, "B-1002"), ActionId.APPROVE_ITEM, APPROVER)
    assert "In approval" in words(card_of(desk, "B-1002"))
    assert desk.xero.bills() == []


async def test_taken_apart_its_receipts_come_back_as_they_were_and_can_be_claimed_again(either: Desk) -> None:
    desk = either
    await two_receipts(desk)
    await desk.slack.click(card_of(desk, "B-1002"), ActionId.SEND_BACK, user=APPROVER)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Which train?"})
    await desk.settle()
    await make(desk, "B-1001")
    report = card_of(desk, "B-1003")
    value = menu_of(report)

    await desk.slack.click(report, ActionId.TAKE_APART, user=MEMBER, value=value)
    await desk.settle()

    assert "Archived* by" in words(card_of(desk, "B-1003"))
    assert "taken apart" in words(card_of(desk, "B-1003"))
    assert "In approval" in words(card_of(desk, "B-1001"))
    assert "To review" in words(card_of(desk, "B-1002"))
    await desk.slack.click(report, ActionId.TAKE_APART, user=BOOKKEEPER, value=value)
    assert "cannot be taken apart from there" in desk.whispers(BOOKKEEPER)[-1]
    await make(desk, "B-1001")
    assert "1 receipt" in words(card_of(desk, "B-1004"))


def menu_of(card: Message) -> str:
    """What the entry of the card's menu says that it is about."""
    elements = [element for block in card.blocks for element in block.get("elements", [])]
    (menu,) = [element for element in elements if element.get("action_id") == ActionId.TAKE_APART]
    return str(menu["options"][0]["value"])


async def test_a_second_press_makes_no_second_report(desk: Desk) -> None:
    await two_receipts(desk)
    receipts = tuple(item_of(each) for each in offered(await opened(desk)).values())
    services = desk.world.services
    of = await desk.world.actor(MEMBER), desk.world.organisation_id, Claim(receipts=receipts, claimant="Mia")

    first, again = await asyncio.gather(
        services.reports.make(*of, "report:V1"), services.reports.make(*of, "report:V1")
    )
    with pytest.raises(ReceiptsRefusedError, match="is archived by now"):
        await services.reports.make(*of, "report:V2")

    assert first.id == again.id


async def test_what_lacks_something_is_refused_with_what_is_to_be_done(desk: Desk) -> None:
    await drop_in_euros(desk, "EUR-1", "EUR", "CHF", "0.95")
    await drop_in_euros(desk, "EUR-2", "EUR", "GBP", "0.8")

    done = await make(desk)

    assert "B-1001 is in EUR, without an exchange rate to GBP" in done.errors[BlockId.RECEIPTS]
    assert "B-1002" not in done.errors[BlockId.RECEIPTS]
    assert "In approval" in words(card_of(desk, "B-1002"))

    await desk.slack.close_modal(MEMBER, everything=True)
    await make(desk, "B-1002")
    await desk.press(card_of(desk, "B-1003"), ActionId.APPROVE_ITEM, APPROVER)
    (bill,) = desk.xero.bills()
    assert bill["CurrencyCode"] == "GBP"
    assert "EUR at 1 GBP = 1.25 EUR" in bill["LineItems"][0]["Description"]


@pytest.mark.parametrize("user", [APPROVER, GUEST, FORMER, OTHER_BOT])
async def test_a_stranger_takes_none_apart(desk: Desk, user: str) -> None:
    await two_receipts(desk)
    await make(desk, "B-1001")
    report = card_of(desk, "B-1003")

    await desk.slack.click(report, ActionId.TAKE_APART, user=user, value=menu_of(report))
    await desk.settle()

    assert "In approval" in words(card_of(desk, "B-1003"))
