"""The simulated ledger's documents as its pages show them: files, payments, the journal, and what a person does there."""

from datetime import date

import pytest
from lxml import html

from providers.xero.simulated import journal
from providers.xero.simulator import TRADING, XeroState
from tests.fakes.browser import Browser
from tests.providers.xero.conftest import (
    Bare,
    Json,
    wire_bill,
    wire_credit,
    wire_line,
    wire_payment,
    wire_sale,
    wire_spend,
)
from tests.providers.xero.test_ledger_page import HERE, browser, pull, words

__all__ = ["browser"]

INCOME = [wire_line(AccountCode="200", TaxType="OUTPUT2")]


async def a_busy_month(bare: Bare) -> dict[str, Json]:
    """One of everything, some of it paid."""
    bill = await bare.created("Invoices", wire_bill("B-1", Url="https://dext.example/i/1"))
    euro = await bare.created("Invoices", wire_bill("B-EUR", CurrencyCode="EUR", CurrencyRate=1.25))
    sale = await bare.created("Invoices", wire_sale("INV-7", LineAmountTypes="Inclusive"))
    note = await bare.created("CreditNotes", wire_credit("C-1"))
    spend = await bare.created("BankTransactions", wire_spend(Reference="Card 4111"))
    await bare.created("BankTransactions", wire_spend(Type="RECEIVE", LineItems=INCOME))
    await bare.created("Payments", wire_payment(bill, 50, Reference="DX-1"))
    await bare.created("Payments", wire_payment(euro, 120, CurrencyRate=1.2))
    await bare.created("Payments", wire_payment(sale, 100))
    used = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Amount": 30, "Date": "2026-03-02"}
    await bare.put(f"CreditNotes/{note['CreditNoteID']}/Allocations", {"Allocations": [used]})
    return {"bill": bill, "euro": euro, "sale": sale, "note": note, "spend": spend}


def legs(state: XeroState, document: Json, key: str) -> list[str]:
    """Each posting of a document: account and debit, account and debit."""
    found = journal.of_document(state.books[TRADING], document[key])
    return [" ".join(f"{leg.account['Code']} {leg.debit}" for leg in posting.legs) for posting in found]


async def test_every_posting_balances_and_taxes_are_where_they_belong(bare: Bare, state: XeroState) -> None:
    made = await a_busy_month(bare)
    await bare.created("Invoices", wire_bill("draft", Status="DRAFT"))
    voided = await bare.created("Invoices", wire_bill("voided"))
    await bare.post(f"Invoices/{voided['InvoiceID']}", {"Status": "VOIDED"})

    postings = journal.journal(state.books[TRADING])

    assert [sum(leg.debit for leg in posting.legs) for posting in postings] == [0] * 9
    assert legs(state, made["bill"], "InvoiceID")[0] == "429 100.00 820 20.00 800 -120.00"
    assert legs(state, made["sale"], "InvoiceID")[0] == "200 -83.33 820 -16.67 610 100.00"
    assert legs(state, made["note"], "CreditNoteID") == ["429 -100.00 820 -20.00 800 120.00"]
    assert legs(state, made["spend"], "BankTransactionID") == ["429 100.00 820 20.00 090 -120.00"]


async def test_a_rate_that_changed_until_the_payment_is_a_currency_loss(bare: Bare, state: XeroState) -> None:
    """96 pounds were owed, 100 were paid."""
    made = await a_busy_month(bare)

    bought, paid = legs(state, made["euro"], "InvoiceID")

    assert bought == "429 80.00 820 16.00 800 -96.00"
    assert paid == "800 96.00 090 -100.00 499 4.00"


async def test_a_cent_that_converting_loses_is_rounding(bare: Bare, state: XeroState) -> None:
    odd = [wire_line(Quantity=1, UnitAmount=10.03, TaxAmount=2.02)]
    bill = await bare.created("Invoices", wire_bill(CurrencyCode="EUR", CurrencyRate=1.1, LineItems=odd))

    (posting,) = legs(state, bill, "InvoiceID")

    assert posting == "429 9.12 820 1.84 800 -10.95 860 -0.01"


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("bills", "B-1 Dext in Slack Central Copiers 2 Mar 2026 1 Apr 2026 Awaiting payment 120.00 GBP 40.00 GBP"),
        ("bills", "Awaiting payment 1 40.00 GBP Paid 1 96.00 GBP"),
        (
            "journal",
            "Invoice, 2 Mar 2026 Account Debit GBP Credit GBP 610 – Accounts Receivable 100.00 200 – Sales 83.33",
        ),
        ("sales", "INV-7 Boom FM 2 Mar 2026 1 Apr 2026 Paid 100.00 GBP 0.00 GBP"),
        ("credits", "C-1 Central Copiers 2 Mar 2026 Supplier's credit note Open 120.00 GBP 90.00 GBP"),
        ("bank", "Spend money Central Copiers 2 Mar 2026 Business Current Account Posted 120.00 GBP"),
        ("journal", "Payment, 2 Mar 2026 Account Debit GBP Credit GBP 800 – Accounts Payable 96.00"),
        ("contacts", "Central Copiers Supplier, Customer GB223344556 461 -50.00 – Active"),
        ("accounts", "820 VAT Current liability No VAT 0.67 Cr Active"),
    ],
)
async def test_every_tab_reads_as_books_do(
    browser: Browser, bare: Bare, state: XeroState, tab: str, expected: str
) -> None:
    await a_busy_month(bare)

    page = await browser.open(f"{state.public_url}/{HERE}/{tab}")

    assert expected in words(page)


