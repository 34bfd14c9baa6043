"""A bill in Slack becomes one in FreeAgent: signed in to a company, or to a practice and one of its clients, published to a contact
that was not there before, with its file, refused and mended, and taken back again.
"""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from bot.domain.settings import Destination, PaymentStatus
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER
from bot.views.ids import BlockId
from providers.freeagent.simulator import IRELAND, PRACTICE, TRADING, Fault, FreeAgentState, create_app
from tests.fakes.browser import a_browser
from tests.fakes.connected import code_for, link_of
from tests.handlers.beside import beside, to
from tests.handlers.desk import SUPPLIER, Desk, words
from tests.handlers.parting import ask, confirm
from tests.handlers.refusals import choose
from tests.handlers.test_other_books import OURS
from tests.handlers.test_paid import costs, method, sales
from tests.handlers.test_withdrawing import withdraw
from tests.intake.documents import Row, a_document
from tests.intake.drawn import Text, a_text_pdf

CARRIED = (
    "<cac:AdditionalDocumentReference><cbc:ID>F-1</cbc:ID><cac:Attachment>"
    '<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="F-1.pdf">{pdf}</cbc:EmbeddedDocumentBinaryObject>'
    "</cac:Attachment></cac:AdditionalDocumentReference>"
)
STATIONERY, OFFICE_COSTS, STANDARD_RATE, SALES, CURRENT_ACCOUNT = "359", "251", "20", "001", "1"


@asynccontextmanager
async def beside_freeagent(database_url: str, *, practice: bool = False) -> AsyncIterator[tuple[Desk, FreeAgentState]]:
    """Connected by the workspace's admin, and set up; of a practice its client in Ireland."""
    sign_in = connect_client if practice else to(TRADING)
    async with beside(database_url, "freeagent", FreeAgentState, create_app, sign_in) as (connected, books):
        tax = "23" if practice else STANDARD_RATE
        await connected.set_up(category=STATIONERY, tax=tax, alerts_channel=BILLS)
        yield Desk(connected), books


async def connect_client(world: Any) -> None:
    """An account manager signs in to the practice; the client is chosen here."""
    view = world.slack.view(ADMIN)
    await world.slack.close_modal(ADMIN, everything=True)
    async with a_browser() as browser:
        page = await browser.press(await browser.open(link_of(view)))
        page = await browser.press(page, code=await code_for(world, ADMIN))
        page = await browser.press(page, person="pat")
        page = await browser.press(page, tenant=PRACTICE, decision="allow")
        page = await browser.press(page, chosen=IRELAND)
        await browser.press(page)


async def minutes_later(desk: Desk, times: int = 4) -> None:
    for _ in range(times):
        await desk.world.later(61)


async def test_an_e_invoice_that_freeagent_does_not_take_as_a_file_stays_here_without_an_alert(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url) as (desk, books):
        await desk.drop("F-1")

        await desk.approve("F-1")
        before = words(desk.card("F-1"))
        await minutes_later(desk)

        assert [bill["reference"] for bill in books.bills()] == ["F-1"]
        assert books.documents("attachments") == []
        card = desk.card("F-1")
        assert "Published* to FreeAgent" in words(card)
        assert ":paperclip: FreeAgent does not take XML files; the original stays here" in words(card)
        assert "Its file" not in before + words(card)
        assert desk.slack.thread(BILLS, card.ts) == []


async def test_the_pdf_that_an_e_invoice_carries_is_attached_where_freeagent_does_not_take_the_e_invoice(
    sqlite_url: str,
) -> None:
    async with beside_freeagent(sqlite_url) as (desk, books):
        picture = a_text_pdf([Text(72, 100, "Invoice F-1")])
        carried = CARRIED.format(pdf=base64.b64encode(picture).decode())
        document = a_document(number="F-1", currency="GBP", extra=carried + SUPPLIER.format(name="Paper Ltd"))
        await desk.slack.upload(document.encode(), "F-1.xml", channel=BILLS, user=BOOKKEEPER)
        await desk.settle()

        await desk.approve("F-1")
        await minutes_later(desk)

        (file,) = books.documents("attachments")
        assert (file["file_name"].endswith("F-1.pdf"), file["content_type"]) == (True, "application/pdf")
        card = words(desk.card("F-1"))
        assert "Its file is attached as the PDF that it carries; here is the original" in card
        assert "does not take" not in card
        assert desk.slack.thread(BILLS, desk.card("F-1").ts) == []


