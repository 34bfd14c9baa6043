"""What is held up at a ledger: one card for the organisation, live while it lasts, closed with what came of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.slack import ALERTS, BILLS, BOOKKEEPER, Message
from bot.services.budgets import SharedBudget
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, a_desk, words
from tests.playground.kit import schema_problems

MINUTE = 60


@pytest.fixture
async def desk(sqlite_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        await made.world.set_up()
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0) as made:
        await made.world.set_up()
        yield made
        assert made.slack.refusals == []


def cards(desk: Desk, channel: str = ALERTS) -> list[Message]:
    said = ("Who acts next:* nobody", "has gone out")
    return [message for message in desk.slack.messages(channel) if any(text in words(message) for text in said)]


async def approved(desk: Desk, *numbers: str) -> None:
    for number in numbers:
        await desk.add(**{BlockId.NUMBER: number})
        await desk.approve(number)


async def later(desk: Desk, seconds: float) -> None:
    await desk.world.later(seconds)
    await desk.world.upkeep.queues.look()
    await desk.world.settle()


async def test_an_outage_is_one_card_that_counts_and_turns_into_what_came_of_it(either: Desk) -> None:
    either.xero.misbehaviour.outage = True
    await approved(either, "INV-1", "INV-2")

    await later(either, 3 * MINUTE)
    (told,) = cards(either)
    assert "2 documents wait since" in words(told)
    await approved(either, "INV-3")
    await later(either, 3 * MINUTE)
    (told,) = cards(either)
    assert "3 documents wait since" in words(told)
    either.xero.misbehaviour.outage = False
    for _ in range(20):
        await later(either, 5 * MINUTE)

    (done,) = cards(either)
    assert done.ts == told.ts
    assert "What waited for Xero has gone out" in words(done)
    assert "3 were published" in words(done)
    assert len(either.xero.bills()) == 3


async def test_a_pause_that_the_ledger_asks_for_says_until_when_and_what_today_still_takes(desk: Desk) -> None:
    services = desk.world.services
    budget = SharedBudget(services.db, services.clock, "xero", services.providers["xero"].profile.limits)
    await approved(desk, "INV-1")
    await budget.pause(TRADING, 30 * MINUTE)
    await approved(desk, "INV-2")

    await later(desk, 3 * MINUTE)

    (told,) = cards(desk)
    assert "Xero takes nothing for now" in words(told)
    assert "1 document waits since" in words(told)
    assert "It goes on by itself, from <!date^" in words(told)
    assert "calls more: enough for all that waits." in words(told)


async def test_a_short_wait_is_not_told(desk: Desk) -> None:
    await approved(desk, "INV-1")

    await later(desk, MINUTE)

    assert cards(desk) == []
    assert cards(desk, BILLS) == []


async def test_a_queue_that_forms_anew_is_told_anew(desk: Desk) -> None:
    for number in ("INV-1", "INV-2"):
        desk.xero.misbehaviour.outage = True
        await approved(desk, number)
        await later(desk, 3 * MINUTE)
        desk.xero.misbehaviour.outage = False
        for _ in range(20):
            await later(desk, 5 * MINUTE)

    assert ["1 was published" in words(card) for card in cards(desk)] == [True, True]


async def test_what_a_person_holds_is_not_held_up(sqlite_url: str) -> None:
    async with a_desk(sqlite_url) as desk:
        await desk.world.set_up()
        await approved(desk, "INV-1")
        await desk.press(desk.card("INV-1"), ActionId.HOLD_ITEM, BOOKKEEPER)

        await later(desk, 60 * MINUTE)

        assert cards(desk) == []
