"""Documents laid out as people meet them: what is asked for stands beside its label, below it, or in a sentence."""

from datetime import date
from typing import Any

import pytest

from bot.domain.documents import DocumentType, Facts
from bot.intake.reader import read
from bot.intake.result import Reading
from tests.intake.drawn import Text, a_letter, a_text_pdf

AMERICAN = [
    Text(50, 50, "Blue Ridge Hosting, Inc.", 14),
    Text(50, 66, "500 Main St, Asheville, NC 28801"),
    Text(400, 50, "INVOICE", 22),
    *a_letter("Invoice #|INV-0097", "Date|Sep 4, 2026", "Due Date|Oct 4, 2026", left=330, down=84),
    *a_letter("Bill To", "Acme Widgets LLC", "1 Elm Street", "Boston, MA 02101", down=140),
    *a_letter("Description|Qty|Rate|Amount", "Hosting|1|$99.00|$99.00", "Support|2.5|$120.00|$300.00", down=240),
    *a_letter("Subtotal|$399.00", "Sales Tax (7%)|$27.93", "Balance Due (USD)|$426.93", left=310, down=320),
]
TILL = a_letter(
    *("COFFEE CORNER LTD", "22 High Street", "VAT Reg 123 4567 89", "Receipt 00412", "12/03/2026 08:41"),
    *("Flat white £3.20", "Croissant £2.80", "TOTAL £6.00", "VAT @20% £1.00", "CARD £6.00"),
)
SWISS = [
    *a_letter("Muster Elektro AG", "Hauptstrasse 1", "8001 Zürich", down=50),
    Text(50, 140, "Rechnung Nr. 2026-77", 16),
    Text(50, 160, "Zürich, 12. März 2026"),
    *a_letter("Herr Peter Meier", "Seestrasse 4", "8002 Zürich", left=350, down=66),
    *a_letter("Netto|MwSt 8.1%|Total CHF", "1'200.00|97.20|1'297.20", down=300),
    *a_letter("CHE-123.456.789 MWST||IBAN CH93 0076 2011 6238 5295 7", down=700),
]
GERMAN_WINDOW = [
    Text(50, 120, "Druckerei Sommer e.K. · Ringstr. 4 · 50667 Köln", 7),
    *a_letter("Verein der Freunde", "Domplatz 2", "50667 Köln", down=136),
    *a_letter("# Rechnung", "Rechnung 2026/9 vom 3.2.2026", "Flyer|500,00 EUR", down=240),
    *a_letter("Zwischensumme|500,00 EUR", "USt. 7 %|35,00 EUR", "Rechnungsbetrag|535,00 EUR", down=320),
]
DUTCH = a_letter(
    *(
        "Van Dijk Installatietechniek",
        "Industrieweg 4|KvK 12345678",
        "3542 AD Utrecht|BTW NL001234567B01",
        "",
        "FACTUUR",
    ),
    *("Factuurnr: 260145", "Datum: 12-06-2026", "Vervaldatum: 26-06-2026", "Aan: Restaurant De Haven"),
    *("Onderhoud|€ 185,00", "Totaal excl. BTW|€ 185,00", "BTW 21%|€ 38,85", "Totaal incl. BTW|€ 223,85"),
    "IBAN NL91ABNA0417164300 t.n.v. Van Dijk Installatietechniek",
)
ITALIAN = a_letter(
    *("STUDIO BIANCHI - Avv. Paolo Bianchi", "P. IVA 01234567890|C.F. BNCPLA70A01F205X", "Spett.le", "ACME S.p.A."),
    *("Via Roma 1", "20100 Milano", "Fattura n. 12 del 15/04/2026", "Onorario|€ 1.000,00", "CPA 4%|€ 40,00"),
    *("IVA 22% su € 1.040,00|€ 228,80", "Totale fattura|€ 1.268,80", "Ritenuta 20%|€ 200,00"),
    "Netto a pagare|€ 1.068,80",
)


@pytest.mark.parametrize(
    ("page", "supplier", "buyer", "number", "rest"),
    [
        pytest.param(
            AMERICAN,
            ("Blue Ridge Hosting, Inc.", None),
            "Acme Widgets LLC",
            "INV-0097",
            (date(2026, 9, 4), date(2026, 10, 4), "USD", "399.00", "27.93", "426.93"),
            id="American",
        ),
        pytest.param(
            TILL,
            ("COFFEE CORNER LTD", "123456789"),
            None,
            "00412",
            (date(2026, 3, 12), None, "GBP", "5.00", "1.00", "6.00"),
            id="till",
        ),
        pytest.param(
            SWISS,
            ("Muster Elektro AG", "CHE123456789MWST"),
            None,
            "2026-77",
            (date(2026, 3, 12), None, "CHF", "1200.00", "97.20", "1297.20"),
            id="Swiss",
        ),
        pytest.param(
            GERMAN_WINDOW,
            ("Druckerei Sommer e.K.", None),
            "Verein der Freunde",
            "2026/9",
            (date(2026, 2, 3), None, "EUR", "500.00", "35.00", "535.00"),
            id="window",
        ),
        pytest.param(
            DUTCH,
            ("Van Dijk Installatietechniek", "NL001234567B01"),
            "Restaurant De Haven",
            "260145",
            (date(2026, 6, 12), date(2026, 6, 26), "EUR", "185.00", "38.85", "223.85"),
            id="Dutch",
        ),
        pytest.param(
            ITALIAN,
            ("STUDIO BIANCHI", "01234567890"),
            "ACME S.p.A.",
            "12",
            (date(2026, 4, 15), None, "EUR", "1040.00", "228.80", "1268.80"),
            id="Italian",
        ),
    ],
)
def test_a_document_is_read_whatever_its_layout(
    page: list[Text], supplier: tuple[str, str | None], buyer: str | None, number: str, rest: tuple[Any, ...]
) -> None:
    found = read(a_text_pdf(page))

    assert isinstance(found, Reading)
    facts = found.facts
    assert (facts.supplier.name, facts.supplier.tax_number) == supplier
    assert (facts.buyer.name, facts.number) == (buyer, number)
    amounts = map(str, (facts.net, facts.tax, facts.gross))
    assert (facts.issued_on, facts.due_on, facts.currency, *amounts) == rest


