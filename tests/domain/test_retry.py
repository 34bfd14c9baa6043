"""When it is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.retry import LONGEST_WAIT, SLOW_WAIT, TELL_AFTER, decide

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def wait_after(failures: int, *, jitter: float = 0.5, wish: timedelta | None = None) -> timedelta:
    return decide(failures=failures, now=NOW, failing_since=NOW, wish=wish, jitter=jitter).at - NOW


def test_waits_double_up_to_a_longest() -> None:
    waits = [wait_after(failures) for failures in range(1, 12)]

    assert waits[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert waits[-1] == wait_after(10**6) == LONGEST_WAIT


def test_jitter_spreads_a_wait_by_a_quarter_either_way() -> None:
    assert (wait_after(3, jitter=0), wait_after(3, jitter=1)) == (timedelta(seconds=6), timedelta(seconds=10))


@pytest.mark.parametrize("failures", [1, 30])
def test_the_vendors_own_wish_wins(failures: int) -> None:
    assert wait_after(failures, wish=timedelta(seconds=47)) == timedelta(seconds=47)


def test_after_a_day_people_are_told_and_it_goes_on_once_an_hour() -> None:
    retry = decide(failures=99, now=NOW, failing_since=NOW - TELL_AFTER, wish=None, jitter=0.5)

    assert (retry.at - NOW, retry.is_time_to_tell) == (SLOW_WAIT, True)
