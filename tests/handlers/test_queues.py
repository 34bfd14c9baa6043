"""What is held up at a ledger: one card for the organisation, live while it lasts, closed with what came of it."""

from collections.abc import Callable

import pytest

from bot.playground.slack import ADMIN, ALERTS, BILLS, BOOKKEEPER, Message
from bot.services.budgets import SharedBudget
from bot.views.ids import ActionId, BlockId
from providers.simulating.misbehaviour import Fault
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, a_desk, actions, words

pytestmark = pytest.mark.desk(undo_seconds=0, alerts_apart=True)

MINUTE = 60
THIRTY = [f"INV-{number:02}" for number in range(1, 31)]


def cards(desk: Desk, channel: str = ALERTS) -> list[Message]:
    said = ("Who acts next:* nobody", "has gone out")
    return [message for message in desk.slack.messages(channel) if any(text in words(message) for text in said)]


async def approved(desk: Desk, *numbers: str, is_at_once: bool = False) -> None:
    """`is_at_once`: before anything goes out."""
    for number in numbers:
        await desk.add(**{BlockId.NUMBER: number})
    for number in numbers:
        await desk.press(desk.card(number), ActionId.APPROVE_ITEM, settled=not is_at_once)
    await desk.settle()


async def home(desk: Desk) -> str:
    await desk.slack.open_home(ADMIN)
    return open_home(desk)


def open_home(desk: Desk) -> str:
    """As it was drawn last."""
    view = desk.slack.home(ADMIN)
    assert view is not None
    return words(view)


async def later(desk: Desk, seconds: float) -> None:
    await desk.world.later(seconds)
    await desk.world.upkeep.queues.look()
    await desk.world.settle()


async def test_an_outage_is_one_card_that_counts_and_turns_into_what_came_of_it(either: Desk) -> None:
    either.xero.misbehaviour.outage = True
    await approved(either, "INV-1", "INV-2")

    await later(either, 3 * MINUTE)
    (told,) = cards(either)
    assert "2 documents have waited since" in words(told)
    await approved(either, "INV-3")
    await later(either, 3 * MINUTE)
    (told,) = cards(either)
    assert "3 documents have waited since" in words(told)
    either.xero.misbehaviour.outage = False
    for _ in range(20):
        await later(either, 5 * MINUTE)

    (done,) = cards(either)
    assert done.ts == told.ts
    assert "What waited for Xero has gone out" in words(done)
    assert "3 documents were published" in words(done)
    assert len(either.xero.bills()) == 3


def shut(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True


def a_page_instead_of_answers(desk: Desk) -> None:
    desk.xero.misbehaviour.plan(Fault.HTML, times=10_000, method="*", path="*api.xro*", seconds=0)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("fails", "is_at_once"), [(shut, True), (a_page_instead_of_answers, True), (a_page_instead_of_answers, False)]
)
async def test_thirty_that_wait_are_one_card_and_no_alerts_however_long(
    desk: Desk, fails: Callable[[Desk], None], *, is_at_once: bool
) -> None:
    fails(desk)
    await approved(desk, *THIRTY, is_at_once=is_at_once)

    await later(desk, 3 * MINUTE)
    for _ in range(26):
        await later(desk, 60 * MINUTE)

    (told,) = cards(desk)
    assert "30 documents have waited since" in words(told)
    assert "It has lasted for a day: look whether Xero tells why." in words(told)
    assert [number for number in THIRTY if desk.slack.thread(BILLS, desk.card(number).ts)] == []
    assert len(desk.slack.messages(ALERTS)) == 1
    desk.xero.misbehaviour.calm()
    for _ in range(20):
        await later(desk, 10 * MINUTE)
    assert sorted(bill["InvoiceNumber"] for bill in desk.xero.bills()) == THIRTY


@pytest.mark.timeout(240)
async def test_thirty_that_wait_for_a_new_sign_in_are_one_message_and_no_alerts(desk: Desk) -> None:
    desk.xero.revoke_refresh_tokens()
    desk.xero.expire_access_tokens()

    await approved(desk, *THIRTY, is_at_once=True)
    for _ in range(26):
        await later(desk, 60 * MINUTE)

    (told,) = desk.slack.messages(ALERTS)
    assert actions(told) == [ActionId.OPEN_CONNECT]
    assert [number for number in THIRTY if desk.slack.thread(BILLS, desk.card(number).ts)] == []
    held_up = "Publishing is held up: the connection to Xero has ended. 30 documents have waited since"
    assert held_up in await home(desk)
    assert "It goes on by itself as soon as it is connected again." in await home(desk)


async def test_home_says_the_same_in_a_line_while_it_lasts(desk: Desk) -> None:
    """In the Home that somebody has open already, too."""
    assert "held up" not in await home(desk)
    shut(desk)
    await approved(desk, "INV-1", "INV-2")

    await later(desk, 3 * MINUTE)
    held_up = "Publishing is held up: Xero gives no clear answer. 2 documents have waited since <!date^"
    assert held_up in open_home(desk)
    assert "It is tried again by itself." in open_home(desk)
    assert "At risk" in open_home(desk)
    desk.xero.misbehaviour.calm()
    for _ in range(20):
        await later(desk, 5 * MINUTE)

    assert "held up" not in open_home(desk)
    assert "Healthy" in open_home(desk)


async def test_a_pause_that_the_ledger_asks_for_says_until_when_and_what_today_still_takes(desk: Desk) -> None:
    services = desk.world.services
    budget = SharedBudget(services.db, services.clock, "xero", services.providers["xero"].profile.limits)
    await approved(desk, "INV-1")
    await budget.pause(TRADING, 30 * MINUTE)
    await approved(desk, "INV-2")

    await later(desk, 3 * MINUTE)

    (told,) = cards(desk)
    assert "Xero takes nothing for now" in words(told)
    assert "1 document has waited since" in words(told)
    assert "It goes on by itself, from <!date^" in words(told)
    assert "more requests: enough for all that waits." in words(told)


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

    assert ["1 document was published" in words(card) for card in cards(desk)] == [True, True]


async def test_what_a_person_holds_is_not_held_up(sqlite_url: str) -> None:
    async with a_desk(sqlite_url, alerts_apart=True) as desk:
        await approved(desk, "INV-1")
        await desk.press(desk.card("INV-1"), ActionId.HOLD_ITEM, BOOKKEEPER)

        await later(desk, 60 * MINUTE)

        assert cards(desk) == []
