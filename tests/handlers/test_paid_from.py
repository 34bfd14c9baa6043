"""What is to be paid needs a payment method with a bank account: asked for, linked from the card, and followed by all."""

from bot.domain.ids import UserId
from bot.domain.payment_methods import PaymentMethod, PaymentMethodForm
from bot.domain.settings import KindSettings, PaymentStatus, SettingsForm
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, Message, View
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, actions, filled, words

CURRENT = "090 · Business Current Account (GBP)"


async def a_method(desk: Desk, name: str = "Company Visa", code: str | None = None) -> PaymentMethod:
    """Made by an admin, linked to the bank account with this code."""
    services, actor, of = desk.world.services, await desk.world.actor(), desk.world.organisation_id
    accounts = await services.choices.bank_accounts(actor, of, code or "")
    linked = None if code is None else accounts.others[0].provider_id
    form = PaymentMethodForm(version=0, name=name, last_digits="4242", bank_account=linked)
    found = await services.payment_methods.save(actor, of, None, form)
    return next(known.method for known in found.methods if known.method.name == name)


async def as_paid(desk: Desk, method: PaymentMethod | None = None) -> None:
    """Costs are published as paid, with this method."""
    actor, settings = await desk.world.actor(), await desk.world.settings()
    assert settings.approvals_channel is not None
    assert settings.alerts_channel is not None
    costs = KindSettings(
        payment_status=PaymentStatus.PAID,
        default_account=settings.costs.default_account,
        default_tax_rate=settings.costs.default_tax_rate,
        default_payment_method=None if method is None else str(method.id),
    )
    form = SettingsForm(
        version=settings.version,
        costs=costs,
        approvers=(UserId(APPROVER),),
        bookkeepers=(UserId(BOOKKEEPER),),
        approvals_channel=settings.approvals_channel,
        alerts_channel=settings.alerts_channel,
    )
    await desk.world.services.set_up.save(actor, desk.world.organisation_id, form)
    await desk.settle()


async def link(desk: Desk, where: Message | View, code: str = "090") -> None:
    """From the button of a card: the form of the method, and a bank account chosen in it."""
    await desk.press(where, ActionId.CHANGE_PAYMENT_METHOD, ADMIN)
    form = desk.modal(ADMIN)
    (option,) = await desk.slack.options(form, ActionId.FIND_BANK_ACCOUNT, code, user=ADMIN)
    done = await desk.slack.submit(form, filled(form, {BlockId.BANK_ACCOUNT: option["value"]}))
    assert done.errors == {}
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.settle()


async def test_an_unlinked_method_is_linked_from_a_card_and_all_that_waits_for_it_goes_on(desk: Desk) -> None:
    method = await a_method(desk)
    await as_paid(desk, method)
    for number in ("INV-1", "INV-2", "INV-3"):
        await desk.add(**{BlockId.NUMBER: number, BlockId.SUPPLIER: f"Supplier of {number}"})
    waiting = desk.card("INV-1")
    assert "its payment method is not linked to a bank account" in words(waiting)
    assert "Company Visa ··4242\n:warning: no bank account linked" in words(waiting)
    assert ActionId.CHANGE_PAYMENT_METHOD in actions(waiting)
    assert "An admin presses *Link payment method*" in words(waiting)
    await desk.press(waiting, ActionId.CHANGE_PAYMENT_METHOD, BOOKKEEPER)
    assert f"admins can do that. Who can: <@{ADMIN}>" in desk.whispers(BOOKKEEPER)[-1]

    await link(desk, waiting)

    for number in ("INV-1", "INV-2", "INV-3"):
        card = desk.card(number)
        assert ActionId.APPROVE_ITEM in actions(card), words(card)
        assert "*Publish as*\nPaid" in words(card)
        assert f"*Payment method*\nCompany Visa ··4242\n→ {CURRENT}" in words(card)
        assert ActionId.CHANGE_PAYMENT_METHOD not in actions(card)


