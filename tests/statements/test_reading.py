"""What a statement says, whichever way a bank writes it; and files that are made to harm or say nothing."""

from datetime import date
from decimal import Decimal

import pytest

from bot.domain.bank_statements import MOST_LINES, Statement, StatementError
from bot.sheets.sheet import MOST_ABOVE
from bot.sheets.values import DayOrder
from bot.statements.child import text_of
from bot.statements.ofx import is_ofx, read_ofx
from bot.statements.reading import StatementReader
from bot.statements.table import UnsureOrderError, is_statement, read_table
from bot.statements.telling import is_statement_file
from tests.statements.files import A_LINE, many, sgml, table, xml

D = Decimal


def said(statement: Statement) -> list[tuple[date, Decimal, str, str | None]]:
    return [(line.dated_on, line.amount, line.text, line.fitid) for line in statement.lines]


@pytest.mark.parametrize("text", [sgml(A_LINE), sgml(A_LINE).replace("\r\n", "\n")])
def test_ofx_in_sgml_says_account_currency_and_lines(text: str) -> None:
    assert is_ofx(text)

    found = read_ofx(text)

    assert (found.account, found.currency) == ("204010 12345678", "GBP")
    assert said(found) == [(date(2026, 3, 3), D("-120.00"), "PAPER & INK", "F1")]


def test_ofx_in_xml_says_the_same_of_a_card_and_text_in_it_is_text() -> None:
    text = xml(A_LINE, ("2026-03-04", "1,50", "F2", "&lt;b&gt;"))
    assert is_ofx(text)

    found = read_ofx(text)

    assert (found.account, found.currency) == ("12345678", "GBP")
    assert said(found)[0][2:] == ("PAPER & INK · a < b", "F1")
    assert said(found)[1] == (date(2026, 3, 4), D("1.50"), "<b> · a < b", "F2")


def test_amounts_without_a_figure_before_the_mark_and_with_noughts_behind_it_are_read() -> None:
    found = read_ofx(
        sgml(("20260303", "-.50", "F1", "X"), ("20260303", ".5", "F2", "X"), ("20260303", "-1.500000", "F3", "X"))
    )

    assert [line.amount for line in found.lines] == [D("-0.50"), D("0.5"), D("-1.5")]


def test_to_whom_money_went_is_no_account_of_the_statement_and_other_currencies_are_counted() -> None:
    rows = sgml(A_LINE, ("20260304", "-5", "F2", "ABROAD"))
    to_somebody = "<BANKACCTTO><BANKID>999999<ACCTID>99999999</BANKACCTTO></STMTTRN>"
    text = rows.replace("</STMTTRN>", to_somebody, 1)
    text = text.replace("<NAME>ABROAD", "<NAME>ABROAD<CURRENCY><CURRATE>1.1<CURSYM>EUR</CURRENCY>")

    found = read_ofx(text)

    assert (found.account, len(found.lines), found.left_out) == ("204010 12345678", 1, 1)


def test_what_a_line_cost_elsewhere_is_no_other_currency() -> None:
    text = sgml(A_LINE).replace("<FITID>", "<ORIGCURRENCY><CURRATE>1.1<CURSYM>EUR</ORIGCURRENCY><FITID>")

    assert len(read_ofx(text).lines) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (sgml(A_LINE) + sgml(A_LINE, account="2"), "statements of 2 accounts"),
        ("OFXHEADER:100\n<OFX></OFX>", "no statement of a bank account"),
        (sgml(("yesterday", "-1", "F", "X")), "no date that I can read"),
        (sgml(("20261303", "-1", "F", "X")), "no date that I can read"),
        (sgml(("20260303", "1.234,5", "F", "X")), "no amount that I can read"),
        (sgml(("20260303", "1e9", "F", "X")), "no amount that I can read"),
        (sgml(("20260303", "-", "F", "X")), "no amount that I can read"),
        (sgml(("20260303", "-1.12345", "F", "X")), "no amount that I can read: -1.12345"),
        (sgml(("20260303", "999999999999999", "F", "X")), "no amount that I can read: 999999999999999"),
        (sgml(*many(MOST_LINES + 1)), "more than 5000 lines"),
        (sgml(), "no line with an amount in it\\."),
        (
            sgml(A_LINE).replace("<NAME>", "<CURRENCY><CURSYM>EUR</CURRENCY><NAME>"),
            "no line .* but in another currency",
        ),
        (
            '<?xml version="1.0"?><!DOCTYPE OFX [<!ENTITY a SYSTEM "file:///etc/passwd">]><OFX>&a;</OFX>',
            "declares more",
        ),
        (xml(A_LINE).replace("<OFX>", '<!DOCTYPE x [<!ENTITY a "aaaa">]><OFX>'), "declares more"),
    ],
)
def test_what_is_no_statement_says_why(text: str, words: str) -> None:
    with pytest.raises(StatementError, match=words):
        read_ofx(text)


