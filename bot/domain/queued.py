"""What is on its way to a ledger, or stopped there, as whoever runs the product sees it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ids import ItemId
from bot.domain.items import ItemState
from bot.domain.problems import Problem
from bot.domain.publishing import StepKind, StepState

QUEUED = (StepState.WAITING, StepState.HELD, StepState.SENDING, StepState.UNKNOWN, StepState.REFUSED)
"""States of a step that is not over: it goes on by itself, or, held or refused, waits for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """One step of an item. `since` is when its publication was opened, `next_at` when it is tried next (None: not by
    itself), `attempts` how often its call was begun anew, `problem` what it was refused for.
    """

    item_id: ItemId
    reference: str
    organisation: str
    kind: StepKind
    state: StepState
    item_state: ItemState
    since: datetime
    next_at: datetime | None
    attempts: int
    problem: Problem | None
    waits_for: str | None = None
    """Why the ledger takes none of it now, in a line, where it is due and not sent."""

    def is_due(self, now: datetime) -> bool:
        """Whether it would go out now, or has begun to."""
        if self.state is StepState.WAITING:
            return self.next_at is not None and self.next_at <= now
        return self.state in (StepState.SENDING, StepState.UNKNOWN)
