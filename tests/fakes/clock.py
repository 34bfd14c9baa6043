"""Time that stands still until a test moves it."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday in nobody's summer time, so that a test that cares about either says so."""

TURNS = 20
"""Turns of the loop given to whoever was woken: enough for a few awaits, too few to notice."""


@dataclass(slots=True)
class FakeClock:
    """`advance` moves time and wakes who slept until then, in order, each at its own instant.

    With `sleeps_at_once`, a sleep moves time by itself: for code whose waits are the thing to get past, not to watch.
    """

    instant: datetime = START
    sleeps_at_once: bool = False
    slept: list[float] = field(default_factory=list)
    suspended: timedelta = timedelta(0)
    _sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return (self.instant - START - self.suspended).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.sleeps_at_once:
            self.instant += timedelta(seconds=max(seconds, 0))
        if self.sleeps_at_once or seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self.instant + timedelta(seconds=seconds), next(self._order), woken))
        await woken

    @property
    def sleepers(self) -> int:
        """How many are waiting."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    def move_to(self, instant: datetime) -> None:
        """Set the time without waking anybody."""
        self.instant = instant

    def suspend(self, seconds: float) -> None:
        """The machine sleeps so long, and the monotonic clock with it."""
        self.suspended += timedelta(seconds=seconds)
        self.instant += timedelta(seconds=seconds)

    async def advance(self, seconds: float = 0, /, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Let that much time pass."""
        until = self.instant + timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        await _turns()
        while self._sleepers and self._sleepers[0][0] <= until:
            due, _, woken = heappop(self._sleepers)
            self.instant = max(self.instant, due)
            if not woken.done():
                woken.set_result(None)
            await _turns()
        self.instant = until
        await _turns()


async def _turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)
