"""Costs that are for a customer or a project of theirs: chosen in Slack, sent by other systems, and billable in QuickBooks."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.coding import Billable
from bot.domain.settings import Destination
from bot.playground.slack import ADMIN, ALERTS, BILLS, BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from providers.quickbooks.simulator import TRADING, QuickBooksState
from tests.contract.ingest_document import problems
from tests.handlers.api_client import A_BILL, a_client
from tests.handlers.desk import UNDO_SECONDS, Desk, words
from tests.handlers.test_api_codes import why
from tests.handlers.test_gone_codes import told
from tests.handlers.test_lines import Lines
from tests.handlers.test_paid import method
from tests.handlers.test_quickbooks import CURRENT_ACCOUNT, beside_quickbooks
from tests.handlers.test_withdrawing import withdraw
from tests.intake.documents import Row
from tests.playground.kit import schema_problems

BOOM_FM, LOFT_REFIT = "16", "22"
TWO = (Row(name="Paint", net="60.00", price="60.00"), Row(name="Sockets", net="40.00", price="40.00"))
REFIT = "Hamilton Smith Ltd · Loft refit"


@pytest.fixture
async def office(sqlite_url: str, shared: Path) -> AsyncIterator[tuple[Desk, QuickBooksState]]:
    async with beside_quickbooks(sqlite_url) as (desk, books):
        yield desk, books
        assert desk.slack.refusals == []
        assert schema_problems(desk.slack, shared) == []


def lines_of(document: dict[str, Any]) -> list[tuple[str | None, str]]:
    details = [line["AccountBasedExpenseLineDetail"] for line in document["Line"]]
    return [((one.get("CustomerRef") or {}).get("name"), one["BillableStatus"]) for one in details]


def switch(books: QuickBooksState, **preferences: bool) -> None:
    books.books[TRADING].change_preferences("VendorAndPurchasesPrefs", **preferences)


async def test_a_bill_that_is_on_the_customers_invoice_by_now_is_not_withdrawn_before_it_is_taken_off(
    office: tuple[Desk, QuickBooksState],
) -> None:
    desk, books = office
    await desk.drop("INV-1")
    await desk.edit("INV-1", {BlockId.FOR_CUSTOMER: BOOM_FM, BlockId.BILLABLE: Billable.YES})
    await desk.approve("INV-1")
    await desk.world.later(UNDO_SECONDS + 3)
    (bill,) = books.bills()
    billed_on(books, bill, "HasBeenBilled")

    await withdraw(desk)
    await desk.world.later(61)

    assert len(books.bills()) == 1
    stays = desk.slack.thread(BILLS, desk.card("INV-1").ts)[-1]
    assert "*Not withdrawn: it is on a customer's invoice already*" in words(stays)
    assert "Take it off the customer's invoice in QuickBooks Online, then press Retry" in words(stays)

    billed_on(books, bill, "Billable")
    await desk.press(stays, ActionId.WITHDRAW_AGAIN, BOOKKEEPER)
    await desk.world.later(61)

    assert books.bills() == []


def billed_on(books: QuickBooksState, bill: dict[str, Any], status: str) -> None:
    """Somebody makes the customer's invoice in QuickBooks, or deletes it again."""
    (line,) = bill["Line"]
    detail = {**line["AccountBasedExpenseLineDetail"], "BillableStatus": status}
    books.books[TRADING].save("Bill", {**bill, "Line": [{**line, "AccountBasedExpenseLineDetail": detail}]})


async def test_a_bill_is_for_a_project_and_one_of_its_lines_for_somebody_else_and_both_stand_so_in_quickbooks(
    office: tuple[Desk, QuickBooksState],
) -> None:
    desk, books = office
    await desk.drop("Q-1", rows=TWO)

    saved = await desk.edit("Q-1", {BlockId.FOR_CUSTOMER: LOFT_REFIT, BlockId.BILLABLE: Billable.YES})
    assert (saved.errors, saved.error) == ({}, None)
    lines = Lines(desk)
    await lines.open(desk.card("Q-1"))
    assert f"As on the bill: {REFIT}" in str(lines.view.blocks)
    assert "As on the bill: billable" in str(lines.view.blocks)
    await lines.done({(BlockId.FOR_CUSTOMER, 1): BOOM_FM, (BlockId.BILLABLE, 1): Billable.NO})
    await lines.save()

    card = words(desk.card("Q-1"))
    assert f"*Customer*\n{REFIT}, billable" in card
    assert "Boom FM, not billable" in card
    said = await why(desk, "Q-1")
    assert f"*Customer it is for*\n{REFIT}\n_chosen by" in said
    assert "*Line 2, billable*\nno\n" in said
    await desk.approve("Q-1")
    await desk.world.later(UNDO_SECONDS + 1)
    (bill,) = books.bills()
    assert lines_of(bill) == [("Loft refit", "Billable"), ("Boom FM", "NotBillable")]
    assert "Published* to QuickBooks Online" in words(desk.card("Q-1"))


