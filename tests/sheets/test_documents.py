"""Lists of documents, read by their columns' names."""

from datetime import date
from decimal import Decimal

import pytest

from bot.domain.documents import DocumentType, ItemKind, LineAmounts
from bot.sheets.columns import Column, Template, UnsureError, columns_of
from bot.sheets.documents import Names, Reading, UnsureAmountsError, UnsureOrderError, documents_of
from bot.sheets.sheet import MOST_ROWS, SheetError, read_sheet
from bot.sheets.values import DayOrder
from tests.sheets.lists import DEXT, QUICKBOOKS, XERO, read

D = Decimal


def test_an_export_of_dext_is_read_by_its_own_names_and_what_is_published_is_told_apart() -> None:
    bill, receipt = read(DEXT)

    facts = bill.facts
    assert (facts.supplier.name, facts.number, facts.currency) == ("Paper & Ink Ltd", "INV-1", "GBP")
    assert (facts.issued_on, facts.due_on) == (date(2026, 8, 31), date(2026, 9, 30))
    assert (facts.net, facts.tax, facts.gross) == (D("1100.00"), D("20.00"), D("1120.00"))
    assert (facts.note, bill.names.category, bill.key) == ("Paper\nfor Q3", "429 - General Expenses", "id:101:1")
    assert (receipt.facts.supplier.name, receipt.facts.document_type) == ("Café Ünal", DocumentType.RECEIPT)
    assert (bill.is_finished, receipt.is_finished) == (False, True)
    assert bill.complaints == receipt.complaints == ()


def test_rows_of_one_supplier_and_number_are_lines_of_one_bill() -> None:
    reading = Reading(line_amounts=LineAmounts.EXCLUSIVE)

    bill, other = read(XERO, reading)

    assert [line.net for line in bill.facts.lines] == [D("100.00"), D("10.00")]
    assert (bill.facts.net, bill.facts.tax, bill.facts.gross) == (D("110.00"), D("20.00"), D("130.00"))
    assert bill.line_names[0] == Names(category="429", tax_rate="20% (VAT on Expenses)")
    assert (bill.facts.issued_on, bill.row_numbers) == (date(2026, 9, 3), (2, 3))
    assert (other.facts.supplier.name, other.facts.gross) == ("Other Ltd", D("5.00"))


def test_amounts_with_their_tax_are_taken_apart() -> None:
    inclusive = Reading(line_amounts=LineAmounts.INCLUSIVE)

    bill, _ = read(XERO, inclusive)

    assert (bill.facts.net, bill.facts.tax, bill.facts.gross) == (D("90.00"), D("20.00"), D("110.00"))


def test_whether_lines_are_with_tax_is_asked_where_a_rate_says_that_there_is_some() -> None:
    with pytest.raises(UnsureAmountsError):
        read(XERO)


def test_a_tax_rate_that_the_ledger_has_not_is_said_and_its_tax_never_guessed() -> None:
    (bill,) = read(QUICKBOOKS.replace("20.0% S,20.00", "Odd,"), Reading(line_amounts=LineAmounts.EXCLUSIVE))

    assert "Line 2: the tax rate Odd is not in the ledger's list" in bill.complaints[0]


def test_the_bills_of_quickbooks_have_their_memo_and_account() -> None:
    (bill,) = read(QUICKBOOKS, Reading(line_amounts=LineAmounts.EXCLUSIVE))

    assert (bill.facts.number, bill.facts.note, bill.facts.gross) == ("B1", "from the shop", D("120.00"))
    assert bill.line_names == (Names(category="Office Expenses", tax_rate="20.0% S"),)


def test_a_column_that_is_called_as_a_tracking_category_has_its_options() -> None:
    sheet = read_sheet(QUICKBOOKS.replace("27/09/2026,,,", "27/09/2026,,North,").encode())
    columns = columns_of(sheet.header, {})
    tracked = columns.tracked(sheet.header, ("Location", "Class", "Supplier"))

    (bill,) = documents_of(sheet, tracked, Reading(line_amounts=LineAmounts.EXCLUSIVE), lambda _: D(20))

    assert ("Location" in columns.unused, "Location" in tracked.unused) == (True, False)
    assert [names.tracking for names in bill.line_names] == [(("Location", "North"),)]
    assert bill.facts.supplier.name == "Paper & Ink Ltd"


def test_a_product_of_each_row_is_its_lines_and_one_of_all_rows_the_documents() -> None:
    rows = "A,1,2026-01-02,GBP,{0},5.00\nA,1,2026-01-02,GBP,{1},6.00\n"
    head = "Supplier,Number,Date,Currency,Item Code,Line Amount\n"

    (several,), (same,) = read(head + rows.format("INK", "PEN")), read(head + rows.format("INK", "INK"))

    assert ([names.product for names in several.line_names], several.names.product) == (["INK", "PEN"], None)
    assert ([names.product for names in same.line_names], same.names.product) == ([None, None], "INK")
    assert several.complaints == same.complaints == ()


