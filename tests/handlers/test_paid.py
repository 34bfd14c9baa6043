"""Documents published as paid, or to bank accounts: from the payment method in Slack to the payment in Xero."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from bot.db.base import new_id
from bot.db.payment_methods import change_method, insert_method
from bot.domain.ids import ChannelId, UserId
from bot.domain.payment_methods import PaymentMethodForm, PaymentMethodId
from bot.domain.settings import Destination, KindSettings, PaymentStatus, SalesForm, SettingsForm
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, Message
from bot.services.bank_accounts import bank_accounts
from bot.views.ids import ActionId, BlockId
from providers.xero.simulated.endpoints import attachments
from providers.xero.simulator import TRADING
from tests.fakes.connected import CATEGORY, TAX
from tests.handlers.desk import Desk, actions, words
from tests.intake.documents import Row

pytestmark = pytest.mark.desk(undo_seconds=0, alerts_apart=True)

NUMBER = "INV-1"


async def account(desk: Desk, code: str) -> str:
    """The ledger's id of a bank account."""
    actor = await desk.world.actor(ADMIN)
    async with desk.world.services.db.read() as tx:
        found = await bank_accounts(tx, actor.workspace.id, desk.world.organisation_id)
    return next(account.provider_id for _, account in found.values() if account.code == code)


async def method(desk: Desk, code: str | None) -> str:
    """A payment method, linked to the bank account with this code; answers its id."""
    actor, method_id = await desk.world.actor(ADMIN), PaymentMethodId(new_id())
    linked = None if code is None else await account(desk, code)
    form = PaymentMethodForm(version=0, name="Company Visa", last_digits="4242", bank_account=linked)
    async with desk.world.services.db.write() as tx:
        assert await insert_method(tx, actor.workspace.id, desk.world.organisation_id, method_id, form)
    return str(method_id)


async def relink(desk: Desk, method_id: str, code: str) -> None:
    actor, linked = await desk.world.actor(ADMIN), await account(desk, code)
    form = PaymentMethodForm(version=1, name="Company Visa", last_digits="4242", bank_account=linked)
    async with desk.world.services.db.write() as tx:
        of = PaymentMethodId(UUID(method_id))
        assert await change_method(tx, actor.workspace.id, desk.world.organisation_id, of, form)


async def costs(desk: Desk, **chosen: Any) -> None:
    """What the settings say for costs from now on."""
    before, actor = await desk.world.settings(), await desk.world.actor(ADMIN)
    form = SettingsForm(
        version=before.version,
        costs=KindSettings(**{"default_account": CATEGORY, "default_tax_rate": TAX, **chosen}),
        approvers=before.approvers,
        bookkeepers=(UserId(BOOKKEEPER),),
        approvals_channel=ChannelId(BILLS),
        alerts_channel=ChannelId(BILLS),
    )
    await desk.world.services.set_up.settings.save(actor, desk.world.organisation_id, form)
    await desk.world.settle()


async def sales(desk: Desk, **chosen: Any) -> None:
    """What the settings say for sales from now on."""
    actor, before = await desk.world.actor(ADMIN), await desk.world.settings()
    form = SalesForm(version=before.version, sales=KindSettings(**chosen))
    await desk.world.services.sales_settings.save(actor, desk.world.organisation_id, form)
    await desk.world.settle()


def alert(desk: Desk) -> Message:
    """The last one."""
    return desk.slack.thread(BILLS, desk.card(NUMBER).ts)[-1]


async def home(desk: Desk, user: str) -> str:
    await desk.slack.open_home(user)
    shown = desk.slack.home(user)
    assert shown is not None
    return words(shown)


def payments(desk: Desk) -> list[dict[str, Any]]:
    return [dict(each) for each in desk.xero.books[TRADING].payments.values() if each["Status"] != "DELETED"]


