"""What lines mean in every syntax of e-invoices: how many are read, what one piece costs, whether a line's figures agree."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import count

from bot.domain.documents import Line
from bot.intake.elements import LONGEST_TEXT, Element, in_currency, number_at
from bot.intake.result import UnreadableError

MOST_LINES = 2000
_ROUNDING = Decimal("0.01")
"""How far quantity times price may be from a line's amount, which is rounded to the cent."""
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
_FINEST_PRICE = Decimal("0.0000000001")


def refuse_too_many(lines: int) -> None:
    """Raises:
    UnreadableError: nobody could look through so many.
    """
    if lines > MOST_LINES:
        raise UnreadableError(f"The document has {lines} lines; at most {MOST_LINES} are read.")


def together(own: Iterable[Line], of_document: Iterable[Line]) -> tuple[Line, ...]:
    """A document's own lines, then its allowances and charges, so that all add up to the net amount.

    A document without lines of its own (Factur-X MINIMUM and BASIC WL) has none at all: its allowances alone would add
    up to something else.
    """
    lines = tuple(own)
    return (*lines, *of_document) if lines else ()


def priced(
    *,
    description: str,
    quantity: Decimal | None,
    unit_price: Decimal | None,
    net: Decimal | None,
    tax: Decimal | None = None,
    tax_percent: Decimal | None = None,
) -> Line:
    """A line as stated. Without a price it counts as one of its amount, and without a quantity it is one.

    Raises:
        UnreadableError: it states no amount.
    """
    if net is None:
        raise UnreadableError("A line states no amount.")
    if unit_price is None:
        quantity, unit_price = Decimal(1), net
    return Line(
        description=description,
        quantity=Decimal(1) if quantity is None else quantity,
        unit_price=unit_price,
        net=net,
        tax=tax,
        tax_percent=tax_percent,
    )


def text_line(description: str) -> Line:
    """A line that only says something: it counts among the document's lines, and is one of nothing."""
    return Line(description=description, unit_price=Decimal(0), net=Decimal(0))


def price_at(parent: Element | None, path: str, base_path: str, currency: str | None) -> Decimal | None:
    """The price of one. A price may have more decimals than an amount.

    Raises:
        UnreadableError: it is in another currency than the document.
    """
    stated = None if parent is None else parent.find(path)
    if stated is not None and not in_currency([stated], currency):
        raise UnreadableError("The price of a line is in another currency than the document.")
    price = number_at(parent, path)
    return None if price is None else price_of_one(price, number_at(parent, base_path))


def price_of_one(price: Decimal, base: Decimal | None) -> Decimal:
    """A price may be for a hundred pieces, or for a thousand; then it is divided.

    Ten decimals: a hundredfold quantity of it still rounds to the line's own cent.
    """
    if base is None or base in (0, 1):
        return price
    exact = _WIDE.quantize(_WIDE.divide(price, base), _FINEST_PRICE)
    plain = exact.normalize(_WIDE)
    return plain if int(plain.as_tuple().exponent) <= 0 else _WIDE.quantize(plain, Decimal(1))


def description(name: str | None, more: str | None) -> str:
    """What a line is for: its name, and what is said of it beyond that."""
    parts = [part for part in (name, more if more != name else None) if part]
    return ": ".join(parts)[:LONGEST_TEXT] or "Line"


def allowance_or_charge(amount: Decimal, reason: str | None, tax_percent: Decimal | None) -> Line:
    """A line for an amount off (negative) or on the whole document."""
    return Line(
        description=reason or ("Allowance" if amount < 0 else "Charge"),
        unit_price=amount,
        net=amount,
        tax_percent=tax_percent,
    )


def signed(amount: Decimal | None, indicator: str | None) -> Decimal:
    """The amount of an allowance or charge by its charge indicator (xsd:boolean): an allowance is negative."""
    if amount is None:
        raise UnreadableError("An allowance or charge states no amount.")
    if indicator not in ("true", "1", "false", "0"):
        raise UnreadableError("An allowance or charge does not say which of the two it is.")
    return amount if indicator in ("true", "1") else -amount


def disagreements(lines: Iterable[Line], allowances: Iterable[Decimal]) -> tuple[str, ...]:
    """Sentences about lines whose quantity, price and own allowances do not make their amounts."""
    found = (_disagreement(*both) for both in zip(count(1), lines, allowances, strict=False))
    return tuple(sentence for sentence in found if sentence)


def _disagreement(number: int, line: Line, allowances: Decimal) -> str | None:
    expected = line.quantity * line.unit_price + allowances
    if abs(expected - line.net) <= _ROUNDING:
        return None
    return f"Line {number}: its quantity and price do not make its amount {line.net}."