async def test_a_bill_is_approved_in_slack_and_stands_in_freeagent_once_whatever_becomes_of_the_answer(
    sqlite_url: str,
) -> None:
    async with beside_freeagent(sqlite_url) as (desk, books):
        await desk.drop("F-1", ending="pdf")
        books.fail_next(Fault.RESET_AFTER, method="POST", path="*/bills")

        await desk.approve("F-1")
        await minutes_later(desk)

        (bill,) = books.bills()
        assert (bill["reference"], bill["total_value"], bill["contact_name"]) == ("F-1", 120, "Paper & Ink Ltd")
        (item,) = bill["bill_items"]
        assert (item["category"], item["sales_tax_rate"]) == (f"/v2/categories/{STATIONERY}", 20)
        (file,) = books.documents("attachments")
        assert (file["_of"], file["file_name"].endswith("F-1.pdf")) == (bill["url"], True)
        card = desk.card("F-1")
        assert "Published* to FreeAgent" in words(card)
        assert f"/bills/{bill['url'].rsplit('/', 1)[-1]}" in str(card.blocks)
        assert desk.slack.thread(BILLS, card.ts) == []


async def test_what_freeagent_refuses_is_told_in_the_bills_thread_and_goes_out_with_its_fix(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url) as (desk, books):
        books.set_category(TRADING, STATIONERY, is_there=False)
        await desk.add()

        await desk.approve("INV-1")
        await minutes_later(desk, 2)

        (alert,) = desk.slack.thread(BILLS, desk.card("INV-1").ts)
        assert "Category 359 · Stationery is archived in FreeAgent" in words(alert)
        assert books.bills() == []

        done = await choose(desk, OFFICE_COSTS)
        await minutes_later(desk, 2)

        assert (done.errors, done.error) == ({}, None)
        (bill,) = books.bills()
        assert bill["bill_items"][0]["category"] == f"/v2/categories/{OFFICE_COSTS}"
        assert "Published* to FreeAgent" in words(desk.card("INV-1"))


async def test_a_bill_is_paid_from_its_payment_method_and_taken_back_with_its_payment(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url) as (desk, books):
        visa = await method(desk, CURRENT_ACCOUNT)
        coded = {"default_account": STATIONERY, "default_tax_rate": STANDARD_RATE}
        await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa, **coded)
        await desk.add()
        await desk.approve("INV-1")
        await minutes_later(desk, 3)

        (payment,) = books.documents("bank_transaction_explanations")
        (bill,) = books.bills()
        assert (payment["gross_value"], payment["paid_bill"]) == (-120, bill["url"])

        await withdraw(desk, "twice in the post", BOOKKEEPER)
        await minutes_later(desk, 3)

        assert (books.bills(), books.documents("bank_transaction_explanations")) == ([], [])
        said = desk.slack.thread(BILLS, desk.card("INV-1").ts)[-1].text
        assert "Its payment is deleted. The bill is deleted in FreeAgent." in said


async def test_a_cost_on_a_bank_account_is_an_explanation_of_what_was_spent(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url) as (desk, books):
        visa = await method(desk, CURRENT_ACCOUNT)
        coded = {"default_account": STATIONERY, "default_tax_rate": STANDARD_RATE}
        await costs(desk, destination=Destination.BANK_ACCOUNTS, default_payment_method=visa, **coded)
        await desk.drop("F-1", ending="pdf")
        await desk.approve("F-1")
        await minutes_later(desk, 3)

        (spent,) = books.documents("bank_transaction_explanations")
        assert (spent["gross_value"], spent["sales_tax_value"], spent["receipt_reference"]) == (-120, -20, "F-1")
        assert spent["description"].startswith("Paper & Ink Ltd: ")
        (file,) = books.documents("attachments")
        assert file["_of"] == spent["url"]
        assert "Published* to FreeAgent" in words(desk.card("F-1"))


