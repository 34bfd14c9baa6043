"""A bill in Slack becomes one in Sage Accounting: one of several businesses of a sign-in is chosen, the bill published to a
supplier that was not there before, with its file, refused with its fix, and taken back again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from providers.sage.simulator import IRELAND, TRADING, Fault, SageState, create_app
from tests.contract.sage import bank, ledger
from tests.fakes.connected import connect
from tests.handlers.beside import beside, pay_costs, to
from tests.handlers.desk import Desk, words
from tests.handlers.parting import connection, disconnect, token_sets, told
from tests.handlers.test_other_books import OURS
from tests.handlers.test_withdrawing import withdraw
from tests.intake.documents import Row

OFFICE_COSTS, POSTAGE, SALES, STANDARD_RATE, CURRENT_ACCOUNT = (
    ledger("7500"),
    ledger("7501"),
    ledger("4010"),
    "GB_STANDARD",
    bank("1200"),
)


@asynccontextmanager
async def beside_sage(database_url: str, *, is_paid: bool = False) -> AsyncIterator[tuple[Desk, SageState]]:
    """Connected by the workspace's admin, and set up."""
    async with beside(database_url, "sage", SageState, create_app, to(TRADING)) as (connected, books):
        await connected.set_up(category=OFFICE_COSTS, tax=STANDARD_RATE)
        desk = Desk(connected)
        if is_paid:
            await pay_costs(desk, account=CURRENT_ACCOUNT, category=OFFICE_COSTS, tax=STANDARD_RATE)
        yield desk, books


async def test_an_e_invoice_that_sage_does_not_take_as_a_file_stays_here_without_an_alert(sqlite_url: str) -> None:
    async with beside_sage(sqlite_url) as (desk, books):
        await desk.drop("S-1")

        await desk.approve("S-1")
        for _ in range(3):
            await desk.world.later(61)

        assert len(books.documents("purchase_invoices")) == 1
        card = desk.card("S-1")
        assert "Published* to Sage" in words(card)
        assert ":paperclip: Sage Accounting does not take XML files; the original stays here" in words(card)
        assert desk.slack.thread(BILLS, card.ts) == []


async def test_home_says_once_what_may_be_done_with_bills(sqlite_url: str) -> None:
    async with beside_sage(sqlite_url) as (desk, _):
        home = await desk.slack.open_home(ADMIN)

        assert home is not None
        (line,) = [line for line in words(home).splitlines() if " · may " in line]
        assert "may read and write the accounting data of the businesses, attach files" in line
        assert "bills" not in line


async def sales(desk: Desk, **also: object) -> None:
    """Their settings, as an admin fills them in."""
    await desk.slack.command("/dext", "settings sales", user=ADMIN)
    form = desk.modal(ADMIN)
    chosen = ((BlockId.DEFAULT_TAX, ActionId.FIND_TAX_RATE), (BlockId.DEFAULT_ACCOUNT, ActionId.FIND_ACCOUNT))
    for block, action in chosen:
        await desk.slack.options(form, action, "", user=ADMIN, block_id=block)
    values: dict[str, object] = {
        BlockId.PAYMENT_STATUS: "awaiting_payment",
        BlockId.DEFAULT_TAX: STANDARD_RATE,
        BlockId.DEFAULT_ACCOUNT: SALES,
        **also,
    }
    done = await desk.slack.submit(form, values)
    assert (done.errors, done.error) == ({}, None)
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.settle()


async def test_a_bill_is_approved_in_slack_and_stands_in_sage_once_whatever_becomes_of_the_answer(
    sqlite_url: str,
) -> None:
    async with beside_sage(sqlite_url) as (desk, books):
        await desk.drop("G-1", ending="pdf")
        books.fail_next(Fault.RESET_AFTER, method="POST", path="*/purchase_invoices")

        await desk.approve("G-1")
        for _ in range(4):
            await desk.world.later(61)

        (bill,) = books.purchase_invoices()
        assert (bill["vendor_reference"], bill["total_amount"], bill["contact_name"]) == ("G-1", 120, "Paper & Ink Ltd")
        assert bill["invoice_lines"][0]["ledger_account"]["displayed_as"] == "Office Costs (7500)"
        (file,) = books.books[TRADING].files(bill)
        assert file["file_name"].endswith(".pdf")
        card = desk.card("G-1")
        assert "Published* to Sage Accounting" in words(card)
        assert f"/invoicing/purchases/invoices/{bill['id']}" in str(card.blocks)
        # people see the nominal code of a category, not what the ledger refers to it by
        assert "7500 · Office Costs" in words(card)


