"""What holds for every kind of document of the simulated Xero: amounts, files, lists, and how each is ended."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from providers.xero.simulator import TRADING, XeroState
from tests.contract import xero_documents
from tests.fakes.clock import FakeClock
from tests.providers.xero.conftest import (
    Bare,
    Json,
    judged,
    wire_bill,
    wire_credit,
    wire_line,
    wire_sale,
    wire_spend,
)

pytestmark = judged

SALE = [wire_line(AccountCode="200", TaxType="OUTPUT2")]
DOCUMENTS: list[tuple[str, str, Json]] = [
    ("Invoices", "InvoiceID", wire_bill()),
    ("Invoices", "InvoiceID", wire_sale()),
    ("CreditNotes", "CreditNoteID", wire_credit()),
    ("CreditNotes", "CreditNoteID", wire_credit("CN-9", Type="ACCRECCREDIT", LineItems=SALE)),
    ("BankTransactions", "BankTransactionID", wire_spend()),
    ("BankTransactions", "BankTransactionID", wire_spend(Type="RECEIVE", LineItems=SALE)),
]
MODES = {
    "Exclusive": ("100.00", "20.00", "120.00"),
    "Inclusive": ("83.33", "16.67", "100.00"),
    "NoTax": ("100", "0", "100"),
}
LOCKED = "The document date cannot be before the end of year lock date, currently set at 31-Mar-2026"


async def test_every_kind_adds_up_in_every_tax_mode_and_reads_back_the_same(bare: Bare) -> None:
    for plural, key, document in DOCUMENTS:
        for mode, expected in MODES.items():
            number = {name: f"{value}-{mode}" for name, value in document.items() if name.endswith("Number")}
            written = await bare.created(plural, {**document, **number, "LineAmountTypes": mode})
            back = await bare.read(f"{plural}/{written[key]}")

            sums = [str(Decimal(str(back[name]))) for name in ("SubTotal", "TotalTax", "Total")]
            assert [Decimal(one) for one in sums] == [Decimal(one) for one in expected], (plural, mode)
            assert back["LineItems"] == written["LineItems"]

    assert xero_documents.request_problems(bare.state.calls) == []


async def test_a_document_in_another_currency_keeps_its_rate_or_gets_the_days(bare: Bare) -> None:
    for plural, _, document in DOCUMENTS[:4]:
        number = {name: f"{value}-x" for name, value in document.items() if name.endswith("Number")}
        of_day = await bare.created(plural, {**document, "CurrencyCode": "EUR"})
        given = await bare.created(plural, {**document, **number, "CurrencyCode": "EUR", "CurrencyRate": 1.1234567})

        assert (of_day["CurrencyRate"], given["CurrencyRate"]) == (1.16, 1.123457)


async def test_a_plan_without_currencies_refuses_all_but_its_own(bare: Bare, state: XeroState) -> None:
    state.set_plan(TRADING, "GROW")

    reply = await bare.create("CreditNotes", wire_credit(CurrencyCode="EUR"))
    currencies = await bare.get("Currencies")
    actions = await bare.get("Organisation/Actions")

    assert reply.sentences == ["The organisation is not subscribed to currency EUR"]
    assert [found["Code"] for found in currencies.json["Currencies"]] == ["GBP"]
    assert {"Name": "UseMulticurrency", "Status": "NOT-ALLOWED"} in actions.json["Actions"]


async def test_a_closed_year_refuses_every_kind_and_holds_what_is_in_it(bare: Bare, state: XeroState) -> None:
    kept = [(plural, key, document, await bare.created(plural, document)) for plural, key, document in DOCUMENTS]
    state.set_lock_date(TRADING, year_end=date(2026, 3, 31))

    for plural, key, document, found in kept:
        ended = "DELETED" if plural == "BankTransactions" else "VOIDED"
        number = {name: f"{value}-2" for name, value in document.items() if name.endswith("Number")}
        refused = await bare.create(plural, {**document, **number})
        held = await bare.create(plural, {**document, key: found[key], "Status": ended}, method="POST")

        assert (refused.sentences, held.sentences) == ([LOCKED], [LOCKED])


@pytest.mark.parametrize(("plural", "key", "document"), DOCUMENTS[::2])
async def test_files_of_every_kind_come_back_byte_for_byte(bare: Bare, plural: str, key: str, document: Json) -> None:
    written, content = await bare.created(plural, document), bytes(range(256))
    path = f"{plural}/{written[key]}/Attachments"

    put = await bare.put(f"{path}/receipt%20one.pdf", content, headers={"Content-Type": "application/pdf"})
    again = await bare.post(f"{path}/receipt%20one.pdf", b"newer", headers={"Content-Type": "application/pdf"})
    others = [await bare.put(f"{path}/{at}.png", b"x") for at in range(10)]
    listed = await bare.get(path)
    back = await bare.get(f"{path}/receipt%20one.pdf")
    by_id = await bare.get(f"{path}/{listed.elements[0]['AttachmentID']}")

    assert (put.status, put.elements[0]["ContentLength"], put.elements[0]["MimeType"]) == (200, 256, "application/pdf")
    assert (again.status, back.body, by_id.body) == (200, b"newer", b"newer")
    assert [reply.status for reply in others] == [200] * 9 + [400]
    assert others[-1].sentences == ["No more than 10 files may be attached"]
    assert (len(listed.elements), (await bare.read(f"{plural}/{written[key]}"))["HasAttachments"]) == (10, True)


async def test_a_file_of_another_kind_or_of_nothing_is_not_there(bare: Bare) -> None:
    bill, note = await bare.created("Invoices", wire_bill()), await bare.created("CreditNotes", wire_credit())
    await bare.put(f"Invoices/{bill['InvoiceID']}/Attachments/a.pdf", b"x")

    elsewhere = await bare.get(f"CreditNotes/{bill['InvoiceID']}/Attachments/a.pdf")
    unknown = await bare.put(f"BankTransactions/{note['CreditNoteID']}/Attachments/a.pdf", b"x")
    large = await bare.put(f"Invoices/{bill['InvoiceID']}/Attachments/b.pdf", b"x" * (10 * 1024 * 1024 + 1))

    assert elsewhere.status == 404
    assert unknown.sentences == ["The document with the supplied id was not found for this endpoint."]
    assert (large.status, b"PayloadTooLarge" in large.body) == (413, True)


async def test_lists_are_searched_paged_and_late(bare: Bare, state: XeroState, clock: FakeClock) -> None:
    for at in range(3):
        await bare.created("BankTransactions", wire_spend(Url=f"https://dext.example/i/{at}", Reference=f"R{at}"))
        await bare.created("CreditNotes", wire_credit(f"C-{at}"))
    later = clock.now() + timedelta(minutes=5)
    clock.move_to(later)
    state.misbehaviour.late_list_seconds = 60
    late = await bare.created("BankTransactions", wire_spend(Reference="late"))

    found = await bare.get("BankTransactions", where='Date==DateTime(2026,3,2) AND Total==120 AND Reference=="R1"')
    page = await bare.get("BankTransactions", page="2", pageSize="2", order="Reference")
    since = await bare.get("CreditNotes", headers={"If-Modified-Since": later.strftime("%Y-%m-%dT%H:%M:%S")})
    notes = await bare.get("CreditNotes", where='CreditNoteNumber=="C-2" AND Contact.Name=="central copiers"')

    assert [one["Url"] for one in found.elements] == ["https://dext.example/i/1"]
    assert "LineItems" not in notes.elements[0]
    assert [(one["Reference"], len(one["LineItems"])) for one in page.elements] == [("R2", 1)]
    assert page.json["pagination"] == {"page": 2, "pageSize": 2, "pageCount": 2, "itemCount": 3}
    assert (since.elements, [one["CreditNoteNumber"] for one in notes.elements]) == ([], ["C-2"])
    assert (await bare.read(f"BankTransactions/{late['BankTransactionID']}"))["Reference"] == "late"


async def test_prices_come_to_two_decimals_unless_four_are_asked_for(bare: Bare) -> None:
    bill = await bare.written(wire_bill(LineItems=[wire_line(UnitAmount=25.0049)]))

    short = await bare.get(f"Invoices/{bill['InvoiceID']}")
    full = await bare.get(f"Invoices/{bill['InvoiceID']}", unitdp="4")

    prices = [reply.elements[0]["LineItems"][0]["UnitAmount"] for reply in (short, full)]
    assert prices == [25.00, 25.0049]


async def test_history_is_kept_and_added_to(bare: Bare) -> None:
    note = await bare.created("CreditNotes", wire_credit())
    path = f"CreditNotes/{note['CreditNoteID']}/History"

    await bare.put(path, {"HistoryRecords": [{"Details": "Checked"}]})
    told = (await bare.get(path)).json["HistoryRecords"]

    assert [(record["Changes"], record["Details"]) for record in told] == [("Note", "Checked"), ("Approved", "")]
    assert (await bare.get("CreditNotes/none/History")).status == 404