async def test_a_bill_that_is_paid_waits_for_a_linked_payment_method_and_is_then_paid_in_xero(desk: Desk) -> None:
    unlinked = await method(desk, None)
    await costs(desk, payment_status=PaymentStatus.PAID)
    card = await desk.add()
    assert "has no payment method" in words(card)
    assert ActionId.APPROVE_ITEM not in actions(card)

    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=unlinked)
    assert "not linked to a bank account" in words(desk.card(NUMBER))
    await relink(desk, unlinked, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=unlinked)
    await desk.edit(NUMBER, {BlockId.DUE_ON: "2026-04-01"})
    await desk.approve(NUMBER)

    (bill,), (payment,) = desk.xero.bills(), payments(desk)
    assert (bill["Status"], bill["AmountDue"]) == ("PAID", Decimal(0))
    assert payment["Invoice"]["InvoiceID"] == bill["InvoiceID"]
    assert (payment["Account"]["Code"], payment["Date"], payment["Amount"]) == ("090", "2026-03-01", Decimal(120))
    assert payment["Reference"].startswith("B-")
    assert "Published* to Xero" in words(desk.card(NUMBER))
    assert "and checked there; its payment is there too" in words(desk.card(NUMBER))
    assert "follow" not in words(desk.card(NUMBER)), "recorded by now"
    assert desk.slack.thread(BILLS, desk.card(NUMBER).ts) == []


async def test_money_spent_is_booked_on_the_bank_account_of_the_payment_method(desk: Desk) -> None:
    visa = await method(desk, "090")
    await costs(desk, destination=Destination.BANK_ACCOUNTS, default_payment_method=visa)

    await desk.add()
    await desk.approve(NUMBER)

    (spent,) = desk.xero.books[TRADING].bank_transactions.values()
    assert desk.xero.bills() == payments(desk) == []
    assert (spent["Type"], spent["BankAccount"]["Code"], spent["Total"]) == ("SPEND", "090", Decimal(120))
    assert spent["Reference"] == NUMBER


async def test_a_payment_that_xero_refuses_is_told_and_tried_alone_from_where_its_method_is_linked_by_then(
    desk: Desk,
) -> None:
    """The bill is in Xero, the payment is not."""
    visa = await method(desk, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    await desk.add()
    desk.xero.archive_account(TRADING, "090")
    await desk.approve(NUMBER)

    told = alert(desk)
    assert "The payment's bank account cannot be used in Xero" in words(told)
    assert "The bill is in Xero, and its payment is not" in words(told)
    assert "Choose another payment method here, and the payment alone is sent again" in words(told)
    assert "have an admin link the payment method to another one (Payment methods, in Manage)" in words(told)
    assert f"Admins: <@{ADMIN}>" in words(told)
    assert "`" not in words(told)
    assert f"<@{BOOKKEEPER}>" in words(told)
    assert actions(told)[:3] == [ActionId.PAY_WITH_ANOTHER, ActionId.RETRY_ITEM, ActionId.LEAVE_STEP]
    assert "Published* to Xero" in words(desk.card(NUMBER))
    await relink(desk, visa, "091")
    await desk.press(told, ActionId.RETRY_ITEM, APPROVER)
    assert payments(desk) == []
    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)
    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)

    (bill,), (payment,) = desk.xero.bills(), payments(desk)
    assert (bill["Status"], payment["Account"]["Code"]) == ("PAID", "091")
    assert "had it paid from 091 · Business Savings Account instead" in words(alert(desk))
    assert actions(alert(desk)) == []