async def test_a_sale_is_an_invoice_that_is_sent_and_its_file_is_missed_by_nobody(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url) as (desk, books):
        chosen = {"destination": Destination.SALES, "payment_status": PaymentStatus.AWAITING_PAYMENT}
        await sales(desk, default_account=SALES, default_tax_rate=STANDARD_RATE, **chosen)
        await desk.drop("S-1", rows=(Row(name="Consulting"),), extra=OURS)
        books.fail_next(Fault.RESET_AFTER, method="PUT", path="*/transitions/mark_as_sent")

        await desk.approve("S-1")
        await minutes_later(desk)

        (invoice,) = books.documents("invoices")
        assert (invoice["reference"], invoice["total_value"], invoice["_state"]) == ("S-1", Decimal(120), "sent")
        card = desk.card("S-1")
        assert "Published* to FreeAgent" in words(card)
        assert desk.slack.thread(BILLS, card.ts) == []


async def test_an_invoice_that_was_to_be_sent_and_is_a_draft_is_sent_with_the_next_call(sqlite_url: str) -> None:
    """What was written first has its number, by which it is known for ours."""
    async with beside_freeagent(sqlite_url) as (desk, books):
        chosen = {"destination": Destination.SALES, "payment_status": PaymentStatus.AWAITING_PAYMENT}
        await sales(desk, default_account=SALES, default_tax_rate=STANDARD_RATE, **chosen)
        await desk.drop("S-1", rows=(Row(name="Consulting"),), extra=OURS)
        books.fail_next(Fault.RESET_BEFORE, method="PUT", path="*/transitions/mark_as_sent", times=2)

        await desk.approve("S-1")
        await minutes_later(desk, 6)

        (invoice,) = books.documents("invoices")
        assert invoice["_state"] == "sent"
        assert "Published* to FreeAgent" in words(desk.card("S-1"))


async def test_a_client_of_a_practice_is_chosen_and_its_bills_are_written_to_its_own_books(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url, practice=True) as (desk, books):
        await desk.add(**{BlockId.CURRENCY: "EUR", BlockId.GROSS: "123.00", BlockId.TAX: "23.00"})
        await desk.approve("INV-1")
        await minutes_later(desk, 2)

        (bill,) = books.bills(IRELAND)
        assert (bill["total_value"], books.bills()) == (123, [])
        assert "Published* to FreeAgent" in words(desk.card("INV-1"))


async def test_a_bill_in_pounds_waits_for_a_person_where_the_books_are_in_euros(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url, practice=True) as (desk, books):
        card = await desk.add()

        assert "has tax 20.00, and the ledger books tax on costs in EUR only" in words(card)

        await desk.edit("INV-1", {BlockId.TAX: "0"})
        await desk.approve("INV-1")
        await minutes_later(desk, 2)

        (bill,) = books.bills(IRELAND)
        assert (bill["currency"], bill["total_value"], bill["sales_tax_value"]) == ("GBP", 120, 0)


async def test_disconnecting_deletes_the_sign_in_and_says_where_the_app_is_removed(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url) as (desk, _):
        form = await ask(desk.world)
        asked = words(form)

        await confirm(desk.world, form)

        assert "reading from it, and deletes its sign-in" in asked
        (message,) = [each for each in desk.slack.messages(BILLS) if "disconnected this organisation" in words(each)]
        assert "it deleted its sign-in, which FreeAgent cannot be asked to end" in words(message)
        assert "remove it there" in words(message)
        assert "taken back" not in words(message)
