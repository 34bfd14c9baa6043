"""Documents that are dated where the books are closed, each to its end: stopped, moved, sent as a draft, or asked about.

Several stories share a world, because a world costs more than a story does.
"""

from datetime import date
from typing import Any

import pytest

from bot.domain.closing import ClosedPolicy, Closing
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, MEMBER, Message, Submitted, View
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, actions, words

pytestmark = pytest.mark.desk(undo_seconds=0)

MARCH_ENDED = date(2026, 3, 31)


async def opened(desk: Desk, user: str = ADMIN) -> View:
    if desk.slack.view(user) is not None:
        await desk.slack.close_modal(user, everything=True)
    await desk.slack.command("/dext", "settings general", user=user, channel=BILLS)
    return desk.modal(user)


async def decide(desk: Desk, **fields: object) -> Submitted:
    """Saves general settings, with these fields filled in."""
    done = await desk.slack.submit(await opened(desk), dict(fields))
    await desk.settle()
    return done


async def close(desk: Desk, until: str, policy: str = "", sales: str = "") -> None:
    chosen: dict[str, object] = {BlockId.CLOSED_UNTIL: "day", BlockId.CLOSED_DAY: until}
    chosen |= {BlockId.CLOSED_COSTS: policy} if policy else {}
    chosen |= {BlockId.CLOSED_SALES: sales} if sales else {}
    done = await decide(desk, **chosen)
    assert (done.errors, done.error) == ({}, None)


async def added(desk: Desk, number: str, **more: object) -> Message:
    """Dated in February, where the books are to be closed."""
    return await desk.add(MEMBER, **{BlockId.NUMBER: number, BlockId.ISSUED_ON: "2026-02-10", **more})


def alert(desk: Desk, number: str) -> Message:
    return desk.slack.thread(BILLS, desk.card(number).ts)[-1]


def bills(desk: Desk) -> dict[str, dict[str, Any]]:
    return {str(bill["InvoiceNumber"]): bill for bill in desk.xero.bills()}


async def details(desk: Desk, number: str, user: str = MEMBER) -> str:
    if desk.slack.view(user) is not None:
        await desk.slack.close_modal(user, everything=True)
    await desk.press(desk.card(number), ActionId.SHOW_DETAILS, user)
    return words(desk.modal(user))


async def test_what_is_dated_in_a_closed_period_is_stopped_moved_or_sent_as_a_draft_and_its_card_says_so_before(
    desk: Desk,
) -> None:
    await added(desk, "INV-1")
    await close(desk, "2026-02-28", "stop")

    # what waits follows, and is not sent though our login could
    assert "dated 10 Feb 2026, and the books are closed up to 28 Feb 2026 by our own lock date" in words(
        desk.card("INV-1")
    )
    assert ActionId.APPROVE_ITEM not in actions(desk.card("INV-1"))

    # moved: its date in the ledger only, and its own stands in its description
    await close(desk, "2026-02-28", "next_open_day")
    card = words(desk.card("INV-1"))
    assert "*It is booked on 1 Mar 2026*, the next open day." in card
    assert "from February to March 2026, in the same quarter" in card
    await desk.approve("INV-1")
    sent = bills(desk)["INV-1"]
    assert sent["Date"].startswith("2026-03-01")
    assert sent["LineItems"][0]["Description"].startswith("Dated 2026-02-10: ")
    assert "Booked on 1 Mar 2026." in words(desk.card("INV-1"))
    assert "to be booked on 1 Mar 2026, as the books are closed up to 28 Feb 2026" in await details(desk, "INV-1")

    # as a draft: whatever the settings say of its status
    await close(desk, "2026-02-28", "as_draft")
    assert "*It goes to Xero as a draft*" in words(await added(desk, "INV-2"))
    await desk.approve("INV-2")
    assert (bills(desk)["INV-2"]["Status"], bills(desk)["INV-2"]["Date"][:10]) == ("DRAFT", "2026-02-10")

    # what is dated later is as ever
    await added(desk, "INV-3", **{BlockId.ISSUED_ON: "2026-03-02"})
    await desk.approve("INV-3")
    assert bills(desk)["INV-3"]["Status"] == "AUTHORISED"

    # and so is what was, once nothing is closed any more
    await added(desk, "INV-4")
    await decide(desk, **{BlockId.CLOSED_UNTIL: "open"})
    assert ":calendar:" not in words(desk.card("INV-4"))
    await desk.approve("INV-4")
    assert (bills(desk)["INV-4"]["Status"], bills(desk)["INV-4"]["Date"][:10]) == ("AUTHORISED", "2026-02-10")


