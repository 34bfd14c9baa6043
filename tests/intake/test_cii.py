"""What only Cross Industry Invoices have, and the first ZUGFeRD with them."""

from datetime import date
from decimal import Decimal

import pytest

from bot.domain.documents import Facts
from bot.intake.cii import read_cii
from bot.intake.reader import Reader, read
from bot.intake.result import Reading, UnreadableError
from bot.intake.zugferd_1 import read_zugferd_1
from tests.intake.known import known
from tests.intake.writers import Writer, as_cii, as_zugferd_1, tag


def facts_with(old: str, new: str) -> Facts:
    return reading_with(old, new).facts


def reading_with(old: str, new: str) -> Reading:
    document = as_cii(known()).decode()
    assert old in document
    return read_cii(document.replace(old, new, 1).encode())


def with_line(*content: str) -> Reading:
    """The known document with one more line, which does not count."""
    line = tag("r:IncludedSupplyChainTradeLineItem", *content)
    return reading_with(
        "</r:IncludedSupplyChainTradeLineItem><r:Applicable",
        f"</r:IncludedSupplyChainTradeLineItem>{line}<r:Applicable",
    )


@pytest.mark.parametrize(
    "written",
    [
        tag("u:DateTimeString", "20260302", format="102"),
        tag("u:DateTimeString", " 2026-03-02 "),
        tag("u:DateTimeString", "202603021530", format="203"),
        tag("u:DateTimeString", "20260302153059", format="204"),
        tag("u:DateTime", "2026-03-02T00:30:00+02:00"),
        tag("u:DateTime", "2026-03-02Z"),
    ],
)
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    old = tag("u:DateTimeString", "20260301", format="102")

    assert facts_with(old, written).issued_on == date(2026, 3, 2)


@pytest.mark.parametrize(
    "written",
    [
        tag("u:DateTimeString", "02032026", format="4"),
        tag("u:DateTimeString", "260302", format="101"),
        tag("u:DateTimeString", "202603", format="610"),
        tag("u:DateTimeString", "20260230", format="102"),
        tag("u:DateTimeString", "00000000", format="102"),
        tag("u:DateTimeString", "٢٠٢٦٠٣٠٢", format="102"),
    ],
)
def test_a_day_that_could_be_another_one_is_refused(written: str) -> None:
    with pytest.raises(UnreadableError, match=r"^Its IssueDateTime is not a date\.$"):
        facts_with(tag("u:DateTimeString", "20260301", format="102"), written)


def terms(day: str, *more: str) -> str:
    due = tag("r:DueDateDateTime", tag("u:DateTimeString", day, format="102"))
    return tag("r:SpecifiedTradePaymentTerms", due, *more)


@pytest.mark.parametrize(
    ("stated", "due"),
    [
        (terms("20260430") + terms("20260315") + terms("20260531"), date(2026, 3, 15)),
        (terms("20260311", "<r:ApplicableTradePaymentDiscountTerms/>") + terms("20260315"), date(2026, 3, 15)),
        (terms("20260311", "<r:ApplicableTradePaymentDiscountTerms/>"), date(2026, 3, 11)),
        (tag("r:SpecifiedTradePaymentTerms", tag("r:Description", "at once")), None),
    ],
)
def test_what_is_due_first_is_the_due_date_and_not_the_end_of_a_discount(stated: str, due: date | None) -> None:
    assert facts_with(terms("20260331"), stated).due_on == due


def test_the_tax_in_the_currency_of_the_document_is_taken_wherever_it_stands() -> None:
    own = tag("r:TaxTotalAmount", "22.00", currencyID="EUR")
    other = tag("r:TaxTotalAmount", "93.28", currencyID="PLN")

    assert facts_with(own, other + own).tax == Decimal("22.00")


