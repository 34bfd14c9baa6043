"""E-invoices inside PDFs: found by their names, read like any other, and harmless when they are made to harm."""

import zlib

import pytest

from bot.intake.parent import ChildReader
from bot.intake.reader import read
from bot.intake.result import Method, Reading, Unreadable
from tests.intake.hybrids import a_pdf_with, a_raw_pdf, swollen
from tests.intake.known import FACTS, known
from tests.intake.test_hostile import bomb, declaring
from tests.intake.writers import WRITERS, as_cii, as_fattura_pa

INVOICE = as_cii(known())
OTHER = as_cii(known(number="another"))


def reading_of(content: bytes) -> Reading:
    found = read(content)
    assert isinstance(found, Reading), found
    return found


@pytest.mark.parametrize(
    "name", ["factur-x.xml", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml", "FACTUR-X.XML"]
)
def test_the_invoice_is_found_by_each_name_it_may_have(name: str) -> None:
    reading = reading_of(a_pdf_with({"terms.xml": OTHER, name: INVOICE, "z.xml": OTHER}))

    assert (reading.facts, reading.method) == (FACTS, Method.STATED)


@pytest.mark.parametrize("syntax", WRITERS)
def test_the_invoice_may_be_in_any_syntax_that_pdfs_carry(syntax: str) -> None:
    assert reading_of(a_pdf_with({"xrechnung.xml": WRITERS[syntax](known())})).facts == FACTS


@pytest.mark.parametrize("name", ["invoice.xml", "order-x.xml", "factur-x.xml.bak", "my factur-x.xml"])
def test_an_attachment_of_another_name_is_nobodys_business(name: str) -> None:
    reading = reading_of(a_pdf_with({name: INVOICE}))

    assert (reading.method, reading.warnings) == (Method.NOTHING, ())


def test_the_names_are_preferred_in_the_order_of_the_standards() -> None:
    assert reading_of(a_pdf_with({"xrechnung.xml": OTHER, "factur-x.xml": INVOICE})).facts == FACTS


BROKEN = {
    "a document type": declaring(bomb()),
    "cut off": INVOICE[:-50],
    "another document": b'<?xml version="1.0"?><catalog/>',
    "no XML": b"%PDF-1.7",
    "an invoice that PDFs do not carry": as_fattura_pa(known(type_code="TD01")),
    "nothing": b" ",
    "a wrong amount": INVOICE.replace(b">162.00<", b">&lt;!channel&gt;<"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_invoice_states_nothing_and_is_told_of(what: str) -> None:
    found = reading_of(a_pdf_with({"factur-x.xml": BROKEN[what]}))

    assert found.method is Method.NOTHING
    assert found.warnings[0].startswith("The e-invoice in the PDF cannot be read. ")
    assert found.warnings[0].endswith(".")
    assert "channel" not in found.warnings[0]


HOSTILE = {
    "a gigabyte of spaces in a megabyte": a_raw_pdf(swollen(1200)),
    "a stream that is not deflated": a_raw_pdf(b"<Invoice/>"),
    "a deflated stream that is cut off": a_raw_pdf(zlib.compress(INVOICE)[:100]),
    "a hundred thousand attachments": a_raw_pdf(zlib.compress(INVOICE), name="a.xml", times=100_000),
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.timeout(30)
async def test_a_hostile_attachment_ends_in_a_reason_or_in_nothing_stated(what: str) -> None:
    found = await ChildReader()(HOSTILE[what], "invoice.pdf")

    if isinstance(found, Reading):
        assert found.method is not Method.STATED
    else:
        assert isinstance(found, Unreadable)
        assert found.reason.endswith(".")


def test_an_invoice_written_by_hand_is_found() -> None:
    assert reading_of(a_raw_pdf(zlib.compress(INVOICE))).facts == FACTS
