"""Time, handed in.

Every wait, expiry and date in the product comes from a `Clock`, so that a test can move a whole day in a microsecond
and a simulated ledger can forget an idempotency key on demand. Ruff bans the direct calls everywhere but here.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

CLOCK_SLACK = timedelta(minutes=1)
"""Clocks of machines that work together differ by less. What says that it was written later than that was written by a
clock that was wrong then.
"""


class Clock(Protocol):
    """Wall time for signatures, expiry and dates; monotonic time for time-outs and leases inside one process."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed point; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