@pytest.mark.parametrize("kind", ["Tax", "Invoice", "Payment"])
def test_the_exchange_rate_is_of_the_documents_currency_for_one_of_the_other(kind: str) -> None:
    stated = tag(
        f"r:{kind}ApplicableTradeCurrencyExchange",
        tag("r:SourceCurrencyCode", "EUR"),
        tag("r:TargetCurrencyCode", "GBP"),
        tag("r:ConversionRate", "0.8"),
    )
    code = tag("r:InvoiceCurrencyCode", "EUR")

    facts = facts_with(code, code + stated)

    assert (facts.currency_rate, facts.rate_currency) == (Decimal("1.25"), "GBP")
    assert facts_with(code, code).currency_rate is None


def test_a_tax_stated_in_another_currency_only_is_what_lies_between_net_and_gross() -> None:
    own = tag("r:TaxTotalAmount", "22.00", currencyID="EUR")

    assert facts_with(own, tag("r:TaxTotalAmount", "93.28", currencyID="PLN")).tax == Decimal("22.00")


def test_the_total_in_the_currency_of_the_document_is_taken() -> None:
    own = tag("r:GrandTotalAmount", "162.00", currencyID="EUR")

    assert facts_with(own, tag("r:GrandTotalAmount", "700.00", currencyID="PLN") + own).gross == Decimal("162.00")


def test_the_vat_number_is_taken_before_the_number_of_a_local_tax_office() -> None:
    own = tag("r:SpecifiedTaxRegistration", tag("r:ID", "DE123456789", schemeID="VA"))
    local = tag("r:SpecifiedTaxRegistration", tag("r:ID", "201/113/40209", schemeID="FC"))

    assert facts_with(own, local + own).supplier.tax_number == "DE123456789"
    assert facts_with(own, local).supplier.tax_number == "201/113/40209"


def test_an_account_that_is_no_iban_is_an_account_too() -> None:
    own = tag("r:IBANID", "DE79000000001234567890")

    assert facts_with(own, tag("r:ProprietaryID", "40-51-62 12345678")).supplier.bank_account == "40-51-62 12345678"


def test_a_direct_debit_names_no_account_to_pay_to() -> None:
    payee = "r:PayeePartyCreditorFinancialAccount"
    document = as_cii(known()).decode().replace(payee, "r:PayerPartyDebtorFinancialAccount")

    assert read_cii(document.encode()).facts.supplier.bank_account is None


def test_a_price_for_a_hundred_is_brought_down_to_one() -> None:
    price = tag("r:ChargeAmount", "40.00", currencyID="EUR")
    old = (
        price
        + "</r:NetPriceProductTradePrice></r:SpecifiedLineTradeAgreement>"
        + tag("r:SpecifiedLineTradeDelivery", tag("r:BilledQuantity", "1"))
    )
    new = price + tag("r:BasisQuantity", "100") + "</r:NetPriceProductTradePrice></r:SpecifiedLineTradeAgreement>"
    hundred = tag("r:SpecifiedLineTradeDelivery", tag("r:BilledQuantity", "100"))

    reading = reading_with(old, new + hundred)

    assert str(reading.facts.lines[1].unit_price) == "0.4"
    assert reading.warnings == ()


@pytest.mark.parametrize("status", ["GROUP", "INFORMATION"])
def test_a_heading_that_repeats_what_its_lines_make_is_counted_as_nothing(status: str) -> None:
    about = tag("r:AssociatedDocumentLineDocument", tag("r:LineStatusReasonCode", status))
    summation = tag("r:SpecifiedTradeSettlementLineMonetarySummation", tag("r:LineTotalAmount", "140.00"))
    allowance = tag("r:SpecifiedTradeAllowanceCharge", tag("r:ChargeIndicator", "false"), tag("r:ActualAmount", "9.00"))

    reading = with_line(
        about,
        tag("r:SpecifiedTradeProduct", tag("r:Name", "Office")),
        tag("r:SpecifiedLineTradeSettlement", allowance, summation),
    )

    heading = reading.facts.lines[2]
    assert (heading.description, heading.quantity, heading.net) == ("Office", Decimal(1), Decimal(0))
    assert (reading.invoice_lines, reading.warnings) == (3, ())


