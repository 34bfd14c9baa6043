"""Approve, Reject and Undo, pressed in a simulated Slack: one decision, by who may, on what was seen."""

import asyncio

import pytest

from bot.db.unit_of_work import Database
from bot.playground.slack import (
    ADMIN,
    APPROVER,
    BILLS,
    BOOKKEEPER,
    FORMER,
    GUEST,
    MEMBER,
    OTHER_BOT,
    OUTSIDER,
    OWNER,
    SINGLE_GUEST,
    Message,
)
from bot.services.approvals import Approvals
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import ItemRef
from providers.xero.simulator import TRADING
from tests.handlers.desk import CATEGORY, UNDO_SECONDS, Desk, actions, words

APPROVE, REJECT, UNDO = ActionId.APPROVE_ITEM, ActionId.REJECT_ITEM, ActionId.UNDO_ITEM


def ref_of(card: Message) -> ItemRef:
    buttons = [element for block in card.blocks for element in block.get("elements", []) if "action_id" in element]
    return ItemRef.decode(buttons[0]["value"])


async def test_an_approval_shows_who_decided_and_when_it_goes_out(either: Desk) -> None:
    await either.add()

    card = await either.approve("INV-1")

    assert f"Approved* by <@{APPROVER}>" in words(card)
    assert APPROVE not in actions(card)
    assert UNDO in actions(card)
    assert either.xero.bills() == []

    await either.world.later(UNDO_SECONDS + 1)

    assert "Published" in words(either.card("INV-1"))
    assert [bill["InvoiceNumber"] for bill in either.xero.bills()] == ["INV-1"]


async def test_undo_within_the_window_asks_again_and_nothing_is_sent(either: Desk) -> None:
    await either.add()
    card = await either.approve("INV-1")

    await either.press(card, UNDO)
    await either.world.later(UNDO_SECONDS + 1)

    assert "In approval" in words(either.card("INV-1"))
    assert f"*Approval undone* by <@{APPROVER}>, <!date^" in words(either.card("INV-1"))
    assert APPROVE in actions(either.card("INV-1"))
    assert either.xero.bills() == []

    await either.approve("INV-1")
    await either.world.later(UNDO_SECONDS + 1)
    assert "undone" not in words(either.card("INV-1"))

    assert len(either.xero.bills()) == 1


async def test_an_approval_delivered_twice_is_one_approval(desk: Desk) -> None:
    card = await desk.add()
    desk.slack.faults.deliver_twice = True

    answer = await desk.press(card, APPROVE)
    desk.slack.faults.deliver_twice = False
    await desk.world.later(UNDO_SECONDS + 1)

    assert answer.error is None
    assert desk.whispers(APPROVER) == []
    assert len(desk.xero.bills()) == 1


async def test_a_second_click_is_told_who_decided_already(desk: Desk) -> None:
    card = await desk.add()
    await desk.press(card, APPROVE)

    await desk.press(card, APPROVE)

    assert f"approved (by <@{APPROVER}>" in desk.whispers(APPROVER)[-1]


async def test_four_approvers_at_once_make_one_approval(either: Desk) -> None:
    crowd = (APPROVER, BOOKKEEPER, OWNER, ADMIN)
    await either.world.set_up(approvers=crowd, alerts_channel=BILLS)
    card = await either.add()

    await asyncio.gather(*(either.press(card, APPROVE, user, settled=False) for user in crowd))
    await either.settle()
    await either.world.later(UNDO_SECONDS + 1)

    assert sum(bool(either.whispers(user)) for user in crowd) == 3
    assert len(either.xero.bills()) == 1


async def test_a_second_process_cannot_approve_it_again(either: Desk) -> None:
    await either.world.set_up(approvers=(APPROVER, BOOKKEEPER), alerts_channel=BILLS)
    ref = ref_of(await either.add())
    services = either.world.services
    other = Database(services.config.database_url, either.world.clock)
    elsewhere = Approvals(other, services.people, services.approvals.undo_window)

    outcomes = await asyncio.gather(
        services.approvals.approve(await either.world.actor(APPROVER), ref.item_id, ref.version),
        elsewhere.approve(await either.world.actor(BOOKKEEPER), ref.item_id, ref.version),
        return_exceptions=True,
    )
    await other.close()
    await either.world.later(UNDO_SECONDS + 1)

    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert len(either.xero.bills()) == 1


