"""UBL 2.1 invoices and credit notes (Peppol BIS Billing 3, XRechnung and kin), read to the cent.

What a document says is taken as it says it: the tax total in the document's currency (some state it in two), the due
date from any place it may stand, document-wide allowances and charges as lines of their own so that the lines add up
to the net amount.
"""

from collections.abc import Iterator
from decimal import Decimal

from bot.domain.documents import DocumentType, Facts, Line, PaidWith, Party, TaxSubtotal
from bot.intake.cards import card_of
from bot.intake.elements import (
    LONGEST_NOTE,
    Element,
    code_at,
    currency_at,
    date_at,
    money_at,
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
from bot.intake.sniff import PEPPOL_ENVELOPE, UBL_CREDIT_NOTE, UBL_INVOICE
from bot.intake.ubl_lines import CAC, CBC, document_lines, invoice_lines

_DUE_DATES = (
    f"{CBC}DueDate",
    f"{CAC}PaymentMeans/{CBC}PaymentDueDate",
    f"{CAC}PaymentTerms/{CBC}PaymentDueDate",
)


def read_ubl(content: bytes) -> Reading:
    """Read one document.

    Raises:
        UnreadableError: in words for whoever dropped the file.
    """
    root = _invoice_in(parse(content))
    type_code = code_at(root, f"{CBC}InvoiceTypeCode") or code_at(root, f"{CBC}CreditNoteTypeCode") or ""
    currency = currency_at(root, f"{CBC}DocumentCurrencyCode")
    lines, about_lines = invoice_lines(root, currency)
    facts = as_booked(
        _at_its_rate(root, _facts(root, currency, together(lines, document_lines(root, currency)))),
        DocumentType.CREDIT_NOTE if root.tag == UBL_CREDIT_NOTE else type_of(type_code),
    )
    return Reading(
        facts=facts,
        invoice_lines=len(lines),
        type_code=type_code,
        profile=text_at(root, f"{CBC}CustomizationID") or "",
        warnings=warnings(facts, (*_about_payment(facts, root), *about_lines)),
    )


def _invoice_in(root: Element) -> Element:
    """The document, out of the envelope that Peppol's access points send it in."""
    found = root if root.tag != PEPPOL_ENVELOPE else next(root.iterchildren(UBL_INVOICE, UBL_CREDIT_NOTE), root)
    if found.tag not in (UBL_INVOICE, UBL_CREDIT_NOTE):
        raise UnreadableError("The file is neither an invoice nor a credit note.")
    return found


def _about_payment(facts: Facts, root: Element) -> tuple[str, ...]:
    payee = text_at(root, f"{CAC}PayeeParty/{CAC}PartyName/{CBC}Name")
    rounding = money_at(root, f"{CAC}LegalMonetaryTotal/{CBC}PayableRoundingAmount", facts.currency)
    return (*paid_to_another(facts, payee), *about_due(facts, rounding))


def _facts(root: Element, currency: str | None, lines: tuple[Line, ...]) -> Facts:
    total = root.find(f"{CAC}LegalMonetaryTotal")
    net = money_at(total, f"{CBC}TaxExclusiveAmount", currency)
    gross = money_at(total, f"{CBC}TaxInclusiveAmount", currency)
    tax_totals = _tax_totals(root, currency)
    return Facts(
        supplier=_party(root, "AccountingSupplierParty", _payee_account(root)),
        buyer=_party(root, "AccountingCustomerParty", None),
        number=code_at(root, f"{CBC}ID"),
        issued_on=date_at(root, f"{CBC}IssueDate"),
        due_on=next((due for path in _DUE_DATES if (due := date_at(root, path))), None),
        currency=currency,
        net=net,
        tax=_tax(tax_totals, net, gross),
        gross=gross,
        payable=money_at(total, f"{CBC}PayableAmount", currency),
        prepaid=money_at(total, f"{CBC}PrepaidAmount", currency),
        lines=lines,
        tax_breakdown=tuple(_breakdown(tax_totals, currency)),
        note=texts_at(root, f"{CBC}Note", LONGEST_NOTE),
        paid_with=_card(root),
    )


def _at_its_rate(root: Element, facts: Facts) -> Facts:
    """The rate that its tax is worked out at, else that of its prices or its payment, to whichever currency it is."""
    for kind in ("TaxExchangeRate", "PricingExchangeRate", "PaymentExchangeRate"):
        stated = root.find(f"{CAC}{kind}")
        divides = (code_at(stated, f"{CBC}MathematicOperatorCode") or "").casefold() == "divide"
        found = rated(
            facts,
            source=currency_at(stated, f"{CBC}SourceCurrencyCode"),
            target=currency_at(stated, f"{CBC}TargetCurrencyCode"),
            rate=number_at(stated, f"{CBC}CalculationRate"),
            source_unit=number_at(stated, f"{CBC}SourceCurrencyBaseRate"),
            target_unit=number_at(stated, f"{CBC}TargetCurrencyBaseRate"),
            divides=divides,
        )
        if found is not None:
            return found
    return facts


def _payee_account(root: Element) -> str | None:
    """The first account of several; a document rarely names more, and then any will do."""
    return code_at(root, f"{CAC}PaymentMeans/{CAC}PayeeFinancialAccount/{CBC}ID")


def _card(root: Element) -> PaidWith | None:
    """BT-87 of EN 16931, and the network beside it."""
    account = root.find(f"{CAC}PaymentMeans/{CAC}CardAccount")
    return card_of(code_at(account, f"{CBC}PrimaryAccountNumberID"), code_at(account, f"{CBC}NetworkID"))


def _party(root: Element, role: str, bank_account: str | None) -> Party:
    party = root.find(f"{CAC}{role}/{CAC}Party")
    if party is None:
        return Party(bank_account=bank_account)
    return Party(
        name=text_at(party, f"{CAC}PartyLegalEntity/{CBC}RegistrationName")
        or text_at(party, f"{CAC}PartyName/{CBC}Name"),
        tax_number=_tax_number(party),
        country=code_at(party, f"{CAC}PostalAddress/{CAC}Country/{CBC}IdentificationCode"),
        bank_account=bank_account,
    )


def _tax_number(party: Element) -> str | None:
    """The VAT number; a scheme of another tax only where there is no VAT number."""
    numbers: dict[str, str] = {}
    for scheme in party.iterfind(f"{CAC}PartyTaxScheme"):
        number = code_at(scheme, f"{CBC}CompanyID")
        if number:
            numbers.setdefault(code_at(scheme, f"{CAC}TaxScheme/{CBC}ID") or "", number)
    return numbers.get("VAT") or next(iter(numbers.values()), None)


def _tax_totals(root: Element, currency: str | None) -> list[Element]:
    """The tax totals that count: in the document's currency, and those with a breakdown where any has one.

    A document states its tax once more in the currency of its tax authority, or once more without a breakdown; a
    second total *with* a breakdown is another tax, and adds to the first.
    """
    totals = [total for total in root.iterfind(f"{CAC}TaxTotal") if _stated_currency(total) in (None, currency)]
    return [total for total in totals if total.find(f"{CAC}TaxSubtotal") is not None] or totals[:1]


def _stated_currency(total: Element) -> str | None:
    amount = total.find(f"{CBC}TaxAmount")
    return None if amount is None else amount.get("currencyID")


def _tax(totals: list[Element], net: Decimal | None, gross: Decimal | None) -> Decimal | None:
    """The stated tax, or the difference."""
    stated = [tax for total in totals if (tax := money_at(total, f"{CBC}TaxAmount", None)) is not None]
    if stated:
        return sum(stated[1:], stated[0])
    return difference(net, gross)


def _breakdown(totals: list[Element], currency: str | None) -> Iterator[TaxSubtotal]:
    subtotals = [subtotal for total in totals for subtotal in total.iterfind(f"{CAC}TaxSubtotal")]
    refuse_too_many_rates(len(subtotals))
    for subtotal in subtotals:
        category = subtotal.find(f"{CAC}TaxCategory")
        yield tax_row(
            percent=number_at(category, f"{CBC}Percent"),
            category=code_at(category, f"{CBC}ID"),
            taxable=money_at(subtotal, f"{CBC}TaxableAmount", currency),
            tax=money_at(subtotal, f"{CBC}TaxAmount", currency),
        )
