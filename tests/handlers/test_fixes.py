"""The buttons of an alert: another category, another tax rate, Retry; by who may, once, on what is still so."""

import asyncio
from datetime import date

import pytest

from bot.db.unit_of_work import Database
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, FORMER, GUEST, MEMBER, OTHER_BOT, OUTSIDER
from bot.services.fixes import Fixes
from bot.services.lists import went_inactive
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, Desk, actions, words
from tests.handlers.refusals import FIXES, NUMBER, alert, choose, form, item_id, refused, tampered

pytestmark = pytest.mark.desk(undo_seconds=0, alerts_apart=True)


async def test_another_category_keeps_the_approval_and_sends_the_bill_again(either: Desk) -> None:
    await refused(either)

    done = await choose(either, OTHER_CATEGORY)

    assert (done.errors, done.error, done.view) == ({}, None, None)
    assert f"Approved* by <@{APPROVER}>" in words(either.card(NUMBER))
    assert "Published* to Xero" in words(either.card(NUMBER))
    (bill,) = either.xero.bills()
    assert [line["AccountCode"] for line in bill["LineItems"]] == [OTHER_CATEGORY]
    assert f"<@{BOOKKEEPER}> chose 461 · Printing &amp; Stationery." in words(alert(either))
    assert "Published to Xero," in words(alert(either))
    assert actions(alert(either)) == []
    await either.press(either.card(NUMBER), ActionId.SHOW_DETAILS, BOOKKEEPER)
    exchanged = "429 · General Expenses → 461 · Printing &amp; Stationery"
    assert f"<@{BOOKKEEPER}>: chose another category: {exchanged}\n" in words(either.modal(BOOKKEEPER))


async def test_a_cause_that_is_gone_is_retried_as_it_is(either: Desk) -> None:
    told = await refused(either)
    either.xero.restore_account(TRADING, CATEGORY)

    await either.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)

    assert len(either.xero.bills()) == 1
    assert f"<@{BOOKKEEPER}> had it sent again as it is." in words(alert(either))
    assert "Published to Xero," in words(alert(either))


async def test_a_second_click_on_retry_is_told_and_sends_nothing_twice(either: Desk) -> None:
    told = await refused(either)
    either.xero.restore_account(TRADING, CATEGORY)
    await either.press(told, ActionId.RETRY_ITEM, BOOKKEEPER, settled=False)

    await either.press(told, ActionId.RETRY_ITEM, ADMIN, settled=False)
    await either.settle()
    await either.press(told, ActionId.RETRY_ITEM, ADMIN)

    first, second = either.whispers(ADMIN)
    assert "is approved" in first
    assert "is published" in second
    assert len(either.xero.bills()) == 1
    assert len(either.xero.calls_to("PUT", "/Invoices")) == 2


async def test_a_press_that_slack_delivers_twice_is_one_press(desk: Desk) -> None:
    told = await refused(desk)
    desk.xero.restore_account(TRADING, CATEGORY)
    desk.slack.faults.deliver_twice = True

    answer = await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)

    assert answer.error is None
    assert desk.whispers(BOOKKEEPER) == []
    assert len(desk.xero.bills()) == 1


async def test_the_archived_category_is_not_on_offer(desk: Desk) -> None:
    await refused(desk)
    view = await form(desk)

    offered = await desk.slack.options(view, ActionId.FIND_ACCOUNT, "", user=BOOKKEEPER)

    values = [option["value"] for option in offered]
    assert OTHER_CATEGORY in values
    assert CATEGORY not in values
    assert "Now: 429 · General Expenses" in words(view)


async def test_the_refused_category_is_neither_on_offer_nor_taken_while_it_is_refused(desk: Desk) -> None:
    """It is in the list again, so that the ledger took it back; sending it as it was is what Retry does."""
    await refused(desk)
    desk.xero.restore_account(TRADING, CATEGORY)
    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()
    view = await form(desk)

    offered = await desk.slack.options(view, ActionId.FIND_ACCOUNT, "", user=BOOKKEEPER)
    done = await desk.slack.submit(tampered(view, CATEGORY), {BlockId.ACCOUNT: CATEGORY})

    assert CATEGORY not in [option["value"] for option in offered]
    assert done.errors == {BlockId.ACCOUNT: "This is the category that the ledger refused. Choose another one."}
    await desk.press(desk.card(NUMBER), ActionId.EDIT_ITEM, BOOKKEEPER)
    everywhere = await desk.slack.options(desk.modal(BOOKKEEPER), ActionId.FIND_ACCOUNT, "", user=BOOKKEEPER)
    assert CATEGORY in [option["value"] for option in everywhere]


