"""Withdrawing a published item from Slack: voided or deleted in Xero as that allows, and published again as another."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from bot.db.unit_of_work import Database
from bot.domain.ids import ItemId
from bot.domain.settings import Destination, PaymentStatus
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
    Message,
    Submitted,
)
from bot.services.approvals import APPROVALS
from bot.services.withdrawals import Withdrawals
from bot.views.ids import ActionId, BlockId
from providers.xero.simulated import payments
from providers.xero.simulated.acting import SOMEBODY
from providers.xero.simulator import TRADING, Fault
from tests.handlers.desk import OTHER_CATEGORY, Desk, actions, button_values, words
from tests.handlers.parting import disconnect
from tests.handlers.test_paid import costs, home, method
from tests.handlers.test_paid import payments as standing_payments

pytestmark = pytest.mark.desk(undo_seconds=0, alerts_apart=True)

NUMBER = "INV-1"


async def published(desk: Desk, **changes: Any) -> Message:
    await desk.add(**changes)
    return await desk.approve(str(changes.get(BlockId.NUMBER, NUMBER)))


async def ask(desk: Desk, card: Message, user: str = BOOKKEEPER) -> None:
    """Choose it in the card's menu."""
    value = button_values(card)[ActionId.ARCHIVE_ITEM]
    await desk.slack.click(card, ActionId.WITHDRAW_ITEM, value=value, user=user)
    await desk.settle()


async def withdraw(desk: Desk, reason: str | None = None, user: str = BOOKKEEPER) -> Submitted:
    await ask(desk, desk.card(NUMBER), user)
    done = await desk.slack.submit(desk.modal(user), {} if reason is None else {BlockId.REASON: reason})
    await desk.settle()
    return done


def thread(desk: Desk) -> list[Message]:
    return desk.slack.thread(BILLS, desk.card(NUMBER).ts)


def alert(desk: Desk) -> Message:
    return thread(desk)[-1]


async def standing_approvals(desk: Desk) -> int:
    statement = select(func.count()).where(APPROVALS.c.is_standing.is_(True))
    async with desk.world.services.db.read() as tx:
        return int((await tx.execute(statement)).scalar_one())


def statuses(desk: Desk) -> list[str]:
    """Of all bills of the number that there ever were."""
    invoices = desk.xero.books[TRADING].invoices.values()
    return [str(one["Status"]) for one in invoices if one["InvoiceNumber"] == NUMBER]


def pay(desk: Desk) -> None:
    """Somebody pays a part of it in Xero."""
    books, (bill,) = desk.xero.books[TRADING], desk.xero.bills()
    bank = next(account for account in books.accounts.values() if account["Code"] == "090")
    sent = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Account": {"AccountID": bank["AccountID"]}, "Amount": 1}
    assert payments.write(books, SOMEBODY, sent).errors == []


def unpay(desk: Desk) -> None:
    books = desk.xero.books[TRADING]
    for payment in list(books.payments.values()):
        assert payments.delete(books, SOMEBODY, payment) == []


