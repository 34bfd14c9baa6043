"""Documents in six languages, drawn by us: what is read from their text, and what is left empty."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.documents import DocumentType, FactField, Facts
from bot.intake.parent import ChildReader
from bot.intake.pdf import from_pages
from bot.intake.pdf_file import opened
from bot.intake.reader import read
from bot.intake.result import Method, Reading
from bot.intake.text_numbers import LONGEST_NUMBER
from bot.intake.text_totals import RATES
from tests.intake.drawn import a_letter, a_text_pdf
from tests.intake.samples import content_of, expectations, needs_samples


def read_from(*rows: str) -> Facts:
    found = read(a_text_pdf(a_letter(*rows)))
    assert isinstance(found, Reading)
    assert found.method is Method.TEXT
    return found.facts


BUYERS, SELLERS = "DE89370400440532013000", "GB82WEST12345698765432"

ENGLISH = (
    "Northwind Paper Ltd",
    "12 Mill Lane, Leeds LS1 4AB | | accounts@northwindpaper.co.uk",
    "",
    "# INVOICE",
    "Bill to: | | Invoice number: | NW-20418",
    "Harbour Cafe Limited | | Invoice date: | 31 August 2026",
    "1 Quay Street | | Due date: | 30/09/2026",
    "",
    "Description | Qty | Unit price | Amount",
    "A4 paper, 80 g | 40 | 3.50 | £140.00",
    "Envelopes | 10 | 2.00 | £20.00",
    "",
    " | | Subtotal | £160.00",
    " | | VAT 20% | £32.00",
    " | | Total due | £192.00",
    "",
    "VAT number GB 123 4567 89",
    "IBAN GB82 WEST 1234 5698 7654 32",
)
GERMAN = (
    "Schreinerei Huber GmbH & Co. KG",
    "Bergstraße 3, 83022 Rosenheim",
    "",
    "Rechnungsempfänger",
    "Gasthof Krone",
    "Marktplatz 1",
    "",
    "# Rechnung",
    "Rechnungs-Nr.: | RE-2026/118",
    "Rechnungsdatum: | 05.03.2026 | Lieferdatum: | 02.03.2026",
    "Zahlbar bis: | 04.04.2026",
    "Tisch, Eiche | 2 | 1.250,00 € | 2.500,00 €",
    "Nettobetrag | | | 2.500,00 €",
    "zzgl. 19 % MwSt. | | | 475,00 €",
    "Gesamtbetrag | | | 2.975,00 €",
    "USt-IdNr.: DE 811 907 980 | | IBAN: DE89 3704 0044 0532 0130 00",
)
FRENCH = (
    "Atelier Dupont SARL",
    "8 rue des Lilas - 69003 Lyon",
    "# Facture",
    "Facture n° : | F2026-077",
    "Date de facturation : | 14 février 2026",
    "Échéance : | 16/03/2026",
    "Client : | Café de la Gare",
    "N° TVA client : | FR40303265045",
    "Réparation | | | 1 000,00 €",
    "Total HT | | | 1 000,00 €",
    "TVA 20 % | | | 200,00 €",
    "Total TTC | | | 1 200,00 €",
    "N° TVA : FR 83 404 833 048",
)
ITALIAN = (
    "Officina Rossi S.r.l.",
    "Via Garibaldi 10 - 20121 Milano",
    "# FATTURA",
    "Numero fattura: | 55/2026",
    "Data fattura: | 09/02/2026",
    "Scadenza: | 11/03/2026",
    "Destinatario: | Bar Centrale",
    "Manutenzione | | | 100,00",
    "Imponibile | | EUR | 100,00",
    "IVA 22% | | EUR | 22,00",
    "Totale fattura | | EUR | 122,00",
    "P.IVA IT01234567890",
)
SPANISH = (
    "Imprenta García S.L.",
    "Calle Mayor 5, 28013 Madrid",
    "# Factura",
    "Factura nº: | A-311",
    "Fecha de factura: | 7 de mayo de 2026",
    "Vencimiento: | 06/06/2026",
    "Cliente: | Hotel Sol",
    "Folletos | | | 1.000,00 €",
    "Base imponible | | | 1.000,00 €",
    "IVA 21% | | | 210,00 €",
    "Total a pagar | | | 1.210,00 €",
    "NIF-IVA ESB12345674",
)
DUTCH = (
    "Bakkerij Jansen B.V.",
    "Dorpsstraat 9, 1012 AB Amsterdam",
    "# Factuur",
    "Factuurnummer | 2026-0042",
    "Factuurdatum | 01-04-2026",
    "Vervaldatum | 15-04-2026",
    "Klant: | Hotel de Zon",
    "Brood | | | € 50,00",
    "Subtotaal excl. btw | | | € 50,00",
    "Btw 9% | | | € 4,50",
    "Te betalen | | | € 54,50",
    "Btw-nummer NL123456789B01 | | IBAN NL91 ABNA 0417 1643 00",
)


@pytest.mark.parametrize(
    ("rows", "parties", "rest"),
    [
        pytest.param(
            ENGLISH,
            ("Northwind Paper Ltd", "GB123456789", "GB82WEST12345698765432", "Harbour Cafe Limited", "NW-20418"),
            (date(2026, 8, 31), date(2026, 9, 30), "GBP", "160.00", "32.00", "192.00"),
            id="English",
        ),
        pytest.param(
            GERMAN,
            (
                "Schreinerei Huber GmbH & Co. KG",
                "DE811907980",
                "DE89370400440532013000",
                "Gasthof Krone",
                "RE-2026/118",
            ),
            (date(2026, 3, 5), date(2026, 4, 4), "EUR", "2500.00", "475.00", "2975.00"),
            id="German",
        ),
        pytest.param(
            FRENCH,
            ("Atelier Dupont SARL", "FR83404833048", None, "Café de la Gare", "F2026-077"),
            (date(2026, 2, 14), date(2026, 3, 16), "EUR", "1000.00", "200.00", "1200.00"),
            id="French",
        ),
        pytest.param(
            ITALIAN,
            ("Officina Rossi S.r.l.", "IT01234567890", None, "Bar Centrale", "55/2026"),
            (date(2026, 2, 9), date(2026, 3, 11), "EUR", "100.00", "22.00", "122.00"),
            id="Italian",
        ),
        pytest.param(
            SPANISH,
            ("Imprenta García S.L.", "ESB12345674", None, "Hotel Sol", "A-311"),
            (date(2026, 5, 7), date(2026, 6, 6), "EUR", "1000.00", "210.00", "1210.00"),
            id="Spanish",
        ),
        pytest.param(
            DUTCH,
            ("Bakkerij Jansen B.V.", "NL123456789B01", "NL91ABNA0417164300", "Hotel de Zon", "2026-0042"),
            (date(2026, 4, 1), date(2026, 4, 15), "EUR", "50.00", "4.50", "54.50"),
            id="Dutch",
        ),
    ],
)
def test_an_invoice_is_read_in_six_languages(
    rows: tuple[str, ...], parties: tuple[Any, ...], rest: tuple[Any, ...]
) -> None:
    facts = read_from(*rows)

    seller, amounts = facts.supplier, (facts.net, facts.tax, facts.gross)
    assert (seller.name, seller.tax_number, seller.bank_account, facts.buyer.name, facts.number) == parties
    assert (facts.issued_on, facts.due_on, facts.currency, *map(str, amounts)) == rest
    assert facts.document_type is DocumentType.INVOICE
    assert facts.read == frozenset(FactField) - {FactField.LINES, FactField.NOTE}


async def test_a_child_that_can_open_nothing_reads_a_text_as_this_process_does() -> None:
    document = a_text_pdf(a_letter(*ENGLISH), a_letter(*GERMAN), a_letter("Page 3", "Thank you for your business"))

    assert await ChildReader()(document, "invoice.pdf") == read(document)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Statement of account", DocumentType.STATEMENT),
        ("Relevé de compte", DocumentType.STATEMENT),
        ("Pro-forma invoice", DocumentType.PRO_FORMA),
        ("Fattura proforma", DocumentType.PRO_FORMA),
        ("Purchase Order", DocumentType.ORDER),
        ("Auftragsbestätigung", DocumentType.ORDER),
        ("Devis", DocumentType.ORDER),
        ("Lieferschein", DocumentType.DELIVERY_NOTE),
        ("Albarán de entrega", DocumentType.DELIVERY_NOTE),
        ("Credit note", DocumentType.CREDIT_NOTE),
        ("Rechnungskorrektur", DocumentType.CREDIT_NOTE),
        ("Creditnota", DocumentType.CREDIT_NOTE),
        ("Gutschrift (selbst ausgestellte Rechnung)", DocumentType.INVOICE),
        ("Tax Invoice", DocumentType.INVOICE),
        ("Receipt", DocumentType.RECEIPT),
        ("Quittung", DocumentType.RECEIPT),
    ],
)
def test_the_kind_of_a_document_is_told_by_its_heading(heading: str, kind: DocumentType) -> None:
    facts = read_from(
        "Acme Ltd", f"# {heading}", "Order no. 4711", "Delivery note 12", "Invoice", "Total | | EUR 10.00"
    )

    assert facts.document_type is kind
    assert FactField.DOCUMENT_TYPE in facts.read


LISTED = (
    "Paper & Ink Ltd",
    "# Statement of account",
    "Date | Details | | Amount",
    "27/10/2026 | Invoice PI-1 | | £190.80",
    "03/11/2026 | Invoice number PI-2 | | £310.00",
    "09/11/2026 | Payment received | | -£95.40",
)


@pytest.mark.parametrize(
    ("said", "balance"),
    [
        (("Balance outstanding | | | £405.40",), "405.40"),
        (("Balance brought forward | | | £12.00", "Closing balance | | | £405.40", "Amount due: £405.40"), "405.40"),
        (("Saldo pendiente | | | £405.40",), "405.40"),
        (("Solde restant dû | | | £405.40",), "405.40"),
        (("Total | | | £405.40",), None),
        (("Balance due | | | £405.40", "Total amount due | | | £500.00"), None),
        ((), None),
    ],
)
def test_a_statement_of_account_has_its_own_balance_and_nothing_of_the_bills_it_lists(
    said: tuple[str, ...], balance: str | None
) -> None:
    facts = read_from(*LISTED, *said)

    assert facts.document_type is DocumentType.STATEMENT
    assert facts.gross == (None if balance is None else Decimal(balance))
    assert (facts.net, facts.tax, facts.number, facts.issued_on, facts.due_on) == (None, None, None, None, None)
    assert (FactField.AMOUNTS in facts.read) == (balance is not None)


def test_a_statement_of_account_has_its_own_number_and_date_and_the_end_of_its_column_of_balances() -> None:
    facts = read_from(
        "Paper & Ink Ltd",
        "# Statement",
        "Statement number: | S-44",
        "Statement date: | 30 November 2026",
        "Date | Details | Amount | Balance",
        "27/10/2026 | Invoice PI-1 | £190.80 | £190.80",
        "09/11/2026 | Payment received | -£95.40 | £95.40",
    )

    assert (facts.number, facts.issued_on, facts.gross) == ("S-44", date(2026, 11, 30), Decimal("95.40"))


def test_a_text_without_a_word_of_a_bill_and_without_an_amount_is_no_bill() -> None:
    facts = read_from("Minutes of the meeting of the board", "Present: everybody. The coffee was praised.")

    assert facts.document_type is DocumentType.OTHER


def test_a_credit_note_written_below_zero_is_booked_with_what_is_credited() -> None:
    facts = read_from(
        "Acme Ltd", "# Credit note", "Credit note no: CN-7", "Net | EUR -100.00", "VAT 20% | -20.00", "Total | -120.00"
    )

    assert facts.document_type is DocumentType.CREDIT_NOTE
    assert (facts.number, facts.net, facts.tax, facts.gross) == ("CN-7", Decimal(100), Decimal(20), Decimal(120))


@pytest.mark.parametrize(
    ("written", "amount", "expected"),
    [
        ("03/04/2026", "£5.00", date(2026, 4, 3)),
        ("03/04/2026", "USD 5.00", date(2026, 3, 4)),
        ("03.04.2026", "USD 5.00", date(2026, 4, 3)),
        ("03/04/2026", "$5.00", None),
        ("03/25/2026", "$5.00", date(2026, 3, 25)),
        ("25/03/2026", "USD 5.00", date(2026, 3, 25)),
        ("2026-04-03", "$5.00", date(2026, 4, 3)),
        ("3. April 2026", "€5.00", date(2026, 4, 3)),
        ("April 3rd, 2026", "$5.00", date(2026, 4, 3)),
        ("3 de abril de 2026", "€5.00", date(2026, 4, 3)),
        ("03.04.26", "€5.00", date(2026, 4, 3)),
        ("31/02/2026", "£5.00", None),
        ("99/99/9999", "£5.00", None),
    ],
)
def test_a_date_that_can_be_read_in_two_ways_is_left_out(written: str, amount: str, expected: date | None) -> None:
    facts = read_from("Acme Ltd", "# Invoice", f"Invoice date: | {written}", f"Total | | {amount}")

    assert facts.issued_on == expected
    assert (FactField.ISSUED_ON in facts.read) == (expected is not None)


def test_one_date_of_a_document_can_settle_the_order_of_another() -> None:
    facts = read_from(
        "Acme Inc", "# Invoice", "Invoice date: | 03/04/2026", "Due date: | 03/30/2026", "Total | | $5.00"
    )

    assert (facts.issued_on, facts.due_on) == (date(2026, 3, 4), date(2026, 3, 30))


def test_a_due_date_before_the_issue_is_left_out() -> None:
    facts = read_from(
        "Acme Ltd", "# Invoice", "Invoice date: | 2026-04-03", "Due date: | 2026-03-03", "Total | | €5.00"
    )

    assert facts.due_on is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("Total | £12.00",), (None, None, "12.00")),
        (("Total hours | 40.00", "Amount due | £12.00"), (None, None, "12.00")),
        (("Total | £12.00", "of which VAT 20% | £2.00"), ("10.00", "2.00", "12.00")),
        (("Subtotal | £10.00", "VAT 0% | £0.00", "Total | £10.00"), ("10.00", "0", "10.00")),
        (
            ("Net | 100.00", "VAT 5% | 5.00", "Net | 200.00", "VAT 20% | 40.00", "Grand total | 345.00"),
            ("300.00", "45.00", "345.00"),
        ),
        (("Subtotal | £1,000", "VAT 20% | £200", "Total | £1,200"), ("1000", "200", "1200")),
        (("Total JPY | JPY 11,000", "Tax 10% | 1,000 JPY"), ("10000", "1000", "11000")),
        (("Total pages 12", "Room 1200", "Total for 2026"), (None, None, None)),
        (("Deposit | £10.00", "Fee | £2.00", "Refund | £12.00"), (None, None, None)),
        (("Subtotal | $100.00", "Sales tax (8.875%) | $8.88", "Total | $108.88"), ("100.00", "8.88", "108.88")),
        (
            ("Net | 1'000.00", "MwSt 8.1% | 81.00", "Total CHF | 1'081.00", "Paid | 81.00", "Balance due | 1'000.00"),
            ("1000.00", "81.00", "1081.00"),
        ),
    ],
)
def test_totals_are_what_adds_up_and_is_named(rows: tuple[str, ...], expected: tuple[str | None, ...]) -> None:
    facts = read_from("Acme Ltd, a company of many years", "# Invoice", *rows)

    assert tuple(None if amount is None else str(amount) for amount in (facts.net, facts.tax, facts.gross)) == expected


CENTS = st.integers(min_value=100, max_value=99_999_999)
MARKS = st.sampled_from(["{:,.2f}", "{:.2f}", "DE", "FR", "CH"])
LABELS = st.sampled_from(
    [
        ("Subtotal", "VAT", "Total due"),
        ("Nettobetrag", "MwSt.", "Gesamtbetrag"),
        ("Total HT", "TVA", "Total TTC"),
        ("Imponibile", "IVA", "Totale fattura"),
        ("Base imponible", "IVA", "Total a pagar"),
        ("Subtotaal", "Btw", "Te betalen"),
    ]
)


def written(amount: Decimal, mark: str) -> str:
    if "{" in mark:
        return mark.format(amount)
    thousands, decimal = {"DE": (".", ","), "FR": (" ", ","), "CH": ("'", ".")}[mark]
    return f"{amount:,.2f}".replace(",", "_").replace(".", decimal).replace("_", thousands)


@given(cents=CENTS, rate=st.sampled_from(sorted(RATES)), mark=MARKS, labels=LABELS, noise=st.lists(CENTS, max_size=8))
@settings(max_examples=60, deadline=None)
def test_totals_are_found_among_any_other_amounts_however_they_are_written(
    cents: int, rate: Decimal, mark: str, labels: tuple[str, str, str], noise: list[int]
) -> None:
    net = Decimal(cents) / 100
    tax = (net * rate / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    items = [f"Item {number}|{written(Decimal(each) / 100, mark)}" for number, each in enumerate(noise)]
    sums = [f"{label}|{written(amount, mark)}" for label, amount in zip(labels, (net, tax, net + tax), strict=True)]

    facts = read_from("Acme Ltd, a company of many years", "# Invoice", *items, *sums)

    assert (facts.net, facts.tax, facts.gross) == (net, tax, net + tax)


def test_nothing_is_made_of_words_that_say_nothing() -> None:
    facts = read_from(
        "# Invoice", "Thank you for the trust that you put in us, and goodbye", "1.5 kg, 2026, 10:30, 5 %"
    )

    assert facts == Facts(read=frozenset({FactField.DOCUMENT_TYPE}))


@pytest.mark.parametrize(
    ("account", "kept"),
    [
        ("IBAN: GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
        ("IBAN: GB82 WEST 1234 5698 7654 33", None),
        ("We collect it by direct debit from GB82 WEST 1234 5698 7654 32", None),
    ],
)
def test_an_account_is_one_to_pay_to_whose_check_digits_are_right(account: str, kept: str | None) -> None:
    facts = read_from("Acme Ltd", "# Invoice", account, "Total | £12.00")

    assert facts.supplier.bank_account == kept


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        (("Bill to", "Cafe Ltd", f"IBAN {BUYERS}", "", "", "", "Total | £12.00", f"IBAN {SELLERS}"), SELLERS),
        (("Bill to", "Cafe Ltd", f"IBAN {BUYERS}", "", "", "", "Total | £12.00"), None),
        (("Bill to: Cafe Ltd", "1 Quay Street", f"IBAN {BUYERS}", "", "", "Total | £12.00"), None),
        (("Bill to: | Cafe Ltd", " | 1 Quay Street", f" | IBAN {BUYERS}", "", "", "Total | £12.00"), None),
        (("Your IBAN: | " + BUYERS, "Total | £12.00", f"IBAN {SELLERS}"), SELLERS),
        ((f"IBAN {BUYERS}", f"IBAN {SELLERS}", "Total | £12.00"), None),
        ((f"IBAN {SELLERS}", "Total | £12.00", f"Payable to {SELLERS}"), SELLERS),
    ],
)
def test_a_buyers_account_is_never_the_suppliers_and_of_two_without_a_side_none_is(
    rows: tuple[str, ...], kept: str | None
) -> None:
    assert read_from("Acme Ltd", "# Invoice", *rows).supplier.bank_account == kept


def test_of_two_tax_numbers_without_a_side_none_is_the_suppliers() -> None:
    facts = read_from("Acme Ltd", "# Invoice", "DE811907980", "FR83404833048", "Total | €12.00")

    assert facts.supplier.tax_number is None


@needs_samples
@pytest.mark.parametrize("name", [name for name in sorted(expectations()) if name.endswith(".pdf")])
def test_the_pages_of_a_hybrid_say_what_its_e_invoice_states(name: str) -> None:
    expected = expectations()[name]

    with opened(content_of(name)) as document:
        facts = from_pages(document).facts

    assert facts.number == expected["number"]
    assert str(facts.issued_on) == expected["date"]
    assert facts.currency == expected["currency"]
    assert str(facts.net) == expected["net"]
    assert facts.document_type == expected["accounting_kind"]
    assert facts.buyer.name == expected["buyer"]
    assert expected["supplier"] in (facts.supplier.name or "")
    assert facts.supplier.tax_number in (expected["supplier_vat"], None)
    assert facts.gross is not None
    assert abs(facts.gross - Decimal(expected["gross"])) <= Decimal("0.01")  # one prints another cent than it states


@pytest.mark.parametrize("number", ["1/" * 9000, "7" * (LONGEST_NUMBER + 1)])
def test_a_number_longer_than_any_is_none(number: str) -> None:
    assert read_from("Paper Ltd", "# Invoice", f"Invoice number: {number}", "Total due | 120.00").number is None
