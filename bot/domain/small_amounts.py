"""Which amounts an organisation calls small, so that they need less attention: up to a limit in the books' own currency.

What cannot be converted is never small (`bot.domain.rates`). A rate that nobody but the document states makes nothing small:
whoever wrote it would say how closely it is looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from bot.domain.documents import FactField, Facts
from bot.domain.rates import KnownRate, in_own, is_within


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallAmounts:
    """Without a `limit`, nothing is small. `rates` are those that are known, by currency."""

    limit: Decimal | None = None
    own: str | None = None
    rates: Mapping[str, KnownRate] = field(default_factory=dict)

    def takes(self, amount: Decimal | None, facts: Facts) -> bool:
        """Whether an amount in the document's currency is small."""
        is_by_person = FactField.CURRENCY in facts.edited
        known = facts if is_by_person else replace(facts, currency_rate=None)
        return self.limit is not None and is_within(in_own(amount, known, self.own, self.rates), self.limit)

    def takes_total(self, facts: Facts) -> bool:
        return self.takes(facts.gross, facts)


NOTHING_SMALL = SmallAmounts()
