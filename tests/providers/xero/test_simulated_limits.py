"""The simulated Xero counts calls as Xero does, and says so in headers."""

import asyncio

import pytest

from providers.xero.simulator import IRELAND, XeroState
from tests.fakes.clock import FakeClock
from tests.providers.xero.conftest import Bare, judged, wire_bill

pytestmark = judged


async def test_each_answer_says_how_many_calls_are_left(bare: Bare) -> None:
    first, second = await bare.get("Currencies"), await bare.get("Currencies")

    assert [reply.headers["X-MinLimit-Remaining"] for reply in (first, second)] == ["59", "58"]
    assert second.headers["X-DayLimit-Remaining"] == "4998"
    assert second.headers["X-AppMinLimit-Remaining"] == "9998"


async def test_one_call_too_many_in_a_minute_names_the_limit_and_the_wait(
    bare: Bare, state: XeroState, clock: FakeClock
) -> None:
    state.meter.limits.per_minute = 2
    await bare.get("Currencies")
    clock.move_to(clock.now().replace(second=20))
    await bare.get("Currencies")

    refused = await bare.write(wire_bill())

    assert (refused.status, refused.headers["X-Rate-Limit-Problem"]) == (429, "minute")
    assert refused.headers["Retry-After"] == "40"
    assert refused.headers["X-MinLimit-Remaining"] == "0"
    assert state.bills() == []


async def test_the_window_rolls(bare: Bare, state: XeroState, clock: FakeClock) -> None:
    state.meter.limits.per_minute = 1
    await bare.get("Currencies")
    await clock.advance(59)
    too_soon = await bare.get("Currencies")
    await clock.advance(1)
    in_time = await bare.get("Currencies")

    assert (too_soon.status, in_time.status) == (429, 200)


@pytest.mark.parametrize(("limit", "problem"), [("per_day", "day"), ("app_per_minute", "appminute")])
async def test_the_other_windows_are_named_too(bare: Bare, state: XeroState, limit: str, problem: str) -> None:
    setattr(state.meter.limits, limit, 0)

    reply = await bare.get("Currencies")

    assert (reply.status, reply.headers["X-Rate-Limit-Problem"]) == (429, problem)
    assert int(reply.headers["Retry-After"]) >= 1


async def test_one_organisations_calls_are_not_anothers(bare: Bare, state: XeroState) -> None:
    state.meter.limits.per_minute = 1
    await bare.get("Currencies")
    bare.tenant = IRELAND

    reply = await bare.get("Currencies")

    assert (reply.status, reply.headers["X-MinLimit-Remaining"]) == (200, "0")


async def test_more_than_five_at_once_are_refused(bare: Bare, state: XeroState, clock: FakeClock) -> None:
    state.fail_next("slow", times=5, seconds=10)
    running = [asyncio.create_task(bare.get("Currencies")) for _ in range(5)]
    while clock.sleepers < 5:  # noqa: ASYNC110 - a sleeper has no event of its own
        await asyncio.sleep(0)

    reply = await bare.get("Currencies")
    await clock.advance(10)

    assert (reply.status, reply.headers["X-Rate-Limit-Problem"]) == (429, "concurrent")
    assert [answer.status for answer in await asyncio.gather(*running)] == [200] * 5
    assert state.meter.most_at_once == 5


async def test_looking_up_connections_costs_no_organisation_a_call(bare: Bare, state: XeroState) -> None:
    headers = {"Authorization": f"Bearer {bare.token()}"}
    async with bare.session.get(f"{state.public_url}/connections", headers=headers) as answer:
        assert answer.status == 200

    assert (await bare.get("Currencies")).headers["X-MinLimit-Remaining"] == "59"
