"""When something is due, as a rule says it: by the document's own date."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MOST_DAYS = 365


class DueKind(StrEnum):
    AFTER_DATE = "after_date"
    """So many days after the document's date."""
    OF_NEXT_MONTH = "of_next_month"
    """On that day of the month after the document's; in a shorter month on its last one."""
    AFTER_MONTH = "after_month"
    """So many days after the end of the document's month."""


@dataclass(frozen=True, slots=True)
class Due:
    """`days` is a number of days from 0, or from 1 to 31 the day of a month."""

    kind: DueKind
    days: int

    @classmethod
    def of(cls, code: str) -> "Due":
        """What `code` made."""
        kind, _, days = code.partition(":")
        return cls(DueKind(kind), int(days))

    @property
    def code(self) -> str:
        return f"{self.kind}:{self.days}"

    @property
    def words(self) -> str:
        days = "1 day" if self.days == 1 else f"{self.days} days"
        match self.kind:
            case DueKind.AFTER_DATE:
                return f"{days} after its date" if self.days else "on its date"
            case DueKind.OF_NEXT_MONTH:
                return f"on day {self.days} of the next month"
            case DueKind.AFTER_MONTH:
                return f"{days} after the end of its month" if self.days else "at the end of its month"

    @property
    def wrong(self) -> str | None:
        """What cannot be, as a sentence."""
        if self.kind is DueKind.OF_NEXT_MONTH:
            return None if 1 <= self.days <= 31 else "Write a day of the month, from 1 to 31."
        return None if 0 <= self.days <= MOST_DAYS else f"Write a number of days from 0 to {MOST_DAYS}."

    def on(self, issued_on: date) -> date | None:
        """None beyond the last day that there is."""
        try:
            return self._on(issued_on)
        except (OverflowError, ValueError):
            return None

    def _on(self, issued_on: date) -> date:
        if self.kind is DueKind.AFTER_DATE:
            return issued_on + timedelta(days=self.days)
        last = issued_on.replace(day=calendar.monthrange(issued_on.year, issued_on.month)[1])
        if self.kind is DueKind.AFTER_MONTH:
            return last + timedelta(days=self.days)
        following = last + timedelta(days=1)
        return following.replace(day=min(self.days, calendar.monthrange(following.year, following.month)[1]))