async def test_a_payment_and_a_file_that_are_refused_are_told_and_mended_each_by_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    visa = await method(desk, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    monkeypatch.setattr(attachments, "MOST_FILES", 0)
    await desk.drop(NUMBER)
    desk.xero.archive_account(TRADING, "090")
    await desk.approve(NUMBER)
    of_payment, of_file = both(desk)
    assert "its payment is not" in words(of_payment)
    assert "Xero did not take the file" in words(of_file)
    assert "*Its payment is not in Xero as it should be*" in words(desk.card(NUMBER))
    assert "*Its file is not in Xero as it should be*" in words(desk.card(NUMBER))
    assert "and its payment is not as it should be" in await home(desk, BOOKKEEPER)
    assert "Nothing waits for you" in await home(desk, APPROVER)
    monkeypatch.setattr(attachments, "MOST_FILES", 10)

    await desk.press(of_file, ActionId.RETRY_ITEM, BOOKKEEPER)
    (bill,) = desk.xero.bills()
    of_payment, of_file = both(desk)
    assert len(desk.xero.books[TRADING].files(bill["InvoiceID"])) == 1
    assert "The file is in Xero" in words(of_file)
    assert ActionId.RETRY_ITEM in actions(of_payment)
    assert payments(desk) == []
    assert "Its file" not in words(desk.card(NUMBER))
    assert "Its payment is not" in words(desk.card(NUMBER))

    await desk.press(of_payment, ActionId.LEAVE_STEP, BOOKKEEPER)
    of_payment, of_file = both(desk)
    assert "It stays in Xero without the payment" in words(of_payment)
    assert "The file is in Xero" in words(of_file)
    assert actions(of_payment) == []
    assert "Its payment" not in words(desk.card(NUMBER)), "somebody left it so"
    assert "Nothing waits for you" in await home(desk, BOOKKEEPER)


def both(desk: Desk) -> list[Message]:
    """The alerts in the thread: as they began, the payment's first."""
    found = desk.slack.thread(BILLS, desk.card(NUMBER).ts)
    assert len(found) == 2
    return found


async def test_a_sign_in_that_may_not_record_payments_publishes_and_says_so(desk: Desk) -> None:
    """Connections that are older than the wish to pay never asked for that right; nor for money spent."""
    desk.xero.grants.withheld |= {"accounting.payments", "accounting.banktransactions"}
    visa = await method(desk, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    await desk.add()
    await desk.approve(NUMBER)

    assert "Dext may not record payments in Xero" in words(alert(desk))
    assert actions(alert(desk))[:2] == [ActionId.OPEN_CONNECT, ActionId.RETRY_ITEM]
    assert [bill["Status"] for bill in desk.xero.bills()] == ["AUTHORISED"]
    await costs(desk, destination=Destination.BANK_ACCOUNTS, default_payment_method=visa)
    await desk.add(**{BlockId.NUMBER: "INV-2"})
    await desk.approve("INV-2")
    (told,) = desk.slack.thread(BILLS, desk.card("INV-2").ts)
    assert "Dext may not book on bank accounts in Xero" in words(told)


async def test_a_sale_is_coded_by_the_settings_of_sales_and_paid_where_they_say_so(desk: Desk) -> None:
    visa = await method(desk, "090")
    await sales(
        desk,
        destination=Destination.SALES,
        payment_status=PaymentStatus.PAID,
        default_account="200",
        default_tax_rate="OUTPUT2",
        default_payment_method=visa,
    )
    card = await desk.add()
    await desk.press(card, ActionId.EDIT_ITEM, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    await desk.slack.click(form, ActionId.CHOOSE_KIND, value="sale", user=BOOKKEEPER)
    done = await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.CUSTOMER: "Big Buyer plc"})
    assert (done.errors, done.error) == ({}, None)
    await desk.settle()
    await desk.press(desk.card(NUMBER), ActionId.CONFIRM_OURS, BOOKKEEPER)
    await desk.approve(NUMBER)

    (sale,), (payment,) = desk.xero.books[TRADING].invoices.values(), payments(desk)
    assert (sale["Type"], sale["Status"], payment["Account"]["Code"]) == ("ACCREC", "PAID", "090")
    assert [line["AccountCode"] for line in sale["LineItems"]] == ["200"]


async def test_what_comes_to_nothing_is_published_as_paid_without_a_payment(desk: Desk) -> None:
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=await method(desk, "090"))
    await desk.drop(NUMBER, rows=(Row(net="0.00", price="0.00"),), totals=("0.00", "0.00"))

    await desk.approve(NUMBER)

    (bill,) = desk.xero.bills()
    assert bill["Total"] == 0
    assert "PUT /api.xro/2.0/Payments" not in [f"{call.method} {call.path}" for call in desk.xero.calls]
    assert "Published" in words(desk.card(NUMBER))
