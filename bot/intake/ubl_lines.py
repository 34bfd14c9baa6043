"""The lines of a UBL document: its own, and the allowances and charges of the whole document as lines behind them."""

from collections.abc import Iterator
from decimal import Decimal

from bot.domain.documents import Line
from bot.intake.elements import Element, money_at, number_at, text_at
from bot.intake.lines import (
    allowance_or_charge,
    description,
    disagreements,
    price_at,
    priced,
    refuse_too_many,
    signed,
)

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"


def invoice_lines(root: Element, currency: str | None) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The document's own lines, and warnings about those whose figures do not agree."""
    found = [*root.iterfind(f"{CAC}InvoiceLine"), *root.iterfind(f"{CAC}CreditNoteLine")]
    refuse_too_many(len(found))
    lines = tuple(_line(element, currency) for element in found)
    return lines, disagreements(lines, (_allowances(element, currency) for element in found))


def _line(element: Element, currency: str | None) -> Line:
    quantities = (number_at(element, f"{CBC}{name}Quantity") for name in ("Invoiced", "Credited"))
    return priced(
        description=description(
            text_at(element, f"{CAC}Item/{CBC}Name"), text_at(element, f"{CAC}Item/{CBC}Description")
        ),
        quantity=next((quantity for quantity in quantities if quantity is not None), None),
        unit_price=price_at(element, f"{CAC}Price/{CBC}PriceAmount", f"{CAC}Price/{CBC}BaseQuantity", currency),
        net=money_at(element, f"{CBC}LineExtensionAmount", currency),
        tax=money_at(element, f"{CAC}TaxTotal/{CBC}TaxAmount", currency),
        tax_percent=number_at(element, f"{CAC}Item/{CAC}ClassifiedTaxCategory/{CBC}Percent"),
    )


def _allowances(element: Element, currency: str | None) -> Decimal:
    return sum((amount for _, amount in _signed(element, currency)), Decimal(0))


def document_lines(root: Element, currency: str | None) -> tuple[Line, ...]:
    """Allowances (negative) and charges of the whole document."""
    refuse_too_many(len(root.findall(f"{CAC}AllowanceCharge")))
    return tuple(
        allowance_or_charge(
            amount,
            text_at(element, f"{CBC}AllowanceChargeReason"),
            number_at(element, f"{CAC}TaxCategory/{CBC}Percent"),
        )
        for element, amount in _signed(root, currency)
    )


def _signed(parent: Element, currency: str | None) -> Iterator[tuple[Element, Decimal]]:
    for element in parent.iterfind(f"{CAC}AllowanceCharge"):
        amount = money_at(element, f"{CBC}Amount", currency)
        yield element, signed(amount, text_at(element, f"{CBC}ChargeIndicator"))
