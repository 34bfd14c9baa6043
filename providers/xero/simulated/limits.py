"""Xero's limits: calls a minute and a day for one organisation, at once, and a minute for the whole app.

Windows roll: a call is forgotten sixty seconds after it was made, which is the strictest way to count.
"""

from collections import deque
from dataclasses import dataclass, field
from math import ceil

from bot.clock import Clock

MINUTE, DAY = 60.0, 86400.0


@dataclass(slots=True)
class Limits:
    """Figures of the OAuth 2.0 API limits page; tests lower them."""

    per_minute: int = 60
    per_day: int = 5000
    at_once: int = 5
    app_per_minute: int = 10_000


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
    limits: Limits = field(default_factory=Limits)
    refused: int = 0
    most_at_once: int = 0
    _app: Window = field(default_factory=lambda: Window(MINUTE))
    _minutes: dict[str, Window] = field(default_factory=dict)
    _days: dict[str, Window] = field(default_factory=dict)
    _running: dict[str, int] = field(default_factory=dict)

    def enter(self, tenant: str) -> tuple[str, int] | None:
        """Count a call, or say which limit it breaks and how many seconds to wait."""
        now, limits = self.clock.monotonic(), self.limits
        minute = self._minutes.setdefault(tenant, Window(MINUTE))
        day = self._days.setdefault(tenant, Window(DAY))
        problem: tuple[str, int] | None = None
        if self._running.get(tenant, 0) >= limits.at_once:
            problem = ("concurrent", 1)
        elif day.used(now) >= limits.per_day:
            problem = ("day", day.wait(now))
        elif minute.used(now) >= limits.per_minute:
            problem = ("minute", minute.wait(now))
        elif self._app.used(now) >= limits.app_per_minute:
            problem = ("appminute", self._app.wait(now))
        if problem is not None:
            self.refused += 1
            return problem
        for window in (minute, day, self._app):
            window.calls.append(now)
        self._running[tenant] = self._running.get(tenant, 0) + 1
        self.most_at_once = max(self.most_at_once, self._running[tenant])
        return None

    def leave(self, tenant: str) -> None:
        self._running[tenant] -= 1

    def headers(self, tenant: str) -> dict[str, str]:
        now, limits = self.clock.monotonic(), self.limits
        minute = self._minutes.setdefault(tenant, Window(MINUTE)).used(now)
        day = self._days.setdefault(tenant, Window(DAY)).used(now)
        return {
            "X-MinLimit-Remaining": str(max(0, limits.per_minute - minute)),
            "X-DayLimit-Remaining": str(max(0, limits.per_day - day)),
            "X-AppMinLimit-Remaining": str(max(0, limits.app_per_minute - self._app.used(now))),
        }

    def forget(self) -> None:
        """Every window is empty again."""
        for windows in (self._minutes, self._days):
            windows.clear()
        self._app.calls.clear()