async def test_a_published_bill_is_withdrawn_edited_and_published_again_as_another(either: Desk) -> None:
    desk = either
    card = await published(desk)
    (first,) = desk.xero.bills()
    await ask(desk, card, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    assert "The bill in Xero will be voided.* Xero keeps it as voided." in words(form)

    done = await desk.slack.submit(form, {BlockId.REASON: "Wrong <!channel> category"})
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    assert desk.xero.bills() == []
    card = desk.card(NUMBER)
    assert "*To review*" in words(card)
    assert f"*Withdrawn* by <@{BOOKKEEPER}>" in words(card)
    assert "Wrong &lt;!channel&gt; category" in words(card)
    assert "429 · General Expenses" in words(card)
    assert ActionId.OPEN_IN_LEDGER not in actions(card)
    (told,) = thread(desk)
    assert f"was withdrawn by <@{BOOKKEEPER}>" in told.text
    assert "The bill is voided in Xero, which keeps it marked so." in told.text
    assert "<!channel>" not in told.text
    assert first["InvoiceID"] not in str(card.blocks)

    assert await standing_approvals(desk) == 0
    await desk.edit(NUMBER, {BlockId.ACCOUNT: OTHER_CATEGORY})
    assert ActionId.APPROVE_ITEM in actions(desk.card(NUMBER))
    card = await desk.approve(NUMBER)

    (second,) = desk.xero.bills()
    assert second["InvoiceID"] != first["InvoiceID"]
    assert second["Url"] == f"{first['Url']}?copy=2"
    assert [line["AccountCode"] for line in second["LineItems"]] == [OTHER_CATEGORY]
    assert "Published* to Xero" in words(card)
    assert second["InvoiceID"] in str(card.blocks)
    assert first["InvoiceID"] not in str(card.blocks)
    assert statuses(desk) == ["VOIDED", "AUTHORISED"]
    assert len({call.headers["Idempotency-Key"] for call in desk.xero.calls_to("PUT", "/Invoices")}) == 2


async def test_a_draft_is_deleted_and_a_second_click_is_told(desk: Desk) -> None:
    await desk.world.set_up(status=PaymentStatus.DRAFT)
    card = await published(desk)
    await ask(desk, card, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    assert "The draft bill in Xero will be deleted." in words(form)
    await ask(desk, card, ADMIN)
    others = desk.modal(ADMIN)
    await desk.slack.submit(form, {})
    assert "Being withdrawn" in words(desk.card(NUMBER)) or "Published" in words(desk.card(NUMBER))

    late = await desk.slack.submit(others, {})
    await ask(desk, card, ADMIN)

    assert late.view is not None
    assert "is being withdrawn: only what stands in the ledger can be withdrawn" in words(late.view)
    assert (
        "is to review: only what stands in the ledger" in desk.whispers(ADMIN)[-1]
        or "is being" in desk.whispers(ADMIN)[-1]
    )
    assert statuses(desk) == ["DELETED"]
    assert "The bill is deleted in Xero." in thread(desk)[-1].text
    assert len(desk.xero.calls_to("POST", f"/Invoices/{_first(desk)}")) == 1


def _first(desk: Desk) -> str:
    invoices = desk.xero.books[TRADING].invoices.values()
    return next(str(one["InvoiceID"]) for one in invoices if one["InvoiceNumber"] == NUMBER)


async def test_the_card_says_that_it_is_being_withdrawn_while_xero_does_not_answer(desk: Desk) -> None:
    await published(desk)
    desk.xero.fail_next(Fault.TOO_MANY, seconds=30)
    await withdraw(desk, "Twice")

    card = desk.card(NUMBER)
    assert f"*Being withdrawn* from Xero by <@{BOOKKEEPER}>" in words(card)
    assert ActionId.WITHDRAW_ITEM not in actions(card)
    assert ActionId.ARCHIVE_ITEM not in actions(card)
    await desk.slack.command("/dext", "items", user=MEMBER)
    assert "*Being withdrawn* · B-1001" in words(desk.modal(MEMBER))
    await desk.world.later(60)
    assert "*To review*" in words(desk.card(NUMBER))


async def test_what_was_paid_from_here_is_withdrawn_with_its_payment_and_paid_anew(desk: Desk) -> None:
    visa = await method(desk, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    card = await published(desk)
    assert [bill["Status"] for bill in desk.xero.bills()] == ["PAID"]
    await ask(desk, card)
    form = desk.modal(BOOKKEEPER)
    assert "The bill in Xero will be voided.* Xero keeps it as voided. Its payment, which was" in words(form)

    await desk.slack.submit(form, {})
    await desk.settle()

    assert (statuses(desk), standing_payments(desk)) == (["VOIDED"], [])
    assert "Its payment is deleted. The bill is voided in Xero" in thread(desk)[-1].text
    await desk.press(desk.card(NUMBER), ActionId.ASK_AGAIN, BOOKKEEPER)
    await desk.approve(NUMBER)
    assert statuses(desk) == ["VOIDED", "PAID"]
    assert len(standing_payments(desk)) == 1


async def test_what_was_withdrawn_is_as_the_settings_have_it_by_then_and_home_says_why_it_waits(either: Desk) -> None:
    desk = either
    await published(desk)
    await desk.world.set_up(status=PaymentStatus.DRAFT, category=OTHER_CATEGORY)

    await withdraw(desk)

    card = words(desk.card(NUMBER))
    assert f"{OTHER_CATEGORY} · " in card
    item_id = ItemId(UUID(button_values(desk.card(NUMBER))[ActionId.ARCHIVE_ITEM].partition(":")[0]))
    item = (await desk.world.services.cards.seen(await desk.world.actor(ADMIN), item_id)).item
    assert item.publish_as is PaymentStatus.DRAFT
    for user in (BOOKKEEPER, MEMBER):
        assert f"{NUMBER} was withdrawn from the ledger, and waits for a look" in await home(desk, user)
    await desk.press(desk.card(NUMBER), ActionId.ASK_AGAIN, BOOKKEEPER)
    await desk.approve(NUMBER)
    assert statuses(desk) == ["VOIDED", "DRAFT"]


async def paid_and_kept(desk: Desk) -> tuple[Message, Message]:
    """Its payment is of an open period, and deleted; the bill is of a locked one, and stays. Answers both alerts."""
    visa = await method(desk, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    await published(desk)
    books = desk.xero.books[TRADING]
    (payment,) = books.payments.values()
    books.payments.save(payment["PaymentID"], {**payment, "Date": "2026-04-15"})
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 3, 31))
    await withdraw(desk)
    return of_withdrawal(desk), of_payment(desk)


def of_withdrawal(desk: Desk) -> Message:
    return [message for message in thread(desk) if "was not withdrawn" in message.text][-1]


def of_payment(desk: Desk) -> Message:
    return [message for message in thread(desk) if "was taken back" in words(message)][-1]


async def test_a_bill_that_stays_after_its_payment_was_taken_back_is_said_to_be_unpaid_and_paid_again(
    either: Desk,
) -> None:
    desk = either
    stays, unpaid = await paid_and_kept(desk)
    assert (statuses(desk), standing_payments(desk)) == (["AUTHORISED"], [])
    assert "Its payment was deleted there before, so the bill is unpaid in Xero now." in words(stays)
    assert "press Retry in the message about its payment" in words(stays)
    assert "then Xero did not let the bill go. It stands there unpaid now." in words(unpaid)
    assert actions(unpaid)[:2] == [ActionId.RETRY_ITEM, ActionId.LEAVE_STEP]
    assert "payment" in words(desk.card(NUMBER))
    await ask(desk, desk.card(NUMBER))
    assert "Its payment" not in words(desk.modal(BOOKKEEPER))

    await desk.press(stays, ActionId.LEAVE_PUBLISHED, BOOKKEEPER)
    desk.xero.set_lock_date(TRADING)
    await desk.press(unpaid, ActionId.RETRY_ITEM, BOOKKEEPER)

    assert (statuses(desk), len(standing_payments(desk))) == (["PAID"], 1)
    assert "The payment is in Xero" in words(of_payment(desk))


async def test_a_bill_that_is_kept_twice_is_said_to_be_unpaid_each_time(desk: Desk) -> None:
    stays, unpaid = await paid_and_kept(desk)

    await desk.press(stays, ActionId.WITHDRAW_AGAIN, BOOKKEEPER)

    assert "the bill is unpaid in Xero now" in words(of_withdrawal(desk))
    again = of_payment(desk)
    assert again.ts != unpaid.ts
    await desk.press(again, ActionId.LEAVE_STEP, BOOKKEEPER)
    assert "It stays in Xero without the payment." in words(of_payment(desk))
    desk.xero.set_lock_date(TRADING)
    await desk.press(of_withdrawal(desk), ActionId.WITHDRAW_AGAIN, BOOKKEEPER)
    assert statuses(desk) == ["VOIDED"]


async def test_money_spent_is_deleted_from_its_bank_account(desk: Desk) -> None:
    visa = await method(desk, "090")
    await costs(desk, destination=Destination.BANK_ACCOUNTS, default_payment_method=visa)
    card = await published(desk)
    await ask(desk, card)
    assert "The spend money transaction in Xero will be deleted." in words(desk.modal(BOOKKEEPER))

    await desk.slack.submit(desk.modal(BOOKKEEPER), {})
    await desk.settle()

    (spent,) = desk.xero.books[TRADING].bank_transactions.values()
    assert spent["Status"] == "DELETED"
    assert "The spend money transaction is deleted in Xero." in thread(desk)[-1].text


async def test_what_is_paid_in_xero_stays_and_is_withdrawn_once_the_payment_is_gone(either: Desk) -> None:
    desk = either
    await published(desk)
    pay(desk)

    await withdraw(desk)

    told = alert(desk)
    assert "Not withdrawn: it is paid, or has credit against it" in words(told)
    assert "that settles something else there by now, stands against the bill in Xero" in words(told)
    assert f"<@{BOOKKEEPER}>" in words(told)
    assert actions(told) == [
        ActionId.WITHDRAW_AGAIN,
        ActionId.MAKE_CREDIT_NOTE,
        ActionId.LEAVE_PUBLISHED,
        ActionId.OPEN_IN_LEDGER,
        ActionId.SHOW_LEDGER_WORDS,
    ]
    assert "B-1001 was not withdrawn" in told.text
    assert "Published* to Xero" in words(desk.card(NUMBER))
    unpay(desk)
    await desk.press(told, ActionId.WITHDRAW_AGAIN, APPROVER)
    assert "admins and bookkeepers" in desk.whispers(APPROVER)[-1]
    await desk.press(told, ActionId.WITHDRAW_AGAIN, BOOKKEEPER)
    await desk.press(told, ActionId.WITHDRAW_AGAIN, BOOKKEEPER)

    assert statuses(desk) == ["VOIDED"]
    assert "Withdrawn from Xero" in words(thread(desk)[0])
    assert actions(thread(desk)[0]) == []
    assert "nothing is in the way of its withdrawal now" in desk.whispers(BOOKKEEPER)[-1]


async def test_locked_books_keep_it_and_whoever_leaves_it_so_is_named(desk: Desk) -> None:
    await published(desk)
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 3, 31))
    await withdraw(desk)
    told = alert(desk)
    assert "is dated 1 Mar 2026, and the books in Xero are locked" in words(told)
    assert "adviser role" in words(told)
    assert "*Not withdrawn: its date is in a locked period*" in words(told)
    card = words(desk.card(NUMBER))
    assert "*Published* to Xero" in card
    assert "*It was not withdrawn from Xero*. <http" in card
    assert "?alert=withdrawal|See the fix> in its thread." in card
    assert f"{NUMBER} was not withdrawn from the ledger" in await home(desk, BOOKKEEPER)

    await desk.press(told, ActionId.LEAVE_PUBLISHED, BOOKKEEPER)
    await desk.press(told, ActionId.LEAVE_PUBLISHED, BOOKKEEPER)

    assert f"<@{BOOKKEEPER}> left it in the ledger." in words(alert(desk))
    assert "It stays in Xero." in words(alert(desk))
    assert "not withdrawn" not in words(desk.card(NUMBER)) + await home(desk, BOOKKEEPER)
    assert statuses(desk) == ["AUTHORISED"]
    assert ActionId.WITHDRAW_ITEM in actions(desk.card(NUMBER))
    desk.xero.set_lock_date(TRADING)
    await withdraw(desk)
    assert statuses(desk) == ["VOIDED"]