async def test_a_bookkeeper_is_asked_and_the_choice_is_kept_with_who_made_it(desk: Desk) -> None:
    await close(desk, "2026-02-28", "ask", "ask")
    moved, drafted = await added(desk, "INV-1"), await added(desk, "INV-2")
    assert [each for each in actions(moved) if each.startswith(("book", "draft"))] == [
        ActionId.BOOK_ON_OPEN_DAY,
        ActionId.DRAFT_UNTIL_OPEN,
    ]

    # nobody else chooses, and a second press finds nothing to choose
    await desk.press(moved, ActionId.BOOK_ON_OPEN_DAY, MEMBER)
    assert "admins and bookkeepers can do that" in desk.whispers(MEMBER)[-1]
    await desk.press(moved, ActionId.BOOK_ON_OPEN_DAY, BOOKKEEPER)
    await desk.press(moved, ActionId.DRAFT_UNTIL_OPEN, BOOKKEEPER)
    assert "nothing has to be chosen for its date now" in desk.whispers(BOOKKEEPER)[-1]
    await desk.press(drafted, ActionId.DRAFT_UNTIL_OPEN, BOOKKEEPER)
    assert f"<@{BOOKKEEPER}>: had it booked on the next open day" in await details(desk, "INV-1")

    for number in ("INV-1", "INV-2"):
        await desk.approve(number)
    assert [bills(desk)[number]["Date"][:10] for number in ("INV-1", "INV-2")] == ["2026-03-01", "2026-02-10"]
    assert bills(desk)["INV-2"]["Status"] == "DRAFT"

    # a sale is never moved
    await desk.press(await added(desk, "INV-3"), ActionId.EDIT_ITEM, BOOKKEEPER)
    await desk.slack.click(desk.modal(BOOKKEEPER), ActionId.CHOOSE_KIND, value="sale", user=BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.CUSTOMER: "Northwind"})
    await desk.settle()
    sale = actions(desk.card("INV-3"))
    assert (ActionId.DRAFT_UNTIL_OPEN in sale, ActionId.BOOK_ON_OPEN_DAY in sale) == (True, False)


async def test_a_lock_date_that_is_set_after_the_approval_moves_nothing_and_asks_in_an_alert(desk: Desk) -> None:
    await desk.world.set_up(alerts_channel=BILLS)
    await added(desk, "INV-1")
    await added(desk, "INV-2")
    await close(desk, "2026-01-31", "next_open_day")
    for number in ("INV-1", "INV-2"):
        await desk.press(desk.card(number), ActionId.APPROVE_ITEM, settled=False)
    await desk.slack.submit(await opened(desk), {BlockId.CLOSED_UNTIL: "day", BlockId.CLOSED_DAY: "2026-02-28"})
    await desk.settle()

    told = alert(desk, "INV-1")
    assert "The books were closed after it was approved" in words(told)
    assert "approved to be booked on 10 Feb 2026, and the books are closed up to 28 Feb 2026 by now" in words(told)
    assert bills(desk) == {}
    assert ActionId.DRAFT_UNTIL_OPEN not in actions(told)

    await desk.press(told, ActionId.BOOK_ON_OPEN_DAY, BOOKKEEPER)
    assert bills(desk)["INV-1"]["Date"].startswith("2026-03-01")
    assert f"<@{BOOKKEEPER}> had it booked on the next open day." in words(alert(desk, "INV-1"))

    # moved back, and sent as it was approved
    await close(desk, "2026-01-31")
    await desk.press(alert(desk, "INV-2"), ActionId.RETRY_ITEM, BOOKKEEPER)
    assert bills(desk)["INV-2"]["Date"].startswith("2026-02-10")


