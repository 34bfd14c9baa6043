"""The bill is in Xero, the payment is not: another payment method for the payment alone, from the alert."""

from typing import Any

import pytest

from bot.domain.payment_methods import PaymentMethodForm
from bot.domain.settings import Destination, PaymentStatus
from bot.playground.slack import ADMIN, APPROVER, BOOKKEEPER, MEMBER, Submitted, View
from bot.services import alerts
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, actions, words
from tests.handlers.test_paid import account, alert, costs, payments, relink

pytestmark = pytest.mark.desk(undo_seconds=0, alerts_apart=True)

NUMBER = "INV-1"


async def method(desk: Desk, name: str, code: str | None, *, is_active: bool = True) -> str:
    """As an admin makes it; answers its id."""
    actor, of, save = await desk.world.actor(), desk.world.organisation_id, desk.world.services.payment_methods.save
    linked = None if code is None else await account(desk, code)
    form = PaymentMethodForm(version=0, name=name, last_digits=None, bank_account=linked)
    page = await save(actor, of, None, form)
    made = next(known.method.id for known in page.methods if known.method.name == name)
    if not is_active:
        form = PaymentMethodForm(version=1, name=name, last_digits=None, bank_account=linked, is_active=False)
        await save(actor, of, made, form)
    return str(made)


