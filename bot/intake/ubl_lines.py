"""The lines of a UBL document: its own, and the allowances and charges of the whole document as lines behind them."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal

from bot.domain.documents import Line
from bot.intake.elements import LONGEST_TEXT, Element, money_at, number_at, text_at
from bot.intake.result import UnreadableError

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"

MOST_LINES = 2000
_ROUNDING = Decimal("0.01")
"""How far quantity times price may be from a line's amount, which is rounded to the cent."""
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
_FINEST_PRICE = Decimal("0.0000000001")


def invoice_lines(root: Element, currency: str | None) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The document's own lines, and warnings about those whose figures do not agree."""
    found = [*root.iterfind(f"{CAC}InvoiceLine"), *root.iterfind(f"{CAC}CreditNoteLine")]
    _refuse_too_many(len(found))
    lines = tuple(_line(element, currency) for element in found)
    about = (
        _about(number, line, _allowances(element, currency)) for number, (line, element) in _numbered(lines, found)
    )
    return lines, tuple(warning for warning in about if warning)


def _numbered(lines: tuple[Line, ...], elements: list[Element]) -> Iterator[tuple[int, tuple[Line, Element]]]:
    return enumerate(zip(lines, elements, strict=True), start=1)


def _refuse_too_many(lines: int) -> None:
    if lines > MOST_LINES:
        raise UnreadableError(f"The document has {lines} lines; at most {MOST_LINES} are read.")


def _line(element: Element, currency: str | None) -> Line:
    net = money_at(element, f"{CBC}LineExtensionAmount", currency)
    if net is None:
        raise UnreadableError("A line states no amount.")
    quantity, unit_price = _quantity(element), _unit_price(element, currency)
    is_priced = unit_price is not None
    return Line(
        description=_description(element),
        quantity=quantity if is_priced else Decimal(1),
        unit_price=net if unit_price is None else unit_price,
        net=net,
        tax=_line_tax(element, currency),
        tax_percent=number_at(element, f"{CAC}Item/{CAC}ClassifiedTaxCategory/{CBC}Percent"),
    )


def _quantity(element: Element) -> Decimal:
    for path in (f"{CBC}InvoicedQuantity", f"{CBC}CreditedQuantity"):
        quantity = number_at(element, path)
        if quantity is not None:
            return quantity
    return Decimal(1)


def _unit_price(element: Element, currency: str | None) -> Decimal | None:
    """The price of one. A price may be for a hundred pieces, or for a thousand; then it is divided."""
    path = f"{CAC}Price/{CBC}PriceAmount"
    price = number_at(element, path)
    if price is None:
        return None
    priced = element.find(path)
    if priced is not None and currency and priced.get("currencyID") not in (None, currency):
        raise UnreadableError("The price of a line is in another currency than the document.")
    base = number_at(element, f"{CAC}Price/{CBC}BaseQuantity")
    return price if base is None or base in (0, 1) else _per_unit(price, base)


def _per_unit(price: Decimal, base: Decimal) -> Decimal:
    """Ten decimals: a hundredfold quantity of it still rounds to the line's own cent."""
    exact = _WIDE.quantize(_WIDE.divide(price, base), _FINEST_PRICE)
    plain = exact.normalize(_WIDE)
    return plain if int(plain.as_tuple().exponent) <= 0 else _WIDE.quantize(plain, Decimal(1))


def _line_tax(element: Element, currency: str | None) -> Decimal | None:
    return money_at(element, f"{CAC}TaxTotal/{CBC}TaxAmount", currency)


def _description(element: Element) -> str:
    name = text_at(element, f"{CAC}Item/{CBC}Name")
    more = text_at(element, f"{CAC}Item/{CBC}Description")
    parts = [part for part in (name, more if more != name else None) if part]
    return ": ".join(parts)[:LONGEST_TEXT] or "Line"


def _allowances(element: Element, currency: str | None) -> Decimal:
    return sum((amount for _, amount in _signed(element, currency)), Decimal(0))


def _about(number: int, line: Line, allowances: Decimal) -> str | None:
    expected = line.quantity * line.unit_price + allowances
    if abs(expected - line.net) <= _ROUNDING:
        return None
    return f"Line {number}: its quantity and price do not make its amount {line.net}."


def document_lines(root: Element, currency: str | None) -> tuple[Line, ...]:
    """Allowances (negative) and charges of the whole document."""
    found = tuple(_signed(root, currency))
    _refuse_too_many(len(found))
    return tuple(
        Line(
            description=_reason(element, amount),
            unit_price=amount,
            net=amount,
            tax_percent=number_at(element, f"{CAC}TaxCategory/{CBC}Percent"),
        )
        for element, amount in found
    )


def _signed(parent: Element, currency: str | None) -> Iterator[tuple[Element, Decimal]]:
    for element in parent.iterfind(f"{CAC}AllowanceCharge"):
        amount = money_at(element, f"{CBC}Amount", currency)
        if amount is None:
            raise UnreadableError("An allowance or charge states no amount.")
        yield element, amount if _is_charge(element) else -amount


def _is_charge(element: Element) -> bool:
    indicator = text_at(element, f"{CBC}ChargeIndicator")
    if indicator not in ("true", "1", "false", "0"):
        raise UnreadableError("An allowance or charge does not say which of the two it is.")
    return indicator in ("true", "1")


def _reason(element: Element, amount: Decimal) -> str:
    stated = text_at(element, f"{CBC}AllowanceChargeReason")
    return stated or ("Allowance" if amount < 0 else "Charge")
