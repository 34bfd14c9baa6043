"""How many calls a vendor takes: in a minute, an hour, a day and at once, of one caller and of the whole app.

Windows roll: a call is forgotten sixty seconds after it was made, which is the strictest way to count. A vendor gives its
figures as `Limits`, says who a call counts for (an organisation, a person, a token: any text), and has its own words for
the limit that a call breaks and for what is left (`serving.Front`).
"""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil

from bot.clock import Clock

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
THE_APP = ""
"""Whose calls the windows of the whole app count."""


class Limit(StrEnum):
    """By its field of `Limits`; in the order in which a call is held against them."""

    AT_ONCE = "at_once"
    APP_AT_ONCE = "app_at_once"
    PER_DAY = "per_day"
    PER_HOUR = "per_hour"
    PER_MINUTE = "per_minute"
    APP_PER_DAY = "app_per_day"
    APP_PER_MINUTE = "app_per_minute"

    @property
    def is_of_app(self) -> bool:
        return self in (Limit.APP_AT_ONCE, Limit.APP_PER_DAY, Limit.APP_PER_MINUTE)


SECONDS = {
    Limit.PER_DAY: DAY,
    Limit.PER_HOUR: HOUR,
    Limit.PER_MINUTE: MINUTE,
    Limit.APP_PER_DAY: DAY,
    Limit.APP_PER_MINUTE: MINUTE,
}


@dataclass(slots=True)
class Limits:
    """Figures of one caller, and of the app; None: there is no such limit. Tests change them."""

    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    at_once: int | None = None
    app_per_minute: int | None = None
    app_per_day: int | None = None
    app_at_once: int | None = None

    def of(self, limit: Limit) -> int | None:
        found: int | None = getattr(self, limit)
        return found


@dataclass(frozen=True, slots=True)
class Broken:
    """The limit that a call breaks, and the wait until there is room again."""

    limit: Limit
    seconds: int


@dataclass(slots=True)
class Window:
    seconds: float
    calls: deque[float] = field(default_factory=deque)

    def used(self, now: float) -> int:
        while self.calls and self.calls[0] <= now - self.seconds:
            self.calls.popleft()
        return len(self.calls)

    def wait(self, now: float) -> int:
        return max(1, ceil(self.calls[0] + self.seconds - now)) if self.calls else 1


@dataclass(slots=True)
class Meter:
    """Counts the calls of one app; `enter` and `leave` are around each."""

    clock: Clock
    limits: Limits
    refused: int = 0
    most_at_once: int = 0
    _windows: dict[tuple[Limit, str], Window] = field(default_factory=dict)
    _running: dict[str, int] = field(default_factory=dict)

    def enter(self, who: str) -> Broken | None:
        """Count a call, or say which limit it breaks and how many seconds to wait."""
        broken = next(filter(None, (self._broken(limit, who) for limit in Limit)), None)
        if broken is not None:
            self.refused += 1
            return broken
        now = self.clock.monotonic()
        for limit in SECONDS:
            if self.limits.of(limit) is not None:
                self._window(limit, who).calls.append(now)
        self._running[who] = self._running.get(who, 0) + 1
        self.most_at_once = max(self.most_at_once, self._running[who])
        return None

    def leave(self, who: str) -> None:
        self._running[who] -= 1

    def left(self, who: str) -> dict[Limit, int]:
        """Of each window that has a limit."""
        now, found = self.clock.monotonic(), {}
        for limit in SECONDS:
            most = self.limits.of(limit)
            if most is not None:
                found[limit] = max(0, most - self._window(limit, who).used(now))
        return found

    def forget(self) -> None:
        """Every window is empty again."""
        self._windows.clear()

    def _broken(self, limit: Limit, who: str) -> Broken | None:
        most = self.limits.of(limit)
        if most is None:
            return None
        if limit not in SECONDS:
            running = sum(self._running.values()) if limit.is_of_app else self._running.get(who, 0)
            return Broken(limit, 1) if running >= most else None
        window, now = self._window(limit, who), self.clock.monotonic()
        return Broken(limit, window.wait(now)) if window.used(now) >= most else None

    def _window(self, limit: Limit, who: str) -> Window:
        key = (limit, THE_APP if limit.is_of_app else who)
        return self._windows.setdefault(key, Window(SECONDS[limit]))
