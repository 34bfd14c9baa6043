"""What an edit leaves alone, and what it mends, over signed requests."""

import pytest

from bot.playground.slack import BILLS, MEMBER
from bot.views.ids import BlockId
from tests.handlers.desk import (
    CATEGORY,
    OTHER_CATEGORY,
    OTHER_TAX,
    SUPPLIER,
    TAX,
    UNDO_SECONDS,
    Desk,
    words,
)
from tests.intake.documents import Row, a_document

SELLER = SUPPLIER.format(name="Paper")


def without_net(document: str) -> str:
    return document.replace("<cbc:TaxExclusiveAmount>100.00</cbc:TaxExclusiveAmount>", "")


async def test_an_edit_of_the_wording_leaves_an_approved_bill_coded_as_it_was_approved(desk: Desk) -> None:
    await desk.add()
    await desk.approve("INV-1")
    await desk.world.set_up(category=OTHER_CATEGORY, tax=OTHER_TAX, alerts_channel=BILLS)

    await desk.edit("INV-1", {BlockId.DESCRIPTION: "Paper for the printer"})
    await desk.world.later(UNDO_SECONDS)

    (bill,) = desk.xero.bills()
    assert [(line["AccountCode"], line["TaxType"]) for line in bill["LineItems"]] == [(CATEGORY, TAX)]


async def test_a_category_that_a_person_emptied_stays_empty_whatever_the_default(desk: Desk) -> None:
    await desk.add()
    await desk.approve("INV-1")

    await desk.edit("INV-1", {BlockId.ACCOUNT: None})

    assert "A category is missing" in words(desk.card("INV-1"))


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(
            without_net(a_document(number="FIG-1", currency="GBP", extra=SELLER, rows=(Row(net="110.00"),))),
            id="lines that do not make what is before tax",
        ),
        pytest.param(
            a_document(number="FIG-1", currency="GBP", extra=SELLER, rows=(Row(net="50.0050"), Row(net="49.9950"))),
            id="lines finer than a cent",
        ),
    ],
)
async def test_figures_that_cannot_be_booked_wait_until_the_form_is_saved(desk: Desk, document: str) -> None:
    await desk.slack.upload(document.encode(), "FIG-1.xml", channel=BILLS, user=MEMBER)
    await desk.settle()
    assert "Before it can go on" in words(desk.card("FIG-1"))

    await desk.edit("FIG-1", {})

    await desk.approve("FIG-1")
    await desk.world.later(UNDO_SECONDS)
    (bill,) = desk.xero.bills()
    assert (bill["Total"], len(bill["LineItems"])) == (120, 1)
