"""A card or an alert that stands twice, because Slack's answer to the first post was lost: one of them is kept up to date."""

from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import APPROVER, BILLS, BOOKKEEPER, Message
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import A_BILL, OTHER_CATEGORY, UNDO_SECONDS, Desk, a_desk, actions, words
from tests.handlers.refusals import alert, replies

POST = "chat.postMessage"


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        yield made
        assert made.slack.refusals == []


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


async def refused_and_lost(desk: Desk) -> Message:
    """A bill that the ledger refused, whose alert Slack took without our hearing of it."""
    await desk.world.set_up(alerts_channel=BILLS)
    await desk.add()
    await desk.edit("INV-1", {BlockId.ACCOUNT: OTHER_CATEGORY})  # which is no default, of which more is told
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await desk.approve("INV-1")
    desk.slack.faults.next_call(POST, "lost")
    await desk.world.later(UNDO_SECONDS + 3)
    (copy,) = replies(desk)
    return copy


async def test_an_old_copy_of_an_alert_mends_nothing_and_says_where_the_current_one_is(desk: Desk) -> None:
    copy = await refused_and_lost(desk)
    await desk.world.later(120)
    _, current = replies(desk)
    calls = len(desk.xero.calls)

    for action in (ActionId.RETRY_ITEM, ActionId.CHOOSE_ACCOUNT):
        await desk.press(copy, action, BOOKKEEPER)

    assert [
        "This is an old copy of the alert, so I did nothing." in told for told in desk.whispers(BOOKKEEPER)[-2:]
    ] == [True] * 2
    assert desk.slack.view(BOOKKEEPER) is None
    assert len(desk.xero.calls) == calls
    old, same = replies(desk)
    assert "An old copy of B-1001. " in old.text
    assert actions(old) == []
    assert (same.ts, actions(same)) == (current.ts, actions(current))

    await desk.press(current, ActionId.RETRY_ITEM, BOOKKEEPER)
    assert len(desk.xero.calls) > calls
    assert ActionId.RETRY_ITEM in actions(alert(desk))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_alert_that_another_one_followed_is_no_copy_of_it(desk: Desk) -> None:
    await refused_and_lost(desk)
    await desk.world.later(120)
    _, first = replies(desk)
    await desk.world.later(120)
    await desk.press(first, ActionId.RETRY_ITEM, BOOKKEEPER)
    desk.xero.restore_account(TRADING, OTHER_CATEGORY)

    await desk.press(first, ActionId.RETRY_ITEM, BOOKKEEPER)

    *_, followed, last = replies(desk)
    assert followed.ts == first.ts
    assert "see the newer message below" in words(followed)
    assert "Published to Xero" in words(last)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_only_alert_there_is_counts_as_the_current_one(desk: Desk) -> None:
    copy = await refused_and_lost(desk)
    desk.xero.restore_account(TRADING, OTHER_CATEGORY)

    await desk.press(copy, ActionId.RETRY_ITEM, BOOKKEEPER)
    await desk.world.later(20)

    assert "Published" in words(desk.card("INV-1"))
