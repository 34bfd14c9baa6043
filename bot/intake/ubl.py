"""UBL 2.1 invoices and credit notes (Peppol BIS Billing 3, XRechnung and kin), read to the cent.

What a document says is taken as it says it: the tax total in the document's currency (some state it in two), the due
date from either place it may stand, document-wide allowances and charges as lines of their own so that the lines add up
to the net amount. UNTDID 1001 decides on the kind: 381 is a credit note whatever the root; 389, a self-billed
invoice, is none; a corrective 384 with a negative total is booked as one.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lxml import etree

from bot.domain.documents import DocumentType, Facts, Line, Party, TaxSubtotal
from bot.intake.result import Reading, UnreadableError
from bot.intake.sniff import UBL_CREDIT_NOTE, has_doctype

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"

MOST_LINES = 2000
LONGEST_TEXT = 500
LONGEST_NOTE = 2000
_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,10})?")
_CREDIT_NOTE_CODES = frozenset({"81", "83", "381", "396", "532"})

Element = etree._Element  # noqa: SLF001 - lxml's public name for an element's type is this one


def read_ubl(content: bytes) -> Reading:
    """Read one document.

    Raises:
        UnreadableError: in words for whoever dropped the file.
    """
    root = _parse(content)
    facts = _facts(root)
    lines = tuple(_lines(root))
    type_code = _text(root, f"{CBC}InvoiceTypeCode") or _text(root, f"{CBC}CreditNoteTypeCode") or ""
    facts = replace(facts, lines=(*lines, *_document_lines(root)))
    facts = _as_booked(facts, is_credit_note=_is_credit_note(root, type_code))
    return Reading(
        facts=facts,
        invoice_lines=len(lines),
        type_code=type_code,
        profile=_text(root, f"{CBC}CustomizationID") or "",
        warnings=_warnings(facts),
    )


def _parse(content: bytes) -> Element:
    if has_doctype(content):
        raise UnreadableError("The file declares a document type, which an e-invoice never needs and attacks do.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"The XML is broken (line {error.lineno}).") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableError("The file declares a document type, which an e-invoice never needs and attacks do.")
    return root


def _facts(root: Element) -> Facts:
    currency = _text(root, f"{CBC}DocumentCurrencyCode")
    total = root.find(f"{CAC}LegalMonetaryTotal")
    net, gross = _amount(total, f"{CBC}TaxExclusiveAmount"), _amount(total, f"{CBC}TaxInclusiveAmount")
    tax_total = _tax_total(root, currency)
    tax = _amount(tax_total, f"{CBC}TaxAmount")
    if tax is None and net is not None and gross is not None:
        tax = gross - net
    return Facts(
        supplier=_party(root.find(f"{CAC}AccountingSupplierParty/{CAC}Party"), root),
        buyer=_party(root.find(f"{CAC}AccountingCustomerParty/{CAC}Party"), None),
        number=_text(root, f"{CBC}ID"),
        issued_on=_date(root, f"{CBC}IssueDate"),
        due_on=_date(root, f"{CBC}DueDate") or _date(root, f"{CAC}PaymentMeans/{CBC}PaymentDueDate"),
        currency=currency,
        net=net,
        tax=tax,
        gross=gross,
        payable=_amount(total, f"{CBC}PayableAmount"),
        tax_breakdown=tuple(_breakdown(tax_total)),
        note=_text(root, f"{CBC}Note", LONGEST_NOTE),
    )


def _party(party: Element | None, root: Element | None) -> Party:
    if party is None:
        return Party()
    name = _text(party, f"{CAC}PartyLegalEntity/{CBC}RegistrationName") or _text(party, f"{CAC}PartyName/{CBC}Name")
    account = None if root is None else _text(root, f"{CAC}PaymentMeans/{CAC}PayeeFinancialAccount/{CBC}ID")
    return Party(
        name=name,
        tax_number=_tax_number(party),
        country=_text(party, f"{CAC}PostalAddress/{CAC}Country/{CBC}IdentificationCode"),
        bank_account=account,
    )


def _tax_number(party: Element) -> str | None:
    """The VAT number; a scheme of another tax only where there is no VAT number."""
    numbers: dict[str, str] = {}
    for scheme in party.iterfind(f"{CAC}PartyTaxScheme"):
        number = _text(scheme, f"{CBC}CompanyID")
        if number:
            numbers.setdefault(_text(scheme, f"{CAC}TaxScheme/{CBC}ID") or "", number)
    return numbers.get("VAT") or next(iter(numbers.values()), None)


def _tax_total(root: Element, currency: str | None) -> Element | None:
    totals = root.findall(f"{CAC}TaxTotal")
    ours = [total for total in totals if _currency_of(total) == currency]
    with_breakdown = [total for total in ours if total.find(f"{CAC}TaxSubtotal") is not None]
    return next(iter(with_breakdown or ours or totals), None)


def _currency_of(total: Element) -> str | None:
    amount = total.find(f"{CBC}TaxAmount")
    return None if amount is None else amount.get("currencyID")


def _breakdown(total: Element | None) -> Iterator[TaxSubtotal]:
    for subtotal in [] if total is None else total.iterfind(f"{CAC}TaxSubtotal"):
        yield TaxSubtotal(
            percent=_amount(subtotal, f"{CAC}TaxCategory/{CBC}Percent"),
            category=_text(subtotal, f"{CAC}TaxCategory/{CBC}ID"),
            taxable=_amount(subtotal, f"{CBC}TaxableAmount") or Decimal(0),
            tax=_amount(subtotal, f"{CBC}TaxAmount") or Decimal(0),
        )


def _lines(root: Element) -> Iterator[Line]:
    found = [*root.iterfind(f"{CAC}InvoiceLine"), *root.iterfind(f"{CAC}CreditNoteLine")]
    if len(found) > MOST_LINES:
        raise UnreadableError(f"The document has {len(found)} lines; at most {MOST_LINES} are read.")
    for line in found:
        net = _amount(line, f"{CBC}LineExtensionAmount")
        if net is None:
            raise UnreadableError("A line states no amount.")
        quantity = _amount(line, f"{CBC}InvoicedQuantity") or _amount(line, f"{CBC}CreditedQuantity") or Decimal(1)
        price = _amount(line, f"{CAC}Price/{CBC}PriceAmount")
        base = _amount(line, f"{CAC}Price/{CBC}BaseQuantity") or Decimal(1)
        yield Line(
            description=_describe(line),
            quantity=quantity,
            unit_price=net if price is None else _per_unit(price, base),
            net=net,
            tax_percent=_amount(line, f"{CAC}Item/{CAC}ClassifiedTaxCategory/{CBC}Percent"),
        )


def _per_unit(price: Decimal, base: Decimal) -> Decimal:
    return price if base == 1 or not base else (price / base).quantize(Decimal("0.000001")).normalize()


def _describe(line: Element) -> str:
    name = _text(line, f"{CAC}Item/{CBC}Name")
    more = _text(line, f"{CAC}Item/{CBC}Description")
    parts = [part for part in (name, more if more != name else None) if part]
    return ": ".join(parts) or "Line"


def _document_lines(root: Element) -> Iterator[Line]:
    """Allowances and charges of the whole document."""
    for found in root.iterfind(f"{CAC}AllowanceCharge"):
        amount = _amount(found, f"{CBC}Amount") or Decimal(0)
        is_charge = (_text(found, f"{CBC}ChargeIndicator") or "").lower() in ("true", "1")
        signed = amount if is_charge else -amount
        reason = _text(found, f"{CBC}AllowanceChargeReason") or ("Charge" if is_charge else "Allowance")
        yield Line(
            description=reason,
            unit_price=signed,
            net=signed,
            tax_percent=_amount(found, f"{CAC}TaxCategory/{CBC}Percent"),
        )


def _is_credit_note(root: Element, type_code: str) -> bool:
    return root.tag == f"{{{UBL_CREDIT_NOTE}}}CreditNote" or type_code in _CREDIT_NOTE_CODES


def _as_booked(facts: Facts, *, is_credit_note: bool) -> Facts:
    """A negative invoice is a credit note of the positive amounts."""
    if facts.gross is not None and facts.gross < 0 and not is_credit_note:
        return replace(
            facts,
            document_type=DocumentType.CREDIT_NOTE,
            net=None if facts.net is None else -facts.net,
            tax=None if facts.tax is None else -facts.tax,
            gross=-facts.gross,
            payable=None if facts.payable is None else -facts.payable,
            lines=tuple(replace(line, quantity=-line.quantity, net=-line.net) for line in facts.lines),
        )
    return replace(facts, document_type=DocumentType.CREDIT_NOTE if is_credit_note else DocumentType.INVOICE)


def _warnings(facts: Facts) -> tuple[str, ...]:
    if facts.net is None or facts.tax is None or facts.gross is None or facts.net + facts.tax == facts.gross:
        return ()
    return (f"Net {facts.net} and tax {facts.tax} do not make the total {facts.gross}.",)


def _text(element: Element, path: str, longest: int = LONGEST_TEXT) -> str | None:
    found = element.find(path)
    if found is None or found.text is None:
        return None
    cleaned = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in found.text)
    return " ".join(cleaned.split())[:longest] or None


def _amount(element: Element | None, path: str) -> Decimal | None:
    text = None if element is None else _text(element, path)
    if text is None:
        return None
    if not _AMOUNT.fullmatch(text):
        raise UnreadableError(f"The document has {text[:30]!r} where an amount belongs.")
    return Decimal(text)


def _date(element: Element, path: str) -> date | None:
    text = _text(element, path)
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise UnreadableError(f"The document has {text[:30]!r} where a date belongs.") from None
