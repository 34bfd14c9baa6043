"""What holds in every syntax: a document written from known facts is read back as those facts, and means the same."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.documents import DocumentType, Facts
from bot.intake.lines import MOST_LINES
from bot.intake.reader import read, reader_of
from bot.intake.result import Method, Reading, Unreadable
from bot.intake.sniff import sniff
from tests.intake.known import FACTS, LINES, known, negative
from tests.intake.test_hostile import bomb
from tests.intake.writers import WRITERS, Known, Writer

pytestmark = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)


def reading_of(write: Writer, document: Known) -> Reading:
    found = read(write(document))
    assert isinstance(found, Reading), found
    return found


def refusal_of(content: bytes) -> str:
    found = read(content)
    assert isinstance(found, Unreadable), found
    return found.reason


def test_every_fact_is_read_back(write: Writer) -> None:
    reading = reading_of(write, known())

    assert reading.facts == FACTS
    assert (reading.invoice_lines, reading.type_code, reading.method) == (len(LINES), "380", Method.STATED)
    assert reading.profile
    assert reading.warnings == ()


def test_a_negative_correction_is_a_credit_note_of_positive_amounts(write: Writer) -> None:
    reading = reading_of(write, negative())

    turned = replace(FACTS, document_type=DocumentType.CREDIT_NOTE)
    signs = [(line.quantity, line.unit_price, line.net) for line in reading.facts.lines]
    assert replace(reading.facts, lines=()) == replace(turned, lines=())
    assert signs[:2] == [(line.quantity, line.unit_price, line.net) for line in LINES]
    assert [line.net for line in reading.facts.lines] == [line.net for line in FACTS.lines]
    assert reading.warnings == ()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("381", DocumentType.CREDIT_NOTE),
        ("261", DocumentType.CREDIT_NOTE),
        ("389", DocumentType.INVOICE),
        ("384", DocumentType.INVOICE),
        ("325", DocumentType.PRO_FORMA),
        ("", DocumentType.INVOICE),
    ],
)
def test_the_code_says_what_the_document_is(write: Writer, code: str, kind: DocumentType) -> None:
    assert reading_of(write, known(type_code=code)).facts.document_type is kind


def test_a_document_without_lines_has_none_whatever_its_allowances(write: Writer) -> None:
    reading = reading_of(write, known(own=0, lines=FACTS.lines[len(LINES) :]))

    assert (reading.facts.lines, reading.invoice_lines, reading.warnings) == ((), 0, ())
    assert reading.facts.lines_agree


def test_a_document_with_nothing_in_it_has_no_guesses(write: Writer) -> None:
    assert reading_of(write, Known(facts=Facts(), own=0, type_code="")).facts == Facts()


def test_figures_that_disagree_are_reported_and_left_as_they_are(write: Writer) -> None:
    lines = (replace(LINES[0], net=Decimal("90.00")),)

    reading = reading_of(
        write, known(own=1, lines=lines, gross=Decimal("163.00"), payable=Decimal("101.00"), tax_breakdown=())
    )

    assert (reading.facts.net, reading.facts.gross) == (Decimal("140.00"), Decimal("163.00"))
    assert reading.warnings == (
        "Net 140.00 and tax 22.00 do not make the total 163.00.",
        "The lines add up to 90.00, not to the net amount 140.00.",
        "Line 1: its quantity and price do not make its amount 90.00.",
    )


def test_an_amount_in_another_currency_is_refused(write: Writer) -> None:
    document = write(known()).replace(b'currencyID="EUR">162.00', b'currencyID="SAR">162.00')

    assert refusal_of(document).endswith("Amount is in another currency than the document.")


def test_a_price_in_another_currency_is_refused(write: Writer) -> None:
    document = write(known()).replace(b'currencyID="EUR">36.6666', b'currencyID="SAR">36.6666')

    assert refusal_of(document) == "The price of a line is in another currency than the document."


@pytest.mark.parametrize("written", [b"1e5", b"1,00", b"NaN", b"162.00001", b"162,00", b"&lt;!channel&gt;"])
def test_what_is_no_amount_is_refused_by_name_and_never_quoted(write: Writer, written: bytes) -> None:
    reason = refusal_of(write(known()).replace(b">162.00<", b">" + written + b"<"))

    assert reason.startswith(("Its TaxInclusiveAmount ", "Its GrandTotalAmount "))
    assert written not in reason.encode()


PAYEES = {
    "UBL": ("<a:PaymentMeans>", "<a:PayeeParty><a:PartyName><c:Name>{}</c:Name></a:PartyName></a:PayeeParty>"),
    "CII": ("<r:SpecifiedTradeSettlementPaymentMeans>", "<r:PayeeTradeParty><r:Name>{}</r:Name></r:PayeeTradeParty>"),
}


@pytest.mark.parametrize(("payee", "is_said"), [("Fast Factoring AG", True), ("SÜD &amp; SÖHNE GMBH", False)])
def test_a_payee_who_is_not_the_supplier_is_pointed_at(write: Writer, payee: str, *, is_said: bool) -> None:
    before, element = PAYEES["UBL" if write is WRITERS["UBL"] else "CII"]
    document = write(known()).decode()
    assert before in document

    found = read(document.replace(before, element.format(payee) + before).encode())

    assert isinstance(found, Reading)
    assert len(found.warnings) == is_said


def test_what_is_due_and_is_not_what_is_left_is_pointed_at(write: Writer) -> None:
    reading = reading_of(write, known(payable=Decimal("99.00")))

    assert reading.warnings == ("The total 162.00 less 62.00 paid before is not the 99.00 that is due.",)


ROUNDINGS = {
    "UBL": ("<c:PayableAmount", '<c:PayableRoundingAmount currencyID="EUR">{}</c:PayableRoundingAmount>'),
    "CII": ("<r:DuePayableAmount", '<r:RoundingAmount currencyID="EUR">{}</r:RoundingAmount>'),
}


@pytest.mark.parametrize(("document", "due", "rounding"), [(known, "99.95", "-0.05"), (negative, "-99.95", "0.05")])
def test_a_rounding_of_what_is_due_is_told(
    write: Writer, document: Callable[[], Known], due: str, rounding: str
) -> None:
    before, element = ROUNDINGS["UBL" if write is WRITERS["UBL"] else "CII"]
    rounded = replace(document(), facts=replace(document().facts, payable=Decimal(due)))
    content = write(rounded).decode()
    assert before in content

    found = read(content.replace(before, element.format(rounding) + before).encode())

    assert isinstance(found, Reading)
    assert (found.facts.gross, found.facts.payable) == (Decimal("162.00"), Decimal("99.95"))
    assert found.warnings == ("What is due is rounded from 100.00 to 99.95.",)


def test_more_lines_than_anybody_can_look_through_are_refused(write: Writer) -> None:
    lines = (replace(LINES[1], net=Decimal(0)),) * (MOST_LINES + 1)

    assert (
        refusal_of(write(known(own=len(lines), lines=lines))) == "The document has 2001 lines; at most 2000 are read."
    )


def test_more_tax_rates_than_there_are_are_refused(write: Writer) -> None:
    document = known(tax_breakdown=FACTS.tax_breakdown * 101)

    assert refusal_of(write(document)) == "The document has 202 rows of tax; at most 200 are read."


@pytest.mark.parametrize(
    "subset", [bomb(), '<!ENTITY e SYSTEM "file:///etc/hosts">', '<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;']
)
def test_a_document_type_is_refused_by_the_reader_itself(write: Writer, subset: str) -> None:
    content = write(known(number="&e;")).replace(b"&amp;e;", b"&e;" if "ENTITY e" in subset else b"1")

    found = reader_of(sniff(content))(f"<!DOCTYPE x [{subset}]>".encode() + content)

    assert isinstance(found, Unreadable)
    assert found.reason.startswith(("The file declares a document type", "The XML"))


def test_hostile_text_is_made_harmless(write: Writer) -> None:
    facts = reading_of(write, known(number="A\u202e1\u200b2", note="\u2066x" * 5000)).facts

    assert facts.number == "A12"
    assert facts.note is not None
    assert len(facts.note) == 2000


def test_a_number_too_long_to_keep_whole_is_refused_rather_than_cut(write: Writer) -> None:
    assert refusal_of(write(known(number="1" * 201))) == "Its ID is longer than any in an invoice."
