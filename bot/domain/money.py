"""Exact money.

Amounts are `Decimal` from the document to the ledger; a float is refused where it appears, because 0.1 + 0.2 would
otherwise reach somebody's books. All rounding of the product is in this file, each rule with its name and source.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

CENT = Decimal("0.01")
TEN_THOUSANDTHS = Decimal("0.0001")
STORED_LIMIT = 2**63 - 1
WIDE = Context(prec=100)
"""For products and shares of amounts: the usual 28 digits are fewer than two long factors make, and rounding raises."""
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in one currency (ISO 4217, three capital letters)."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"money is exact: Decimal, not {type(self.amount).__name__}")
        if not self.amount.is_finite():
            raise ValueError("money is a finite amount")
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f"a currency is three capital letters, not {self.currency!r}")

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount - other.amount, self.currency)

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}"

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")


def to_cents(amount: Decimal) -> Decimal:
    """Half up to two decimals, as Xero rounds the tax of a line (developer.xero.com, "Rounding in Xero")."""
    return amount.quantize(CENT, ROUND_HALF_UP, WIDE)


def tax_of(net: Decimal, rate_percent: Decimal) -> Decimal:
    """Tax of a net amount at a rate in percent, rounded per line."""
    return to_cents(net * rate_percent / 100)


def to_stored(amount: Decimal) -> int:
    """Ten-thousandths as an integer: exact and sortable on SQLite and PostgreSQL alike.

    Raises:
        ValueError: more than four decimals, or beyond a 64-bit integer.
    """
    scaled = amount.scaleb(4)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more than four decimals")
    if abs(scaled) > STORED_LIMIT:
        raise ValueError(f"{amount} is too large")
    return int(scaled)


def from_stored(stored: int) -> Decimal:
    """The amount that `to_stored` kept; two decimals are shown at least."""
    amount = Decimal(stored).scaleb(-4)
    return amount.quantize(CENT) if amount == amount.quantize(CENT) else amount.normalize()


def parse_amount(text: str) -> Decimal:
    """An amount as a person types it: `1,234.50`, `1.234,50`, `1 234.5`, `1234,5`. Never guessed: `1,234` could be
    either, so it is asked about.

    Raises:
        ValueError: a sentence for the person.
    """
    typed = " ".join(text.split())
    if _COULD_BE_EITHER.fullmatch(typed):
        whole, thousandths = typed[:-4], typed[-3:]
        raise ValueError(f"{typed} could mean {whole}{thousandths} or {whole}.{thousandths}. Write it as 1234.50.")
    if _TOO_LARGE.fullmatch(typed):
        raise ValueError("That is more than can be kept. Write an amount of at most twelve digits, such as 1234.50.")
    if not (_PLAIN.fullmatch(typed) or _GROUPED.fullmatch(typed)):
        raise ValueError("Write an amount such as 1234.50, with at most two decimals.")
    match = _DECIMALS.search(typed)
    whole = typed if match is None else typed[: match.start()]
    decimals = "0" if match is None else match[1]
    return Decimal(re.sub(r"[^\d-]", "", whole) + "." + decimals).quantize(CENT)


def parse_number(text: str) -> Decimal:
    """A quantity or a unit price as a person types it, with as many decimals as ledgers keep. Raises: as `parse_amount`."""
    try:
        return parse_amount(text)
    except ValueError:
        typed = text.strip()
        if _COULD_BE_EITHER.fullmatch(typed) or not _FINE.fullmatch(typed):
            raise
    return Decimal(text.strip().replace(",", "."))


_FINE = re.compile(r"-?\d{1,12}[.,]\d{1,6}", re.ASCII)
_PLAIN = re.compile(r"-?\d{1,12}(?:[.,]\d{1,2})?", re.ASCII)
_GROUPED = re.compile(r"-?[1-9]\d{0,2}([ .,'\u2019])\d{3}(?:\1\d{3}){0,2}(?:(?!\1)[.,]\d{1,2})?", re.ASCII)
_TOO_LARGE = re.compile(r"-?\d{13,}(?:[.,]\d{1,2})?", re.ASCII)
_COULD_BE_EITHER = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_DECIMALS = re.compile(r"[.,](\d{1,2})$", re.ASCII)