def test_a_charge_that_is_called_a_tax_makes_no_totals_of_its_own() -> None:
    page = a_letter("Hotel du Lac", "Facture 4512", "Chambre|240,00", "Taxe de séjour|4,40", "Total TTC|244,40")

    found = read(a_text_pdf(page))

    assert isinstance(found, Reading)
    assert (found.facts.net, str(found.facts.gross)) == (None, "244.40")


def facts_of(*pages: list[Text]) -> Facts:
    found = read(a_text_pdf(*pages))
    assert isinstance(found, Reading)
    return found.facts


def test_what_is_written_along_the_margin_is_no_part_of_the_rows_it_crosses() -> None:
    page = a_letter("Acme Ltd", "# Invoice", "Invoice number: A-1", "Total|£12.00")
    plain, form = a_text_pdf(page), b"BT /F1 6 Tf 0 1 -1 0 52 %d Tm (Form 77-99 of 2019, printed by 4711.00) Tj ET\n"

    crossed = read(put_in(plain, b"".join(form % height for height in range(700, 790, 3))))

    assert crossed == read(plain)


def put_in(document: bytes, content: bytes) -> bytes:
    """More content on the first page; what is told of lengths and places is then wrong, and mended by whoever reads."""
    start = document.index(b"stream\n") + len(b"stream\n")
    length = document.index(b"/Length ") + len(b"/Length ")
    end = document.index(b" ", length)
    grown = b"%d" % (int(document[length:end]) + len(content))
    return document[:length] + grown + document[end:start] + content + document[start:]


def test_goods_go_to_one_address_and_the_bill_to_another() -> None:
    facts = facts_of(a_letter("Acme Ltd", "# Invoice", "Ship to: Depot North", "Bill to: Harbour Cafe", "Total|£12.00"))

    assert (facts.supplier.name, facts.buyer.name) == ("Acme Ltd", "Harbour Cafe")


def test_the_first_fifty_pages_are_read() -> None:
    cover, rest = (
        a_letter("Acme Ltd", "# Invoice", "Invoice no. A-1, thirty characters at least"),
        a_letter("more of the same, " * 4),
    )
    total = a_letter("Total|£12.00", "and some words, so that it is no scan")

    assert facts_of(cover, *[rest] * 48, total).gross == 12
    assert facts_of(cover, *[rest] * 49, total).gross is None


def test_where_goods_go_is_nobody_who_sends_bills() -> None:
    facts = facts_of(a_letter("Ship to", "Depot North GmbH", "", "# Invoice", "Total|£12.00", "and thirty characters"))

    assert facts.supplier.name is None


def test_whom_to_bill_makes_no_bill_of_an_order() -> None:
    facts = facts_of(a_letter("Acme Ltd", "Order confirmation", "Bill to", "Harbour Cafe", "Total|£12.00"))

    assert facts.document_type is DocumentType.ORDER


def test_of_two_currencies_that_are_written_alike_none_is_taken() -> None:
    facts = facts_of(a_letter("Acme Ltd", "# Invoice", "Total|EUR 12.00", "Total|USD 13.10"))

    assert facts.currency is None


@pytest.mark.parametrize(("degrees", "matrix"), [(90, b"0 1 -1 0"), (180, b"-1 0 0 -1"), (270, b"0 -1 1 0")])
def test_a_page_that_is_turned_is_read_as_it_is_seen(degrees: int, matrix: bytes) -> None:
    """As programs that print sideways write it: the letters lie, and `/Rotate` puts them up."""
    page = a_letter("# Invoice", "Invoice number|A-17", "Invoice date|2026-03-01", "Total due|EUR 1920.00")
    upright = a_text_pdf(page)
    turned = upright.replace(b"/MediaBox", b"/Rotate %d /MediaBox" % degrees)
    for text in page:
        left, up = text.left, 842 - text.down
        place = {90: (842 - up, left), 180: (595 - left, 842 - up), 270: (up, 842 - left)}[degrees]
        turned = turned.replace(b"1 0 0 1 %g %g Tm" % (left, up), matrix + b" %g %g Tm" % place)

    found, wanted = read(turned), read(upright)

    assert isinstance(found, Reading)
    assert isinstance(wanted, Reading)
    assert found.facts.number == "A-17"
    assert found.facts == wanted.facts