async def test_the_ledgers_own_lock_date_counts_where_it_is_read_and_what_waits_follows_it(desk: Desk) -> None:
    desk.xero.set_lock_date(TRADING, period=MARCH_ENDED)
    await added(desk, "INV-1")
    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()
    assert "closed in the ledger (up to 31 Mar 2026), which may refuse it" in words(await added(desk, "INV-2"))
    assert "Xero is closed up to 31 Mar 2026, which counts too" in words(await opened(desk))

    # refused there, it can be booked on the first open day, too
    desk.xero.set_lock_date(TRADING, year_end=MARCH_ENDED)
    await desk.approve("INV-2")
    await desk.press(alert(desk, "INV-2"), ActionId.BOOK_ON_OPEN_DAY, BOOKKEEPER)
    assert bills(desk)["INV-2"]["Date"].startswith("2026-04-01")

    await decide(desk, **{BlockId.CLOSED_COSTS: "next_open_day"})
    assert "*It is booked on 1 Apr 2026*" in words(desk.card("INV-1"))
    assert "the lock date in Xero" in words(desk.card("INV-1"))

    desk.xero.set_lock_date(TRADING, year_end=date(2026, 4, 30))
    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()
    assert "*It is booked on 1 May 2026*" in words(desk.card("INV-1"))

    await decide(desk, **{BlockId.CLOSED_COSTS: "as_draft"})
    card = words(desk.card("INV-1"))
    assert "*It goes to Xero as a draft*" in card
    assert "Xero will not approve it until the period is open again." in card


async def test_what_is_saved_is_seen_again_and_wrong_or_late_forms_lose_nothing(desk: Desk) -> None:
    lacking = await decide(desk, **{BlockId.CLOSED_UNTIL: "day"})
    late = await decide(desk, **{BlockId.CLOSED_UNTIL: "day", BlockId.CLOSED_DAY: "2999-01-01"})
    assert "Choose the last closed day here" in lacking.errors[BlockId.CLOSED_DAY]
    assert "This day is not over" in late.errors[BlockId.CLOSED_DAY]

    for policy in ClosedPolicy:
        await close(desk, "2026-01-31", policy, "stop")
        saved = (await desk.world.settings()).general.closing
        assert saved == Closing(until=date(2026, 1, 31), costs=policy, sales=ClosedPolicy.STOP)
        again = await desk.slack.submit(await opened(desk), {})
        assert again.errors == {}
        assert "Nothing is otherwise than it was" in words(desk.modal(ADMIN))
        assert (await desk.world.settings()).general.closing == saved

    stale = await opened(desk)
    await desk.world.set_up(alerts_channel=BILLS)
    await desk.slack.submit(stale, {BlockId.CLOSED_UNTIL: "open"})
    assert "Somebody else saved these settings" in words(desk.modal(ADMIN))
    month = next(
        str(option["value"])
        for block in desk.modal(ADMIN).blocks
        if str(block["block_id"]).startswith(BlockId.CLOSED_UNTIL)
        for option in block["element"]["options"]
        if "The month before" in str(option)
    )
    await decide(desk, **{BlockId.CLOSED_UNTIL: month})
    assert (await desk.world.settings()).general.closing.until == date.fromisoformat(month)
    await desk.slack.command("/dext", "settings general", user=APPROVER, channel=BILLS)
    assert "admins can do that" in desk.whispers(APPROVER)[-1]


async def test_a_day_that_is_typed_while_no_day_is_chosen_is_asked_about_and_not_dropped(desk: Desk) -> None:
    vain = await decide(desk, **{BlockId.CLOSED_DAY: "2026-02-28"})
    assert "Choose “Another day, chosen below”" in vain.errors[BlockId.CLOSED_DAY]
    await desk.slack.close_modal(ADMIN, everything=True)

    assert (await decide(desk, **{BlockId.CLOSED_UNTIL: "day", BlockId.CLOSED_DAY: "2026-02-28"})).errors == {}
    await desk.slack.close_modal(ADMIN, everything=True)
    assert (await decide(desk, **{BlockId.CLOSED_UNTIL: "open"})).errors == {}, "the day of before stands there still"
