"""How calls are counted, against vendors that count in each way there is."""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bot.domain.budgets import PATIENCE, Allowance, Tally, Told

START = 1_772_442_000.0
XERO = Allowance(per_minute=60, per_day=5000, at_once=4, spare=1)


@dataclass(slots=True)
class Rolling:
    """A call counts for a minute from when it came."""

    most: int = 60
    came: deque[float] = field(default_factory=deque)

    def take(self, at: float) -> int | None:
        """How many are left; None: it was one too many, and counts for nothing."""
        while self.came and self.came[0] <= at - 60:
            self.came.popleft()
        if len(self.came) >= self.most:
            return None
        self.came.append(at)
        return self.most - len(self.came)


@dataclass(slots=True)
class Fixed:
    """A new minute begins by the vendor's own clock."""

    phase: float = 23.0
    most: int = 60
    minute: int = 0
    used: int = 0

    def take(self, at: float) -> int | None:
        if int((at + self.phase) // 60) != self.minute:
            self.minute, self.used = int((at + self.phase) // 60), 0
        if self.used >= self.most:
            return None
        self.used += 1
        return self.most - self.used


@dataclass(slots=True)
class Callers:
    """So many at once, each calling again as soon as it may; a call reaches the vendor somewhere within its time."""

    vendor: Rolling | Fixed
    at_once: int = 1
    slow: float = 0.3
    tally: Tally = field(default_factory=Tally)
    made: list[float] = field(default_factory=list)
    others: Sequence[float] = ()
    """When somebody else calls."""
    others_took: int = 0
    refused: int = 0

    def run(self, minutes: float) -> None:
        chance = random.Random(11)
        foreign = deque(self.others)
        due: list[tuple[float, int, str, int]] = [(START, each, "free", 0) for each in range(self.at_once)]
        number, end = 0, START + minutes * 60
        while due:
            due.sort()
            now, who, what, left = due.pop(0)
            while foreign and foreign[0] <= now:
                self.others_took += self.vendor.take(foreign.popleft()) is not None
            if now >= end:
                continue
            if what == "free":
                self.tally = self.tally.at(now)
                wait = self.tally.wait(XERO, now)
                if wait > 0:
                    due.append((now + max(wait, 0.01), who, "free", 0))
                    continue
                number += 1
                self.tally = self.tally.begun(f"{who}", now)
                due.append((now + chance.random() * self.slow, who, "came", 0))
            elif what == "came":
                told = self.vendor.take(now)
                self.made += [] if told is None else [now]
                self.refused += told is None
                due.append((now + chance.random() * self.slow, who, "over", told or 0))
            else:
                self.tally = self.tally.ended((f"{who}",), now).told(Told(minute_left=left), XERO, now)
                due.append((now, who, "free", 0))


@pytest.mark.parametrize("vendor", [Rolling, Fixed])
@pytest.mark.parametrize("at_once", [1, 4])
@pytest.mark.parametrize("slow", [0.01, 0.3, 1.5])
def test_a_limit_is_used_up_and_never_passed(vendor: type[Rolling | Fixed], at_once: int, slow: float) -> None:
    callers = Callers(vendor(), at_once=at_once, slow=slow)

    callers.run(minutes=20)

    assert callers.refused == 0
    if at_once / slow > 1:  # else they are slower than the limit
        assert len(callers.made) >= 0.95 * 60 * 20


@pytest.mark.parametrize("vendor", [Rolling, Fixed])
@pytest.mark.parametrize("at_once", [1, 4])
def test_what_others_took_at_once_is_left_to_them(vendor: type[Rolling | Fixed], at_once: int) -> None:
    """A third of a minute, while there is room for it."""
    callers = Callers(vendor(), at_once=at_once, others=[START + 2 + each / 100 for each in range(20)])

    callers.run(minutes=15)

    assert len(callers.made) + callers.others_took >= 0.95 * 60 * 15
    assert callers.refused == 0


@pytest.mark.parametrize("at_once", [1, 4])
def test_some_room_is_left_to_others_who_go_on_calling(at_once: int) -> None:
    """Two calls in each five seconds. What they take in the same instant, the vendor cannot have told of."""
    steady = [START + 120 + 5 * (each // 2) for each in range(2 * 12 * 8)]
    callers = Callers(Rolling(), at_once=at_once, others=steady)

    callers.run(minutes=15)

    assert len(callers.made) + callers.others_took >= 0.9 * 60 * 15
    assert callers.refused <= 0.015 * len(callers.made)


def test_a_minute_is_had_again_a_minute_after_its_calls_ended() -> None:
    tally = Tally()
    for each in range(3):
        tally = tally.begun(str(each), START)
    tally = tally.ended(("0", "1", "2"), START + 7)

    three = Allowance(per_minute=3, per_day=None, at_once=9)

    assert tally.at(START + 60).wait(three, START + 60) == pytest.approx(7, abs=0.5)
    assert tally.at(START + 67.5).wait(three, START + 67.5) == 0


def test_a_place_of_a_process_that_died_counts_until_it_expires_and_a_minute_longer() -> None:
    tally, one = Tally().begun("dead", START), Allowance(per_minute=1, per_day=None, at_once=1)

    assert tally.at(START + 119).places
    expired = tally.at(START + 121)
    assert not expired.places
    assert expired.wait(one, START + 121) == pytest.approx(60, abs=0.5)


def test_documents_never_wait_long_for_files() -> None:
    """Files that go as fast as they may leave room for a batch of documents, or such is had again within seconds."""
    tally, now, longest = Tally(), START, 0.0
    for each in range(600):
        tally = tally.at(now)
        while (wait := tally.wait(XERO, now, can_wait=True)) > 0:
            now += wait
            tally = tally.at(now)
        tally = tally.begun(str(each), now).ended((str(each),), now + 0.1)
        now += 0.1
        longest = max(longest, _wait_for_two(tally, now))

    assert longest <= PATIENCE + 0.5
    assert 600 / (now - START) * 60 >= 0.95 * 60


def _wait_for_two(tally: Tally, now: float) -> float:
    since = now
    for each in ("first", "second"):
        tally = tally.at(now)
        now += tally.wait(XERO, now)
        tally = tally.at(now).begun(each, now).ended((each,), now)
    return now - since


def test_a_tally_stays_small() -> None:
    tally = Tally()
    for each in range(20_000):
        now = START + each / 10
        tally = tally.at(now).begun("a", now).ended(("a",), now)

    assert len(tally.minute) <= 123
    assert len(tally.day) <= 146


def test_calls_of_an_hour_are_counted_where_a_vendor_counts_them() -> None:
    """In slices of ten minutes, so that none is one too many; what is longer ago than an hour counts no more."""
    limits = Allowance(per_minute=None, per_hour=100, per_day=None, at_once=1)
    tally, now = Tally(), START
    taken = 0
    while now < START + 7200:
        wait = tally.at(now).wait(limits, now)
        if wait > 0:
            assert wait <= 4200
            now += wait
            continue
        tally = tally.at(now).begun("a", now).ended(("a",), now)
        taken, now = taken + 1, now + 1

    assert tally.at(now).used()[1] == taken
    assert 150 <= taken <= 200