async def refused(desk: Desk, currency: str = "GBP") -> None:
    """A bill that is in Xero, and whose payment from the current account was refused."""
    visa = await method(desk, "Visa", "090")
    await method(desk, "Spare Visa", "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    await desk.add(**{BlockId.CURRENCY: currency})
    desk.xero.archive_account(TRADING, "090")
    await desk.approve(NUMBER)
    assert payments(desk) == []


async def form(desk: Desk, user: str = BOOKKEEPER) -> View:
    await desk.press(alert(desk), ActionId.PAY_WITH_ANOTHER, user)
    return desk.modal(user)


async def offered(desk: Desk, view: View, user: str = BOOKKEEPER, text: str = "") -> list[dict[str, Any]]:
    return await desk.slack.options(view, ActionId.FIND_USABLE_METHOD, text, user=user)


def names(options: list[dict[str, Any]]) -> list[str]:
    return [option["text"]["text"] for option in options]


def tampered(view: View, method_id: str) -> View:
    """The form in the hands of somebody who makes up what was on offer."""
    option = {"value": method_id, "text": {"type": "plain_text", "text": "made up"}}
    view.blocks[1]["element"]["initial_option"] = option
    return view


def said(done: Submitted, desk: Desk, user: str) -> str:
    """What somebody was told who sent a form, in it or in the channel."""
    return " ".join([*desk.whispers(user), "" if done.view is None else words(done.view)])


def sent(desk: Desk, what: str) -> int:
    return sum(call.method == "PUT" and call.path.endswith(what) for call in desk.xero.calls)


async def test_the_payment_alone_is_sent_again_from_the_account_of_the_method_that_is_chosen(desk: Desk) -> None:
    await refused(desk)
    for name, code in (("Card", "093"), ("Unlinked", None), ("Euros", "092")):
        await method(desk, name, code)
    await method(desk, "Old card", "091", is_active=False)
    bills, approved_by = sent(desk, "/Invoices"), words(desk.card(NUMBER))

    await desk.press(alert(desk), ActionId.PAY_WITH_ANOTHER, APPROVER)
    assert "admins and bookkeepers can do that" in desk.whispers(APPROVER)[-1]
    view = await form(desk)
    assert "Now: Visa → 090 · Business Current Account (GBP)" in words(view)
    assert "The payment alone is sent again, at once. The document stays in Xero" in words(view)
    (card,) = await offered(desk, view)
    only = "neither unlinked ones, nor another currency, nor the refused account once more"
    assert names([card]) == ["Card → 093 · Company Card (GBP)"], only
    assert BlockId.PAYMENT_METHOD in (await desk.slack.submit(view, {})).errors
    assert (await desk.slack.submit(view, {BlockId.PAYMENT_METHOD: card["value"]})).errors == {}
    await desk.settle()

    (bill,), (payment,) = desk.xero.bills(), payments(desk)
    assert (bill["Status"], payment["Account"]["Code"], payment["Invoice"]["InvoiceID"]) == (
        "PAID",
        "093",
        bill["InvoiceID"],
    )
    assert sent(desk, "/Invoices") == bills
    told = words(alert(desk))
    assert f"<@{BOOKKEEPER}> had it paid with Card, from 093 · Company Card instead." in told
    assert "The payment is in Xero" in told
    assert actions(alert(desk)) == []
    assert f"*Approved* by <@{APPROVER}>" in approved_by
    assert "Its payment" not in words(desk.card(NUMBER))
    assert f"*Approved* by <@{APPROVER}>" in words(desk.card(NUMBER))
    await desk.press(desk.card(NUMBER), ActionId.EXPLAIN_ITEM, MEMBER)
    why = words(desk.modal(MEMBER))
    assert f"Card → 093 · Company Card (GBP)\n_chosen by a person_: <@{BOOKKEEPER}>\n• instead of Visa (" in why
    await desk.press(desk.card(NUMBER), ActionId.SHOW_DETAILS, MEMBER)
    assert f"<@{BOOKKEEPER}>: had it paid otherwise: with Card, from 093 · Company Card" in words(desk.modal(MEMBER))


async def test_of_two_who_choose_the_first_one_pays_and_the_other_is_told(desk: Desk) -> None:
    await refused(desk)
    await method(desk, "Card", "093")
    await method(desk, "Savings", "091")
    before = alert(desk)
    mine, theirs = await form(desk), await form(desk, ADMIN)
    card, savings = await offered(desk, mine)
    await offered(desk, theirs, ADMIN)

    await desk.slack.submit(mine, {BlockId.PAYMENT_METHOD: card["value"]})
    late = await desk.slack.submit(theirs, {BlockId.PAYMENT_METHOD: savings["value"]})
    await desk.settle()
    await desk.press(before, ActionId.PAY_WITH_ANOTHER, BOOKKEEPER)
    await desk.press(before, ActionId.RETRY_ITEM, BOOKKEEPER)

    assert [payment["Account"]["Code"] for payment in payments(desk)] == ["093"]
    assert "nothing has to be fixed now" in said(late, desk, ADMIN)
    assert "nothing has to be fixed now" in desk.whispers(BOOKKEEPER)[-1]


async def test_a_form_of_before_the_last_refusal_does_not_undo_what_was_chosen_since(desk: Desk) -> None:
    await refused(desk)
    await method(desk, "Card", "093")
    await method(desk, "Savings", "091")
    old = await form(desk, ADMIN)
    await offered(desk, old, ADMIN)
    view = await form(desk)
    card, savings = await offered(desk, view)
    desk.xero.archive_account(TRADING, "093")
    await desk.slack.submit(view, {BlockId.PAYMENT_METHOD: card["value"]})
    await desk.settle()
    assert "does not take 093 · Company Card for it" in words(alert(desk))
    assert "Refused 2 times" in words(alert(desk))

    stale = await desk.slack.submit(old, {BlockId.PAYMENT_METHOD: savings["value"]})
    await desk.settle()
    assert "has changed since you opened it" in said(stale, desk, ADMIN)
    assert payments(desk) == []

    view = await form(desk)
    assert names(await offered(desk, view, text="sav")) == ["Savings → 091 · Business Savings Account (GBP)"]
    await desk.slack.submit(view, {BlockId.PAYMENT_METHOD: savings["value"]})
    await desk.settle()
    assert [payment["Account"]["Code"] for payment in payments(desk)] == ["091"]


async def test_what_was_never_on_offer_is_not_taken(desk: Desk) -> None:
    await refused(desk)
    await method(desk, "Card", "093")
    why = {
        await method(desk, "Unlinked", None): "not linked to a live bank account",
        await method(desk, "Old card", "091", is_active=False): "not linked to a live bank account",
        await method(desk, "Euros", "092"): "This one pays in EUR, and a document in GBP cannot be paid from it",
        "00000000-0000-4000-8000-000000000001": "not linked to a live bank account",
    }

    for method_id, sentence in why.items():
        view = tampered(await form(desk), method_id)
        done = await desk.slack.submit(view, {BlockId.PAYMENT_METHOD: method_id})
        assert sentence in done.errors[BlockId.PAYMENT_METHOD]
        await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await desk.settle()

    assert payments(desk) == []
    assert ActionId.PAY_WITH_ANOTHER in actions(alert(desk))


async def test_another_method_with_the_refused_account_is_not_another_one(desk: Desk) -> None:
    """The account is back in Xero, where Retry is what pays from it."""
    await refused(desk)
    await method(desk, "Card", "093")
    desk.xero.restore_account(TRADING, "090")
    await desk.slack.command("/dext", "sync bank accounts", user=ADMIN)
    await desk.settle()

    view = await form(desk)
    assert names(await offered(desk, view)) == ["Card → 093 · Company Card (GBP)"]
    actor, of = await desk.world.actor(), desk.world.organisation_id
    listed = (await desk.world.services.payment_methods.listed(actor, of)).methods
    spare = next(str(known.method.id) for known in listed if known.method.name == "Spare Visa")
    done = await desk.slack.submit(tampered(view, spare), {BlockId.PAYMENT_METHOD: spare})
    assert "pays from the bank account that was refused" in done.errors[BlockId.PAYMENT_METHOD]


async def test_where_none_can_be_used_it_says_who_links_one_and_an_admin_gets_there_by_a_button(desk: Desk) -> None:
    await refused(desk)
    await method(desk, "Petty cash", None)

    view = await form(desk)
    assert "No other payment method is linked to a live bank account in Xero that can pay this." in words(view)
    assert f"An admin can link one: <@{ADMIN}>. They type `/dext payment-methods`." in words(view)
    assert ActionId.OPEN_PAYMENT_METHODS not in actions(view)
    await desk.slack.close_modal(BOOKKEEPER, everything=True)

    view = await form(desk, ADMIN)
    assert "Press *Payment methods*, and link one or add one." in words(view)
    await desk.press(view, ActionId.OPEN_PAYMENT_METHODS, ADMIN)
    listed = desk.modal(ADMIN)
    assert "Petty cash" in words(listed)
    petty = next(
        block["accessory"] for block in listed.blocks if "Petty cash" in str(block.get("text")) and "accessory" in block
    )
    await desk.slack.click(listed, ActionId.CHANGE_PAYMENT_METHOD, value=petty["value"], user=ADMIN)
    account_form = desk.modal(ADMIN)
    block = next(str(each["block_id"]) for each in account_form.blocks if "bank_account" in str(each["block_id"]))
    (option,) = await desk.slack.options(account_form, ActionId.FIND_BANK_ACCOUNT, "091", user=ADMIN)
    assert (await desk.slack.submit(account_form, {block: option["value"]})).errors == {}
    await desk.slack.close_modal(ADMIN, everything=True)

    view = await form(desk)
    (petty_cash,) = await offered(desk, view)
    await desk.slack.submit(view, {BlockId.PAYMENT_METHOD: petty_cash["value"]})
    await desk.settle()
    assert [payment["Account"]["Code"] for payment in payments(desk)] == ["091"]


async def test_a_choice_that_is_cut_off_has_changed_nothing_and_can_be_made_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await refused(desk)
    await method(desk, "Card", "093")
    view = await form(desk)
    (card,) = await offered(desk, view)

    async def dies(*_: object, **__: object) -> None:
        raise RuntimeError("the process died")

    with monkeypatch.context() as broken:
        broken.setattr(alerts, "fixed", dies)
        await desk.slack.submit(view, {BlockId.PAYMENT_METHOD: card["value"]})
        await desk.settle()
    assert payments(desk) == []
    assert "Now: Visa → 090" in words(await form(desk))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)

    view = await form(desk)
    await offered(desk, view)
    await desk.slack.submit(view, {BlockId.PAYMENT_METHOD: card["value"]})
    await desk.settle()
    assert [payment["Account"]["Code"] for payment in payments(desk)] == ["093"]


