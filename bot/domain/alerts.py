"""What a ledger's refusal is to people: one alert for each item, from the refusal to its outcome."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.cards import ItemCard
from bot.domain.ids import ItemId, UserId
from bot.domain.problems import Problem


class AlertState(StrEnum):
    OPEN = "open"
    FIXED = "fixed"
    """Somebody did something about it; the ledger's answer is still to come."""
    RESOLVED = "resolved"
    LEFT = "left"
    """Somebody decided that it stays so."""

    @property
    def is_over(self) -> bool:
        return self in (AlertState.RESOLVED, AlertState.LEFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`times` counts the refusals; `outcome` is what was done, as a sentence; `look_at` is when it is looked next whether
    the cause is gone from the ledger.
    """

    item_id: ItemId
    state: AlertState
    problem: Problem
    times: int
    changed_at: datetime
    outcome: str | None
    look_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCard:
    """An alert as people see it. `helpers` are asked to act; `link` opens the item in Slack."""

    alert: Alert
    card: ItemCard
    helpers: tuple[UserId, ...]
    link: str
