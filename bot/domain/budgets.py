"""How many calls a vendor still takes, counted so that none of them is one too many, whichever way the vendor counts.

A call counts for a whole window from when it ended, because somewhere between its beginning and its end the vendor
counted it: so there are never more in any window of the vendor's, whether that slides or begins anew by its clock. What
others use of the same limit is known by what the vendor says is left.

Calls are kept by slices of time, so that a tally is small whatever the limit; a slice counts until its last call would.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

Counted = tuple[tuple[int, int], ...]
"""How many calls ended in which slice, oldest first."""

HELD_FOR = 120.0
"""Seconds after which a place belongs to a process that died: no call takes that long."""
PATIENCE = 5.0
"""Seconds that a document waits at most for calls of what can wait."""
FOR_DOCUMENTS = 2
"""Calls that a batch of documents takes: what can wait leaves as many of each minute."""
OTHERS_AGAIN = 6
"""Of so many calls that others made within a minute, one more is expected before the vendor tells of it."""
LOOK_AGAIN = 0.25
"""Seconds after which a place may be free that somebody holds now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A vendor's limits. None where there is none. `spare` of each are left unused."""

    per_minute: int | None
    per_day: int | None
    at_once: int
    per_hour: int | None = None
    spare: int = 0

    @property
    def day_kept(self) -> int:
        """Calls of a day that what can wait leaves to documents."""
        return 0 if self.per_day is None else self.per_day // 50


LONGEST_PAUSE = timedelta(days=1)
"""So long at most a ledger is left alone at its wish: no vendor's limit goes over more than a day."""
AHEAD = 60.0
"""Seconds that another process's clock may be ahead of ours."""


def furthest_pause(now: datetime) -> datetime:
    """What says a later end of a pause was written by a clock that was wrong, and holds nothing up."""
    return now + LONGEST_PAUSE + timedelta(seconds=AHEAD)


def paused_seconds(until: datetime | None, now: datetime) -> float:
    if until is None or until > furthest_pause(now):
        return 0.0
    return max((until - now).total_seconds(), 0.0)


