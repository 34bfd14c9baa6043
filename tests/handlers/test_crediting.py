"""What the ledger does not let go is taken back by a credit note: made from the alert, reviewed and approved as any item."""

import asyncio
from datetime import date

import pytest

from bot.db.unit_of_work import Database
from bot.domain.ids import ItemId
from bot.domain.settings import Destination, PaymentStatus
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, FORMER, GUEST, MEMBER, OTHER_BOT, Message
from bot.services.crediting import Crediting
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import ItemRef
from bot.views.text import day
from providers.xero.simulator import TRADING
from tests.handlers.desk import OTHER_CATEGORY, Desk, actions, button_values, words
from tests.handlers.test_paid import costs, method
from tests.handlers.test_withdrawing import NUMBER, alert, pay, published, statuses, withdraw

pytestmark = pytest.mark.desk(undo_seconds=0, alerts_apart=True)

CREDIT = ActionId.MAKE_CREDIT_NOTE


async def kept(desk: Desk) -> Message:
    """Published, then part paid in Xero, so that it cannot be withdrawn. Answers the alert that says so."""
    await desk.add()
    await desk.edit(NUMBER, {BlockId.ACCOUNT: OTHER_CATEGORY})
    await desk.approve(NUMBER)
    pay(desk)
    await withdraw(desk)
    return alert(desk)


def cards(desk: Desk, reference: str) -> list[Message]:
    return [one for one in desk.slack.messages(BILLS) if f"· {reference}" in words(one)]


def card_of(desk: Desk, reference: str) -> Message:
    return cards(desk, reference)[-1]


def outcome(desk: Desk) -> str:
    """What came of the withdrawal, in the thread of the document that stays."""
    return words(desk.slack.thread(BILLS, card_of(desk, "B-1001").ts)[-1])


async def test_a_part_paid_bill_is_taken_back_by_a_credit_note_that_is_reviewed_and_approved(either: Desk) -> None:
    desk = either
    told = await kept(desk)
    assert "Or take it back by a credit note" in words(told)

    await desk.press(told, CREDIT, BOOKKEEPER)

    form, credit = words(desk.modal(BOOKKEEPER)), card_of(desk, "B-1002")
    assert "This credit note was made here of B-1001, which stays in Xero" in form
    assert "*To review*" in words(credit)
    assert f"{OTHER_CATEGORY} · " in words(credit)
    assert "B-1002 is the credit note of B-1001" in words(credit)
    assert f"<@{BOOKKEEPER}> made a credit note of it, B-1002." in outcome(desk)
    assert "It stays in Xero" in outcome(desk)
    original = card_of(desk, "B-1001")
    assert "B-1002 is the credit note of B-1001" in words(original)
    assert "not withdrawn" not in words(original)
    assert ActionId.SHOW_ITEM in actions(original)
    assert ActionId.SHOW_ITEM in actions(credit)

    await desk.press(credit, ActionId.ASK_AGAIN, BOOKKEEPER)
    await desk.press(card_of(desk, "B-1002"), ActionId.APPROVE_ITEM, APPROVER)

    (note,) = desk.xero.books[TRADING].credit_notes.values()
    (bill,) = desk.xero.bills()
    assert (note["Type"], note["CreditNoteNumber"], note["Total"]) == ("ACCPAYCREDIT", NUMBER, bill["Total"])
    assert [line["AccountCode"] for line in note["LineItems"]] == [OTHER_CATEGORY]
    assert [line["TaxType"] for line in note["LineItems"]] == [line["TaxType"] for line in bill["LineItems"]]
    assert note["Contact"]["ContactID"] == bill["Contact"]["ContactID"]
    assert "Published* to Xero" in words(card_of(desk, "B-1002"))
    assert statuses(desk) == ["AUTHORISED"]


async def test_books_that_are_locked_offer_one_of_today(desk: Desk) -> None:
    await published(desk)
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 3, 31))
    await withdraw(desk)

    await desk.press(alert(desk), CREDIT, ADMIN)

    assert day(desk.world.clock.now().date()) in words(card_of(desk, "B-1002"))
    assert "Credit for INV-1 (B-1001)" in words(card_of(desk, "B-1002"))