def test_a_line_of_words_alone_is_one_of_nothing() -> None:
    note = tag("r:IncludedNote", tag("r:Content", "Delivered in March:"))

    reading = with_line(tag("r:AssociatedDocumentLineDocument", note))

    assert (reading.facts.lines[2].description, reading.facts.lines[2].net) == ("Delivered in March:", Decimal(0))
    assert reading.warnings == ()


def test_a_line_with_a_price_and_no_amount_is_refused() -> None:
    price = tag("r:NetPriceProductTradePrice", tag("r:ChargeAmount", "5.00"))

    with pytest.raises(UnreadableError, match=r"^A line states no amount\.$"):
        with_line(tag("r:SpecifiedLineTradeAgreement", price))


def test_allowances_of_a_line_are_in_its_amount_and_not_lines() -> None:
    allowance = tag(
        "r:SpecifiedTradeAllowanceCharge",
        tag("r:ChargeIndicator", tag("u:Indicator", "false")),
        tag("r:ActualAmount", "5.00"),
    )
    price = tag("r:ChargeAmount", "40.00", currencyID="EUR")
    document = as_cii(known()).decode().replace(price, tag("r:ChargeAmount", "45.00", currencyID="EUR"))
    end = "</r:SpecifiedLineTradeSettlement></r:IncludedSupplyChainTradeLineItem><r:Applicable"
    assert end in document

    reading = read_cii(document.replace(end, allowance + end).encode())

    assert len(reading.facts.lines) == 4
    assert reading.warnings == ()


def test_the_cost_of_delivery_is_a_charge_of_the_document() -> None:
    delivery = tag(
        "r:SpecifiedLogisticsServiceCharge",
        tag("r:Description", "By courier"),
        tag("r:AppliedAmount", "7.00"),
        tag("r:AppliedTradeTax", tag("r:RateApplicablePercent", "20")),
    )

    line = reading_with("<r:SpecifiedTradePaymentTerms>", f"{delivery}<r:SpecifiedTradePaymentTerms>").facts.lines[-1]

    assert (line.description, line.net, line.tax_percent) == ("By courier", Decimal("7.00"), Decimal(20))


@pytest.mark.parametrize(
    "inside",
    [
        tag("r:ActualAmount", "5.00"),
        tag("r:ChargeIndicator", tag("u:Indicator", "maybe")) + tag("r:ActualAmount", "5.00"),
        tag("r:ChargeIndicator", tag("u:Indicator", "true")),
    ],
)
def test_an_allowance_without_amount_or_direction_is_refused(inside: str) -> None:
    allowance = tag("r:SpecifiedTradeAllowanceCharge", inside)

    with pytest.raises(UnreadableError, match="allowance or charge"):
        reading_with("<r:SpecifiedTradePaymentTerms>", f"{allowance}<r:SpecifiedTradePaymentTerms>")


def test_elements_of_one_syntax_do_not_count_in_the_other() -> None:
    first = as_zugferd_1(known()).decode()
    mixed = first.replace("r:GrandTotalAmount", "g:GrandTotalAmount").replace(
        "xmlns:s=",
        'xmlns:g="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:13" xmlns:s=',
    )

    assert read_zugferd_1(mixed.encode()).facts.gross is None


@pytest.mark.parametrize(("reader", "other"), [(read_cii, as_zugferd_1), (read_zugferd_1, as_cii)])
def test_a_reader_refuses_what_is_not_its_own(reader: Reader, other: Writer) -> None:
    with pytest.raises(UnreadableError, match=r"^The file is no invoice\.$"):
        reader(other(known()))


def test_an_empty_root_is_an_invoice_of_which_nothing_is_known() -> None:
    root = b'<s:CrossIndustryInvoice xmlns:s="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>'

    found = read(root)

    assert isinstance(found, Reading)
    assert found.facts == Facts()
