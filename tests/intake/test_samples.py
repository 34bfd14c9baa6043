"""Every sample, field by field, through the real child."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.intake.parent import ChildReader
from bot.intake.reader import read
from bot.intake.result import Method, Reading, Unreadable
from tests.intake.samples import content_of, expectations, needs_samples

pytestmark = needs_samples


def reading_of(name: str) -> Reading:
    found = read(content_of(name))
    assert isinstance(found, Reading), found
    return found


@pytest.mark.parametrize("name", sorted(expectations()))
def test_every_expected_field_is_exact(name: str) -> None:
    expected = expectations()[name]

    reading = reading_of(name)

    facts = reading.facts
    assert {
        "supplier": facts.supplier.name,
        "supplier_vat": facts.supplier.tax_number,
        "buyer": facts.buyer.name,
        "number": facts.number,
        "date": str(facts.issued_on),
        "due": facts.due_on and str(facts.due_on),
        "currency": facts.currency,
        "net": str(facts.net),
        "tax": str(facts.tax),
        "gross": str(facts.gross),
        "payable": str(facts.payable),
        "accounting_kind": facts.document_type.value,
        "type_code": reading.type_code,
        "profile": reading.profile,
        "lines": reading.invoice_lines,
    }.items() <= expected.items()


ODD = {
    "kosit--01.02a-INVOICE_uncefact.xml": "It is to be paid to somebody else than the supplier: check to whom, and the"
    " account, before it is paid.",
    "zugferd-corpus--Avoir_FR_type381_BASIC.pdf": "Line 1: its quantity and price do not make its amount 20.48.",
    "zugferd-corpus--ZUGFeRD_1p0_COMFORT_Rabatte.pdf": "Line 5: its quantity and price do not make its amount 55.46.",
}
"""It names a payee; 5 at 4.10 make 20.50, and 20 at 2.77 make 55.40: so it stands in the files."""


@pytest.mark.parametrize("name", sorted(expectations()))
def test_all_figures_of_a_sample_agree(name: str) -> None:
    reading = reading_of(name)

    assert reading.warnings == ((ODD[name],) if name in ODD else ())
    assert reading.facts.is_bookable


@pytest.mark.parametrize("name", ["pdf_plain.pdf", "pdf_invalid.pdf"])
def test_a_pdf_without_an_e_invoice_states_nothing(name: str) -> None:
    found = read(content_of(f"negatives/{name}"))

    assert isinstance(found, Unreadable) or found.method is not Method.STATED


ONE_OF_EACH = {(expected["syntax"], Path(name).suffix): name for name, expected in expectations().items()}


@pytest.mark.parametrize("name", ONE_OF_EACH.values())
async def test_a_child_reads_a_sample_as_this_process_does(name: str) -> None:
    found = await ChildReader()(content_of(name), name)

    assert found == reading_of(name)


def test_freight_and_discount_of_the_whole_document_follow_its_own_lines() -> None:
    reading = reading_of("gobl-ubl--peppol-invoice-complete.xml")

    extra = reading.facts.lines[reading.invoice_lines :]
    assert [(line.description, line.net, line.tax_percent) for line in extra] == [
        ("Freight", Decimal("11.00"), Decimal(19)),
        ("Promotion discount", Decimal("-10.00"), Decimal(19)),
    ]


def test_the_account_to_pay_and_the_countries_are_read() -> None:
    facts = reading_of("kosit--01.20a-INVOICE_ubl.xml").facts

    assert facts.supplier.bank_account == "DE79000000001234567890"
    assert (facts.supplier.country, facts.buyer.country) == ("DE", "DE")
    assert facts.buyer.tax_number == "DE987654321"
    assert facts.note == "#REG#Betriebsstätte"


def test_what_was_paid_before_is_read_beside_what_is_due() -> None:
    facts = reading_of("zugferd-corpus--Facture_FR_BASICWL.pdf").facts

    assert (facts.gross, facts.prepaid, facts.payable) == tuple(map(Decimal, ("671.15", "201.00", "470.15")))
    assert facts.lines == ()


def test_a_discount_and_the_cost_of_delivery_follow_the_lines_of_the_first_zugferd() -> None:
    reading = reading_of("zugferd-corpus--ZUGFeRD_1p0_COMFORT_Rabatte.pdf")

    assert [(line.description, str(line.net)) for line in reading.facts.lines[reading.invoice_lines :]] == [
        ("Sondernachlass", "-1.00"),
        ("Sondernachlass", "-13.73"),
        ("Versandkosten", "5.80"),
    ]


def test_a_tax_stated_again_in_another_currency_is_not_taken() -> None:
    facts = reading_of("gobl-ubl--zatca-standard-usd-invoice.xml").facts

    assert facts.tax == Decimal("270.00")
    assert facts.lines[0].tax == Decimal("270.00")
    assert [(row.percent, row.category, row.taxable) for row in facts.tax_breakdown] == [
        (Decimal("15.0"), "S", Decimal("1800.00"))
    ]
