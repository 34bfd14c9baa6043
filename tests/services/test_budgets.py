"""How many calls an organisation may still make, whoever makes them."""

from datetime import timedelta

import pytest

from bot.db.unit_of_work import Database
from bot.services.budgets import APP_PAUSE_SECONDS, SharedBudget
from providers.base import RateLimits
from providers.errors import TryLaterError
from tests.fakes.clock import FakeClock
from tests.fakes.statements import counted


def budget(
    database: Database, clock: FakeClock, *, per_minute: int = 3, per_day: int = 100, at_once: int = 2
) -> SharedBudget:
    clock.sleeps_at_once = True
    limits = RateLimits(per_minute=per_minute, per_day=per_day, at_once=at_once)
    return SharedBudget(database, clock, "fake", limits)


async def call(shared: SharedBudget, tenant: str = "acme", times: int = 1) -> None:
    for _ in range(times):
        async with shared.call(tenant):
            pass


async def test_a_used_up_minute_is_refused_without_waiting_for_long(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock)
    await call(shared, times=3)

    with pytest.raises(TryLaterError) as refused:
        await call(shared)

    assert refused.value.after_seconds == pytest.approx(60, abs=0.5)


async def test_two_processes_share_one_minute(database: Database, clock: FakeClock) -> None:
    first, second = budget(database, clock), budget(database, clock)
    await call(first, times=2)
    await call(second)

    with pytest.raises(TryLaterError):
        await call(first)


async def test_the_next_minute_is_new(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock)
    await call(shared, times=3)
    await clock.advance(60)

    await call(shared, times=3)


async def test_one_organisation_never_delays_another(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock)
    await call(shared, times=3)
    await shared.pause("acme", 300)

    await call(shared, "beta", times=3)

    assert clock.slept == []


async def test_a_short_pause_is_waited_out_and_a_long_one_is_not(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock)
    await shared.pause("acme", 5)
    await call(shared)
    await shared.pause("acme", 30)

    with pytest.raises(TryLaterError):
        await call(shared)


async def test_a_shorter_pause_ends_no_longer_one(database: Database, clock: FakeClock) -> None:
    """Of two calls at once one may be told of the day's limit, and the other of the minute's."""
    shared = budget(database, clock)
    await shared.pause("acme", 3600)
    await shared.pause("acme", 2)
    await clock.advance(60)

    with pytest.raises(TryLaterError):
        await call(shared)


async def test_no_more_calls_at_once_than_the_vendor_takes(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock, per_minute=50, at_once=2)

    async with shared.call("acme"), shared.call("acme"):
        with pytest.raises(TryLaterError):
            await call(shared)

    await call(shared)


async def test_a_place_of_a_process_that_died_expires_though_others_go_on_calling(
    database: Database, clock: FakeClock
) -> None:
    shared = budget(database, clock, per_minute=50, at_once=2)
    await shared.call("acme").__aenter__()
    for _ in range(5):
        await clock.advance(30)
        await call(shared)

    async with shared.call("acme"):
        await call(shared)


async def test_what_the_vendor_says_is_left_counts(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock)
    await call(shared)
    await shared.observe("acme", minute_left=0, day_left=50)

    with pytest.raises(TryLaterError):
        await call(shared)


async def test_what_others_used_counts_for_every_process_as_soon_as_the_vendor_tells(
    database: Database, clock: FakeClock
) -> None:
    first, second = budget(database, clock, per_minute=30), budget(database, clock, per_minute=30)
    await call(first)
    await first.observe("acme", minute_left=5, day_left=50)
    await call(second)

    with pytest.raises(TryLaterError):
        await call(second, times=5)


async def test_what_others_no_longer_use_is_had_again(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock, per_minute=30)
    await call(shared)
    await shared.observe("acme", minute_left=10, day_left=50)
    await call(shared)
    await shared.observe("acme", minute_left=28, day_left=49)

    await call(shared, times=28)

    assert clock.slept == []


async def test_a_smaller_plan_is_known_by_what_is_left_of_the_day(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock, per_minute=50, per_day=5000)
    await call(shared)
    await shared.observe("acme", minute_left=49, day_left=2)
    await call(shared, times=2)

    with pytest.raises(TryLaterError) as refused:
        await call(shared)

    assert refused.value.after_seconds == pytest.approx(86_400, abs=601)


