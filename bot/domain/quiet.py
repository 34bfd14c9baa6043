"""Quiet hours of an organisation: when its channels hear nothing that nobody waits for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from bot.domain.ids import OrganisationId

STEP = timedelta(minutes=15)
"""Times are chosen by the half hour, and every zone differs from UTC, and changes its clocks, by whole quarters of an hour."""
LONGEST = timedelta(days=15)
"""More than any quiet that can be chosen: six days a week, and the time when clocks go forward on the seventh."""
MINUTES_OF_DAY = 24 * 60
TIMES = tuple(range(0, MINUTES_OF_DAY, 30))


class Weekday(IntEnum):
    """As `datetime.weekday` counts."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From one time to another of every day, and some whole days, by the clock on the wall in `zone`.

    `begins` and `ends` are minutes after midnight, or both None where only whole days are quiet; where it begins later than
    it ends, it goes on over midnight.
    """

    begins: int | None = None
    ends: int | None = None
    days: frozenset[Weekday] = frozenset()
    zone: str = "UTC"
    """A name of the IANA's, as Slack tells for each person."""
    tells_lost_connections: bool = True
    """A connection that is over is told of at once: nothing goes to the ledger until somebody signs in again."""

    @property
    def is_never(self) -> bool:
        return self.begins is None and not self.days

    def end_of_quiet(self, now: datetime) -> datetime | None:
        """When it is over, as seen at an instant; None where it is not quiet then.

        What the clock on the wall says counts: a time that clocks leave out is over when they have gone forward, and one
        that comes twice is quiet twice.
        """
        if self.is_never:
            return None
        zone = zone_of(self.zone)
        if zone is None or not self._is_quiet(now.astimezone(zone)):
            return None
        at = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
        until = now + LONGEST
        while at < until:
            at += STEP
            if not self._is_quiet(at.astimezone(zone)):
                return at
        return until

    def _is_quiet(self, local: datetime) -> bool:
        if Weekday(local.weekday()) in self.days:
            return True
        if self.begins is None or self.ends is None:
            return False
        minute = local.hour * 60 + local.minute
        if self.begins < self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietForm:
    """`version` is the settings' version that the form was drawn from; None as quiet hours: there are none."""

    version: int
    quiet: QuietHours | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietPage:
    organisation_id: OrganisationId
    organisation: str
    version: int
    quiet: QuietHours | None
    zone: str
    """Offered where none was chosen: that of whoever looks."""
    until: datetime | None = None
    """It is quiet now, until then."""
    before: "QuietPage | None" = None
    """As it was until somebody saved just now; None where nobody did, or it was saved already."""


def zone_of(name: str) -> ZoneInfo | None:
    """None for no zone that this machine knows."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such name; one that is a path; a folder of names
        return None
