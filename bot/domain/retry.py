"""When to try again: a pure decision over what failed, how often, and since when.

Waiting doubles from two seconds to fifteen minutes, with jitter so that organisations do not return together; the
vendor's own wish wins. What may have been written is not looked for before the ledger's lists can tell (`at_least`),
and then less and less often, because each try is a call or two. After a day of failures a person is told, and it is tried once an hour from then on: what may
already be in a ledger is never given up silently.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
TELL_AFTER = timedelta(hours=24)
SLOW_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RetryAt:
    """`is_time_to_tell`: it has gone on for so long that a person should know."""

    at: datetime
    is_time_to_tell: bool = False


def decide(
    *,
    failures: int,
    now: datetime,
    failing_since: datetime,
    wish: timedelta | None,
    jitter: float,
    at_least: timedelta = timedelta(0),
) -> RetryAt:
    """`failures` counts this one; `wish` is the vendor's Retry-After; `jitter` is between 0 and 1."""
    if now - failing_since >= TELL_AFTER:
        return RetryAt(now + max(SLOW_WAIT, wish or SLOW_WAIT, at_least), is_time_to_tell=True)
    if wish is not None:
        return RetryAt(now + max(wish, at_least))
    wait = min(FIRST_WAIT * 2 ** min(failures - 1, 20), LONGEST_WAIT)
    return RetryAt(now + max(wait * (0.75 + jitter / 2), at_least))
