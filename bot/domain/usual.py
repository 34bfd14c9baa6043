"""What a supplier's documents usually come to, and whether one is far from it."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import median_low

from bot.domain.items import Item

FEWEST = 3
"""Before there are so many, nothing is usual."""
FAR = Decimal(2)
"""Times more, or times less."""


def unusual(item: Item, before: Sequence[Item]) -> str | None:
    """A sentence when the total is far from what this supplier's others come to in the same currency."""
    facts = item.facts
    totals = [
        other.facts.gross
        for other in before
        if other.facts.gross and other.facts.currency == facts.currency and other.kind is item.kind
    ]
    if not facts.gross or facts.gross < 0 or len(totals) < FEWEST:
        return None
    usual = median_low(totals)
    if usual <= 0:
        return None
    if facts.gross >= usual * FAR:
        return f"Usually {usual:,.2f}; this one is {_times(facts.gross / usual)} × that."
    if facts.gross * FAR <= usual:
        return f"Usually {usual:,.2f}; this one is {facts.gross:,.2f}."
    return None


def _times(factor: Decimal) -> str:
    return f"{round(factor):,}" if factor >= 10 else f"{factor.quantize(Decimal('0.1')).normalize():f}"