async def test_a_card_that_is_out_of_date_decides_nothing_and_is_drawn_again(desk: Desk) -> None:
    """The amount was changed after the approver had opened the channel."""
    seen = await desk.add()
    await desk.edit("INV-1", {BlockId.GROSS: "1200.00"})
    updates = len(desk.slack.calls_of("chat.update"))

    await desk.press(seen, APPROVE)

    assert "has changed" in desk.whispers(APPROVER)[-1]
    assert "In approval" in words(desk.card("INV-1"))
    assert len(desk.slack.calls_of("chat.update")) == updates + 1


@pytest.mark.parametrize(
    ("user", "why"),
    [
        (GUEST, "Guests of this workspace"),
        (SINGLE_GUEST, "Guests of this workspace"),
        (FORMER, "deactivated"),
        (OUTSIDER, "another workspace"),
        (BOOKKEEPER, f"You are not an approver for this organisation. Who can: <@{APPROVER}>"),
        (ADMIN, f"You are not an approver for this organisation. Who can: <@{APPROVER}>"),
    ],
)
@pytest.mark.parametrize("action", [APPROVE, REJECT])
async def test_whoever_may_not_decide_is_told_why(desk: Desk, user: str, why: str, action: ActionId) -> None:
    card = await desk.add()
    if user == OUTSIDER:
        await desk.slack.join(BILLS, OUTSIDER)

    await desk.press(card, action, user)

    assert why in desk.whispers(user)[-1]
    assert "In approval" in words(desk.card("INV-1"))


async def test_a_bot_decides_nothing(desk: Desk) -> None:
    await desk.world.set_up(approvers=(OTHER_BOT,), alerts_channel=BILLS)
    card = await desk.add()

    await desk.press(card, APPROVE, OTHER_BOT)

    assert "In approval" in words(desk.card("INV-1"))


async def test_nobody_approves_what_they_sent_in(desk: Desk) -> None:
    card = await desk.add(APPROVER)

    await desk.press(card, APPROVE)

    assert "You submitted this item" in desk.whispers(APPROVER)[-1]
    assert "In approval" in words(desk.card("INV-1"))


async def test_nobody_decides_alone_on_an_amount_they_changed(desk: Desk) -> None:
    """A bookkeeper who may also approve could else pay any sum to anybody."""
    await desk.world.set_up(approvers=(APPROVER, BOOKKEEPER))
    await desk.add()
    await desk.press(desk.card("INV-1"), ActionId.EDIT_ITEM, BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.GROSS: "900.00", BlockId.TAX: "150.00"})
    await desk.settle()

    await desk.press(desk.card("INV-1"), APPROVE, BOOKKEEPER)
    refused = desk.slack.ephemerals(BOOKKEEPER, BILLS)[-1].text
    before = desk.xero.bills()
    await desk.approve("INV-1")

    assert "You changed what is decided on here" in refused
    assert f"<@{APPROVER}>" in refused
    assert before == []
    assert "Approved" in words(desk.card("INV-1"))


async def test_without_approvers_nothing_is_approved_and_the_card_says_so(desk: Desk) -> None:
    await desk.world.set_up(approvers=(), alerts_channel=BILLS)
    card = await desk.add()

    await desk.press(card, APPROVE)

    assert "Nobody is set as an approver" in words(card)
    assert "Nobody is set as an approver" in desk.whispers(APPROVER)[-1]
    assert f"<@{ADMIN}>" in desk.whispers(APPROVER)[-1]


async def test_while_slack_cannot_say_who_it_is_nothing_is_decided(desk: Desk) -> None:
    card = await desk.add()
    desk.slack.faults.next_call("users.info", "500")

    await desk.press(card, APPROVE)

    assert "could not check" in desk.whispers(APPROVER)[-1]
    assert "In approval" in words(desk.card("INV-1"))

    await desk.press(card, APPROVE)

    assert "Approved" in words(desk.card("INV-1"))


async def test_a_right_withdrawn_a_moment_ago_counts(desk: Desk) -> None:
    card = await desk.add()
    await desk.world.set_up(approvers=(OWNER,), alerts_channel=BILLS)

    await desk.press(card, APPROVE)

    assert "You are not an approver" in desk.whispers(APPROVER)[-1]


