"""Documents laid out as people meet them: what is asked for stands beside its label, below it, or in a sentence."""

from datetime import date
from typing import Any

import pytest

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
