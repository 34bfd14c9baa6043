"""The exchange rate that an e-invoice states: two currencies, a factor, and which way round it is meant."""

from dataclasses import replace
from decimal import Decimal, localcontext

from bot.domain.documents import Facts
from bot.domain.exchange import inverse, is_plausible
from bot.domain.money import WIDE


def rated(
    facts: Facts,
    *,
    source: str | None,
    target: str | None,
    rate: Decimal | None,
    source_unit: Decimal | None = None,
    target_unit: Decimal | None = None,
    divides: bool = False,
) -> Facts | None:
    """The facts with a rate by which an amount in `source` is multiplied, or divided, to have it in `target`; each may be
    counted in units, such as a hundred yen. None where it says nothing of the document's currency, or cannot be right.
    """
    if facts.currency not in (source, target) or None in (source, target) or source == target:
        return None
    factor = _factor(rate, source_unit, target_unit, divides=divides)
    if factor is None:
        return None
    is_source = facts.currency == source
    found = inverse(factor) if is_source else factor
    if not is_plausible(found):
        return None
    return replace(facts, currency_rate=found, rate_currency=target if is_source else source)


def _factor(
    rate: Decimal | None, source_unit: Decimal | None, target_unit: Decimal | None, *, divides: bool
) -> Decimal | None:
    """How much of the target one of the source is."""
    of_source = Decimal(1) if source_unit is None else source_unit
    of_target = Decimal(1) if target_unit is None else target_unit
    if rate is None or min(rate, of_source, of_target) <= 0:
        return None
    with localcontext(WIDE):
        found = (1 / rate if divides else rate) * of_target / of_source
    return found or None