async def test_what_somebody_changed_in_xero_is_told_before_it_goes(desk: Desk) -> None:
    await desk.world.set_up(status=PaymentStatus.DRAFT)
    await published(desk)
    books, (bill,) = desk.xero.books[TRADING], desk.xero.bills()
    books.save_invoice({**bill, "Status": "AUTHORISED", "Total": Decimal("130.00")})

    await withdraw(desk)

    told = alert(desk)
    assert (
        "it was left as it is for now: total: 120.00 here, 130.00 in the ledger; status: draft here, awaiting"
        in words(told)
    )
    assert actions(told)[0] == ActionId.WITHDRAW_AGAIN
    await ask(desk, desk.card(NUMBER), BOOKKEEPER)
    assert "It was changed in Xero since" in words(desk.modal(BOOKKEEPER))
    await desk.press(told, ActionId.WITHDRAW_AGAIN, BOOKKEEPER)
    assert statuses(desk) == ["VOIDED"]
    assert "The bill is voided in Xero" in thread(desk)[-1].text


async def test_what_was_deleted_in_xero_by_hand_is_withdrawn_all_the_same(desk: Desk) -> None:
    await published(desk)
    books, (bill,) = desk.xero.books[TRADING], desk.xero.bills()
    del books.invoices[bill["InvoiceID"]]

    await withdraw(desk)

    assert "Xero had no such bill any more." in thread(desk)[-1].text
    assert "*To review*" in words(desk.card(NUMBER))


