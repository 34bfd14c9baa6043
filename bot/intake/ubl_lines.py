"""The lines of a UBL document: its own, and the allowances and charges of the whole document as lines behind them."""

from collections.abc import Iterator
from decimal import Decimal

from bot.domain.documents import Line
from bot.intake.elements import Element, money_at, number_at, text_at
from bot.intake.lines import allowance_or_charge, description, disagreement, price_of_one, refuse_too_many, signed
from bot.intake.result import UnreadableError

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"


def invoice_lines(root: Element, currency: str | None) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The document's own lines, and warnings about those whose figures do not agree."""
    found = [*root.iterfind(f"{CAC}InvoiceLine"), *root.iterfind(f"{CAC}CreditNoteLine")]
    refuse_too_many(len(found))
    lines = tuple(_line(element, currency) for element in found)
    about = (
        disagreement(number, line, _allowances(element, currency))
        for number, (line, element) in enumerate(zip(lines, found, strict=True), start=1)
    )
    return lines, tuple(warning for warning in about if warning)


def _line(element: Element, currency: str | None) -> Line:
    net = money_at(element, f"{CBC}LineExtensionAmount", currency)
    if net is None:
        raise UnreadableError("A line states no amount.")
    quantity, unit_price = _quantity(element), _unit_price(element, currency)
    is_priced = unit_price is not None
    return Line(
        description=description(
            text_at(element, f"{CAC}Item/{CBC}Name"), text_at(element, f"{CAC}Item/{CBC}Description")
        ),
        quantity=quantity if is_priced else Decimal(1),
        unit_price=net if unit_price is None else unit_price,
        net=net,
        tax=money_at(element, f"{CAC}TaxTotal/{CBC}TaxAmount", currency),
        tax_percent=number_at(element, f"{CAC}Item/{CAC}ClassifiedTaxCategory/{CBC}Percent"),
    )


def _quantity(element: Element) -> Decimal:
    for path in (f"{CBC}InvoicedQuantity", f"{CBC}CreditedQuantity"):
        quantity = number_at(element, path)
        if quantity is not None:
            return quantity
    return Decimal(1)


def _unit_price(element: Element, currency: str | None) -> Decimal | None:
    path = f"{CAC}Price/{CBC}PriceAmount"
    price = number_at(element, path)
    if price is None:
        return None
    priced = element.find(path)
    if priced is not None and currency and priced.get("currencyID") not in (None, currency):
        raise UnreadableError("The price of a line is in another currency than the document.")
    return price_of_one(price, number_at(element, f"{CAC}Price/{CBC}BaseQuantity"))


def _allowances(element: Element, currency: str | None) -> Decimal:
    return sum((amount for _, amount in _signed(element, currency)), Decimal(0))


def document_lines(root: Element, currency: str | None) -> tuple[Line, ...]:
    """Allowances (negative) and charges of the whole document."""
    found = tuple(_signed(root, currency))
    refuse_too_many(len(found))
    return tuple(
        allowance_or_charge(
            amount,
            text_at(element, f"{CBC}AllowanceChargeReason"),
            number_at(element, f"{CAC}TaxCategory/{CBC}Percent"),
        )
        for element, amount in found
    )


def _signed(parent: Element, currency: str | None) -> Iterator[tuple[Element, Decimal]]:
    for element in parent.iterfind(f"{CAC}AllowanceCharge"):
        amount = money_at(element, f"{CBC}Amount", currency)
        yield element, signed(amount, text_at(element, f"{CBC}ChargeIndicator"))