@dataclass(frozen=True, slots=True)
class _Span:
    seconds: float
    slice: float

    def slice_of(self, at: float) -> int:
        return int(at // self.slice)

    def is_over(self, slice_: int, now: float) -> bool:
        return self.ends(slice_) <= now

    def ends(self, slice_: int) -> float:
        return (slice_ + 1) * self.slice + self.seconds


MINUTE, DAY = _Span(60.0, 0.5), _Span(86_400.0, 600.0)
HOUR = _Span(3600.0, DAY.slice)
"""Of the calls that are kept for the day, those of its last slices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the vendor said is left, in an answer."""

    minute_left: int | None = None
    day_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Calls of one organisation: under way, by their places and since when; and over."""

    places: tuple[tuple[str, float], ...] = ()
    minute: Counted = ()
    day: Counted = ()
    minute_of_others: Counted = ()
    day_of_others: Counted = ()

    def at(self, now: float) -> "Tally":
        """Without what no longer counts. A place of a process that died is over."""
        dead = tuple(place for place, began in self.places if began <= now - HELD_FOR)
        here = self.ended(dead, now) if dead else self
        return replace(
            here,
            minute=_standing(MINUTE, here.minute, now),
            day=_standing(DAY, here.day, now),
            minute_of_others=_standing(MINUTE, here.minute_of_others, now),
            day_of_others=_standing(DAY, here.day_of_others, now),
        )

    def put_right(self, now: float) -> "Tally":
        """What a clock wrote that was far ahead of this one counts as of now: it was no later, or the vendor has counted it."""
        ahead = tuple(place for place, began in self.places if began > now + AHEAD)
        here = self.ended(ahead, now) if ahead else self
        return replace(
            here,
            minute=_put_right(MINUTE, here.minute, now),
            day=_put_right(DAY, here.day, now),
            minute_of_others=_put_right(MINUTE, here.minute_of_others, now),
            day_of_others=_put_right(DAY, here.day_of_others, now),
        )

    def begun(self, place: str, now: float) -> "Tally":
        return replace(self, places=(*self.places, (place, now)))

    def ended(self, places: Sequence[str], now: float) -> "Tally":
        """Those of the places that are held still."""
        number = sum(place in places for place, _ in self.places)
        if not number:
            return self
        return replace(
            self,
            places=tuple(held for held in self.places if held[0] not in places),
            minute=_added(MINUTE, self.minute, now, number),
            day=_added(DAY, self.day, now, number),
        )

    def told(self, told: Told, limits: Allowance, now: float) -> "Tally":
        """What the vendor counts more than we do, others used, as late as now; what it counts less, they do not use any
        more. Our own calls go on to count: the vendor may not have come to those that are under way.
        """
        minute = self._of_others(MINUTE, _used(limits.per_minute, told.minute_left), now)
        day = self._of_others(DAY, _used(limits.per_day, told.day_left), now)
        return replace(self, minute_of_others=minute, day_of_others=day)

    def _of_others(self, span: _Span, used: int | None, now: float) -> Counted:
        ours, others = self._counted(span)
        if used is None:
            return others
        more = used - _total(ours) - _total(others)
        if more > 0:
            return _added(span, others, now, more)
        return others if self.places else _without(others, -more)

    def wait(self, limits: Allowance, now: float, *, can_wait: bool = False) -> float:
        """Seconds until one more call may be made; 0 is now. `can_wait`: documents go first."""
        waits = [LOOK_AGAIN if len(self.places) >= limits.at_once else 0.0]
        if limits.per_minute is not None:
            most = limits.per_minute - limits.spare - ceil(_total(self.minute_of_others) / OTHERS_AGAIN)
            waits.append(self._until(MINUTE, most, now))
            if can_wait:
                waits.append(self._until(MINUTE, most - FOR_DOCUMENTS, now) - PATIENCE)
        if limits.per_day is not None:
            most = limits.per_day - limits.spare - (limits.day_kept if can_wait else 0)
            waits.append(self._until(DAY, most, now))
        if limits.per_hour is not None:
            waits.append(self._until(HOUR, limits.per_hour - limits.spare, now))
        return max(waits)

    def used(self) -> tuple[int, int]:
        """Of the minute and of the day."""
        return self._used_of(self._counted(MINUTE)), self._used_of(self._counted(DAY))

    def _counted(self, span: _Span) -> tuple[Counted, Counted]:
        return (self.minute, self.minute_of_others) if span is MINUTE else (self.day, self.day_of_others)

    def _used_of(self, counted: tuple[Counted, Counted]) -> int:
        return len(self.places) + sum(_total(each) for each in counted)

    def _until(self, span: _Span, most: int, now: float) -> float:
        """Until fewer than `most` count."""
        ours, others = self._counted(span)
        if span is HOUR:
            ours, others = _standing(HOUR, ours, now), _standing(HOUR, others, now)
        too_many = self._used_of((ours, others)) - most + 1
        if too_many <= 0:
            return 0.0
        for slice_, number in sorted((*ours, *others)):
            too_many -= number
            if too_many <= 0:
                return max(span.ends(slice_) - now, 0.0)
        return LOOK_AGAIN


def _used(limit: int | None, left: int | None) -> int | None:
    return None if limit is None or left is None else limit - left


def _total(counted: Counted) -> int:
    return sum(number for _, number in counted)


def _standing(span: _Span, counted: Counted, now: float) -> Counted:
    if not counted or not span.is_over(counted[0][0], now):
        return counted
    return tuple(each for each in counted if not span.is_over(each[0], now))


def _put_right(span: _Span, counted: Counted, now: float) -> Counted:
    furthest = span.slice_of(now + AHEAD)
    if not counted or counted[-1][0] <= furthest:
        return counted
    ahead = sum(number for slice_, number in counted if slice_ > furthest)
    return _added(span, tuple(each for each in counted if each[0] <= furthest), now, ahead)


def _added(span: _Span, counted: Counted, now: float, number: int) -> Counted:
    """Another process's clock may be ahead of ours: then what we add counts for as long as what it added."""
    last, before = counted[-1] if counted else (0, 0)
    slice_ = span.slice_of(now)
    if counted and last >= slice_:
        return (*counted[:-1], (last, before + number))
    return (*counted, (slice_, number))


def _without(counted: Counted, number: int) -> Counted:
    """The oldest go first."""
    left = list(counted)
    while left and number > 0:
        slice_, there = left.pop(0)
        if there > number:
            return ((slice_, there - number), *left)
        number -= there
    return tuple(left)