@pytest.mark.parametrize(
    ("file", "lines"),
    [
        (
            table("Date,Description,Amount", "31/03/2026,PAPER,-120.00", "01/04/2026,SHOP,5"),
            [(date(2026, 3, 31), D("-120.00"), "PAPER", None), (date(2026, 4, 1), D(5), "SHOP", None)],
        ),
        (
            table(
                "Transaction Date;Details;Paid out;Paid in;Balance",
                "2026-03-03;PAPER;1.120,00;;9",
                "2026-03-03;B/F;;;8",
            ),
            [(date(2026, 3, 3), D("-1120.00"), "PAPER", None)],
        ),
        (
            table("Buchungstag\tVerwendungszweck\tBetrag (EUR)\tTransaction ID", "03.03.2026\tPAPIER\t-12,50\tT1"),
            [(date(2026, 3, 3), D("-12.50"), "PAPIER", "T1")],
        ),
        (
            table("Date,Name,Memo,Debit,Credit", "3 Mar 2026,A,A,(7.00),", "4 Mar 2026,=cmd,,,7"),
            [(date(2026, 3, 3), D("-7.00"), "A", None), (date(2026, 3, 4), D(7), "=cmd", None)],
        ),
    ],
)
def test_columns_dates_and_marks_are_known_by_what_the_list_says(file: bytes, lines: list[object]) -> None:
    assert said(read_table(file, None)) == lines


def test_a_column_that_says_debit_or_credit_is_the_sign_of_amounts_without_one() -> None:
    header = "Account Number,Transaction Description,Transaction Date,Transaction Type,Transaction Amount"
    unsigned = table(header, "1,PAPER,2026-03-03,Debit,120.00", "1,REFUND,2026-03-04,Credit,7.00")
    signed = table(header, "1,PAPER,2026-03-03,Debit,-120.00", "1,REFUND,2026-03-04,Credit,7.00")
    indicated = table("Date;Description;Dr/Cr;Amount", "2026-03-03;PAPER;D;120.00")
    of_something = table("Date,Description,Type,Amount", "2026-03-03,PAPER,Card,120.00", "2026-03-03,PAPER,Debit,1.00")

    assert [line.amount for line in read_table(unsigned, None).lines] == [D("-120.00"), D("7.00")]
    assert [line.amount for line in read_table(signed, None).lines] == [D("-120.00"), D("7.00")]
    assert [line.amount for line in read_table(indicated, None).lines] == [D("-120.00")]
    assert [line.amount for line in read_table(of_something, None).lines] == [D("120.00"), D("1.00")]


def test_what_is_less_than_nothing_among_what_was_paid_out_came_back() -> None:
    reversal = table("Date,Name,Debit,Credit", "2026-03-03,A,7.00,", "2026-03-04,A,-7.00,", "2026-03-05,B,,-2.00")
    minus = table("Date,Name,Debit,Credit", "2026-03-03,A,-7.00,", "2026-03-04,A,-8.00,", "2026-03-05,B,,2.00")

    assert [line.amount for line in read_table(reversal, None).lines] == [D("-7.00"), D("7.00"), D("2.00")]
    assert [line.amount for line in read_table(minus, None).lines] == [D("-7.00"), D("-8.00"), D("2.00")]


def test_what_is_pending_or_was_taken_back_before_it_was_booked_is_no_line() -> None:
    header = "Type,Started Date,Completed Date,Description,Amount,Fee,Currency,State"
    rows = (
        "CARD_PAYMENT,2026-03-02 10:00:00,2026-03-03 09:00:00,PAPER,-120.00,0.00,GBP,COMPLETED",
        "CARD_PAYMENT,2026-03-02 10:00:00,,PAPER,-120.00,0.00,GBP,REVERTED",
        "CARD_PAYMENT,2026-03-04 10:00:00,,SHOP,-5.00,0.00,GBP,PENDING",
    )

    assert said(read_table(table(header, *rows), None)) == [(date(2026, 3, 3), D("-120.00"), "PAPER", None)]


BELOW_A_BANKS_WORDS = (
    (
        table(
            '"Girokonto";"DE00 0000"',
            '"Kontostand vom 31.03.2026:";"1.000,00 EUR"',
            '""',
            '"Buchungsdatum";"Wertstellung";"Status";"Verwendungszweck";"Betrag (EUR)"',
            '"31.03.26";"31.03.26";"Gebucht";"PAPIER";"-12,50"',
            '"01.04.26";"";"Vorgemerkt";"LADEN";"-1,00"',
        ),
        [(date(2026, 3, 31), D("-12.50"), "PAPIER", None)],
    ),
    (
        table("sep=;", "Date;Description;Amount", "2026-03-03;PAPER;-12.50"),
        [(date(2026, 3, 3), D("-12.50"), "PAPER", None)],
    ),
)


@pytest.mark.parametrize(("file", "lines"), BELOW_A_BANKS_WORDS)
def test_what_a_bank_writes_above_the_header_is_passed_over(file: bytes, lines: list[object]) -> None:
    assert is_statement_file(file)
    assert said(read_table(file, None)) == lines