async def test_a_sign_in_that_may_not_withdraw_is_told_so(desk: Desk) -> None:
    await published(desk)
    desk.xero.set_role(TRADING, "dana", "READONLY")
    await withdraw(desk)
    assert "may not delete or void the bill in Xero" in words(alert(desk))
    assert actions(alert(desk))[:2] == [ActionId.OPEN_CONNECT, ActionId.WITHDRAW_AGAIN]

    desk.xero.set_role(TRADING, "dana", "FINANCIALADVISER")
    await desk.press(alert(desk), ActionId.WITHDRAW_AGAIN, ADMIN)

    assert statuses(desk) == ["VOIDED"]


async def test_whoever_may_not_withdraw_is_told_why(desk: Desk) -> None:
    card = await published(desk)
    await desk.slack.join(BILLS, OUTSIDER)
    for user, why in (
        (MEMBER, "admins and bookkeepers can do that"),
        (APPROVER, "admins and bookkeepers can do that"),
        (GUEST, "Guests of this workspace"),
        (FORMER, "deactivated"),
        (OUTSIDER, "another workspace"),
    ):
        await ask(desk, card, user)

        assert why in desk.whispers(user)[-1]
        assert desk.slack.view(user) is None
    await ask(desk, card, OTHER_BOT)
    assert statuses(desk) == ["AUTHORISED"]