async def test_a_bank_account_archived_in_the_ledger_sends_what_it_pays_back_to_review(desk: Desk) -> None:
    await as_paid(desk, await a_method(desk, code="090"))
    await desk.add()
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))

    desk.xero.archive_account(TRADING, "090")
    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()

    card = desk.card("INV-1")
    assert ActionId.APPROVE_ITEM not in actions(card)
    assert f":warning: its bank account, {CURRENT}, is archived in Xero" in words(card)
    await desk.press(card, ActionId.SHOW_DETAILS, ADMIN)
    assert "*Publish to*\nPurchases" in words(desk.modal(ADMIN))
    await link(desk, desk.modal(ADMIN), "091")
    assert "→ 091 · Business Savings Account (GBP)" in words(desk.card("INV-1"))
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))


async def test_paid_without_a_method_is_warned_of_in_the_settings_and_asked_for_on_the_item(desk: Desk) -> None:
    await desk.slack.command("/dext", "settings", user=ADMIN, channel=BILLS)
    form = desk.modal(ADMIN)
    assert "No default payment method" not in words(form)
    assert (await desk.slack.submit(form, {BlockId.PAYMENT_STATUS: "paid"})).errors == {}
    assert "as *Paid*" in words(desk.modal(ADMIN))
    assert "No default payment method is chosen. What has none of its own waits for one" in words(desk.modal(ADMIN))
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.settle()
    await a_method(desk, code="090")
    card = await desk.add()
    assert "has no payment method: choose the one it was paid with" in words(card)
    assert ActionId.CHANGE_PAYMENT_METHOD not in actions(card)

    await desk.press(card, ActionId.EDIT_ITEM, BOOKKEEPER)
    edit = desk.modal(BOOKKEEPER)
    assert "As in the settings: Paid" in words(edit)
    assert "To be published as Paid or to bank accounts, it needs one with a bank account" in words(edit)
    (option,) = await desk.slack.options(edit, ActionId.FIND_PAYMENT_METHOD, "visa", user=BOOKKEEPER)
    await desk.slack.submit(edit, {BlockId.PAYMENT_METHOD: option["value"]})
    await desk.settle()

    assert f"Company Visa ··4242\n→ {CURRENT}\n_chosen by a person_" in words(desk.card("INV-1"))
    await desk.press(desk.card("INV-1"), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
    why = words(desk.modal(BOOKKEEPER))
    assert f"*Payment method*\nCompany Visa ··4242 → {CURRENT}\n_chosen by a person_: <@{BOOKKEEPER}>" in why
    assert "*Publish to*\nPurchases\n_as the settings say_" in why


async def test_to_a_bank_account_it_has_no_status_and_a_method_switched_off_meanwhile_is_not_taken(desk: Desk) -> None:
    method = await a_method(desk, code="090")
    await desk.press(await desk.add(), ActionId.EDIT_ITEM, BOOKKEEPER)
    edit = desk.modal(BOOKKEEPER)
    (option,) = await desk.slack.options(edit, ActionId.FIND_PAYMENT_METHOD, "", user=BOOKKEEPER)
    off = PaymentMethodForm(
        version=1, name=method.name, last_digits="4242", bank_account=method.bank_account, is_active=False
    )
    services, of = desk.world.services, desk.world.organisation_id
    await services.payment_methods.save(await desk.world.actor(), of, method.id, off)
    chosen = {f"{BlockId.PUBLISH_TO}:cost": "bank_accounts", BlockId.PAYMENT_METHOD: option["value"]}

    refused = await desk.slack.submit(edit, chosen)
    on = PaymentMethodForm(version=2, name=method.name, last_digits="4242", bank_account=method.bank_account)
    await services.payment_methods.save(await desk.world.actor(), of, method.id, on)
    done = await desk.slack.submit(edit, chosen)
    await desk.settle()

    assert "not in use any more" in refused.errors[BlockId.PAYMENT_METHOD]
    assert done.errors == {}
    card = words(desk.card("INV-1"))
    assert "*Publish to*\nBank accounts\n_chosen by a person_" in card
    assert "*Publish as*" not in card
    assert f"→ {CURRENT}" in card
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))