async def test_what_sage_refuses_is_told_in_the_bills_thread_and_goes_out_with_another_category(
    sqlite_url: str,
) -> None:
    async with beside_sage(sqlite_url) as (desk, books):
        books.hide_account(TRADING, "Office Costs", is_hidden=True)
        await desk.drop("G-1")

        await desk.approve("G-1")
        await desk.world.later(61)

        (alert,) = desk.slack.thread(BILLS, desk.card("G-1").ts)
        assert "Category 7500 · Office Costs is archived in Sage Accounting" in words(alert)
        assert books.purchase_invoices() == []

        await desk.press(alert, ActionId.CHOOSE_ACCOUNT, BOOKKEEPER)
        form = desk.modal(BOOKKEEPER)
        await desk.offered(form, {BlockId.ACCOUNT: POSTAGE})
        await desk.slack.submit(form, {BlockId.ACCOUNT: POSTAGE})
        await desk.settle()
        for _ in range(2):
            await desk.world.later(61)

        (bill,) = books.purchase_invoices()
        assert bill["invoice_lines"][0]["ledger_account"]["displayed_as"] == "Postage and Couriers (7501)"


async def test_a_bill_is_paid_from_its_payment_method_and_taken_back_with_its_payment(sqlite_url: str) -> None:
    async with beside_sage(sqlite_url, is_paid=True) as (desk, books):
        await desk.drop("INV-1")
        await desk.approve("INV-1")
        for _ in range(3):
            await desk.world.later(61)

        (payment,) = books.documents("contact_payments")
        assert (payment["total_amount"], payment["bank_account"]["displayed_as"]) == (120, "Current Account (1200)")
        (bill,) = books.purchase_invoices()
        assert bill["status"]["id"] == "PAID"

        await withdraw(desk, "twice in the post", BOOKKEEPER)
        for _ in range(3):
            await desk.world.later(61)

        assert (books.purchase_invoices(), books.documents("contact_payments")) == ([], [])
        told = desk.slack.thread(BILLS, desk.card("INV-1").ts)[-1].text
        assert "Its payment is deleted. The bill is deleted in Sage Accounting." in told


async def test_a_suppliers_credit_note_is_published_and_what_it_credits_received(sqlite_url: str) -> None:
    async with beside_sage(sqlite_url, is_paid=True) as (desk, books):
        await desk.drop("INV-1")
        await desk.edit("INV-1", {BlockId.DOCUMENT_TYPE: "credit_note"})
        await desk.approve("INV-1")
        for _ in range(3):
            await desk.world.later(61)

        (credit,) = books.documents("purchase_credit_notes")
        (refund,) = books.documents("contact_payments")
        assert (credit["total_amount"], credit["status"]["id"], books.purchase_invoices()) == (120, "PAID", [])
        assert refund["transaction_type"]["id"] == "VENDOR_REFUND"


async def test_a_sale_is_an_invoice_to_a_customer_that_is_made_there_without_a_file_that_sage_takes_none_of(
    sqlite_url: str,
) -> None:
    async with beside_sage(sqlite_url) as (desk, books):
        await sales(desk)
        await desk.drop("S-1", rows=(Row(name="Consulting"),), extra=OURS, ending="pdf")

        await desk.approve("S-1")
        for _ in range(2):
            await desk.world.later(61)

        (invoice,) = books.documents("sales_invoices")
        assert (invoice["invoice_number"], invoice["total_amount"]) == ("S-1", 120)
        assert (books.books[TRADING].files(invoice), desk.slack.thread(BILLS, desk.card("S-1").ts)) == ([], [])
        assert f"/invoicing/sales/invoices/{invoice['id']}" in str(desk.card("S-1").blocks)
        assert "Published* to Sage Accounting" in words(desk.card("S-1"))


async def test_a_sale_by_its_sums_is_a_quick_entry_once_all_of_its_lines_are_booked_to_the_same(
    sqlite_url: str,
) -> None:
    async with beside_sage(sqlite_url) as (desk, books):
        await sales(desk, destination="quick_entries")
        await desk.drop("Z-1", rows=(Row(name="Till 1", net="60.00"), Row(name="Till 2", net="40.00")), extra=OURS)

        await desk.approve("Z-1")
        for _ in range(2):
            await desk.world.later(61)

        (entry,) = books.documents("sales_quick_entries")
        assert (entry["reference"], entry["net_amount"], entry["total_amount"]) == ("Z-1", 100, 120)
        assert entry["details"].startswith("Till 1, Till 2 ")
        card = desk.card("Z-1")
        assert f"/invoicing/sales/quick_entries/{entry['id']}" in str(card.blocks)
        assert (books.documents("sales_invoices"), "Published* to Sage Accounting" in words(card)) == ([], True)


async def test_one_of_two_businesses_of_a_sign_in_is_disconnected_and_the_other_goes_on(sqlite_url: str) -> None:
    """Sage gives none of them up alone, and nobody is told otherwise."""
    async with beside_sage(sqlite_url) as (desk, books):
        await desk.slack.command("/dext", "connect sage", user=ADMIN)
        await connect(desk.world, tenant=IRELAND)
        await desk.settle()

        await disconnect(desk.world)

        (message,) = told(desk.world, "disconnected this organisation")
        assert "others go on with it, so it lists Dext until the last of them is disconnected" in words(message)
        assert [(await connection(desk.world, one)).health for one in (TRADING, IRELAND)] == ["disconnected", "healthy"]
        assert (await token_sets(desk.world), books.calls_to("POST", "/revoke")) == (1, [])