async def test_files_leave_the_last_calls_of_a_day_to_documents(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock, per_minute=500, per_day=100)
    await call(shared, times=98)

    with pytest.raises(TryLaterError):
        async with shared.call("acme", can_wait=True):
            pass
    await call(shared, times=2)


async def test_what_the_vendor_says_of_the_whole_app_holds_up_every_organisation_a_little(
    database: Database, clock: FakeClock
) -> None:
    limits = RateLimits(per_minute=60, per_day=None, at_once=4, per_minute_of_app=100)
    clock.sleeps_at_once = True
    shared = SharedBudget(database, clock, "fake", limits)
    await call(shared)
    await shared.observe("acme", minute_left=59, day_left=None, app_left=1)

    await call(shared, "beta")

    assert sum(clock.slept) == pytest.approx(APP_PAUSE_SECONDS, rel=0.1)


async def test_a_pause_of_the_whole_app_holds_up_every_organisation(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock)
    await shared.pause(None, 30)

    with pytest.raises(TryLaterError):
        await call(shared, "beta")


async def test_pauses_of_one_length_do_not_end_together(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock, per_minute=50)
    for each in range(5):
        await shared.pause(f"organisation {each}", 5)

    ends = set()
    for each in range(5):
        before = clock.instant
        await call(shared, f"organisation {each}")
        ends.add(sum(clock.slept))
        clock.move_to(before)
        clock.slept.clear()

    assert len(ends) == 5
    assert all(5 <= end <= 5.25 for end in ends)


@pytest.mark.parametrize("ahead", [timedelta(days=2), timedelta(days=700)])
async def test_what_a_wrong_clock_wrote_of_an_organisation_holds_up_nothing(
    database: Database, clock: FakeClock, ahead: timedelta
) -> None:
    """Calls that it counted were made, so they count from when the clock is right; its pause is over."""
    shared, now = budget(database, clock), clock.now()
    clock.move_to(now + ahead)
    await call(shared, times=2)
    await shared.call("acme").__aenter__()  # a process dies over it
    await shared.pause("acme", 300)
    clock.move_to(now)
    other = budget(database, clock)

    with pytest.raises(TryLaterError) as refused:
        await call(other)
    await clock.advance(61)
    await call(other, times=3)

    assert refused.value.after_seconds == pytest.approx(60, abs=1)
    assert clock.slept == []


async def test_no_wish_of_a_ledger_to_be_left_alone_holds_for_longer_than_a_day(
    database: Database, clock: FakeClock
) -> None:
    shared = budget(database, clock)
    await shared.pause("acme", 86_400 * 30)

    with pytest.raises(TryLaterError):
        await call(shared)
    await clock.advance(86_400)
    await call(shared)


async def test_a_call_costs_one_transaction_of_two_statements(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock, per_minute=50, at_once=4)
    await call(shared)

    with counted() as statements:
        for _ in range(10):
            await call(shared)
            await shared.observe("acme", minute_left=49, day_left=99)

    assert len(statements) == 20, statements


async def test_places_that_were_not_written_back_never_stop_another_process(
    database: Database, clock: FakeClock
) -> None:
    """Each of them keeps the end of its last call until its next one; when few places are left it is written at once."""
    processes = [budget(database, clock, per_minute=50, at_once=4) for _ in range(8)]
    for process in processes:
        await call(process)
    for process in processes:
        await call(process)

    assert clock.slept == []


async def test_an_error_in_the_call_gives_the_place_back(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock, per_minute=50, at_once=1)
    with pytest.raises(ValueError, match="lost"):
        async with shared.call("acme"):
            raise ValueError("lost")

    await call(shared)


async def test_calls_of_a_kind_that_has_a_limit_of_its_own_wait_for_that_as_well(
    database: Database, clock: FakeClock
) -> None:
    clock.sleeps_at_once = True
    limits = RateLimits(per_minute=10, per_day=None, at_once=2, per_minute_of={"batches": 2})
    first, second = (SharedBudget(database, clock, "fake", limits) for _ in range(2))
    for shared in (first, second):
        async with shared.call("acme", kind="batches"):
            pass

    with pytest.raises(TryLaterError) as refused:
        async with first.call("acme", kind="batches"):
            pass

    assert refused.value.after_seconds == pytest.approx(60, abs=0.5)
    await call(second, times=7)
    async with first.call("beta", kind="batches"):
        pass
    with pytest.raises(TryLaterError):
        await call(second)
