"""A document in another currency, from the rate that it states, or that somebody types, to the ledger."""

from decimal import Decimal

import pytest

from bot.db.base import table_of
from bot.db.connections import ListEntryRow
from bot.domain.books import ListKind
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, MEMBER
from bot.views.ids import ActionId, BlockId
from providers.xero.simulated.writing import days_rate
from providers.xero.simulator import TRADING
from tests.handlers.desk import SUPPLIER, Desk, actions, words
from tests.intake.documents import a_document

pytestmark = pytest.mark.desk(undo_seconds=0, alerts_apart=True)

RATE = (
    "<cac:TaxExchangeRate><cbc:SourceCurrencyCode>{source}</cbc:SourceCurrencyCode>"
    "<cbc:TargetCurrencyCode>{target}</cbc:TargetCurrencyCode><cbc:CalculationRate>{rate}</cbc:CalculationRate>"
    "<cbc:MathematicOperatorCode>Multiply</cbc:MathematicOperatorCode></cac:TaxExchangeRate>"
)


async def drop(desk: Desk, number: str, source: str, target: str, rate: str) -> None:
    """An e-invoice in the first of the two currencies."""
    extra = SUPPLIER.format(name="Papier GmbH") + RATE.format(source=source, target=target, rate=rate)
    document = a_document(number=number, currency=source, extra=extra)
    await desk.slack.upload(document.encode(), f"{number}.xml", channel=BILLS, user=MEMBER)
    await desk.settle()


def booked(desk: Desk) -> dict[str, tuple[str, Decimal]]:
    bills = desk.xero.bills()
    return {bill["InvoiceNumber"]: (bill["CurrencyCode"], Decimal(str(bill["CurrencyRate"]))) for bill in bills}


async def test_a_document_goes_out_at_the_rate_that_it_states_or_that_somebody_types(desk: Desk) -> None:
    await drop(desk, "INV-1", "EUR", "GBP", "0.8")
    await drop(desk, "INV-2", "EUR", "GBP", "0.8")
    await drop(desk, "INV-3", "EUR", "CHF", "0.95")
    await drop(desk, "INV-4", "GBP", "EUR", "1.2")
    assert "*Exchange rate*\n1 GBP = 1.25 EUR\n_the document's own_" in words(desk.card("INV-1"))
    assert "*Exchange rate*\nXero's rate of the day\n_the document states another: 1 CHF = " in words(
        desk.card("INV-3")
    )
    assert "*Exchange rate*\n1 EUR = " in words(desk.card("INV-4"))
    assert "not needed: the books are in GBP too" in words(desk.card("INV-4"))
    typed = f"{BlockId.CURRENCY_RATE}:EUR"

    wrong = await desk.edit("INV-2", {typed: "0"})
    right = await desk.edit("INV-2", {typed: "1.168"})
    assert right.errors == {}
    await desk.press(desk.card("INV-4"), ActionId.EDIT_ITEM, BOOKKEEPER)
    form_in_pounds = words(desk.modal(BOOKKEEPER))
    for number in ("INV-1", "INV-2", "INV-3", "INV-4"):
        await desk.approve(number)

    assert "Write a rate such as" in wrong.errors[typed]
    assert "Exchange rate" not in form_in_pounds
    assert "*Exchange rate*\n1 GBP = 1.168 EUR\n_a rate typed by a person_" in words(desk.card("INV-2"))
    assert booked(desk) == {
        "INV-1": ("EUR", Decimal("1.25")),
        "INV-2": ("EUR", Decimal("1.168")),
        "INV-3": ("EUR", days_rate(desk.xero.books[TRADING], "EUR").normalize()),
        "INV-4": ("GBP", Decimal(1)),
    }


async def test_card_and_details_say_that_xero_takes_its_own_rate_where_none_is_stated_and_then_which_it_took(
    desk: Desk,
) -> None:
    card = await desk.add(**{BlockId.CURRENCY: "EUR"})
    assert "*Exchange rate*\nXero's rate of the day" in words(card)
    await desk.press(card, ActionId.SHOW_DETAILS, MEMBER)
    assert "*Exchange rate*\nXero's rate of the day" in words(desk.modal(MEMBER))
    await desk.approve("INV-1")

    days = days_rate(desk.xero.books[TRADING], "EUR")
    assert f"*Exchange rate*\n1 GBP = {days.normalize():f} EUR\n_what Xero booked it at_" in words(desk.card("INV-1"))
    assert booked(desk)["INV-1"] == ("EUR", days_rate(desk.xero.books[TRADING], "EUR").normalize())
    assert "Exchange rate" not in words(await desk.add(**{BlockId.NUMBER: "INV-2"}))


async def test_a_currency_that_the_ledger_does_not_have_is_told_before_anybody_approves(desk: Desk) -> None:
    told = "CHF is not switched on in the ledger, which will refuse it. Add it there"

    strange = await desk.add(**{BlockId.CURRENCY: "CHF"})
    known = [await desk.add(**{BlockId.NUMBER: f"IN-{code}", BlockId.CURRENCY: code}) for code in ("EUR", "GBP")]
    desk.xero.books[TRADING].currencies.save("CHF", {"Code": "CHF", "Description": "Swiss Franc"})
    await desk.slack.command("/dext", "sync currencies", user=ADMIN)
    await desk.settle()
    added = await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.CURRENCY: "CHF"})

    assert told in words(strange)
    assert ActionId.APPROVE_ITEM in actions(strange)
    assert ["is not switched on" in words(card) for card in (*known, added, desk.card("INV-1"))] == [False] * 4


async def test_of_currencies_that_were_never_read_nothing_is_told(desk: Desk) -> None:
    async with desk.world.services.db.write() as tx:
        entries = table_of(ListEntryRow)
        await tx.execute(entries.delete().where(entries.c.kind == ListKind.CURRENCIES))

    assert "is not switched on" not in words(await desk.add(**{BlockId.CURRENCY: "CHF"}))