async def test_whoever_made_it_cannot_approve_it(desk: Desk) -> None:
    told = await kept(desk)
    await desk.press(told, CREDIT, BOOKKEEPER)
    await desk.press(card_of(desk, "B-1002"), ActionId.ASK_AGAIN, BOOKKEEPER)

    await desk.press(card_of(desk, "B-1002"), ActionId.APPROVE_ITEM, BOOKKEEPER)

    assert desk.whispers(BOOKKEEPER)
    assert "In approval" in words(card_of(desk, "B-1002"))


async def test_a_second_click_makes_no_second_one(desk: Desk) -> None:
    told = await kept(desk)
    await desk.press(told, CREDIT, BOOKKEEPER)

    await desk.press(told, CREDIT, ADMIN)

    assert "its credit note is B-1002 already" in desk.whispers(ADMIN)[-1]
    assert cards(desk, "B-1003") == []


async def test_of_two_who_press_at_once_one_makes_it(either: Desk) -> None:
    desk = either
    told = await kept(desk)
    services = desk.world.services
    item = ItemId(ItemRef.decode(button_values(told)[CREDIT]).item_id)
    other = Database(services.config.database_url, desk.world.clock)

    outcomes = await asyncio.gather(
        services.crediting.credit(await desk.world.actor(BOOKKEEPER), item),
        Crediting(other, services.people).credit(await desk.world.actor(ADMIN), item),
        return_exceptions=True,
    )
    await other.close()

    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1


async def test_one_that_was_put_away_makes_room_for_another(desk: Desk) -> None:
    value = button_values(await kept(desk))[CREDIT]
    await desk.press(alert(desk), CREDIT, BOOKKEEPER)
    await desk.press(card_of(desk, "B-1002"), ActionId.ARCHIVE_ITEM, BOOKKEEPER)
    original = card_of(desk, "B-1001")
    await desk.slack.click(original, ActionId.WITHDRAW_ITEM, value=value, user=BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {})
    await desk.settle()

    again = desk.slack.thread(BILLS, original.ts)[-1]
    await desk.press(again, CREDIT, BOOKKEEPER)

    assert "B-1003 is the credit note of B-1001" in words(card_of(desk, "B-1003"))


async def test_what_is_booked_on_a_bank_account_owes_nothing_and_offers_none(desk: Desk) -> None:
    visa = await method(desk, "090")
    await costs(desk, destination=Destination.BANK_ACCOUNTS, default_payment_method=visa)
    await published(desk)
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 3, 31))

    await withdraw(desk)

    assert ActionId.WITHDRAW_AGAIN in actions(alert(desk))
    assert CREDIT not in actions(alert(desk))


async def test_the_credit_note_of_what_was_paid_is_not_paid_back_by_itself(desk: Desk) -> None:
    visa = await method(desk, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    await published(desk)
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 3, 31))
    await withdraw(desk)
    told = next(one for one in desk.slack.thread(BILLS, desk.card(NUMBER).ts) if CREDIT in actions(one))
    await desk.press(told, CREDIT, BOOKKEEPER)
    desk.xero.set_lock_date(TRADING)
    await desk.press(card_of(desk, "B-1002"), ActionId.ASK_AGAIN, BOOKKEEPER)
    await desk.press(card_of(desk, "B-1002"), ActionId.APPROVE_ITEM, APPROVER)

    (note,) = desk.xero.books[TRADING].credit_notes.values()
    assert note["Status"] == "AUTHORISED"


@pytest.mark.parametrize("user", [APPROVER, MEMBER, GUEST, FORMER, OTHER_BOT])
async def test_whoever_may_not_withdraw_makes_none(desk: Desk, user: str) -> None:
    await desk.press(await kept(desk), CREDIT, user)

    assert cards(desk, "B-1002") == []
    assert CREDIT in actions(alert(desk))