async def test_what_is_billable_to_nobody_waits_and_says_so_and_money_spent_names_its_customer_too(
    office: tuple[Desk, QuickBooksState],
) -> None:
    desk, books = office
    await method(desk, CURRENT_ACCOUNT)
    await desk.drop("Q-1")

    await desk.edit("Q-1", {BlockId.BILLABLE: Billable.YES})

    assert "It is billable, and nobody knows to whom: choose the customer it is for." in words(desk.card("Q-1"))
    await desk.press(desk.card("Q-1"), ActionId.EDIT_ITEM, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    await desk.offered(form, {BlockId.FOR_CUSTOMER: BOOM_FM})
    (current,) = await desk.slack.options(form, ActionId.FIND_PAYMENT_METHOD, "", user=BOOKKEEPER)
    to = {f"{BlockId.PUBLISH_TO}:cost": Destination.BANK_ACCOUNTS, BlockId.PAYMENT_METHOD: current["value"]}
    await desk.slack.submit(form, {BlockId.FOR_CUSTOMER: BOOM_FM, **to})
    await desk.settle()
    await desk.approve("Q-1")
    await desk.world.later(UNDO_SECONDS + 1)
    (spent,) = books.documents("Purchase")
    assert lines_of(spent) == [("Boom FM", "Billable")]


async def test_another_system_says_whom_a_cost_is_for_by_name_and_is_told_what_there_is_not(
    office: tuple[Desk, QuickBooksState],
) -> None:
    desk, books = office
    coding = {"customer": "Hamilton Smith Ltd:Loft refit", "billable": True}
    line: dict[str, Any] = {**A_BILL["lines"][0], "coding": {"billable": False}}
    async with a_client(desk.world) as api:
        sent = await api.send({**A_BILL, "lines": [line], "coding": coding})
        unknown = await api.send({**A_BILL, "number": "INV-8", "coding": {"customer": "Loft refitt"}})
        sale = await api.send({**A_BILL, "kind": "sale", "number": "INV-9", "coding": coding})
        switch(books, BillableExpenseTracking=False)
        await desk.slack.command("/dext", "sync", user=ADMIN)
        await desk.settle()
        unbilled = await api.send({**A_BILL, "number": "INV-10", "coding": coding})
        assert problems(api.heard) == []
    await desk.settle()

    assert (sent.status, unknown.status, sale.status, unbilled.status) == (201, 422, 422, 422)
    fields = {error["field"]: error["detail"] for error in unknown.json["errors"]}
    assert "No live customer of these books is called “Loft refitt”" in fields["coding.customer"]
    assert {error["field"] for error in sale.json["errors"]} == {"coding.customer", "coding.billable"}
    assert "bill no costs on" in unbilled.json["errors"][0]["detail"]
    assert "_sent with the document, by the API_" in await why(desk, "INV-7")
    await desk.approve("INV-7")
    await desk.world.later(UNDO_SECONDS + 1)
    (bill,) = books.bills()
    assert lines_of(bill) == [("Loft refit", "NotBillable")]


async def test_where_billing_on_was_switched_off_the_refusal_says_so_and_an_edit_sends_it_again(
    office: tuple[Desk, QuickBooksState],
) -> None:
    desk, books = office
    await desk.drop("Q-1")
    await desk.edit("Q-1", {BlockId.FOR_CUSTOMER: BOOM_FM, BlockId.BILLABLE: Billable.YES})
    switch(books, BillableExpenseTracking=False)

    await desk.approve("Q-1")
    await desk.world.later(UNDO_SECONDS + 1)

    (alert,) = desk.slack.thread(BILLS, desk.card("Q-1").ts)
    assert "QuickBooks Online does not take whom this cost is for" in words(alert)
    await desk.press(alert, ActionId.EDIT_ITEM, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    done = await desk.slack.submit(form, {BlockId.BILLABLE: Billable.NO})
    assert (done.errors, done.error) == ({}, None)
    await desk.world.later(UNDO_SECONDS + 1)
    (bill,) = books.bills()
    assert lines_of(bill) == [("Boom FM", "NotBillable")]


async def test_a_form_offers_no_customer_where_the_books_track_none_and_lets_one_be_emptied(
    office: tuple[Desk, QuickBooksState],
) -> None:
    desk, books = office
    await desk.world.set_up(category="28", tax="2", alerts_channel=ALERTS)
    await desk.drop("Q-1")
    await desk.drop("Q-2")
    await desk.edit("Q-1", {BlockId.FOR_CUSTOMER: BOOM_FM})
    switch(books, TrackingByCustomer=False)
    books.set_active(TRADING, "Customer", "Boom FM", is_active=False)
    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()

    assert "the books do not track costs by customer" in words(desk.card("Q-1"))
    assert any("Contact Boom FM: 1 item" in each for each in told(desk))
    await desk.press(desk.card("Q-2"), ActionId.EDIT_ITEM, BOOKKEEPER)
    assert BlockId.FOR_CUSTOMER not in str(desk.modal(BOOKKEEPER).blocks)
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await desk.edit("Q-1", {BlockId.FOR_CUSTOMER: None})
    assert "In approval" in words(desk.card("Q-1"))
