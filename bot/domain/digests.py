"""What was published since the last digest, as a channel that asked for it is told once a day."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from bot.domain.documents import ItemKind
from bot.domain.items import Item
from bot.domain.quiet import zone_of

HOUR = 8
"""Of the morning, by the clock on the wall where the organisation is."""
SETTLED = timedelta(minutes=1)
"""What was written longer ago can be read by everybody: a digest ends there, so that none misses what was just being written."""
LARGEST = 5
COUNTED = 1000
"""Of what stands now, no more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Items of one kind and currency: how many, and what they come to with credit notes taken off."""

    kind: ItemKind
    currency: str | None
    count: int
    credits: int
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    organisation: str
    ledger: str
    since: datetime
    sums: tuple[Sum, ...]
    largest: tuple[Item, ...]
    """The first by what they come to in the books' own currency; those of which no rate is known after them."""
    refused: int
    """Items that the ledger refused in that time."""
    still_refused: int
    """Items that are refused now, whenever that was."""
    waiting: int
    """Items that wait for approval now; one more than are counted where there are more."""
    address: str
    """What an item's id goes behind."""

    @property
    def count(self) -> int:
        return sum(each.count for each in self.sums)


def next_digest(now: datetime, zone: str) -> datetime:
    """The next morning's, as seen at an instant."""
    place = zone_of(zone) or UTC
    today = now.astimezone(place).date()
    at = datetime.combine(today, time(HOUR), tzinfo=place)
    if at <= now:
        at = datetime.combine(today + timedelta(days=1), time(HOUR), tzinfo=place)
    return at.astimezone(UTC)