async def test_a_method_that_is_renamed_and_switched_off_is_told_so_where_it_is_waited_for(desk: Desk) -> None:
    method = await a_method(desk, code="090")
    await as_paid(desk, method)
    await desk.add()
    off = PaymentMethodForm(
        version=1, name="Old Visa", last_digits="4242", bank_account=method.bank_account, is_active=False
    )

    await desk.world.services.payment_methods.save(await desk.world.actor(), desk.world.organisation_id, method.id, off)
    await desk.settle()

    card = desk.card("INV-1")
    assert "Old Visa ··4242\n:warning: it is switched off" in words(card)
    assert "An admin presses *Switch payment method on*" in words(card)
    await desk.press(card, ActionId.CHANGE_PAYMENT_METHOD, ADMIN)
    form = desk.modal(ADMIN)
    await desk.slack.submit(form, filled(form, {BlockId.IN_USE: "yes"}))
    await desk.settle()
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))


async def test_what_was_chosen_for_a_cost_is_not_kept_where_it_becomes_a_sale(desk: Desk) -> None:
    await desk.press(await desk.add(), ActionId.EDIT_ITEM, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    to = {f"{BlockId.PUBLISH_TO}:cost": "purchases"}

    await desk.slack.click(form, ActionId.CHOOSE_KIND, value="sale", user=BOOKKEEPER, values=to)

    assert "As in the settings: Sales" in words(desk.modal(BOOKKEEPER))
    assert "What it was received with" in words(desk.modal(BOOKKEEPER))


async def test_what_is_not_to_be_paid_shows_no_payment_method_on_its_card(desk: Desk) -> None:
    method = await a_method(desk, code="090")
    await as_paid(desk, method)
    assert f"*Payment method*\nCompany Visa ··4242\n→ {CURRENT}" in words(await desk.add())

    assert (await desk.edit("INV-1", {BlockId.PUBLISH_AS: "awaiting_payment"})).errors == {}

    assert "Payment method" not in words(desk.card("INV-1"))
    await desk.press(desk.card("INV-1"), ActionId.SHOW_DETAILS, APPROVER)
    details = words(desk.modal(APPROVER))
    assert "*Payment method*\nCompany Visa ··4242, and it is not to be paid from here" in details
    assert "Payment date" not in details


async def test_a_payment_is_said_to_have_the_documents_date_wherever_it_is_chosen_or_asked_for(desk: Desk) -> None:
    await as_paid(desk, await a_method(desk, code="090"))
    card = await desk.add()

    await desk.press(card, ActionId.EDIT_ITEM, BOOKKEEPER)
    assert "The payment has the document's date." in words(desk.modal(BOOKKEEPER))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    for action in (ActionId.SHOW_DETAILS, ActionId.EXPLAIN_ITEM):
        await desk.press(card, action, APPROVER)
        assert "*Payment date*\n1 Mar 2026\n_the document's date_" in words(desk.modal(APPROVER))
        await desk.slack.close_modal(APPROVER, everything=True)


async def test_a_paying_account_of_another_currency_is_said_to_be_one(desk: Desk) -> None:
    euros = await a_method(desk, "Euros", "092")
    await as_paid(desk, await a_method(desk, code="090"))
    assert "converts" not in words(await desk.add())
    card = words(await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.CURRENCY: "EUR"}))
    assert f"→ {CURRENT}\nin GBP: Xero converts the EUR at the exchange rate" in card
    assert "will refuse that" not in card

    for number in ("INV-1", "INV-2"):
        await desk.press(desk.card(number), ActionId.EDIT_ITEM, BOOKKEEPER)
        edit = desk.modal(BOOKKEEPER)
        await desk.slack.options(edit, ActionId.FIND_PAYMENT_METHOD, "euros", user=BOOKKEEPER)
        assert (await desk.slack.submit(edit, {BlockId.PAYMENT_METHOD: str(euros.id)})).errors == {}
        await desk.settle()

    assert "→ 092 · Euro Account (EUR)\n:warning: in EUR, not in GBP" in words(desk.card("INV-1"))
    assert "→ 092 · Euro Account (EUR)\n_chosen by a person_" in words(desk.card("INV-2"))