async def test_a_right_that_is_taken_while_the_form_is_open_counts(desk: Desk) -> None:
    card = await published(desk)
    await ask(desk, card, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    await desk.world.set_up(bookkeepers=())

    done = await desk.slack.submit(form, {})
    await desk.settle()

    assert done.view is not None
    assert "admins and bookkeepers" in words(done.view)
    assert statuses(desk) == ["AUTHORISED"]


async def test_details_have_the_button_for_who_may(desk: Desk) -> None:
    card = await published(desk)
    await desk.press(card, ActionId.SHOW_DETAILS, MEMBER)
    assert ActionId.WITHDRAW_ITEM not in actions(desk.modal(MEMBER))
    await desk.press(card, ActionId.SHOW_DETAILS, BOOKKEEPER)
    await desk.press(desk.modal(BOOKKEEPER), ActionId.WITHDRAW_ITEM, BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.REASON: "Not ours"})
    await desk.settle()
    assert desk.slack.view(BOOKKEEPER) is None

    await desk.press(desk.card(NUMBER), ActionId.SHOW_DETAILS, MEMBER)

    history = words(desk.modal(MEMBER))
    assert f"<@{BOOKKEEPER}>: asked for its withdrawal: Withdrawn from Xero: Not ours" in history
    assert "Dext: withdrawn" in history


