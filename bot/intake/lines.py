"""What lines mean in every syntax of e-invoices: how many are read, what one piece costs, whether a line's figures agree."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

from bot.domain.documents import Line
from bot.intake.elements import LONGEST_TEXT
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


def disagreement(number: int, line: Line, allowances: Decimal) -> str | None:
    """A sentence about a line whose quantity and price do not make its amount."""
    expected = line.quantity * line.unit_price + allowances
    if abs(expected - line.net) <= _ROUNDING:
        return None
    return f"Line {number}: its quantity and price do not make its amount {line.net}."
