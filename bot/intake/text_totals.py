"""Net, tax and gross, found by arithmetic: among all amounts those that add up, at a rate that a tax can have.

Words alone mislead (a "total" of hours, of one page, of what is still due); three amounts that add up, one of them
named as what is to be paid, do not.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bot.intake.text_amounts import Amount, Meaning

_CENT = Decimal("0.01")
_ROUNDED = Decimal("0.03")
"""How far the tax of a rate may be off: it may have been rounded on each line."""
MOST_CANDIDATES = 300
_PERCENTAGES = """
    2 2.1 2.5 2.6 3 3.8 4 4.8 5 5.5 6 7 7.7 8 8.1 9 9.5 10 12 13 13.5 14 15 16 17 18 19 20 21 22 23 24 25 25.5 27
"""
RATES = frozenset(Decimal(rate) for rate in _PERCENTAGES.split())
"""Percentages of value added and sales taxes; those that the document itself mentions come to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    net: Decimal | None = None
    tax: Decimal | None = None
    gross: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Sum:
    net: Decimal
    tax: Decimal
    gross: Decimal
    has_a_rate: bool


def totals_of(amounts: Sequence[Amount], percents: frozenset[Decimal]) -> Totals:
    """The totals of a document; what is not certain is None."""
    meant = _meant(amounts)
    rates = RATES | {percent for percent in percents if 0 < percent <= 30}
    sums = [found for found in _sums(tuple(meant)[-MOST_CANDIDATES:], rates) if _is_likely(found, meant)]
    if sums:
        best = max(sums, key=lambda found: (_evidence(found, meant), abs(found.gross)))
        return Totals(net=best.net, tax=best.tax, gross=best.gross)
    is_untaxed = any(not amount.value and Meaning.TAX in amount.meanings for amount in amounts)
    return _of_several_rates(amounts) or _labelled(meant, rates, is_untaxed=is_untaxed)


def _meant(amounts: Iterable[Amount]) -> dict[Decimal, frozenset[Meaning]]:
    """What each value is said to be, in any of its places."""
    meant: dict[Decimal, frozenset[Meaning]] = {}
    for amount in amounts:
        if amount.value:
            meant[amount.value] = meant.get(amount.value, frozenset()) | amount.meanings
    return meant


def _sums(values: Sequence[Decimal], rates: Iterable[Decimal]) -> Iterator[_Sum]:
    """Every two values that make a third, of which the smaller can be a tax on the larger."""
    known = set(values)
    for net in values:
        for tax in values:
            if abs(tax) < abs(net) and (tax > 0) == (net > 0) and net + tax in known:
                yield _Sum(net, tax, net + tax, _has_a_rate(net, tax, rates))


def _has_a_rate(net: Decimal, tax: Decimal, rates: Iterable[Decimal]) -> bool:
    return any(abs(_percent(net, rate) - tax) <= _ROUNDED for rate in rates)


def _percent(net: Decimal, rate: Decimal) -> Decimal:
    return (net * rate / 100).quantize(_CENT, ROUND_HALF_UP)


def _is_likely(found: _Sum, meant: dict[Decimal, frozenset[Meaning]]) -> bool:
    """A rate and a word, or words for all three, as of a tax of several rates."""
    named = [
        bool(meant[found.gross] & {Meaning.GROSS, Meaning.TOTAL}),
        Meaning.TAX in meant[found.tax],
        Meaning.NET in meant[found.net],
    ]
    if found.has_a_rate:
        return named[0] or named[1]
    return all(named)


def _evidence(found: _Sum, meant: dict[Decimal, frozenset[Meaning]]) -> int:
    return (
        3 * (Meaning.GROSS in meant[found.gross])
        + (Meaning.TOTAL in meant[found.gross])
        + 2 * (Meaning.TAX in meant[found.tax])
        + 2 * (Meaning.NET in meant[found.net])
        + 2 * found.has_a_rate
    )


def _of_several_rates(amounts: Sequence[Amount]) -> Totals | None:
    """Where net amounts and taxes stand in rows of their own, and only what is to be paid is summed up."""
    taxes, nets = (
        {amount.row: amount.value for amount in amounts if amount.is_last and meaning in amount.meanings}
        for meaning in (Meaning.TAX, Meaning.NET)
    )
    net, tax = sum(nets.values(), Decimal(0)), sum(taxes.values(), Decimal(0))
    is_named = any(Meaning.GROSS in amount.meanings and amount.value == net + tax for amount in amounts)
    return Totals(net=net, tax=tax, gross=net + tax) if is_named and tax else None


def _labelled(meant: dict[Decimal, frozenset[Meaning]], rates: Iterable[Decimal], *, is_untaxed: bool) -> Totals:
    """What is to be paid by its words alone, and its tax where that has a rate."""
    gross = _largest(meant, Meaning.GROSS) or _largest(meant, Meaning.TOTAL)
    if gross is None:
        return Totals()
    taxes = [value for value, meanings in meant.items() if Meaning.TAX in meanings and abs(value) < abs(gross)]
    fitting = [tax for tax in taxes if _has_a_rate(gross - tax, tax, rates)]
    if len(fitting) == 1 and len(taxes) == 1:
        return Totals(net=gross - fitting[0], tax=fitting[0], gross=gross)
    return Totals(net=gross, tax=Decimal(0), gross=gross) if is_untaxed and not taxes else Totals(gross=gross)


def _largest(meant: dict[Decimal, frozenset[Meaning]], meaning: Meaning) -> Decimal | None:
    return max((value for value, meanings in meant.items() if meaning in meanings), key=abs, default=None)