def test_a_list_of_sales_has_customers() -> None:
    (sale,) = read("Customer,Date,Total,Currency\nKay,2026-01-02,5.00,GBP\n")
    (also,) = read(
        "Name of no use,Contact Name,Date,Total\nx,Kay,2026-01-02,5\n".replace("Contact Name", "Supplier"),
        Reading(kind=ItemKind.SALE, currency="GBP"),
    )

    assert (sale.kind, sale.facts.buyer.name, sale.complaints) == (ItemKind.SALE, "Kay", ())
    assert (also.kind, also.facts.buyer.name, also.facts.supplier.name) == (ItemKind.SALE, "Kay", None)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (",2026-01-02,5.00,GBP", "Line 2: it has no supplier."),
        ("A,,,GBP", "Line 2: it has no date and no total."),
        ("A,yesterday,5.00,GBP", "Line 2: yesterday is no date. Write it as 2026-08-31."),
        ("A,2026-02-30,5.00,GBP", "Line 2: 2026-02-30 is no date."),
        ("A,2026-01-02,five,GBP", "Line 2: five is no amount. Write it as 1234.50."),
        ('A,2026-01-02,"1,234",GBP', "Line 2: 1,234 can be read in two ways. Write it as 1234.50."),
        ("A,2026-01-02,5.00001,GBP", "Line 2: 5.00001 has more than four decimals."),
        ("A,2026-01-02,999999999999999,GBP", "Line 2: 999999999999999 is too large."),
        ("A,2026-01-02,5.00,pounds", "Line 2: POUNDS is no currency; write it as GBP."),
    ],
)
def test_what_a_document_lacks_is_said_with_its_line(row: str, complaint: str) -> None:
    (document,) = read(f"Supplier,Date,Total,Currency\n{row}\n")

    assert document.complaints[0] == complaint


def test_rows_of_one_document_that_contradict_each_other_are_not_brought_in() -> None:
    (bill,) = read(
        XERO.replace("INV-7,03/09", "INV-7,13/09", 1).partition("Other")[0],
        Reading(line_amounts=LineAmounts.EXCLUSIVE),
    )

    assert bill.complaints == ("Line 2: its rows have different values under date.",)


def test_a_column_that_nobody_knows_is_asked_for_and_the_likeliest_is_first() -> None:
    with pytest.raises(UnsureError) as unsure:
        columns_of(("Supplier", "Date", "Remarks", "Amount"), {})

    assert (unsure.value.column, unsure.value.candidates) == (Column.TOTAL, ("Amount", "Remarks"))
    assert "Which column is the total?" in str(unsure.value)
    assert columns_of(("Supplier", "Date", "Remarks", "Amount"), {Column.TOTAL: "Amount"}).unused == ("Remarks",)


def test_two_columns_that_may_be_the_same_are_asked_about() -> None:
    with pytest.raises(UnsureError) as unsure:
        columns_of(("Supplier", "Vendor", "Date", "Total"), {})

    assert unsure.value.candidates == ("Supplier", "Vendor")
    given = columns_of(("Supplier", "Vendor", "Date", "Total"), {Column.SUPPLIER: "Vendor"})
    assert (given.places[Column.SUPPLIER], given.unused) == (1, ("Supplier",))


def test_names_are_known_however_they_are_written() -> None:
    found = columns_of(("receipt_id", "SUPPLIER", " Invoice Number", "Date", "*Total", "Total (SGD)"), {})

    assert (found.template, found.unused) == (Template.DEXT, ("Total (SGD)",))


def test_days_and_months_are_told_apart_by_the_list_itself_or_asked_about() -> None:
    header = "Supplier,Date,Total,Currency\n"

    _, told = read(f"{header}A,13/02/2026,1.00,GBP\nB,03/04/2026,1.00,GBP\n")
    (said,) = read(f"{header}B,03/04/2026,1.00,GBP\n", Reading(order=DayOrder.MONTH_FIRST))

    assert (told.facts.issued_on, said.facts.issued_on) == (date(2026, 4, 3), date(2026, 3, 4))
    with pytest.raises(UnsureOrderError):
        read(f"{header}B,03/04/2026,1.00,GBP\n")


def test_the_same_list_gives_the_same_keys_and_two_alike_receipts_are_two() -> None:
    text = "Supplier,Date,Total,Currency\nA,2026-01-02,5.00,GBP\nA,2026-01-02,5.00,GBP\n"

    first, second = read(text)

    assert first.key != second.key
    assert [document.key for document in read(text)] == [first.key, second.key]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"", "no header with several columns"),
        (b"hello\n", "no header with several columns"),
        (b"a,b\n\0,1\n", "It is not text"),
        (b'a,b\n"never ends,1\n', "cannot be read from line 2"),
        (b"a,b\n1,2,3\n", "Line 2 has more cells"),
        (b"a,b\n" + b"1,2\n" * (MOST_ROWS + 1), "more than 5000 rows"),
        (b"a," * 101 + b"b\n", "more than 100 columns"),
        (b"a,b\n" + b"x" * 40_000 + b",2\n", "longer than 32 KiB"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(SheetError, match=reason):
        read_sheet(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_encoding_and_separator_of_a_spreadsheet_is_read(encoding: str, separator: str) -> None:
    text = separator.join(("Supplier", "Date", "Total", "Currency")) + "\r\n"
    text += separator.join(("Café Ünal", "2026-01-02", '"1.234,50"', "EUR")) + "\r\n"

    (document,) = read(text.encode(encoding))

    assert (document.facts.supplier.name, document.facts.gross) == ("Café Ünal", D("1234.50"))