async def test_a_documents_page_shows_its_lines_payments_credit_and_postings(
    browser: Browser, bare: Bare, state: XeroState
) -> None:
    made = await a_busy_month(bare)
    tracked = [wire_line(ItemCode="TONER", Tracking=[{"Name": "Region", "Option": "North"}])]
    line = await bare.created("Invoices", wire_bill("T", LineItems=tracked))

    bill = words(
        await browser.open(f"{state.public_url}/AccountsPayable/View.aspx?InvoiceID={made['bill']['InvoiceID']}")
    )
    note = words(
        await browser.open(
            f"{state.public_url}/AccountsPayable/ViewCreditNote.aspx?creditNoteID={made['note']['CreditNoteID']}"
        )
    )
    spend = words(
        await browser.open(
            f"{state.public_url}/Bank/ViewTransaction.aspx?bankTransactionID={made['spend']['BankTransactionID']}"
        )
    )
    shown = words(await browser.open(f"{state.public_url}/AccountsPayable/View.aspx?InvoiceID={line['InvoiceID']}"))

    assert "Void" not in bill
    assert "Reconcile with the bank statement Delete Journal" in spend
    assert "Paid 50.00 Credited 30.00 Amount due 40.00 GBP" in bill
    assert "090 – Business Current Account 2 Mar 2026 DX-1 50.00" in bill
    assert "Supplier's credit note C-1 2 Mar 2026 Credit 30.00" in bill
    assert "Bill, 2 Mar 2026 Account Debit GBP Credit GBP 429 – General Expenses 100.00" in bill
    assert "Credit left 90.00 GBP" in note
    assert "Bill B-1 2 Mar 2026 Credit 30.00" in note
    assert "Spend money Posted To Central Copiers" in spend
    assert "Reference Card 4111" in spend
    assert "TONER Region: North" in shown


async def test_links_as_at_xero_open_every_kind(browser: Browser, bare: Bare, state: XeroState) -> None:
    made = await a_busy_month(bare)
    for path, number in (
        (f"/AccountsReceivable/View.aspx?InvoiceID={made['sale']['InvoiceID']}", "Invoice INV-7"),
        (f"/Bank/ViewTransaction.aspx?bankTransactionID={made['spend']['BankTransactionID']}", "Spend money"),
    ):
        address = f"{state.public_url}/organisationlogin/default.aspx"
        async with browser.session.get(address, params={"shortcode": "!nW7tr", "redirecturl": path}) as answer:
            assert number in await answer.text()


async def test_a_file_opens_if_a_browser_can_show_it_and_is_saved_if_not(
    browser: Browser, bare: Bare, state: XeroState
) -> None:
    bill = await bare.created("Invoices", wire_bill())
    for name, mime_type in (("a b.pdf", "application/pdf"), ("trap.txt", "text/html")):
        path = f"Invoices/{bill['InvoiceID']}/Attachments/{name}"
        await bare.put(path, b"<script>", headers={"Content-Type": mime_type})

    page = await browser.open(f"{state.public_url}/AccountsPayable/View.aspx?InvoiceID={bill['InvoiceID']}")
    links = html.fromstring(page.source).xpath("//h2[text()='Files']/..//a/@href")
    answers = []
    for link in links:
        async with browser.session.get(state.public_url.removesuffix("/xero") + link) as answer:
            answers.append((answer.content_type, answer.headers["Content-Disposition"], await answer.read()))

    assert answers == [
        ("application/pdf", "inline", b"<script>"),
        ("application/octet-stream", "attachment", b"<script>"),
    ]
    async with browser.session.get(f"{state.public_url}/{HERE}/files/none") as answer:
        assert answer.status == 404