async def test_rejecting_asks_for_a_reason_and_the_card_keeps_it(either: Desk) -> None:
    card = await either.add()
    await either.press(card, REJECT)
    form = either.modal(APPROVER)

    empty = await either.slack.submit(form, {BlockId.REASON: "   "})
    done = await either.slack.submit(form, {BlockId.REASON: "We never ordered <!channel> *this*"})
    await either.settle()

    assert "Northwind Trading Ltd" in words(form)
    assert BlockId.REASON in empty.errors
    assert (done.errors, done.error, done.view) == ({}, None, None)
    shown = words(either.card("INV-1"))
    assert f"Rejected* by <@{APPROVER}>" in shown
    assert "We never ordered" in shown
    assert "<!channel>" not in shown
    assert actions(either.card("INV-1")) == [ActionId.SHOW_DETAILS, ActionId.EXPLAIN_ITEM, ActionId.ARCHIVE_ITEM]
    await either.world.later(UNDO_SECONDS + 1)
    assert either.xero.bills() == []


async def test_a_reason_written_too_late_rejects_nothing(desk: Desk) -> None:
    await desk.world.set_up(approvers=(APPROVER, OWNER), alerts_channel=BILLS)
    card = await desk.add()
    await desk.press(card, REJECT)
    form = desk.modal(APPROVER)
    await desk.approve("INV-1", OWNER)

    done = await desk.slack.submit(form, {BlockId.REASON: "Not ours"})

    assert done.view is not None
    assert f"approved (by <@{OWNER}>" in words(done.view)
    assert "Approved" in words(desk.card("INV-1"))


@pytest.mark.parametrize("user", [ADMIN, BOOKKEEPER])
async def test_only_who_approved_or_keeps_the_books_can_undo(desk: Desk, user: str) -> None:
    await desk.add()
    card = await desk.approve("INV-1")

    await desk.press(card, UNDO, MEMBER)

    assert f"Who can: <@{APPROVER}> <@{BOOKKEEPER}> <@{ADMIN}>" in desk.whispers(MEMBER)[-1]
    assert "Approved" in words(desk.card("INV-1"))

    await desk.press(card, UNDO, user)

    assert "In approval" in words(desk.card("INV-1"))


async def test_what_is_in_the_ledger_cannot_be_undone_from_an_old_card(desk: Desk) -> None:
    await desk.add()
    card = await desk.approve("INV-1")
    await desk.world.later(UNDO_SECONDS + 1)

    await desk.press(card, UNDO)

    assert "is published" in desk.whispers(APPROVER)[-1]
    assert "cannot be undone" in desk.whispers(APPROVER)[-1]
    assert "Published" in words(desk.card("INV-1"))


async def test_what_the_ledger_refused_is_not_undone_by_an_old_card(desk: Desk) -> None:
    await desk.add()
    card = await desk.approve("INV-1")
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.world.later(UNDO_SECONDS + 1)
    assert "Refused" in words(desk.card("INV-1"))

    await desk.press(card, UNDO)

    assert "is refused by the ledger" in desk.whispers(APPROVER)[-1]
    assert "Refused" in words(desk.card("INV-1"))


async def test_a_decision_made_in_a_modal_is_shown_there(desk: Desk) -> None:
    """App Home's Show opens the card as a modal, whose buttons would otherwise stay as they were."""
    await desk.add()
    home = await desk.slack.open_home(APPROVER)
    assert home is not None
    await desk.slack.click(home, ActionId.SHOW_ITEM, user=APPROVER)

    await desk.press(desk.modal(APPROVER), APPROVE)

    assert "*Approved* by" in words(desk.modal(APPROVER))
    assert APPROVE not in actions(desk.modal(APPROVER))
    assert "Approved" in words(desk.card("INV-1"))


async def test_every_decision_is_on_the_homes_of_those_it_concerns(desk: Desk) -> None:
    await desk.add()
    homes = {user: await desk.slack.open_home(user) for user in (APPROVER, MEMBER)}
    before = homes[APPROVER]
    assert before is not None
    assert "waits for your decision" in words(before)

    await desk.press(desk.card("INV-1"), REJECT)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Twice"})
    await desk.settle()

    approvers, members = desk.slack.home(APPROVER), desk.slack.home(MEMBER)
    assert approvers is not None
    assert members is not None
    assert "waits for your decision" not in words(approvers)
    assert "was rejected" in words(members)