async def test_two_people_at_once_withdraw_it_once(either: Desk) -> None:
    desk = either
    card = await published(desk)
    services = desk.world.services
    item_id, _, version = button_values(card)[ActionId.ARCHIVE_ITEM].partition(":")
    other = Database(services.config.database_url, desk.world.clock)
    elsewhere = Withdrawals(other, services.people, services.providers)
    item = (await services.cards.seen(await desk.world.actor(ADMIN), ItemId(UUID(item_id)))).item

    outcomes = await asyncio.gather(
        services.withdrawals.withdraw(await desk.world.actor(BOOKKEEPER), item.id, int(version), None),
        elsewhere.withdraw(await desk.world.actor(ADMIN), item.id, int(version), None),
        return_exceptions=True,
    )
    await other.close()
    await desk.settle()

    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert statuses(desk) == ["VOIDED"]
    assert len(desk.xero.calls_to("POST", _first(desk))) == 1


async def test_books_that_are_disconnected_are_told_of_and_offer_no_withdrawal(desk: Desk) -> None:
    await published(desk)
    desk.xero.misbehaviour.outage = True
    await withdraw(desk)
    assert "Being withdrawn" in words(desk.card(NUMBER))

    await disconnect(desk.world)

    card = desk.card(NUMBER)
    assert "Published* to Xero" in words(card)
    assert ActionId.WITHDRAW_ITEM not in actions(card)


async def test_a_withdrawal_that_had_begun_when_its_books_were_disconnected_is_said_to_be_broken_off(
    desk: Desk,
) -> None:
    visa = await method(desk, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    await published(desk)
    desk.xero.fail_next(Fault.TOO_MANY, times=9, method="POST", path=f"*/Invoices/{_first(desk)}", seconds=1)
    await withdraw(desk)
    assert standing_payments(desk) == []

    await disconnect(desk.world)
    for _ in range(4):
        await desk.world.later(120)

    assert statuses(desk) == ["AUTHORISED"]
    said = " ".join(message.text for message in thread(desk))
    assert "broken off: its books were disconnected after it had begun" in said
    assert "its payment, or a part of it, may be deleted there" in said
    assert "It stays in the ledger." not in said


async def test_a_payment_that_an_earlier_try_took_is_missed_again_when_the_next_one_never_begins(desk: Desk) -> None:
    stays, _ = await paid_and_kept(desk)
    desk.xero.misbehaviour.outage = True
    await desk.press(stays, ActionId.WITHDRAW_AGAIN, BOOKKEEPER)

    await disconnect(desk.world)
    await desk.settle()

    assert (
        "*B-1001* was not withdrawn: its books were disconnected first" in thread(desk)[-1].text + thread(desk)[-2].text
    )
    assert "It stands there unpaid now." in words(of_payment(desk))
    assert "payment" in words(desk.card(NUMBER))


async def test_the_same_document_again_is_asked_about_and_the_withdrawn_one_is_not_its_own_double(desk: Desk) -> None:
    await published(desk)
    await withdraw(desk)
    await desk.edit(NUMBER, {BlockId.ACCOUNT: OTHER_CATEGORY})
    assert "Same supplier" not in words(desk.card(NUMBER))
    await desk.approve(NUMBER)
    await withdraw(desk)

    await desk.press(desk.card(NUMBER), ActionId.ASK_AGAIN, BOOKKEEPER)

    assert "Same supplier" not in words(desk.card(NUMBER))
    await desk.approve(NUMBER)
    assert statuses(desk) == ["VOIDED", "VOIDED", "AUTHORISED"]
