"""UN/CEFACT Cross Industry Invoices, D16B (EN 16931, XRechnung, Factur-X, ZUGFeRD 2), read to the cent.

The profiles are one syntax with more or fewer elements: what a profile leaves out (MINIMUM and BASIC WL have no lines)
is missing in the facts, and nothing else differs.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from bot.domain.documents import Facts, Line, PaidWith, Party, TaxSubtotal
from bot.intake.cards import card_of
from bot.intake.cii_lines import RAM, document_lines, invoice_lines
from bot.intake.elements import (
    LONGEST_NOTE,
    Element,
    code_at,
    code_of,
    currency_at,
    in_currency,
    money_at,
    not_a_date,
    number_at,
    parse,
    text_at,
    texts_at,
)
from bot.intake.exchange import rated
from bot.intake.lines import together
from bot.intake.meaning import (
    about_due,
    as_booked,
    difference,
    paid_to_another,
    refuse_too_many_rates,
    tax_row,
    type_of,
    warnings,
)
from bot.intake.result import Reading, UnreadableError
from bot.intake.sniff import CII_INVOICE

RSM = CII_INVOICE.removesuffix("CrossIndustryInvoice")
_DOCUMENT = f"{RSM}ExchangedDocument"
_TRANSACTION = f"{RSM}SupplyChainTradeTransaction"
_AGREEMENT = f"{_TRANSACTION}/{RAM}ApplicableHeaderTradeAgreement"
_SETTLEMENT = f"{_TRANSACTION}/{RAM}ApplicableHeaderTradeSettlement"
_TOTAL = f"{RAM}SpecifiedTradeSettlementHeaderMonetarySummation"
_PROFILE = f"{RSM}ExchangedDocumentContext/{RAM}GuidelineSpecifiedDocumentContextParameter/{RAM}ID"
_VAT_SCHEMES = ("VA", "VAT")
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[0-9]{4}|[0-9]{6}|T.*)?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
"""UNTDID 2379, formats 102, 203 and 204, and xsd:dateTime: year, month and day, alone or with a time behind. A day in one
of the other formats is too short, too long, or has a month 20 when it is read so."""


def read_cii(content: bytes) -> Reading:
    """Read one document.

    Raises:
        UnreadableError: in words for whoever dropped the file.
    """
    root = parse(content)
    if root.tag != CII_INVOICE:
        raise UnreadableError("The file is no invoice.")
    return reading_of(root)


def reading_of(root: Element) -> Reading:
    """What a tree in this syntax says.

    Raises:
        UnreadableError: in words for whoever dropped the file.
    """
    settlement = root.find(_SETTLEMENT)
    currency = currency_at(settlement, f"{RAM}InvoiceCurrencyCode")
    lines, about_lines = invoice_lines(root.find(_TRANSACTION), currency)
    type_code = code_at(root, f"{_DOCUMENT}/{RAM}TypeCode") or ""
    facts = _facts(root, currency, together(lines, document_lines(settlement, currency)))
    facts = as_booked(_at_its_rate(settlement, facts), type_of(type_code))
    return Reading(
        facts=facts,
        invoice_lines=len(lines),
        type_code=type_code,
        profile=text_at(root, _PROFILE) or "",
        warnings=warnings(facts, (*_about_payment(facts, settlement), *about_lines)),
    )


def _about_payment(facts: Facts, settlement: Element | None) -> tuple[str, ...]:
    payee = text_at(settlement, f"{RAM}PayeeTradeParty/{RAM}Name")
    rounding = money_at(settlement, f"{_TOTAL}/{RAM}RoundingAmount", facts.currency)
    return (*paid_to_another(facts, payee), *about_due(facts, rounding))


def _facts(root: Element, currency: str | None, lines: tuple[Line, ...]) -> Facts:
    settlement = root.find(_SETTLEMENT)
    total = None if settlement is None else settlement.find(_TOTAL)
    net = money_at(total, f"{RAM}TaxBasisTotalAmount", currency)
    gross = money_at(total, f"{RAM}GrandTotalAmount", currency)
    return Facts(
        supplier=_party(root.find(f"{_AGREEMENT}/{RAM}SellerTradeParty"), _payee_account(settlement)),
        buyer=_party(root.find(f"{_AGREEMENT}/{RAM}BuyerTradeParty"), None),
        number=code_at(root, f"{_DOCUMENT}/{RAM}ID"),
        issued_on=_day_at(root, f"{_DOCUMENT}/{RAM}IssueDateTime"),
        due_on=_due_on(settlement),
        currency=currency,
        net=net,
        tax=_tax(total, currency, net, gross),
        gross=gross,
        payable=money_at(total, f"{RAM}DuePayableAmount", currency),
        prepaid=money_at(total, f"{RAM}TotalPrepaidAmount", currency),
        lines=lines,
        tax_breakdown=tuple(_breakdown(settlement, currency)),
        note=texts_at(root, f"{_DOCUMENT}/{RAM}IncludedNote/{RAM}Content", LONGEST_NOTE),
        paid_with=_card(settlement),
    )


def _at_its_rate(settlement: Element | None, facts: Facts) -> Facts:
    """The rate that its tax is worked out at, else that of its amounts or its payment: D16B, and Factur-X EXTENDED."""
    for kind in ("Tax", "Invoice", "Payment"):
        stated = None if settlement is None else settlement.find(f"{RAM}{kind}ApplicableTradeCurrencyExchange")
        found = rated(
            facts,
            source=currency_at(stated, f"{RAM}SourceCurrencyCode"),
            target=currency_at(stated, f"{RAM}TargetCurrencyCode"),
            rate=number_at(stated, f"{RAM}ConversionRate"),
            source_unit=number_at(stated, f"{RAM}SourceUnitBasisNumeric"),
            target_unit=number_at(stated, f"{RAM}TargetUnitBasisNumeric"),
        )
        if found is not None:
            return found
    return facts


def _payee_account(settlement: Element | None) -> str | None:
    """The first account of several: an IBAN, else a number that only its own country knows."""
    account = f"{RAM}SpecifiedTradeSettlementPaymentMeans/{RAM}PayeePartyCreditorFinancialAccount"
    return code_at(settlement, f"{account}/{RAM}IBANID") or code_at(settlement, f"{account}/{RAM}ProprietaryID")


def _card(settlement: Element | None) -> PaidWith | None:
    """BT-87 of EN 16931; which network it is of is not said here."""
    card = f"{RAM}SpecifiedTradeSettlementPaymentMeans/{RAM}ApplicableTradeSettlementFinancialCard"
    return card_of(code_at(settlement, f"{card}/{RAM}ID"), None)


def _party(party: Element | None, bank_account: str | None) -> Party:
    if party is None:
        return Party(bank_account=bank_account)
    return Party(
        name=text_at(party, f"{RAM}Name")
        or text_at(party, f"{RAM}SpecifiedLegalOrganization/{RAM}TradingBusinessName"),
        tax_number=_tax_number(party),
        country=code_at(party, f"{RAM}PostalTradeAddress/{RAM}CountryID"),
        bank_account=bank_account,
    )


def _tax_number(party: Element) -> str | None:
    """The VAT number; the number of a local tax office only where there is no VAT number."""
    path = f"{RAM}SpecifiedTaxRegistration/{RAM}ID"
    numbers = [(element.get("schemeID"), code_of(element, path)) for element in party.iterfind(path)]
    stated = [number for scheme, number in numbers if number and scheme in _VAT_SCHEMES]
    return next(iter(stated), None) or next((number for _, number in numbers if number), None)


def _tax(total: Element | None, currency: str | None, net: Decimal | None, gross: Decimal | None) -> Decimal | None:
    """The tax stated in the document's currency; beside it, some state it in that of their tax authority."""
    path = f"{RAM}TaxTotalAmount"
    if total is not None and in_currency(total.findall(path), currency):
        return money_at(total, path, currency)
    return difference(net, gross)


