"""Which bank account something is paid from: what approvers decided on, whatever becomes of its payment method."""

from datetime import date

import pytest

from bot.db.base import dump
from bot.domain.problems import Problem, ProblemCode
from bot.domain.settings import Destination, PaymentStatus
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER
from bot.services.alerts import ALERTS
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, actions, words
from tests.handlers.test_paid import alert, costs, method, payments, relink, sales

pytestmark = pytest.mark.desk(undo_seconds=0, alerts_apart=True)

NUMBER = "INV-1"


async def test_the_same_payment_method_with_another_bank_account_mends_a_refusal(desk: Desk) -> None:
    visa = await method(desk, "090")
    await costs(desk, destination=Destination.BANK_ACCOUNTS, default_payment_method=visa)
    await desk.add()
    desk.xero.archive_account(TRADING, "090")
    await desk.approve(NUMBER)
    told = alert(desk)
    assert ActionId.CHOOSE_PAYMENT_METHOD in actions(told)

    await relink(desk, visa, "091")
    await desk.press(told, ActionId.CHOOSE_PAYMENT_METHOD, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    await desk.slack.options(form, ActionId.FIND_USABLE_METHOD, "", user=BOOKKEEPER, block_id=BlockId.PAYMENT_METHOD)
    done = await desk.slack.submit(form, {BlockId.PAYMENT_METHOD: visa})
    assert (done.errors, done.error) == ({}, None)
    await desk.settle()
    assert ActionId.APPROVE_ITEM in actions(desk.card(NUMBER))
    await desk.approve(NUMBER)
    (spent,) = desk.xero.books[TRADING].bank_transactions.values()
    assert spent["BankAccount"]["Code"] == "091"


async def test_what_is_to_be_paid_is_sent_as_a_draft_under_its_approval(desk: Desk) -> None:
    visa = await method(desk, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    await desk.add()
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 12, 31))
    await desk.approve(NUMBER)
    told = alert(desk)
    assert ActionId.PUBLISH_AS_DRAFT in actions(told)
    await desk.press(told, ActionId.PUBLISH_AS_DRAFT, BOOKKEEPER)
    (bill,) = desk.xero.bills()
    assert bill["Status"] == "DRAFT"
    assert payments(desk) == []


async def test_items_wait_as_soon_as_a_refusal_tells_that_their_bank_account_is_archived(desk: Desk) -> None:
    visa = await method(desk, "090")
    await costs(desk, destination=Destination.BANK_ACCOUNTS, default_payment_method=visa)
    await desk.add()
    await desk.add(**{BlockId.NUMBER: "INV-2"})
    desk.xero.archive_account(TRADING, "090")
    await desk.approve(NUMBER)
    asked = desk.card("INV-2")
    await desk.press(asked, ActionId.APPROVE_ITEM)
    assert "not linked to a bank account" in words(desk.card("INV-2")), "nobody approves what would be refused"
    assert len(desk.slack.thread(BILLS, asked.ts)) == 0

    desk.xero.restore_account(TRADING, "090")
    await desk.slack.command("/dext", "sync bank accounts", user=ADMIN)
    await desk.settle()
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-2"))


async def test_a_payment_that_was_refused_for_something_else_is_made_from_the_account_that_was_decided_on(
    desk: Desk,
) -> None:
    desk.xero.grants.withheld |= {"accounting.payments"}
    visa = await method(desk, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    await desk.add()
    await desk.approve(NUMBER)
    assert "Dext may not record payments in Xero" in words(alert(desk))

    await relink(desk, visa, "091")
    desk.xero.grants.withheld.clear()
    await desk.press(alert(desk), ActionId.RETRY_ITEM, BOOKKEEPER)
    (payment,) = payments(desk)
    assert payment["Account"]["Code"] == "090"


async def test_a_refused_bill_that_is_a_sale_after_all_is_coded_by_the_settings_of_sales(desk: Desk) -> None:
    await sales(desk, destination=Destination.SALES, default_account="200", default_tax_rate="OUTPUT2")
    await desk.add()
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 12, 31))
    await desk.approve(NUMBER)
    await desk.press(alert(desk), ActionId.EDIT_ITEM, BOOKKEEPER)
    await desk.slack.click(desk.modal(BOOKKEEPER), ActionId.CHOOSE_KIND, value="sale", user=BOOKKEEPER)
    done = await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.CUSTOMER: "Big Buyer plc"})
    assert (done.errors, done.error) == ({}, None)
    await desk.settle()

    assert "A category is missing" not in words(desk.card(NUMBER))
    assert "A tax rate is missing" not in words(desk.card(NUMBER))


async def test_a_payment_that_stands_there_otherwise_is_not_made_twice_by_an_alert_of_before(desk: Desk) -> None:
    visa = await method(desk, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    await desk.add()
    desk.xero.archive_account(TRADING, "090")
    await desk.approve(NUMBER)
    before = alert(desk)
    assert ActionId.RETRY_ITEM in actions(before)
    desk.xero.restore_account(TRADING, "090")
    differs = Problem(code=ProblemCode.PAYMENT_DIFFERS, facts={"differences": "amount paid"})
    async with desk.world.services.db.write() as tx:
        await tx.execute(ALERTS.update().values(problem=dump(differs)))

    await desk.press(before, ActionId.RETRY_ITEM, BOOKKEEPER)
    assert payments(desk) == []
    assert "nothing has to be fixed now" in desk.whispers(BOOKKEEPER)[-1]


async def test_items_wait_too_as_soon_as_a_payment_is_refused_for_an_archived_bank_account(desk: Desk) -> None:
    """Else each of them would be in the ledger unpaid, one by one."""
    visa = await method(desk, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    await desk.add()
    await desk.add(**{BlockId.NUMBER: "INV-2"})
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-2"))
    desk.xero.archive_account(TRADING, "090")
    await desk.approve(NUMBER)

    await desk.press(desk.card("INV-2"), ActionId.APPROVE_ITEM)
    assert ":warning: its bank account, 090 · Business Current Account (GBP), is archived in Xero" in words(
        desk.card("INV-2")
    )
    assert ActionId.APPROVE_ITEM not in actions(desk.card("INV-2"))

    desk.xero.restore_account(TRADING, "090")
    await desk.press(alert(desk), ActionId.RETRY_ITEM, BOOKKEEPER)
    assert [payment["Account"]["Code"] for payment in payments(desk)] == ["090"], "what was decided on is tried again"
    await desk.slack.command("/dext", "sync bank accounts", user=ADMIN)
    await desk.settle()
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-2"))
