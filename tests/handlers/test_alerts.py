"""A refusal as people in Slack live it: told once in the thread, and pointed at; then sent again, and then its outcome."""

from datetime import date

import aiohttp
import pytest
from sqlalchemy import select

from bot.domain.alerts import AlertState
from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, GUEST, MEMBER, OUTSIDER
from bot.services.alerts import ALERTS as ALERT_ROWS
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.fakes.connected import connect
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, Desk, actions, words
from tests.handlers.refusals import FIXES, NUMBER, alert, choose, item_id, pointers, refused, replies

pytestmark = pytest.mark.desk(undo_seconds=0, alerts_apart=True)

CAUSE = "Category 429 · General Expenses is archived in Xero"
ANOTHER_TOTAL: dict[str, object] = {BlockId.ISSUED_ON: "2026-04-01", BlockId.GROSS: "60.00", BlockId.TAX: "10.00"}


async def test_a_refusal_is_one_reply_under_the_card_that_says_what_to_do(desk: Desk) -> None:
    told = await refused(desk)

    text = words(told)
    assert text.startswith("*Northwind Trading Ltd*")
    assert CAUSE in text
    assert "*Category*" not in text, "the heading names it"
    assert f"*Who acts next:* the bookkeeper: <@{BOOKKEEPER}>" in text
    assert text.count("<@") == 1
    assert actions(told) == [*FIXES, ActionId.SHOW_LEDGER_WORDS]
    assert "Refused by Xero" in words(desk.card(NUMBER))
    others = [message for message in desk.slack.messages(BILLS) if "default category" not in message.text]
    assert len(others) == 2


async def test_a_refused_card_says_why_leads_to_its_alert_and_names_who_acts_next(either: Desk) -> None:
    told = await refused(either)

    card = words(either.card(NUMBER))

    assert f"*Refused by Xero*: {CAUSE}. <http" in card
    assert f"|See the fix> in its thread. Next: <@{BOOKKEEPER}>" in card
    address = card.partition("<http")[2].partition("|")[0]
    async with aiohttp.ClientSession() as session, session.get(f"http{address}", allow_redirects=False) as answer:
        assert f"p{told.ts.replace('.', '')}?thread_ts=" in answer.headers["Location"]


async def test_what_was_done_is_told_in_words_of_people(desk: Desk) -> None:
    told = await refused(desk)
    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)

    await desk.press(desk.card(NUMBER), ActionId.SHOW_DETAILS, BOOKKEEPER)

    done = words(desk.modal(BOOKKEEPER))
    assert "Dext: refused by the ledger: Account code" in done
    assert f"<@{BOOKKEEPER}>: sent again" in done


async def test_after_the_press_the_alert_waits_for_the_ledgers_answer(desk: Desk) -> None:
    told = await refused(desk)
    desk.xero.restore_account(TRADING, CATEGORY)

    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER, settled=False)
    await desk.world.product.messenger.drain()

    assert "Sent again; Xero's answer is still to come." in words(alert(desk))
    assert "Sent again" in words(pointers(desk)[0])
    assert actions(alert(desk)) == []


async def test_a_refusal_after_a_fix_is_a_message_of_its_own_and_the_old_one_says_what_came_of_it(either: Desk) -> None:
    """Slack tells nobody that a message was changed."""
    desk = either
    told = await refused(desk)

    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)
    await desk.press(alert(desk), ActionId.RETRY_ITEM, BOOKKEEPER)

    first, second, third = replies(desk)
    assert first.ts == told.ts
    for past in (first, second):
        assert f"<@{BOOKKEEPER}> had it sent again as it is." in words(past)
        assert "It did not go through" in words(past)
        assert "see the newer message below." in words(past)
        assert actions(past) == []
    assert "Refused 3 times" in words(third)
    assert f"*Who acts next:* the bookkeeper: <@{BOOKKEEPER}>" in words(third)
    assert actions(third) == [*FIXES, ActionId.SHOW_LEDGER_WORDS]
    *lines, last = pointers(desk)
    assert ["see the newer line below." in words(line) for line in lines] == [True, True]
    assert CAUSE in words(last)


async def test_what_another_alert_followed_stands_as_it_is_from_then_on(desk: Desk) -> None:
    told = await refused(desk)
    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)
    first = words(replies(desk)[0])
    updates = len(desk.slack.calls_of("chat.update"))

    await choose(desk, OTHER_CATEGORY)

    assert words(replies(desk)[0]) == first
    assert {call.args["ts"] for call in desk.slack.calls_of("chat.update")[updates:]} == {
        alert(desk).ts,
        pointers(desk)[-1].ts,
        desk.card(NUMBER).ts,
    }
    assert "Published to Xero," in words(alert(desk))
    async with desk.world.services.db.read() as tx:
        states = (await tx.execute(select(ALERT_ROWS.c.state).order_by(ALERT_ROWS.c.number))).scalars().all()
    assert states == [AlertState.FIXED, AlertState.RESOLVED]


async def test_refusals_are_counted_by_their_cause(desk: Desk) -> None:
    await refused(desk)
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)

    await choose(desk, OTHER_CATEGORY)
    assert "Refused" not in words(alert(desk))
    await desk.press(alert(desk), ActionId.RETRY_ITEM, BOOKKEEPER)
    assert "Refused 2 times" in words(alert(desk))
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 3, 31))
    desk.xero.restore_account(TRADING, OTHER_CATEGORY)
    await desk.press(alert(desk), ActionId.RETRY_ITEM, BOOKKEEPER)

    assert "The date is in a locked period" in words(alert(desk))
    assert "Refused" not in words(alert(desk))


