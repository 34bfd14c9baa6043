"""What the words and figures of a UBL document come to mean."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest

from bot.domain.documents import DocumentType, Facts
from bot.intake.elements import LONGEST_CODE, LONGEST_TEXT
from bot.intake.lines import MOST_LINES
from bot.intake.meaning import MOST_WARNINGS
from bot.intake.reader import read
from bot.intake.result import Reading, UnreadableError
from bot.intake.ubl import read_ubl
from tests.intake.documents import Row, a_document, a_tax_total, an_allowance


def reading_of(document: str) -> Reading:
    return read_ubl(document.encode())


def facts_of(document: str) -> Facts:
    return reading_of(document).facts


def amounts(*numbers: int) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, numbers))


def refusal_of(document: str) -> str:
    with pytest.raises(UnreadableError) as caught:
        reading_of(document)
    return str(caught.value)


@pytest.mark.parametrize("code", ["381", "396", "261"])
def test_a_credit_note_code_in_an_invoice_makes_a_credit_note_of_the_same_amounts(code: str) -> None:
    facts = facts_of(a_document(type_code=code))

    assert (facts.document_type, facts.gross) == (DocumentType.CREDIT_NOTE, Decimal("120.00"))


@pytest.mark.parametrize("code", ["380", "384", "389", "388", ""])
def test_other_codes_are_invoices_and_a_self_billed_one_is_too(code: str) -> None:
    assert facts_of(a_document(type_code=code)).document_type is DocumentType.INVOICE


def test_the_root_makes_a_credit_note_whatever_its_code() -> None:
    reading = reading_of(a_document(root="CreditNote", type_code="380"))

    assert reading.facts.document_type is DocumentType.CREDIT_NOTE
    assert (reading.invoice_lines, reading.warnings) == (1, ())


def test_a_negative_correction_is_a_credit_note_of_positive_amounts() -> None:
    row = Row(net="-110.00", quantity="-1", price="110.00")
    breakdown = a_tax_total("-20.00", taxable="-100.00")
    extra = an_allowance("-10.00") + breakdown

    reading = reading_of(
        a_document(type_code="384", net="-100.00", tax=None, gross="-120.00", rows=(row,), extra=extra)
    )

    facts = reading.facts
    assert facts.document_type is DocumentType.CREDIT_NOTE
    assert (facts.net, facts.tax, facts.gross, facts.payable) == amounts(100, 20, 120, 120)
    assert [(line.quantity, line.unit_price, line.net) for line in facts.lines] == [
        amounts(1, 110, 110),
        amounts(-1, 10, -10),
    ]
    assert [(row.taxable, row.tax) for row in facts.tax_breakdown] == [amounts(100, 20)]
    assert reading.warnings == ()


def test_a_credit_note_of_a_negative_total_is_left_alone_and_pointed_at() -> None:
    row = Row(net="-100.00", quantity="-1")

    reading = reading_of(a_document(type_code="381", net="-100.00", tax="-20.00", gross="-120.00", rows=(row,)))

    assert reading.facts.gross == Decimal("-120.00")
    assert reading.warnings == ("It is a credit note of a negative total, -120.00: check which way the money goes.",)


def test_the_due_date_may_stand_with_the_payment_means() -> None:
    due = "<cac:PaymentMeans><cbc:PaymentDueDate>2026-03-31+01:00</cbc:PaymentDueDate></cac:PaymentMeans>"

    assert facts_of(a_document(root="CreditNote", extra=due)).due_on == date(2026, 3, 31)


def test_a_price_for_a_hundred_is_brought_down_to_one() -> None:
    row = Row(net="15.00", quantity="300", price="5.00", after_price="<cbc:BaseQuantity>100</cbc:BaseQuantity>")

    reading = reading_of(a_document(net="15.00", tax="3.00", gross="18.00", rows=(row,)))

    assert str(reading.facts.lines[0].unit_price) == "0.05"
    assert reading.warnings == ()


def test_a_price_divided_by_a_tiny_base_is_written_out() -> None:
    row = Row(price="999999999999999", after_price="<cbc:BaseQuantity>0.0000000001</cbc:BaseQuantity>")

    assert str(facts_of(a_document(rows=(row,))).lines[0].unit_price) == "9999999999999990000000000"


def test_a_line_without_a_price_counts_as_one_of_its_amount() -> None:
    line = facts_of(a_document(rows=(Row(quantity="7", price=None),))).lines[0]

    assert (line.quantity, line.unit_price, line.net) == amounts(1, 100, 100)


def test_a_quantity_of_nothing_stays_nothing() -> None:
    rows = (Row(), Row(quantity="0", price="3.00", net="0.00", name="Spare part, not delivered"))

    reading = reading_of(a_document(rows=rows))

    assert reading.facts.lines[1].quantity == 0
    assert reading.warnings == ()


def test_allowances_of_a_line_are_in_its_amount_and_not_lines() -> None:
    row = Row(net="90.00", inside=an_allowance("12.00") + an_allowance("2.00", is_charge=True))

    reading = reading_of(a_document(net="90.00", tax="18.00", gross="108.00", rows=(row,)))

    assert [line.net for line in reading.facts.lines] == [90]
    assert reading.warnings == ()


def test_allowances_of_the_document_become_lines_that_are_not_counted_as_its_own() -> None:
    extra = an_allowance("15.00", reason="Loyalty") + an_allowance("5.00", is_charge=True)

    reading = reading_of(a_document(rows=(Row(net="110.00", price="110.00"),), extra=extra))

    assert [(line.description, line.net) for line in reading.facts.lines] == [
        ("Paper", Decimal(110)),
        ("Loyalty", Decimal(-15)),
        ("Charge", Decimal(5)),
    ]
    assert (reading.invoice_lines, reading.warnings) == (1, ())


def test_a_name_and_a_longer_description_are_both_kept_within_bounds() -> None:
    row = Row(name=f"Lamp</cbc:Name><cbc:Description>{'long ' * 300}</cbc:Description><cbc:Name>")

    description = facts_of(a_document(rows=(row,))).lines[0].description

    assert description.startswith("Lamp: long long")
    assert len(description) <= LONGEST_TEXT


def test_tax_is_what_lies_between_net_and_gross_where_none_is_stated() -> None:
    assert facts_of(a_document(tax=None)).tax == Decimal("20.00")


def test_a_tax_only_stated_in_another_currency_is_not_taken() -> None:
    assert facts_of(a_document(tax=None, extra=a_tax_total("77.00", "SAR", taxable="385.00"))).tax == Decimal("20.00")


def test_two_taxes_with_their_breakdowns_add_up() -> None:
    extra = a_tax_total("16.00", taxable="80.00") + a_tax_total("4.00", taxable="20.00")

    reading = reading_of(a_document(tax=None, extra=extra))

    assert (reading.facts.tax, reading.warnings) == (Decimal(20), ())


def test_figures_that_disagree_are_reported_and_left_as_they_are() -> None:
    rows = (Row(net="90.00"), Row(net="5.00", price="5.00"))

    reading = reading_of(a_document(gross="121.00", rows=rows, tax=None, extra=a_tax_total("20.00") * 2))

    assert (reading.facts.net, reading.facts.tax, reading.facts.gross) == amounts(100, 20, 121)
    assert reading.warnings == (
        "Net 100.00 and tax 20.00 do not make the total 121.00.",
        "The lines add up to 95.00, not to the net amount 100.00.",
        "Line 1: its quantity and price do not make its amount 90.00.",
    )


def test_rates_that_do_not_make_the_tax_are_reported() -> None:
    breakdown = a_tax_total("20.00", taxable="100.00").replace("<cbc:TaxAmount>20.00", "<cbc:TaxAmount>19.00")

    reading = reading_of(a_document(tax=None, extra=breakdown))

    assert reading.warnings == ("The taxes of the rates add up to 19.00, not to the tax 20.00.",)


def test_hundreds_of_warnings_are_summed_up() -> None:
    rows = tuple(Row(net="1.00") for _ in range(100))

    reading = reading_of(a_document(rows=rows))

    assert len(reading.warnings) == MOST_WARNINGS
    assert reading.warnings[-1] == "There are 81 more such warnings."


def test_an_empty_document_has_no_guesses() -> None:
    document = a_document()
    start, _, rest = document.partition("<cbc:ID>")

    reading = reading_of(start + rest[-len("</Invoice>") :])

    assert reading.facts == Facts()
    assert all(getattr(reading.facts, field.name) != "" for field in fields(reading.facts))


@pytest.mark.parametrize(
    "amount", ["NaN", "Infinity", "1e5", "1,234.00", "1 000", "12.3.4", "٣", "0x10", "--1", "1" * 16, "", "one"]
)
def test_what_is_no_amount_is_refused_by_name_or_missing(amount: str) -> None:
    document = a_document(gross=amount)

    if amount:
        assert refusal_of(document) == "Its TaxInclusiveAmount is not a number that an invoice can have."
    else:
        assert facts_of(document).gross is None


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("120.00001", "has more than four decimals"),
        ("100000000000000", "is larger than any invoice"),
    ],
)
def test_money_beyond_what_can_be_kept_exactly_is_refused(amount: str, reason: str) -> None:
    assert refusal_of(a_document(gross=amount)) == f"Its TaxInclusiveAmount {reason}."


@pytest.mark.parametrize(
    ("written", "read"),
    [("120.0000000", "120.0000"), ("+120", "120"), ("120.", "120"), (" 120.00\n", "120.00"), ("-0.00", "0.00")],
)
def test_every_honest_way_to_write_an_amount_is_read(written: str, read: str) -> None:
    assert str(facts_of(a_document(gross=written)).gross) == read


@pytest.mark.parametrize("text", ["2026-02-30", "20260301", "2026-W10-7", "01.03.2026", "2026-03-01T10:00", "soon"])
def test_what_is_no_date_is_refused(text: str) -> None:
    assert refusal_of(a_document(extra=f"<cbc:DueDate>{text}</cbc:DueDate>")) == "Its DueDate is not a date."


def test_totals_in_another_currency_than_the_document_are_refused() -> None:
    document = a_document().replace("<cbc:TaxInclusiveAmount>", '<cbc:TaxInclusiveAmount currencyID="SAR">')

    assert refusal_of(document) == "Its TaxInclusiveAmount is in another currency than the document."


@pytest.mark.parametrize("currency", ["eur", "EURO", "<b/>€"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    document = a_document(currency=currency, tax=None)

    assert refusal_of(document) == "Its DocumentCurrencyCode is not a currency."


def test_a_comment_inside_a_value_hides_no_part_of_it() -> None:
    document = a_document(number="12<!-- -->34", gross="1<?x?>20.00")

    facts = facts_of(document)

    assert (facts.number, facts.gross) == ("1234", Decimal("120.00"))


def test_invisible_and_control_characters_do_not_reach_anyone() -> None:
    assert facts_of(a_document(number="A\u202e1\u200b2\u0085\n3\ufeff")).number == "A12 3"


def test_a_number_too_long_to_keep_whole_is_refused_rather_than_cut() -> None:
    assert refusal_of(a_document(number="1" * (LONGEST_CODE + 1))) == "Its ID is longer than any in an invoice."


def test_space_around_a_value_does_not_make_it_too_long() -> None:
    assert facts_of(a_document(number=" " * 10_000 + "7")).number == "7"


def test_as_many_lines_as_are_kept_are_read_and_one_more_is_refused() -> None:
    most = tuple(Row() for _ in range(MOST_LINES))

    assert reading_of(a_document(rows=most)).invoice_lines == MOST_LINES
    assert refusal_of(a_document(rows=(*most, Row()))) == "The document has 2001 lines; at most 2000 are read."


def test_a_reason_never_quotes_the_file() -> None:
    assert "channel" not in refusal_of(a_document(gross="&lt;!channel&gt;"))


@pytest.mark.parametrize(
    "extra",
    [
        "<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator></cac:AllowanceCharge>",
        "<cac:AllowanceCharge><cbc:Amount>5</cbc:Amount></cac:AllowanceCharge>",
    ],
)
def test_an_allowance_without_amount_or_direction_is_refused(extra: str) -> None:
    assert "allowance or charge" in refusal_of(a_document(extra=extra))


def test_another_ubl_document_is_not_taken_for_an_invoice() -> None:
    order = (
        a_document().replace("Invoice-2", "Order-2").replace("<Invoice ", "<Order ").replace("</Invoice>", "</Order>")
    )

    assert refusal_of(order) == "The file is neither an invoice nor a credit note."


ENVELOPE = (
    '<x:StandardBusinessDocument xmlns:x="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader">'
    "<x:StandardBusinessDocumentHeader/>{}</x:StandardBusinessDocument>"
)


@pytest.mark.parametrize("root", ["Invoice", "CreditNote"])
def test_a_document_is_taken_out_of_the_envelope_of_peppol(root: str) -> None:
    document = a_document(root=root, prolog="")

    found = read(ENVELOPE.format(document).encode())

    assert found == reading_of(document)


def test_an_envelope_of_something_else_holds_no_invoice() -> None:
    assert refusal_of(ENVELOPE.format("<Order/>")) == "The file is neither an invoice nor a credit note."
