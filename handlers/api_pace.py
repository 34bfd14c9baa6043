"""How fast one key may send: a bucket that fills with time, in this process.

It keeps one sender's fault (a loop without an end) from everybody else; it is no bill to be exact about, so processes
do not share it.
"""

import math
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.domain.api_keys import ApiKeyId

A_MINUTE, AT_ONCE = 600, 100
FORGOTTEN_ABOVE = 1000
"""Buckets that are full again are forgotten; there are never more than live keys."""


@dataclass(slots=True)
class Pace:
    clock: Clock
    a_minute: float = A_MINUTE
    at_once: float = AT_ONCE
    _left: dict[ApiKeyId, tuple[float, float]] = field(default_factory=dict)
    _most: int = FORGOTTEN_ABOVE

    def wait_seconds(self, key_id: ApiKeyId) -> int:
        """0 when the request may come in, which is then counted; else in how many seconds the next one may."""
        now, a_second = self.clock.monotonic(), self.a_minute / 60
        left, since = self._left.get(key_id, (self.at_once, now))
        left = min(self.at_once, left + (now - since) * a_second)
        if left < 1:
            return math.ceil((1 - left) / a_second)
        if len(self._left) > self._most:
            self._forget_full(now, a_second)
        self._left[key_id] = (left - 1, now)
        return 0

    def _forget_full(self, now: float, a_second: float) -> None:
        """A bucket that is full again says nothing; one that is not holds its key back, however many others there are."""
        self._left = {
            key: (left, since)
            for key, (left, since) in self._left.items()
            if left + (now - since) * a_second < self.at_once
        }
        self._most = max(FORGOTTEN_ABOVE, 2 * len(self._left))
