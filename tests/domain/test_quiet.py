"""Quiet hours by the clock on the wall, whatever that clock does."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.quiet import TIMES, QuietHours, Weekday
from tests.architecture.tree import ROOT

START = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Santiago")
WEEKEND = frozenset({Weekday.SATURDAY, Weekday.SUNDAY})
NIGHT = QuietHours(begins=19 * 60, ends=8 * 60, days=WEEKEND, zone="Europe/London")


def london(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (london(2, 18, 59), None),  # a Monday
        (london(2, 19), london(3, 8)),
        (london(3, 7, 59), london(3, 8)),
        (london(3, 8), None),
        (london(6, 19), london(9, 8)),  # from Friday's evening over the weekend
        (london(28, 12), london(30, 8)),  # clocks go forward on the 29th: an hour less, and Monday's wall says eight
    ],
)
def test_a_night_and_a_weekend_end_when_the_clock_on_the_wall_says_so(now: datetime, until: datetime | None) -> None:
    assert NIGHT.end_of_quiet(now) == until


def test_a_time_that_clocks_leave_out_is_over_when_they_have_gone_forward() -> None:
    night = QuietHours(begins=22 * 60, ends=90, zone="Europe/London")

    assert night.end_of_quiet(london(28, 23)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_time_that_comes_twice_is_quiet_twice() -> None:
    night = QuietHours(begins=60, ends=90, zone="Europe/London")
    first, second = datetime(2026, 10, 25, 0, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)

    assert night.end_of_quiet(first) == first + timedelta(minutes=30)
    assert night.end_of_quiet(first + timedelta(minutes=30)) is None
    assert night.end_of_quiet(second) == second + timedelta(minutes=30)


def test_a_zone_that_this_machine_does_not_know_silences_nothing() -> None:
    for zone in ("Mars/Olympus", "", "../etc/passwd", "Europe"):
        assert QuietHours(days=WEEKEND, zone=zone).end_of_quiet(london(7, 12)) is None


@given(
    begins=st.sampled_from(TIMES),
    ends=st.sampled_from(TIMES),
    days=st.frozensets(st.sampled_from(Weekday), max_size=6),
    zone=st.sampled_from(ZONES),
    now=st.integers(0, 2 * 365 * 24 * 60 * 60).map(lambda passed: START + timedelta(seconds=passed)),
)
def test_it_is_quiet_until_the_first_minute_that_is_not(
    begins: int, ends: int, days: frozenset[Weekday], zone: str, now: datetime
) -> None:
    assume(begins != ends)
    quiet = QuietHours(begins=begins, ends=ends, days=days, zone=zone)

    until = quiet.end_of_quiet(now)

    if until is None:
        return
    assert quiet.end_of_quiet(until) is None
    wall = (until - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    minute = wall.hour * 60 + wall.minute
    is_night = begins <= minute < ends if begins < ends else minute >= begins or minute < ends
    assert is_night or wall.weekday() in days
    step = (until - now) / 50
    assert all(quiet.end_of_quiet(now + step * each) == until for each in range(50))


def test_a_machine_without_time_zones_of_its_own_knows_them_all_the_same() -> None:
    asked = "from bot.domain.quiet import zone_of; print(zone_of('Europe/Dublin'))"
    nowhere = {**os.environ, "PYTHONTZPATH": "", "PYTHONPATH": str(ROOT)}

    answer = subprocess.run([sys.executable, "-c", asked], env=nowhere, capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "Europe/Dublin"