def test_a_line_below_what_a_bank_writes_is_named_by_its_place_in_the_file() -> None:
    file = table("Account,204010 12345678", "", "Date,Description,Amount", "2026-03-03,X,abc")

    with pytest.raises(StatementError, match="Line 4: abc is no amount"):
        read_table(file, None)


def test_a_header_is_looked_for_at_the_top_only() -> None:
    header = "Date,Description,Amount"
    words = [f"Words,{number}" for number in range(MOST_ABOVE)]

    assert is_statement_file(table(*words[1:], header))
    assert not is_statement_file(table(*words, header))


@pytest.mark.parametrize(
    ("header", "currency"),
    [
        ("Betrag (EUR)", "EUR"),
        ("Amount [USD]", "USD"),
        ("Amount (net)", None),
        ("Amount (VAT)", None),
        ("Amount", None),
    ],
)
def test_the_currency_is_known_by_the_header_of_the_amounts(header: str, currency: str | None) -> None:
    assert read_table(table(f"Date,Description,{header}", "2026-03-03,X,-1.00"), None).currency == currency


def test_dates_of_two_meanings_are_asked_about() -> None:
    file = table("Date,Description,Amount", "03/04/2026,PAPER,-1.00")

    with pytest.raises(UnsureOrderError):
        read_table(file, None)
    assert read_table(file, DayOrder.MONTH_FIRST).lines[0].dated_on == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (table("Day,What,Sum", "2026-03-03,X,1"), "No column of it is the date: it has Day, What, Sum"),
        (table("Date,What", "2026-03-03,X"), "No column of it is the amount"),
        (table("Date,Description,Amount", "2026-03-03,X,abc"), "Line 2: abc is no amount"),
        (table("Date,Description,Amount", "2026-03-03,X,1.234"), "can be read in two ways"),
        (table("Date,Description,Amount", "2026-03-03,X,999999999999999"), "Line 2: .* is too large"),
        (table("Date;Description;Amount", "2026-03-03;X;1,234,56"), "Line 2: 1,234,56 is no amount"),
        (table("Date;Description;Amount", "2026-03-03;X;1.234,567.89"), "Line 2: 1.234,567.89 is no amount"),
        (table("Date,Description,Amount", "2026-03-03,X,(-12.00)"), r"Line 2: \(-12.00\) is no amount"),
        (table("Date,Description,Amount", "2026-03-03,X,-12.00-"), "Line 2: -12.00- is no amount"),
        (table("Date,Description,Amount", "2026-03-03,X,0"), "no line with an amount"),
        (table("Date,Description,Amount,Currency", "2026-03-03,X,1,GBP", "2026-03-03,X,1,EUR"), "several currencies"),
        (table("Date,Description,Amount,IBAN", "2026-03-03,X,1,A", "2026-03-03,X,1,B"), "lines of 2 accounts"),
        (b"PK\x03\x04", "Excel workbook"),
        (bytes(100), "not text"),
    ],
)
def test_a_list_that_is_no_statement_says_why(file: bytes, words: str) -> None:
    with pytest.raises(StatementError, match=words):
        read_table(file, None)


@pytest.mark.parametrize(
    ("header", "is_one"),
    [
        (("Date", "Description", "Amount"), True),
        (("Posting Date", "Details", "Debit", "Credit"), True),
        (("Date", "Supplier", "Description", "Amount"), False),
        (("Date", "Amount"), False),
        (("ContactName", "InvoiceNumber", "Date", "Description", "Value"), False),
    ],
)
def test_a_list_of_lines_is_told_from_one_of_documents(header: tuple[str, ...], *, is_one: bool) -> None:
    assert is_statement(header) is is_one


def test_text_is_read_in_what_its_bytes_say() -> None:
    assert text_of("Café".encode("cp1252")) == "Café"
    assert text_of("Café".encode("utf-8-sig")) == "Café"
    assert text_of("Café".encode("utf-16")) == "Café"


async def test_a_file_is_read_by_a_process_of_its_own_whatever_is_in_it() -> None:
    read = StatementReader.build()

    found = await read(sgml(A_LINE).encode())
    unsure = await read(table("Date,Description,Amount", "03/04/2026,Zo\xeb,-1.00"))
    surely = await read(table("Date,Description,Amount", "03/04/2026,X,-1.00"), "day-first")
    nested = await read(b"OFXHEADER:100\n" + b"<STMTRS>" * 200_000)
    large, nothing = await read(bytes(3 * 1024 * 1024)), await read(b"")

    assert found.statement is not None
    assert said(found.statement) == [(date(2026, 3, 3), D("-120.00"), "PAPER & INK", "F1")]
    assert (unsure.statement, unsure.needs_order) == (None, True)
    assert surely.statement is not None
    assert surely.statement.lines[0].dated_on == date(2026, 4, 3)
    assert all(each.statement is None or not each.statement.lines for each in (nested, large, nothing))
    assert "larger than 2 MiB" in large.reason
