"""Time that runs faster, for limits that are counted by the minute; every process of a run has the same."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class QuickClock:
    """`bot.clock.Clock`, `speed` times as fast since the instant `since` (seconds since 1970)."""

    speed: float = 1.0
    since: float = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.monotonic(), UTC)

    def monotonic(self) -> float:
        return self.since + (time.time() - self.since) * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)
