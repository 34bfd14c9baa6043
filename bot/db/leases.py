"""How far ahead a lease may end that is believed."""

from datetime import datetime, timedelta

from bot.clock import CLOCK_SLACK
from bot.config import LONGEST_LEASE_SECONDS


def furthest(now: datetime) -> datetime:
    """What ends later was written by a clock that was ahead: nobody holds anything for so long. The same for all processes,
    however long their own leases are set.
    """
    return now + timedelta(seconds=LONGEST_LEASE_SECONDS) + CLOCK_SLACK
