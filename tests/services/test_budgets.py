"""How many calls an organisation may still make, whoever makes them."""

import pytest

from bot.db.unit_of_work import Database
from bot.services.budgets import SharedBudget
from providers.base import RateLimits
from providers.errors import TryLaterError
from tests.fakes.clock import FakeClock


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

    assert refused.value.after_seconds == 60


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


async def test_an_error_in_the_call_gives_the_place_back(database: Database, clock: FakeClock) -> None:
    shared = budget(database, clock, per_minute=50, at_once=1)
    with pytest.raises(ValueError, match="lost"):
        async with shared.call("acme"):
            raise ValueError("lost")

    await call(shared)
