"""UBL documents built to measure."""

from dataclasses import dataclass
from decimal import Decimal

_NAMESPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line to write; `inside` is any further XML of it."""

    net: str = "100.00"
    quantity: str | None = "1"
    price: str | None = "100.00"
    name: str = "Paper"
    inside: str = ""
    after_price: str = ""


def a_line(row: Row, root: str = "Invoice") -> str:
    counted = "CreditedQuantity" if root == "CreditNote" else "InvoicedQuantity"
    quantity = "" if row.quantity is None else f"<cbc:{counted}>{row.quantity}</cbc:{counted}>"
    price = (
        ""
        if row.price is None
        else f"<cac:Price><cbc:PriceAmount>{row.price}</cbc:PriceAmount>{row.after_price}</cac:Price>"
    )
    return (
        f"<cac:{root}Line>{quantity}<cbc:LineExtensionAmount>{row.net}</cbc:LineExtensionAmount>{row.inside}"
        f"<cac:Item><cbc:Name>{row.name}</cbc:Name></cac:Item>{price}</cac:{root}Line>"
    )


def an_allowance(amount: str, *, is_charge: bool = False, reason: str = "") -> str:
    reason = f"<cbc:AllowanceChargeReason>{reason}</cbc:AllowanceChargeReason>" if reason else ""
    return (
        f"<cac:AllowanceCharge><cbc:ChargeIndicator>{str(is_charge).lower()}</cbc:ChargeIndicator>{reason}"
        f"<cbc:Amount>{amount}</cbc:Amount></cac:AllowanceCharge>"
    )


def a_tax_total(tax: str, currency: str = "EUR", *, taxable: str | None = None) -> str:
    subtotal = (
        ""
        if taxable is None
        else f"<cac:TaxSubtotal><cbc:TaxableAmount>{taxable}</cbc:TaxableAmount><cbc:TaxAmount>{tax}</cbc:TaxAmount>"
        "<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal>"
    )
    return f'<cac:TaxTotal><cbc:TaxAmount currencyID="{currency}">{tax}</cbc:TaxAmount>{subtotal}</cac:TaxTotal>'


def a_document(
    *,
    root: str = "Invoice",
    number: str = "A-1",
    type_code: str = "380",
    currency: str = "EUR",
    net: str = "100.00",
    tax: str | None = "20.00",
    gross: str = "120.00",
    rows: tuple[Row, ...] = (Row(),),
    extra: str = "",
    prolog: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> str:
    """An invoice of 100.00 net and 120.00 gross, unless told otherwise."""
    lines = "".join(a_line(row, root) for row in rows)
    return (
        f"{prolog}<{root} {_NAMESPACES.format(root=root)}>"
        f"<cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-03-01</cbc:IssueDate>"
        f"<cbc:{root}TypeCode>{type_code}</cbc:{root}TypeCode>"
        f"<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>{extra}"
        f"{'' if tax is None else a_tax_total(tax, currency)}"
        f"<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount>{net}</cbc:TaxExclusiveAmount>"
        f"<cbc:TaxInclusiveAmount>{gross}</cbc:TaxInclusiveAmount><cbc:PayableAmount>{gross}</cbc:PayableAmount>"
        f"</cac:LegalMonetaryTotal>{lines}</{root}>"
    )


def total_of(rows: tuple[Row, ...]) -> Decimal:
    return sum((Decimal(row.net) for row in rows), Decimal(0))
