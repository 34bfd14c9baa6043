"""How fast the app may call, and how a call can be made to go wrong on purpose."""

import math
from collections import deque
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from bot.clock import Clock

FaultKind = Literal["429", "500", "timeout", "lost"]

# Calls a minute by Slack's tiers; "special" stands for the methods that allow hundreds.
TIERS = {"1": 1, "2": 20, "3": 50, "4": 100, "special": 600}
POST_BURST = 8  # posts at once in one channel; afterwards one a second


@dataclass(slots=True)
class _Bucket:
    room: float
    at: float


@dataclass(slots=True)
class Pace:
    """Leaky buckets, one per method, and one per channel for posts."""

    clock: Clock
    is_on: bool = True
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def wait_for_call(self, method: str, tier: str) -> int | None:
        """Seconds until the method may be called again; None when it may be called now, which counts as a call."""
        per_minute = TIERS[tier]
        return self._take(f"method:{method}", size=max(per_minute, 2), per_second=per_minute / 60)

    def wait_for_post(self, channel_id: str) -> int | None:
        return self._take(f"channel:{channel_id}", size=POST_BURST, per_second=1)

    def _take(self, name: str, *, size: float, per_second: float) -> int | None:
        if not self.is_on:
            return None
        now = self.clock.monotonic()
        bucket = self._buckets.setdefault(name, _Bucket(size, now))
        bucket.room = min(size, bucket.room + (now - bucket.at) * per_second)
        bucket.at = now
        if bucket.room >= 1:
            bucket.room -= 1
            return None
        return max(1, math.ceil((1 - bucket.room) / per_second))


@dataclass(frozen=True, slots=True)
class Fault:
    kind: FaultKind
    retry_after: int = 1


@dataclass(slots=True)
class Faults:
    """Switches. `deliver_twice` repeats every delivery to the app; `outage` spoils all of its calls in this way while it
    is set; the others spoil its next calls.
    """

    deliver_twice: bool = False
    outage: FaultKind | None = None
    _waiting: deque[tuple[str, Fault]] = field(default_factory=deque)

    def next_call(self, method: str, kind: FaultKind, *, retry_after: int = 1, times: int = 1) -> None:
        """Spoil the next calls of a method; `chat.*` and `*` name several.

        `429` and `500` refuse, `timeout` hangs and does nothing, `lost` does the work and loses the answer.
        """
        self._waiting.extend([(method, Fault(kind, retry_after))] * times)

    def take(self, method: str) -> Fault | None:
        if self.outage is not None:
            return Fault(self.outage)
        for waiting in self._waiting:
            if fnmatchcase(method, waiting[0]):
                self._waiting.remove(waiting)
                return waiting[1]
        return None

    @property
    def waiting(self) -> list[str]:
        return [f"{fault.kind} on {method}" for method, fault in self._waiting]