async def test_a_bill_in_euros_is_paid_from_an_account_in_euros_or_in_the_books_own_currency(desk: Desk) -> None:
    await refused(desk, "EUR")
    assert "It has to be in EUR or GBP." in words(await form(desk))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await method(desk, "Euros", "092")
    await method(desk, "Savings", "091")

    view = await form(desk)
    options = await offered(desk, view)
    assert [name.partition(" → ")[0] for name in names(options)] == ["Euros", "Savings"]
    await desk.slack.submit(view, {BlockId.PAYMENT_METHOD: options[0]["value"]})
    await desk.settle()
    assert [payment["Account"]["Code"] for payment in payments(desk)] == ["092"]


async def test_money_spent_that_is_refused_offers_only_accounts_that_can_take_it(desk: Desk) -> None:
    """A whole document: another paying account is approved again."""
    visa = await method(desk, "Visa", "090")
    await costs(desk, destination=Destination.BANK_ACCOUNTS, default_payment_method=visa)
    await desk.add()
    desk.xero.archive_account(TRADING, "090")
    await desk.approve(NUMBER)
    await method(desk, "Euros", "092")
    await desk.press(alert(desk), ActionId.CHOOSE_PAYMENT_METHOD, BOOKKEEPER)
    assert f"An admin can link one: <@{ADMIN}>" in words(desk.modal(BOOKKEEPER))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await method(desk, "Card", "093")

    await desk.press(alert(desk), ActionId.CHOOSE_PAYMENT_METHOD, BOOKKEEPER)
    view = desk.modal(BOOKKEEPER)
    assert "What is paid from another account is approved again" in words(view)
    (card,) = await offered(desk, view)
    await desk.slack.submit(view, {BlockId.PAYMENT_METHOD: card["value"]})
    await desk.settle()
    assert ActionId.APPROVE_ITEM in actions(desk.card(NUMBER))
    await desk.approve(NUMBER)
    (spent,) = desk.xero.books[TRADING].bank_transactions.values()
    assert spent["BankAccount"]["Code"] == "093"


async def test_a_method_of_the_same_name_that_was_linked_anew_is_offered(desk: Desk) -> None:
    await refused(desk)
    actor = await desk.world.actor()
    listed = (await desk.world.services.payment_methods.listed(actor, desk.world.organisation_id)).methods
    visa = next(known.method for known in listed if known.method.name == "Visa")
    await relink(desk, str(visa.id), "091")

    view = await form(desk)
    (option,) = await offered(desk, view)
    await desk.slack.submit(view, {BlockId.PAYMENT_METHOD: option["value"]})
    await desk.settle()
    assert [payment["Account"]["Code"] for payment in payments(desk)] == ["091"]