async def test_a_person_in_xero_approves_pays_and_voids(browser: Browser, bare: Bare, state: XeroState) -> None:
    draft = await bare.created("Invoices", wire_bill("D", Status="DRAFT"))
    note, other = await bare.created("CreditNotes", wire_credit()), await bare.created("Invoices", wire_bill("V"))
    spend = await bare.created("BankTransactions", wire_spend())

    async def act(act: str, type: str, document: str) -> str:  # noqa: A002 - the form's own word
        return (await pull(browser, state, "act", act=act, type=type, document=document)).text

    approved = await act("approve", "ACCPAY", draft["InvoiceID"])
    paid = await act("pay", "ACCPAY", draft["InvoiceID"])
    again = await act("pay", "ACCPAY", draft["InvoiceID"])
    held = await act("end", "ACCPAY", draft["InvoiceID"])
    taken_back = await act("unpay", "ACCPAY", draft["InvoiceID"])
    assert state.books[TRADING].invoices[draft["InvoiceID"]]["Status"] == "AUTHORISED"
    paid_anew = await act("pay", "ACCPAY", draft["InvoiceID"])
    refunded = await act("pay", "ACCPAYCREDIT", note["CreditNoteID"])
    voided = await act("end", "ACCPAY", other["InvoiceID"])
    deleted = await act("end", "SPEND", spend["BankTransactionID"])
    state.set_lock_date(TRADING, year_end=date(2026, 3, 31))
    locked = await bare.created("Invoices", wire_bill("L", Status="DRAFT"))
    refused = await act("approve", "ACCPAY", locked["InvoiceID"])

    for text in (approved, paid, taken_back, paid_anew, refunded, voided, deleted):
        assert "Done, as by a person in Xero." in text
    for text in (again, held, refused):
        assert "Xero does not allow that for this document, so nothing was changed." in text
    statuses = [found["Status"] for found in state.books[TRADING].invoices.values()]
    assert statuses == ["PAID", "VOIDED", "DRAFT"]
    assert state.books[TRADING].bank_transactions[spend["BankTransactionID"]]["Status"] == "DELETED"
    unknown = await pull(browser, state, "act", act="pay", type="ACCPAY", document="none")
    assert unknown.status == 404


async def test_what_is_reconciled_with_the_bank_statement_is_held_until_that_is_undone(
    browser: Browser, bare: Bare, state: XeroState
) -> None:
    spend = await bare.created("BankTransactions", wire_spend())
    bill = await bare.created("Invoices", wire_bill())
    payment = await bare.created("Payments", wire_payment(bill))
    targets = (("SPEND", spend["BankTransactionID"]), ("ACCPAY", bill["InvoiceID"]))
    paths = (f"BankTransactions/{spend['BankTransactionID']}", f"Payments/{payment['PaymentID']}")
    ended = {**wire_spend(), "Status": "DELETED"}, {"Status": "DELETED"}

    for kind, document in targets:
        await pull(browser, state, "act", act="reconcile", type=kind, document=document)
    held = [await bare.post(path, body) for path, body in zip(paths, ended, strict=True)]
    for kind, document in targets:
        await pull(browser, state, "act", act="undo", type=kind, document=document)
    freed = [await bare.post(path, body) for path, body in zip(paths, ended, strict=True)]

    assert [reply.sentences for reply in held] == [
        ["This Bank Transaction cannot be edited as it has been reconciled with a Bank Statement."],
        ["This Payment cannot be deleted as it has been reconciled with a Bank Statement."],
    ]
    assert [reply.elements[0]["Status"] for reply in freed] == ["DELETED", "DELETED"]


async def test_a_lapsed_subscription_and_a_small_plan_are_switches(
    browser: Browser, bare: Bare, state: XeroState
) -> None:
    page = await pull(browser, state, "set-plan", plan="STARTER", lapsed="on")
    refused = await bare.write(wire_bill())
    read = await bare.get("Invoices")
    await pull(browser, state, "set-plan", plan="GROW")
    taken = await bare.write(wire_bill())
    wrong = await pull(browser, state, "set-plan", plan="GOLD")

    assert "The subscription is changed." in page.text
    assert (refused.status, refused.json["Detail"]) == (403, "The organisation's Xero subscription is not active")
    assert (read.status, taken.sentences) == (200, [])
    assert state.books[TRADING].organisation["Class"] == "GROW"
    assert "That could not be read" in wrong.text


async def test_keys_are_forgotten_or_ignored_on_demand(browser: Browser, bare: Bare, state: XeroState) -> None:
    await bare.write(wire_bill("A"), key="k")
    await pull(browser, state, "forget-keys")
    await bare.write(wire_bill("A"), key="k")
    await bare.write(wire_bill("A"), key="k")
    await pull(browser, state, "set-switches", late="0", ignores_keys="on")
    await bare.write(wire_bill("A"), key="k")

    assert len(state.bills()) == 3


async def test_a_currency_is_added_and_a_tracking_option_archived(
    browser: Browser, bare: Bare, state: XeroState
) -> None:
    north = state.books[TRADING].tracking
    option = next(one for found in north.values() for one in found["Options"] if one["Name"] == "North")
    tracked = [wire_line(Tracking=[{"Name": "Region", "Option": "North"}])]

    await pull(browser, state, "add-currency", code="chf")
    wrong = await pull(browser, state, "add-currency", code="pounds")
    taken = await bare.write(wire_bill(CurrencyCode="CHF"))
    page = await pull(browser, state, "set-option", id=option["TrackingOptionID"], status="ARCHIVED")
    refused = await bare.write(wire_bill(LineItems=tracked))
    unknown = await pull(browser, state, "set-option", id="none", status="ARCHIVED")

    assert (taken.sentences, "That could not be read" in wrong.text) == ([], True)
    assert "Archived." in page.text
    assert refused.sentences == ["Tracking option 'North' is archived or was not found in tracking category 'Region'."]
    assert "That could not be read" in unknown.text