@pytest.mark.parametrize("code", ["090", "no-such-code", "9" * 150])
async def test_a_category_that_was_not_on_offer_is_refused_at_the_field(desk: Desk, code: str) -> None:
    await refused(desk)
    view = tampered(await form(desk), code)

    done = await desk.slack.submit(view, {BlockId.ACCOUNT: code})
    await desk.settle()

    assert set(done.errors) == {BlockId.ACCOUNT}
    assert "is not in the ledger's list" in done.errors[BlockId.ACCOUNT]
    assert "Refused by Xero" in words(desk.card(NUMBER))
    assert len(desk.xero.calls_to("PUT", "/Invoices")) == 1


async def test_a_category_archived_while_the_form_is_open_is_refused_at_the_field(desk: Desk) -> None:
    await refused(desk)
    view = await form(desk)
    await desk.slack.options(view, ActionId.FIND_ACCOUNT, OTHER_CATEGORY, user=BOOKKEEPER)
    actor = await desk.world.actor()
    async with desk.world.services.db.write() as tx:
        await went_inactive(tx, actor.workspace.id, desk.world.organisation_id, OTHER_CATEGORY)

    done = await desk.slack.submit(view, {BlockId.ACCOUNT: OTHER_CATEGORY})

    assert "Choose another one" in done.errors[BlockId.ACCOUNT]


async def test_nothing_chosen_changes_nothing(desk: Desk) -> None:
    await refused(desk)
    view = await form(desk)

    done = await desk.slack.submit(view, {})

    assert BlockId.ACCOUNT in done.errors
    assert "Refused by Xero" in words(desk.card(NUMBER))


async def test_a_form_that_was_overtaken_says_so_and_changes_nothing(desk: Desk) -> None:
    await refused(desk)
    view = await form(desk, user=ADMIN)
    await desk.slack.options(view, ActionId.FIND_ACCOUNT, "", user=ADMIN)
    await choose(desk, OTHER_CATEGORY)

    done = await desk.slack.submit(view, {BlockId.ACCOUNT: "463"})

    assert done.view is not None
    assert "is published" in words(done.view)
    assert len(desk.xero.bills()) == 1


async def test_a_form_of_an_earlier_version_says_so(desk: Desk) -> None:
    """Mended in vain meanwhile: refused again, but not what the form was opened on."""
    told = await refused(desk)
    view = await form(desk, user=ADMIN)
    await desk.slack.options(view, ActionId.FIND_ACCOUNT, "", user=ADMIN)
    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)

    done = await desk.slack.submit(view, {BlockId.ACCOUNT: OTHER_CATEGORY})

    assert done.view is not None
    assert "has changed since you opened it" in words(done.view)
    assert desk.xero.bills() == []


@pytest.mark.parametrize(
    ("user", "why"),
    [
        (MEMBER, f"admins and bookkeepers can do that. Who can: <@{BOOKKEEPER}> <@{ADMIN}>"),
        (APPROVER, f"admins and bookkeepers can do that. Who can: <@{BOOKKEEPER}> <@{ADMIN}>"),
        (GUEST, "Guests of this workspace"),
        (FORMER, "deactivated"),
        (OUTSIDER, "another workspace"),
    ],
)
@pytest.mark.parametrize("action", FIXES)
async def test_whoever_may_not_fix_is_told_why_and_who_can(desk: Desk, user: str, why: str, action: ActionId) -> None:
    told = await refused(desk)
    if user == OUTSIDER:
        await desk.slack.join(BILLS, OUTSIDER)

    await desk.press(told, action, user)

    assert why in desk.whispers(user)[-1]
    assert desk.slack.view(user) is None
    assert actions(alert(desk)) == [*FIXES, ActionId.SHOW_LEDGER_WORDS]
    assert len(desk.xero.calls_to("PUT", "/Invoices")) == 1


async def test_a_bot_fixes_nothing(desk: Desk) -> None:
    told = await refused(desk)

    await desk.press(told, ActionId.RETRY_ITEM, OTHER_BOT)

    assert len(desk.xero.calls_to("PUT", "/Invoices")) == 1


async def test_a_form_taken_over_by_somebody_without_the_right_changes_nothing(desk: Desk) -> None:
    """The right is asked again when the form comes back: it was taken away while the form was open."""
    await refused(desk)
    view = await form(desk)
    await desk.slack.options(view, ActionId.FIND_ACCOUNT, "", user=BOOKKEEPER)
    await desk.world.set_up(bookkeepers=())

    done = await desk.slack.submit(view, {BlockId.ACCOUNT: OTHER_CATEGORY})

    assert done.view is not None
    assert "admins and bookkeepers" in words(done.view)
    assert desk.xero.bills() == []


