"""A card that stands twice, because Slack's answer to the first post was lost: one of them is kept up to date."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.slack import APPROVER, BILLS, BOOKKEEPER, Message
from bot.views.ids import ActionId
from tests.handlers.desk import A_BILL, Desk, a_desk, actions, words
from tests.playground.kit import schema_problems

POST = "chat.postMessage"


@pytest.fixture
async def desk(database_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


def cards(desk: Desk) -> list[Message]:
    return [message for message in desk.slack.messages(BILLS) if "INV-1" in words(message)]


async def added_and_lost(desk: Desk) -> Message:
    """A bill whose card Slack took without our hearing of it."""
    desk.slack.faults.next_call(POST, "lost")
    await desk.slack.submit(await desk.form(), A_BILL)
    await desk.slack.close_modal("U0MIA0001", everything=True)
    await desk.settle()
    (copy,) = cards(desk)
    return copy


async def test_an_old_copy_of_a_card_decides_nothing_and_says_where_the_current_one_is(desk: Desk) -> None:
    copy = await added_and_lost(desk)
    await desk.world.later(120)
    _, current = cards(desk)

    await desk.press(copy, ActionId.APPROVE_ITEM)

    told = desk.whispers(APPROVER)[-1]
    assert "This is an old copy of the card, so I did nothing." in told
    assert "/i/" in told
    assert "In approval" in words(current)
    (old,) = [message for message in desk.slack.messages(BILLS) if message.ts == copy.ts]
    assert "An old copy of B-1001. " in old.text
    assert actions(old) == []

    # whoever had it open a moment longer
    await desk.press(copy, ActionId.REJECT_ITEM, BOOKKEEPER)
    assert "old copy" in desk.whispers(BOOKKEEPER)[-1]
    assert desk.slack.view(BOOKKEEPER) is None
    await desk.press(current, ActionId.APPROVE_ITEM)
    assert "Approved" in words(desk.card("INV-1"))
    assert [message.text for message in desk.slack.messages(BILLS) if message.ts == copy.ts] == [old.text]


async def test_the_only_card_there_is_counts_as_the_current_one(desk: Desk) -> None:
    """It is not known where it stands, until it is posted again."""
    copy = await added_and_lost(desk)

    await desk.press(copy, ActionId.APPROVE_ITEM)
    await desk.world.later(20)

    assert len(cards(desk)) == 2
    assert "Approved" in words(desk.card("INV-1"))
    await desk.press(copy, ActionId.APPROVE_ITEM)
    assert "old copy" in desk.whispers(APPROVER)[-1]
