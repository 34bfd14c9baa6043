"""FatturaPA: what it calls things, and what stands between its taxed amounts and its total."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.domain.documents import DocumentType, Facts
from bot.intake.fattura_pa import read_fattura_pa
from bot.intake.lines import MOST_LINES
from bot.intake.reader import read
from bot.intake.result import Reading, Unreadable, UnreadableError
from tests.intake.known import FACTS, known, negative
from tests.intake.writers import Known, as_cii, as_fattura_pa, tag

WRITABLE = replace(FACTS, prepaid=None)
"""What this syntax can say of the known document: it has no word for what was paid before."""
DOCUMENT_END, GOODS_END, PAYMENT = "</DatiGeneraliDocumento>", "</DatiBeniServizi>", "<DettaglioPagamento>"


def reading_of(document: Known) -> Reading:
    found = read(as_fattura_pa(document))
    assert isinstance(found, Reading), found
    return found


def reading_with(*changes: tuple[str, str]) -> Reading:
    document = as_fattura_pa(known(type_code="TD01")).decode()
    for old, new in changes:
        assert old in document
        document = document.replace(old, new, 1)
    return read_fattura_pa(document.encode())


def refusal_of(content: bytes) -> str:
    found = read(content)
    assert isinstance(found, Unreadable), found
    return found.reason


def test_every_fact_is_read_back() -> None:
    reading = reading_of(known(type_code="TD01"))

    assert reading.facts == WRITABLE
    assert (reading.invoice_lines, reading.type_code, reading.profile) == (len(FACTS.lines), "TD01", "FPR12")
    assert reading.warnings == ()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("TD01", DocumentType.INVOICE),
        ("TD04", DocumentType.CREDIT_NOTE),
        ("TD05", DocumentType.INVOICE),
        ("TD06", DocumentType.INVOICE),
        ("TD17", DocumentType.OTHER),
        ("TD24", DocumentType.INVOICE),
        ("TD27", DocumentType.OTHER),
        ("", DocumentType.INVOICE),
    ],
)
def test_the_code_says_what_the_document_is(code: str, kind: DocumentType) -> None:
    assert reading_of(known(type_code=code)).facts.document_type is kind


def test_a_negative_invoice_is_a_credit_note_of_positive_amounts() -> None:
    facts = reading_of(replace(negative(), type_code="TD01")).facts

    assert replace(facts, lines=()) == replace(WRITABLE, lines=(), document_type=DocumentType.CREDIT_NOTE)
    assert [line.net for line in facts.lines] == [line.net for line in FACTS.lines]


def test_a_document_with_nothing_in_it_has_no_guesses() -> None:
    assert reading_of(Known(facts=Facts(), own=0, type_code="")).facts == Facts()


def test_several_invoices_in_one_file_are_refused_so_that_none_is_lost() -> None:
    document = as_fattura_pa(known(type_code="TD01")).decode()
    start, end = document.index("<FatturaElettronicaBody>"), document.index("</p:FatturaElettronica>")

    reason = refusal_of((document[:end] + document[start:end] + document[end:]).encode())

    assert reason.startswith("It holds 2 invoices in one file")


def test_a_file_without_an_invoice_is_refused() -> None:
    empty = '<p:FatturaElettronica xmlns:p="http://www.fatturapa.gov.it/sdi/fatturapa/v1.1"/>'

    assert refusal_of(empty.encode()) == "There is no invoice in it."


def test_another_syntax_is_refused_by_the_reader_itself() -> None:
    with pytest.raises(UnreadableError, match=r"^The file is no invoice\.$"):
        read_fattura_pa(as_cii(known()))


def test_a_person_is_named_by_both_names_and_known_by_the_tax_code() -> None:
    name = tag("Anagrafica", tag("Denominazione", "Bright Books Ltd"))
    number = tag("IdFiscaleIVA", tag("IdPaese", "GB"), tag("IdCodice", "987654321"))

    buyer = reading_with(
        (name, tag("Anagrafica", tag("Nome", "Ada"), tag("Cognome", "Rossi"))),
        (number, tag("CodiceFiscale", "RSSDAA80A41H501X")),
    ).facts.buyer

    assert (buyer.name, buyer.tax_number) == ("Ada Rossi", "RSSDAA80A41H501X")


def test_a_total_that_is_not_stated_is_net_and_tax() -> None:
    reading = reading_with((tag("ImportoTotaleDocumento", "162.00"), ""))

    assert (reading.facts.gross, reading.warnings) == (Decimal("162.00"), ())


@pytest.mark.parametrize(
    ("stated", "total", "extra"),
    [
        (tag("Arrotondamento", "-0.01"), "161.99", ("Rounding", "-0.01")),
        (tag("DatiBollo", tag("BolloVirtuale", "SI"), tag("ImportoBollo", "2.00")), "164.00", ("Stamp duty", "2.00")),
        (
            tag("ScontoMaggiorazione", tag("Tipo", "SC"), tag("Importo", "12.00")),
            "150.00",
            ("Discount on the whole document", "-12.00"),
        ),
        (
            tag("ScontoMaggiorazione", tag("Tipo", "MG"), tag("Importo", "12.00")),
            "174.00",
            ("Discount on the whole document", "12.00"),
        ),
    ],
)
def test_what_the_total_has_beside_taxed_amounts_is_a_line(stated: str, total: str, extra: tuple[str, str]) -> None:
    old = tag("ImportoTotaleDocumento", "162.00")

    reading = reading_with((old, stated + tag("ImportoTotaleDocumento", total)))

    line = reading.facts.lines[-1]
    assert (line.description, str(line.net)) == extra
    assert reading.facts.net == Decimal("140.00") + line.net
    assert (reading.facts.is_bookable, reading.warnings) == (True, ())


def test_a_stamp_duty_that_the_total_does_not_have_is_no_line() -> None:
    stamp = tag("DatiBollo", tag("ImportoBollo", "2.00"))

    reading = reading_with((DOCUMENT_END, stamp + DOCUMENT_END))

    assert (reading.facts.lines, reading.warnings) == (FACTS.lines, ())


def test_a_total_that_nothing_explains_is_reported_and_left_as_it_is() -> None:
    reading = reading_with((tag("ImportoTotaleDocumento", "162.00"), tag("ImportoTotaleDocumento", "163.00")))

    assert reading.facts.gross == Decimal("163.00")
    assert reading.warnings == ("Net 140.00 and tax 22.00 do not make the total 163.00.",)


def test_a_rounding_that_is_not_in_a_stated_total_is_a_line_where_none_is_stated() -> None:
    rounding = tag("Arrotondamento", "0.03")

    facts = reading_with((tag("ImportoTotaleDocumento", "162.00"), rounding)).facts

    assert (facts.gross, facts.net, facts.lines[-1].net) == (Decimal("162.03"), Decimal("140.03"), Decimal("0.03"))


def test_a_pension_funds_share_is_a_charge_that_is_taxed() -> None:
    fund = tag(
        "DatiCassaPrevidenziale",
        tag("TipoCassa", "TC01"),
        tag("ImportoContributoCassa", "5.60"),
        tag("AliquotaIVA", "20.00"),
    )
    taxed = tag("ImponibileImporto", "100.00") + tag("Imposta", "20.00")

    reading = reading_with(
        (DOCUMENT_END, fund + DOCUMENT_END),
        (taxed, tag("ImponibileImporto", "105.60") + tag("Imposta", "21.12")),
        (tag("ImportoTotaleDocumento", "162.00"), tag("ImportoTotaleDocumento", "168.72")),
    )

    line = reading.facts.lines[-1]
    assert (line.description, line.net, line.tax_percent) == ("Pension fund's share", Decimal("5.60"), Decimal(20))
    assert (reading.facts.is_bookable, reading.warnings) == (True, ())


def test_lines_finer_than_a_cent_are_rounded_and_what_that_changed_is_a_line() -> None:
    fine = "".join(
        tag(
            "DettaglioLinee",
            tag("Descrizione", "kWh"),
            tag("PrezzoUnitario", "0.33333333"),
            tag("PrezzoTotale", "0.33333333"),
        )
        for _ in range(3)
    )
    taxed = tag("ImponibileImporto", "100.00")

    reading = reading_with(
        ("<DatiRiepilogo>", fine + "<DatiRiepilogo>"),
        (taxed, tag("ImponibileImporto", "101.00")),
        (tag("ImportoTotaleDocumento", "162.00"), tag("ImportoTotaleDocumento", "163.00")),
    )

    assert [line.net for line in reading.facts.lines[-4:]] == [Decimal("0.33")] * 3 + [Decimal("0.01")]
    assert (reading.facts.is_bookable, reading.warnings) == (True, ())


def test_roundings_of_the_sender_and_of_the_lines_are_one_line_of_their_tax_rate() -> None:
    fine = tag("DettaglioLinee", tag("PrezzoTotale", "0.99600000"), tag("AliquotaIVA", "20.00"))

    reading = reading_with(
        ("<DatiRiepilogo>", fine + "<DatiRiepilogo>"),
        (tag("ImponibileImporto", "100.00"), tag("Arrotondamento", "0.014") + tag("ImponibileImporto", "101.01")),
        (tag("ImportoTotaleDocumento", "162.00"), tag("ImportoTotaleDocumento", "163.01")),
    )

    line = reading.facts.lines[-1]
    assert (line.description, line.net, line.tax_percent) == ("Rounding", Decimal("0.01"), Decimal(20))
    assert (reading.facts.is_bookable, reading.warnings) == (True, ())


def test_a_rounding_that_is_no_cent_is_no_line() -> None:
    old = tag("ImponibileImporto", "100.00")

    reading = reading_with((old, tag("Arrotondamento", "0.004") + old))

    assert (reading.facts.lines, reading.warnings) == (FACTS.lines, ())


def test_discounts_on_a_price_follow_one_upon_another() -> None:
    price = tag("PrezzoUnitario", "40.00")
    discounts = "".join(
        tag("ScontoMaggiorazione", tag("Tipo", kind), tag(how, much))
        for kind, how, much in (
            ("MG", "Percentuale", "25.00"),
            ("SC", "Percentuale", "30.00"),
            ("MG", "Importo", "5.00"),
        )
    )

    assert reading_with((price, price + discounts)).warnings == ()


def test_a_discount_that_says_not_whether_it_is_one_is_refused() -> None:
    discount = tag("ScontoMaggiorazione", tag("Importo", "8.00"))

    with pytest.raises(UnreadableError, match="does not say which of the two"):
        reading_with((DOCUMENT_END, discount + DOCUMENT_END))


def test_more_discounts_than_any_price_has_are_refused() -> None:
    discounts = tag("ScontoMaggiorazione", tag("Tipo", "MG"), tag("Percentuale", "9" * 15)) * 100_000

    with pytest.raises(UnreadableError, match=r"^A line has more discounts than any price\.$"):
        reading_with(("<PrezzoTotale>", discounts + "<PrezzoTotale>"))


def test_rows_of_tax_that_make_more_than_can_be_kept_are_refused() -> None:
    row = tag("DatiRiepilogo", tag("ImponibileImporto", "99999999999999.00"), tag("Imposta", "0.00"))

    with pytest.raises(UnreadableError, match=r"^Its figures make more than any invoice\.$"):
        reading_with(("</DatiBeniServizi>", row * 9 + "</DatiBeniServizi>"))


def test_a_country_is_not_written_twice_before_a_number() -> None:
    changed = (tag("IdCodice", "123456789"), tag("IdCodice", "DE123456789"))

    assert reading_with(changed).facts.supplier.tax_number == "DE123456789"


def test_parts_that_are_paid_one_after_another_make_what_is_due() -> None:
    parts = "".join(
        tag("DettaglioPagamento", tag("DataScadenzaPagamento", day), tag("ImportoPagamento", "31.00"))
        for day in ("2026-05-31", "2026-04-30")
    )

    reading = reading_with((PAYMENT, parts + PAYMENT))

    assert (reading.facts.payable, reading.facts.due_on) == (Decimal("162.00"), date(2026, 3, 31))
    assert reading.warnings == ("It is paid in parts; the first is due on 2026-03-31, the last on 2026-05-31.",)


def test_two_ways_to_pay_the_same_are_not_paid_twice() -> None:
    other = tag("DettaglioPagamento", tag("ImportoPagamento", "100.00"), tag("IBAN", "IT60X0542811101000000123456"))

    facts = reading_with(("</DettaglioPagamento>", "</DettaglioPagamento>" + other)).facts

    assert (facts.payable, facts.supplier.bank_account) == (Decimal("100.00"), "DE79000000001234567890")


def test_parts_that_make_a_cent_more_than_the_total_are_all_due() -> None:
    other = tag("DettaglioPagamento", tag("ImportoPagamento", "62.01"))

    assert reading_with((PAYMENT, other + PAYMENT)).facts.payable == Decimal("162.01")


def test_a_document_for_the_tax_office_says_so() -> None:
    assert reading_with(("TD01", "TD17")).warnings == ("It was made for the tax office and bills nothing.",)


def test_a_term_in_days_is_a_due_date() -> None:
    term = tag("DataRiferimentoTerminiPagamento", "2026-03-31") + tag("GiorniTerminiPagamento", "30")

    assert reading_with((tag("DataScadenzaPagamento", "2026-03-31"), term)).facts.due_on == date(2026, 4, 30)


@pytest.mark.parametrize(
    ("since", "days"),
    [
        ("2026-03-31", "-1"),
        ("2026-03-31", "1.5"),
        ("2026-03-31", "999999999"),
        ("2026-03-31", "NaN"),
        ("9999-12-31", "1"),
    ],
)
def test_a_term_that_no_calendar_has_is_refused(since: str, days: str) -> None:
    term = tag("DataRiferimentoTerminiPagamento", since) + tag("GiorniTerminiPagamento", days)

    with pytest.raises(UnreadableError, match=r"^Its GiorniTerminiPagamento"):
        reading_with((tag("DataScadenzaPagamento", "2026-03-31"), term))


def test_what_a_credit_note_pays_back_is_positive_whichever_sign_it_has() -> None:
    changes = (("TD01", "TD04"), (tag("ImportoPagamento", "100.00"), tag("ImportoPagamento", "-100.00")))

    facts = reading_with(*changes).facts

    assert (facts.gross, facts.payable) == (Decimal("162.00"), Decimal("100.00"))


@pytest.mark.parametrize("payee", ["Söhne GmbH &amp; SÜD", "Süd &amp; Söhne, GmbH"])
def test_the_words_of_a_name_may_stand_in_another_order(payee: str) -> None:
    assert reading_with((PAYMENT, PAYMENT + f"<Beneficiario>{payee}</Beneficiario>")).warnings == ()


def test_a_credit_note_is_not_paid_to_the_supplier_anyway() -> None:
    assert reading_with(("TD01", "TD04"), (PAYMENT, PAYMENT + tag("Beneficiario", "Customer"))).warnings == ()


def test_a_payee_who_is_not_the_supplier_is_pointed_at() -> None:
    reading = reading_with((PAYMENT, PAYMENT + tag("Beneficiario", "Fast Factoring SpA")))

    assert [warning[:40] for warning in reading.warnings] == ["It is to be paid to somebody else than t"]


def test_what_is_not_paid_to_the_supplier_is_said() -> None:
    withheld = tag("DatiRitenuta", tag("TipoRitenuta", "RT01"), tag("ImportoRitenuta", "20.00"))

    reading = reading_with(
        (DOCUMENT_END, withheld + DOCUMENT_END),
        (tag("Imposta", "20.00"), tag("Imposta", "20.00") + tag("EsigibilitaIVA", "S")),
    )

    assert (reading.facts.gross, reading.facts.payable) == (Decimal("162.00"), Decimal("100.00"))
    assert reading.warnings == (
        "20.00 of the total is withheld from the supplier, and paid to the tax office or a fund.",
        "Its tax is paid to the tax office and not to the supplier (split payment).",
    )


def test_as_many_lines_as_are_kept_are_read_and_one_more_is_refused() -> None:
    lines = (FACTS.lines[0],) * MOST_LINES

    assert reading_of(known(type_code="TD01", lines=lines)).invoice_lines == MOST_LINES
    assert refusal_of(as_fattura_pa(known(lines=(*lines, lines[0])))).startswith("The document has 2001 lines")


@pytest.mark.parametrize(
    "root",
    [
        "http://www.fatturapa.gov.it/sdi/fatturapa/v1.1",
        "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2.2",
    ],
)
def test_the_body_is_the_same_in_every_version(root: str) -> None:
    document = as_fattura_pa(known(type_code="TD01")).replace(
        b"http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2", root.encode()
    )

    found = read(document)

    assert isinstance(found, Reading)
    assert found.facts == WRITABLE