async def test_an_alert_that_nobody_saw_before_the_next_one_is_not_posted(desk: Desk) -> None:
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.add()
    desk.slack.faults.next_call("chat.postMessage", "500", times=6)
    await desk.approve(NUMBER)
    assert replies(desk) == []

    await desk.world.services.fixes.retry(await desk.world.actor(BOOKKEEPER), await item_id(desk))
    await desk.settle()
    for _ in range(6):
        await desk.world.later(30)

    assert len(replies(desk)) == len(pointers(desk)) == 1
    assert "Refused 2 times" in words(alert(desk))


async def test_a_deleted_alert_is_posted_anew_when_there_is_news(desk: Desk) -> None:
    told = await refused(desk)
    desk.slack.workspace.drop_message(told)

    await desk.world.services.fixes.retry(await desk.world.actor(BOOKKEEPER), await item_id(desk))
    await desk.settle()

    assert alert(desk).ts != told.ts
    assert "Refused 2 times" in words(alert(desk))


async def test_an_alert_survives_an_outage_of_slack(desk: Desk) -> None:
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.add()
    desk.slack.faults.next_call("chat.*", "500", times=4)

    await desk.approve(NUMBER)
    assert replies(desk) == []
    for _ in range(6):
        await desk.world.later(30)

    assert actions(alert(desk)) == [*FIXES, ActionId.SHOW_LEDGER_WORDS]
    assert "Refused by Xero" in words(desk.card(NUMBER))


async def test_the_ledgers_own_words_are_one_click_away(desk: Desk) -> None:
    told = await refused(desk)

    await desk.press(told, ActionId.SHOW_LEDGER_WORDS, MEMBER)

    shown = words(desk.modal(MEMBER))
    assert shown.splitlines()[0].startswith("*Northwind Trading Ltd*")
    assert "Account code '429' has been archived" in shown
    assert "account_archived" in shown


@pytest.mark.parametrize("user", [GUEST, OUTSIDER])
async def test_the_ledgers_words_are_not_for_strangers(desk: Desk, user: str) -> None:
    told = await refused(desk)
    if user == OUTSIDER:
        await desk.slack.join(BILLS, OUTSIDER)

    await desk.press(told, ActionId.SHOW_LEDGER_WORDS, user)

    assert desk.slack.view(user) is None
    assert "cannot act on these books" in desk.whispers(user)[-1]


async def test_the_alerts_channel_gets_one_line_that_leads_to_the_thread_and_turns_into_the_outcome(
    desk: Desk,
) -> None:
    await refused(desk)
    (line,) = pointers(desk)

    link = words(line).partition("<http")[2].partition("|")[0]
    async with aiohttp.ClientSession() as session, session.get(f"http{link}", allow_redirects=False) as answer:
        address = answer.headers["Location"]
    await choose(desk, OTHER_CATEGORY)

    card = desk.card(NUMBER)
    assert CAUSE in words(line)
    assert address.endswith(f"?thread_ts={card.ts}&cid={BILLS}")
    (outcome,) = pointers(desk)
    assert outcome.ts == line.ts
    assert f"{CAUSE} → Published to Xero," in words(outcome)


async def test_where_alerts_and_approvals_share_a_channel_there_is_no_second_line(desk: Desk) -> None:
    await desk.world.set_up(alerts_channel=BILLS)

    await refused(desk)

    assert len(replies(desk)) == 1
    assert pointers(desk) == []
    others = [message for message in desk.slack.messages(BILLS) if "default category" not in message.text]
    assert len(others) == 2


async def test_what_is_rejected_after_an_edit_is_not_said_to_be_on_its_way(desk: Desk) -> None:
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 3, 31))
    await desk.add()
    await desk.approve(NUMBER)
    await desk.press(alert(desk), ActionId.EDIT_ITEM, BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), ANOTHER_TOTAL)
    await desk.settle()

    await desk.press(desk.card(NUMBER), ActionId.REJECT_ITEM, APPROVER)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Not ours"})
    await desk.settle()

    assert "It was rejected and is not sent." in words(alert(desk))
    assert "It was rejected and is not sent." in words(pointers(desk)[0])


async def test_an_expired_connection_is_told_once_and_what_waits_goes_on_by_itself(desk: Desk) -> None:
    numbers = ("INV-1", "INV-2")
    for number in numbers:
        await desk.add(**{BlockId.NUMBER: number})
    desk.xero.revoke_refresh_tokens()
    desk.xero.expire_access_tokens()
    await desk.world.later(3600)

    for number in numbers:
        await desk.approve(number)

    lost = [message for message in desk.slack.messages(ALERTS) if ActionId.OPEN_CONNECT in actions(message)]
    assert len(lost) == 1
    assert "The connection to Xero has ended" in words(lost[0])
    assert all(replies(desk, number) == [] for number in numbers)
    assert "It waits for the connection to Xero" in words(desk.card("INV-2"))

    await desk.press(lost[0], ActionId.OPEN_CONNECT, ADMIN)
    await connect(desk.world, user=ADMIN)
    await desk.world.later(60)
    await desk.world.later(60)

    assert sorted(bill["InvoiceNumber"] for bill in desk.xero.bills()) == list(numbers)
    assert all("Published* to Xero" in words(desk.card(number)) for number in numbers)
    assert "is connected again" in words(desk.slack.message(ALERTS, lost[0].ts) or lost[0])


async def test_retrying_while_the_connection_is_lost_waits_for_it(desk: Desk) -> None:
    await desk.add(**{BlockId.NUMBER: "INV-2"})
    told = await refused(desk)
    desk.xero.restore_account(TRADING, CATEGORY)
    desk.xero.revoke_refresh_tokens()
    desk.xero.expire_access_tokens()
    await desk.world.later(3600)
    await desk.approve("INV-2")

    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)

    assert "It goes to Xero by itself as soon as the connection is back." in words(alert(desk))
