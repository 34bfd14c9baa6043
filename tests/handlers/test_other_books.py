"""Books that ask of documents what Xero's do not, or not what Xero's do: declared by their provider, followed by every bill."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.books import (
    AccountClass,
    ListEntry,
    ListKind,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)
from bot.domain.coding import Track
from bot.domain.documents import LineAmounts
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from tests.fakes.other_books import OtherBooks
from tests.handlers.desk import SUPPLIER, UNDO_SECONDS, Desk, a_desk, actions, words
from tests.handlers.parting import now, told
from tests.handlers.test_duplicates import a_rated_row
from tests.handlers.test_lines import Lines
from tests.intake.documents import Row

D = Decimal
UNTAXED = BookRules(taxes_costs=False)
OURS = SUPPLIER.format(name="Northwind Trading Ltd") + (
    "<cac:AccountingCustomerParty><cac:Party><cac:PartyName><cbc:Name>Big Buyer plc</cbc:Name></cac:PartyName></cac:Party>"
    "</cac:AccountingCustomerParty>"
)
"""The parties of an invoice that the organisation has written."""
OF_SALES = frozenset({AccountClass.REVENUE})
NON = TaxRate(code="NON", name="Not taxed", percent=D(0), applies_to=OF_SALES)
TAX = TaxRate(code="TAX", name="Sales tax", percent=None, applies_to=OF_SALES)
LOCATION = TrackingCategory(
    provider_id="location",
    name="Location",
    options=(TrackingOption(provider_id="north", name="North"), TrackingOption(provider_id="south", name="South")),
    is_of_document=True,
)
CLASS = TrackingCategory(
    provider_id="class", name="Class", options=(TrackingOption(provider_id="retail", name="Retail"),)
)
LOCATION_BLOCK, CLASS_BLOCK = (f"{BlockId.TRACKING}:{each.provider_id}" for each in (LOCATION, CLASS))
TWO = (Row(net="60.00", price="60.00"), Row(net="40.00", price="40.00"))


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url) as made:
        await made.world.set_up(alerts_channel=BILLS, tax=None)
        yield made
        assert made.slack.refusals == []


async def test_what_waits_follows_books_that_begin_to_ask_something_else(desk: Desk) -> None:
    await desk.add(**{BlockId.TAX: "19.00"})  # which no rate makes
    assert "A tax rate is missing" in words(desk.card("INV-1"))
    books = OtherBooks.at(desk, UNTAXED)

    await books.read()
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))

    books.rules = USUAL_RULES
    await books.read()
    assert "A tax rate is missing" in words(desk.card("INV-1"))


async def test_a_bill_is_checked_by_the_rules_of_its_books_wherever_it_is_looked_at_again(desk: Desk) -> None:
    await OtherBooks.at(desk, UNTAXED).read()
    await desk.add()

    await desk.press(desk.card("INV-1"), ActionId.SEND_BACK, APPROVER)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Which department?"})
    await desk.settle()
    assert "is missing" not in words(desk.card("INV-1"))

    await desk.edit("INV-1", {BlockId.DESCRIPTION: "For the office"}, BOOKKEEPER)
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))

    await desk.approve("INV-1")
    await desk.edit("INV-1", {BlockId.DESCRIPTION: "For the shop"}, BOOKKEEPER)
    assert "is missing" not in words(desk.card("INV-1"))


async def test_without_tax_on_costs_a_bill_is_booked_with_its_tax_in_what_it_costs(desk: Desk) -> None:
    books = OtherBooks.at(desk, UNTAXED)
    await books.read()
    await desk.drop("INV-1", rows=(Row(net="60.00", price="30", quantity="2"), Row(net="40.00", price="40.00")))
    card = words(desk.card("INV-1"))
    assert "*Tax*\n20.00 GBP\n_booked as part of the cost_" in card
    assert "Tax rate" not in card

    await desk.press(desk.card("INV-1"), ActionId.EDIT_ITEM, BOOKKEEPER)
    assert "Tax rate" not in words(desk.modal(BOOKKEEPER))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    lines = Lines(desk)
    await lines.open(desk.card("INV-1"))
    assert "tax rate" not in words(lines.view).lower().replace("one line per category and tax rate", "")
    assert (await lines.done({(BlockId.ACCOUNT, 1): "461"})).errors == {}
    await lines.save()
    await desk.press(desk.card("INV-1"), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
    assert "Tax rate" not in words(desk.modal(BOOKKEEPER))

    await desk.approve("INV-1")
    await desk.world.later(UNDO_SECONDS + 1)
    posting = books.posting
    assert (posting.net, posting.tax, posting.gross) == (D("120.00"), D(0), D("120.00"))
    assert posting.line_amounts is LineAmounts.NO_TAX
    found = [(line.net, line.quantity, line.unit_price, line.account_code, line.tax_code) for line in posting.lines]
    assert found == [
        (D("72.00"), D(2), D("36.0000"), "429", None),
        (D("48.00"), D(1), D("48.0000"), "461", None),
    ]
    assert "Published* to Other Books" in words(desk.card("INV-1"))


async def test_the_settings_say_that_costs_have_no_tax_rates(desk: Desk) -> None:
    await OtherBooks.at(desk, UNTAXED).read()

    await desk.slack.command("/dext", "settings", user=ADMIN)

    shown = words(desk.modal(ADMIN))
    assert "a bill's tax is booked as part of its cost" in shown
    assert "Default tax" not in shown
    done = await desk.slack.submit(desk.modal(ADMIN), {})
    assert (done.errors, done.error) == ({}, None)


async def test_a_sale_whose_tax_the_ledger_works_out_has_each_line_taxed_or_not(desk: Desk) -> None:
    books = OtherBooks.at(desk, UNTAXED, lists={ListKind.TAX_RATES: (NON, TAX)})
    books.page_size = 1
    await books.read()
    assert books.pages == [None, "1"]

    await desk.drop(
        "S-1", rows=(a_rated_row("10", "60.00"), a_rated_row("0", "40.00")), totals=("100.00", "6.00"), extra=OURS
    )
    card = words(desk.card("S-1"))
    assert "tax rates" not in card
    await desk.edit("S-1", {BlockId.ACCOUNT: "200"})
    await desk.approve("S-1")
    await desk.world.later(UNDO_SECONDS + 1)

    assert [(line.net, line.tax, line.tax_code) for line in books.posting.lines] == [
        (D("60.00"), D("6.00"), "TAX"),
        (D("40.00"), D("0.00"), "NON"),
    ]


async def test_what_is_tracked_once_for_a_document_is_chosen_at_it_and_sent_with_it(desk: Desk) -> None:
    lists = {ListKind.TRACKING_CATEGORIES: (CLASS, LOCATION)}
    books = OtherBooks.at(desk, BookRules(taxes_costs=False, tracks_documents=True), lists=lists)
    books.page_size = 1
    await books.read()
    assert books.pages == [None, "1"]
    await desk.drop("INV-1", rows=TWO)

    await desk.press(desk.card("INV-1"), ActionId.EDIT_ITEM, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    assert {"Location", "Class"} <= set(words(form).splitlines())
    (south,) = await desk.slack.options(form, ActionId.FIND_TRACKING, "so", user=BOOKKEEPER, block_id=LOCATION_BLOCK)
    assert south["text"]["text"] == "South"
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    lines = Lines(desk)
    await lines.open(desk.card("INV-1"), {LOCATION_BLOCK: "south"})
    assert "Location" not in words(lines.view)
    assert (await lines.done({(CLASS_BLOCK, 1): "retail"})).errors == {}
    await lines.save()
    assert "*Location*\nSouth" in words(desk.card("INV-1"))

    await desk.approve("INV-1")
    await desk.world.later(UNDO_SECONDS + 1)
    assert books.posting.tracking == (Track("location", "south"),)
    assert [line.tracking for line in books.posting.lines] == [(), (Track("class", "retail"),)]
    assert "Published* to Other Books" in words(desk.card("INV-1"))


async def test_lines_that_say_several_of_what_a_document_has_one_of_wait_until_one_is_chosen(desk: Desk) -> None:
    """The ledger tracked it line by line, and does not any more."""
    by_line = {ListKind.TRACKING_CATEGORIES: (replace(LOCATION, is_of_document=False),)}
    books = OtherBooks.at(desk, UNTAXED, lists=by_line)
    await books.read()
    for number, second in (("INV-1", "south"), ("INV-2", "north")):
        await desk.drop(number, rows=TWO)
        lines = Lines(desk)
        await lines.open(desk.card(number))
        assert (await lines.done({(LOCATION_BLOCK, 0): "north", (LOCATION_BLOCK, 1): second})).errors == {}
        await lines.save()

    books.rules, books.lists = replace(UNTAXED, tracks_documents=True), {ListKind.TRACKING_CATEGORIES: (LOCATION,)}
    await books.read()
    several = "Location is one for the whole document, and its lines have 2 different ones"
    assert several in words(desk.card("INV-1"))
    assert ActionId.APPROVE_ITEM not in actions(desk.card("INV-1"))
    assert "*Location*\nNorth" in words(desk.card("INV-2"))
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-2"))

    await desk.edit("INV-1", {BlockId.DESCRIPTION: "For the office"})
    assert several in words(desk.card("INV-1"))
    await desk.edit("INV-1", {LOCATION_BLOCK: "south"})
    assert several not in words(desk.card("INV-1"))
    await desk.approve("INV-1")
    await desk.world.later(UNDO_SECONDS + 1)
    assert books.posting.tracking == (Track("location", "south"),)
    assert {line.tracking for line in books.posting.lines} == {()}


async def test_a_default_of_what_is_tracked_for_a_whole_document_is_given_to_what_has_none(desk: Desk) -> None:
    lists: dict[ListKind, tuple[ListEntry, ...]] = {ListKind.TRACKING_CATEGORIES: (CLASS, LOCATION)}
    books = OtherBooks.at(desk, replace(UNTAXED, tracks_documents=True), lists=lists)
    await books.read()
    await desk.drop("INV-1", rows=TWO)
    await desk.slack.command("/dext", "settings", user=ADMIN)
    form = desk.modal(ADMIN)
    assert "Default Location" in words(form)
    assert "Default Class" not in words(form)
    await desk.slack.options(form, ActionId.FIND_TRACKING, "", user=ADMIN, block_id=LOCATION_BLOCK)

    done = await desk.slack.submit(form, {LOCATION_BLOCK: "south"})

    assert (done.errors, done.error) == ({}, None)
    assert "*Default Location*: South (was: none)" in words(desk.modal(ADMIN))
    await desk.settle()
    assert "*Location*\nSouth" in words(desk.card("INV-1"))
    await desk.press(desk.card("INV-1"), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
    assert "*Location*\nSouth\n_the organisation's default_" in words(desk.modal(BOOKKEEPER))

    # what was chosen in a form that is older than the list is told where it stands
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.slack.command("/dext", "settings", user=ADMIN)
    form = desk.modal(ADMIN)
    books.lists[ListKind.TRACKING_CATEGORIES] = (replace(LOCATION, options=LOCATION.options[:1]),)
    await books.read()
    done = await desk.slack.submit(form, {})
    assert "not in the ledger's list any more" in done.errors[LOCATION_BLOCK]
    await desk.drop("INV-2", rows=TWO)
    assert "*Location*" not in words(desk.card("INV-2"))


async def test_a_default_of_what_is_tracked_for_a_whole_document_that_is_archived_is_told_until_it_is_back(
    desk: Desk,
) -> None:
    lists: dict[ListKind, tuple[ListEntry, ...]] = {ListKind.TRACKING_CATEGORIES: (CLASS, LOCATION)}
    books = OtherBooks.at(desk, replace(UNTAXED, tracks_documents=True), lists=lists)
    await books.read()
    await desk.slack.command("/dext", "settings", user=ADMIN)
    form = desk.modal(ADMIN)
    await desk.slack.options(form, ActionId.FIND_TRACKING, "", user=ADMIN, block_id=LOCATION_BLOCK)
    await desk.slack.submit(form, {LOCATION_BLOCK: "south"})
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.settle()
    north, south = LOCATION.options

    books.lists[ListKind.TRACKING_CATEGORIES] = (replace(LOCATION, options=(north, replace(south, is_active=False))),)
    await books.read()
    await books.read()

    (message,) = told(desk.world, "archived or gone", BILLS)
    assert "Location: South is archived or gone in Xero" in words(message)
    assert "*default tracking option* in the settings. New bills do not get it: they go out without" in words(message)
    books.lists[ListKind.TRACKING_CATEGORIES] = (LOCATION,)
    await books.read()
    assert "Location: South, the default tracking option, is in the ledger's list again" in now(desk.world, message)