async def test_a_tax_rate_that_does_not_go_with_the_category_is_chosen_anew(desk: Desk) -> None:
    await desk.world.set_up(tax="RRINPUT")
    await desk.add()
    rates = desk.xero.books[TRADING].tax_rates
    rates.save("RRINPUT", {**rates["RRINPUT"], "CanApplyToExpenses": False})
    await desk.approve(NUMBER)
    assert "does not go with category" in words(alert(desk))

    categories = await desk.slack.options(await form(desk), ActionId.FIND_ACCOUNT, "", user=BOOKKEEPER)
    assert CATEGORY not in [option["value"] for option in categories]
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    view = await form(desk, ActionId.CHOOSE_TAX_RATE)
    offered = await desk.slack.options(view, ActionId.FIND_TAX_RATE, "", user=BOOKKEEPER)
    again = await desk.slack.submit(tampered(view, "RRINPUT"), {BlockId.TAX_RATE: "RRINPUT"})
    assert again.errors == {BlockId.TAX_RATE: "This is the tax rate that the ledger refused. Choose another one."}
    done = await desk.slack.submit(view, {BlockId.TAX_RATE: "INPUT2"})
    await desk.settle()

    assert {"ECOUTPUT", "RRINPUT"} & {option["value"] for option in offered} == set()
    assert done.errors == {}
    assert f"<@{BOOKKEEPER}> chose 20% (VAT on Expenses)." in words(alert(desk))
    assert [bill["InvoiceNumber"] for bill in desk.xero.bills()] == [NUMBER]


async def test_a_locked_period_is_mended_by_another_date_and_the_approval_is_kept(desk: Desk) -> None:
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 3, 31))
    await desk.add()
    await desk.approve(NUMBER)
    assert "The date is in a locked period" in words(alert(desk))

    await desk.press(alert(desk), ActionId.EDIT_ITEM, BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.ISSUED_ON: "2026-04-01"})
    await desk.settle()

    assert f"<@{BOOKKEEPER}> changed the date." in words(alert(desk))
    assert "Published to Xero," in words(alert(desk))
    assert [bill["Date"][:10] for bill in desk.xero.bills()] == ["2026-04-01"]


async def test_another_total_after_a_refusal_is_approved_again(desk: Desk) -> None:
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 3, 31))
    await desk.add()
    await desk.approve(NUMBER)

    await desk.press(alert(desk), ActionId.EDIT_ITEM, BOOKKEEPER)
    values: dict[str, object] = {BlockId.ISSUED_ON: "2026-04-01", BlockId.GROSS: "60.00", BlockId.TAX: "10.00"}
    await desk.slack.submit(desk.modal(BOOKKEEPER), values)
    await desk.settle()

    assert "It is approved again before it is sent." in words(alert(desk))
    assert desk.xero.bills() == []


async def test_a_connection_that_lacks_a_right_is_reconnected_from_the_alert(desk: Desk) -> None:
    desk.xero.set_role(TRADING, "dana", "INVOICEONLY")
    await desk.add()
    await desk.approve(NUMBER)
    told = alert(desk)
    assert "The connection lacks a right in Xero" in words(told)
    assert f"*Who acts next:* an admin: <@{ADMIN}>" in words(told)

    await desk.press(told, ActionId.OPEN_CONNECT, ADMIN)
    assert "Reconnect" in words(desk.modal(ADMIN))
    desk.xero.set_role(TRADING, "dana", "FINANCIALADVISER")
    await desk.press(told, ActionId.RETRY_ITEM, ADMIN)

    assert "Published to Xero," in words(alert(desk))


async def test_a_second_process_cannot_send_it_again(either: Desk) -> None:
    await refused(either)
    either.xero.restore_account(TRADING, CATEGORY)
    services, refused_item = either.world.services, await item_id(either)
    other = Database(services.config.database_url, either.world.clock)
    elsewhere = Fixes(other, services.people, services.items)

    outcomes = await asyncio.gather(
        services.fixes.retry(await either.world.actor(BOOKKEEPER), refused_item),
        elsewhere.retry(await either.world.actor(ADMIN), refused_item),
        return_exceptions=True,
    )
    await other.close()
    await either.settle()

    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert len(either.xero.bills()) == 1


async def test_saving_the_whole_form_unchanged_is_a_retry(desk: Desk) -> None:
    told = await refused(desk)
    desk.xero.restore_account(TRADING, CATEGORY)

    await desk.edit(NUMBER, {})

    assert f"<@{BOOKKEEPER}> had it sent again as it is." in words(alert(desk))
    assert "Published to Xero," in words(alert(desk))
    assert alert(desk).ts == told.ts


async def test_an_alert_that_is_out_of_date_is_drawn_again_for_whoever_presses_it(desk: Desk) -> None:
    told = await refused(desk)
    await choose(desk, OTHER_CATEGORY)
    updates = len(desk.slack.calls_of("chat.update"))

    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)

    assert "nothing has to be fixed now" in desk.whispers(BOOKKEEPER)[-1]
    assert len(desk.slack.calls_of("chat.update")) == updates + 3


async def test_a_press_on_an_alert_that_another_one_followed_acts_on_what_is_refused_now(desk: Desk) -> None:
    told = await refused(desk)
    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)
    desk.xero.restore_account(TRADING, CATEGORY)

    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)

    assert len(desk.xero.bills()) == 1
    assert "Published to Xero," in words(alert(desk))