def _breakdown(settlement: Element | None, currency: str | None) -> Iterator[TaxSubtotal]:
    rows = [] if settlement is None else settlement.findall(f"{RAM}ApplicableTradeTax")
    refuse_too_many_rates(len(rows))
    for row in rows:
        yield tax_row(
            percent=number_at(row, f"{RAM}RateApplicablePercent"),
            category=code_at(row, f"{RAM}CategoryCode"),
            taxable=money_at(row, f"{RAM}BasisAmount", currency),
            tax=money_at(row, f"{RAM}CalculatedAmount", currency),
        )


def _due_on(settlement: Element | None) -> date | None:
    """The first day on which something is due; a day that only ends a discount where there is no other."""
    terms = [] if settlement is None else settlement.findall(f"{RAM}SpecifiedTradePaymentTerms")
    days = [(_is_discount(each), due) for each in terms if (due := _day_at(each, f"{RAM}DueDateDateTime"))]
    return min(days)[1] if days else None


def _is_discount(terms: Element) -> bool:
    return terms.find(f"{RAM}ApplicableTradePaymentDiscountTerms") is not None


def _day_at(parent: Element | None, path: str) -> date | None:
    """The day of a DateTimeString or a DateTime."""
    text = code_at(parent, path)
    if text is None:
        return None
    day = _DAY.fullmatch(text)
    if day is None:
        raise not_a_date(path)
    try:
        return date(*map(int, day.groups()))
    except ValueError:
        raise not_a_date(path) from None
