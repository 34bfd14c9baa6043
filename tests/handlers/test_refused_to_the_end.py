"""Refusals, each played to its end: the alert, the button that mends it, and the document in the ledger.

Several stories share a world, because a world costs more than a story does.
"""

from datetime import date
from typing import Any

import pytest

from bot.domain.payment_methods import PaymentMethodForm
from bot.domain.settings import Destination, PaymentStatus
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, MEMBER, Message
from bot.views.ids import ActionId, BlockId
from providers.xero.simulated import contacts
from providers.xero.simulator import TRADING
from tests.handlers.desk import CATEGORY, Desk, actions, words
from tests.handlers.test_lines import Lines
from tests.handlers.test_paid import account, costs

pytestmark = pytest.mark.desk(undo_seconds=0)

MARCH_ENDED = date(2026, 3, 31)


async def refused(desk: Desk, number: str, user: str = MEMBER, **changes: object) -> Message:
    """A bill that is approved and refused; answers its alert."""
    await desk.add(user, **{BlockId.NUMBER: number, **changes})
    await desk.approve(number)
    return alert(desk, number)


def alert(desk: Desk, number: str) -> Message:
    """The last one: what was refused after something was done about it is told anew."""
    return desk.slack.thread(BILLS, desk.card(number).ts)[-1]


def bill(desk: Desk, number: str) -> dict[str, Any]:
    (found,) = [found for found in desk.xero.bills() if found["InvoiceNumber"] == number]
    return found


async def test_a_date_in_a_locked_period(either: Desk) -> None:
    desk = either
    await desk.world.set_up(alerts_channel=BILLS)
    desk.xero.set_lock_date(TRADING, year_end=MARCH_ENDED)
    drafted, waiting = [await refused(desk, number) for number in ("INV-1", "INV-2")]
    edited = await refused(desk, "INV-3")
    assert "is dated 1 Mar 2026, and the end of year lock date in Xero is 31 Mar 2026." in words(drafted)
    assert "Publish as draft, to be approved in Xero when the period is open again" in words(drafted)

    # a draft may have the date, and less than what was approved needs no new approval
    await desk.press(drafted, ActionId.PUBLISH_AS_DRAFT, BOOKKEEPER)
    assert bill(desk, "INV-1")["Status"] == "DRAFT"
    assert f"<@{BOOKKEEPER}> had it sent as a draft." in words(alert(desk, "INV-1"))
    assert "Published to Xero," in words(alert(desk, "INV-1"))

    # another waits until the date is free
    await desk.press(waiting, ActionId.WAIT_FOR_LEDGER, BOOKKEEPER)
    told = alert(desk, "INV-2")
    assert f"<@{BOOKKEEPER}> lets it wait." in words(told)
    assert f"in its thread. <@{BOOKKEEPER}> lets it wait." in words(desk.card("INV-2"))
    assert ActionId.WAIT_FOR_LEDGER not in actions(told)
    assert ActionId.PUBLISH_AS_DRAFT in actions(told)
    calls = len(desk.xero.calls_to("PUT", "/Invoices"))
    await desk.world.later(3600)
    assert len(desk.xero.calls_to("PUT", "/Invoices")) == calls
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 2, 28))
    await desk.world.later(3600)
    assert bill(desk, "INV-2")["Status"] == "AUTHORISED"
    assert "Published to Xero," in words(alert(desk, "INV-2"))

    # a third has a wrong date
    desk.xero.set_lock_date(TRADING, year_end=MARCH_ENDED)
    await desk.press(edited, ActionId.EDIT_ITEM, BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.ISSUED_ON: "2026-04-02"})
    await desk.settle()
    assert bill(desk, "INV-3")["Status"] == "AUTHORISED"


async def test_what_waits_is_ended_by_any_button_and_by_nobody_else(desk: Desk) -> None:
    await desk.world.set_up(alerts_channel=BILLS)
    desk.xero.set_lock_date(TRADING, period=MARCH_ENDED)
    desk.xero.set_role(TRADING, "dana", "STANDARD")
    told = await refused(desk, "INV-1")

    await desk.press(told, ActionId.WAIT_FOR_LEDGER, MEMBER)
    await desk.press(told, ActionId.WAIT_FOR_LEDGER, BOOKKEEPER)
    await desk.press(told, ActionId.WAIT_FOR_LEDGER, BOOKKEEPER)
    assert "admins and bookkeepers can do that" in desk.whispers(MEMBER)[-1]
    assert "it waits already" in desk.whispers(BOOKKEEPER)[-1]

    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)
    assert "lets it wait" not in words(alert(desk, "INV-1"))
    desk.xero.set_lock_date(TRADING)
    await desk.world.later(7200)
    assert desk.xero.bills() == []
    await desk.press(alert(desk, "INV-1"), ActionId.WAIT_FOR_LEDGER, BOOKKEEPER)
    await desk.world.later(3600)
    assert bill(desk, "INV-1")["Status"] == "AUTHORISED"
    assert "Published to Xero," in words(alert(desk, "INV-1"))


async def test_the_limit_of_a_small_plan(desk: Desk) -> None:
    await desk.world.set_up(alerts_channel=BILLS)
    desk.xero.set_plan(TRADING, "IGNITE")
    for number in range(5):
        await desk.add(**{BlockId.NUMBER: f"INV-{number}"})
        await desk.approve(f"INV-{number}")
    drafted, waiting = [await refused(desk, number) for number in ("INV-5", "INV-6")]

    await desk.press(drafted, ActionId.PUBLISH_AS_DRAFT, BOOKKEEPER)
    await desk.press(waiting, ActionId.WAIT_FOR_LEDGER, BOOKKEEPER)
    await desk.world.later(3600)
    assert "lets it wait" in words(alert(desk, "INV-6"))
    await desk.world.later(31 * 24 * 3600)

    assert bill(desk, "INV-5")["Status"] == "DRAFT"
    assert bill(desk, "INV-6")["Status"] == "AUTHORISED"


async def test_a_subscription_that_lapsed_and_is_paid_again(desk: Desk) -> None:
    await desk.world.set_up(alerts_channel=BILLS)
    desk.xero.set_lapsed(TRADING, is_lapsed=True)
    first, second = [await refused(desk, number) for number in ("INV-1", "INV-2")]
    assert "Xero is asked again by itself" in words(first)

    await desk.world.later(3600)
    assert "Refused 2 times" in words(alert(desk, "INV-2"))
    desk.xero.set_lapsed(TRADING, is_lapsed=False)
    await desk.press(second, ActionId.RETRY_ITEM, BOOKKEEPER)
    await desk.world.later(2 * 3600)

    assert [bill(desk, number)["Status"] for number in ("INV-1", "INV-2")] == ["AUTHORISED"] * 2


async def test_an_archived_contact(desk: Desk) -> None:
    await desk.world.set_up(alerts_channel=BILLS)
    books = desk.xero.books[TRADING]
    contacts.write(books, {"Name": "Paper & Ink Ltd"}, may_update=False)
    await desk.slack.command("/dext", "sync contacts", user=ADMIN)
    await desk.settle()
    desk.xero.set_contact_status(TRADING, "Paper & Ink Ltd", "ARCHIVED")
    changed, restored = [await refused(desk, number) for number in ("INV-1", "INV-2")]
    assert "*Contact*\nPaper &amp; Ink Ltd" in words(changed)

    # another contact of the list; the archived one is not on offer any more
    await desk.press(changed, ActionId.CHOOSE_CONTACT, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    offered = await desk.slack.options(form, ActionId.FIND_CONTACT, "", user=BOOKKEEPER, block_id=BlockId.CONTACT)
    labels = {option["text"]["text"]: option["value"] for option in offered}
    assert "Paper & Ink Ltd" not in labels
    name, contact = next(iter(labels.items()))
    assert BlockId.CONTACT in (await desk.slack.submit(form, {})).errors
    assert (await desk.slack.submit(form, {BlockId.CONTACT: contact})).errors == {}
    await desk.settle()
    assert f"<@{BOOKKEEPER}> chose a contact of the ledger." in words(alert(desk, "INV-1"))
    assert "It is approved again before it is sent." in words(alert(desk, "INV-1"))
    await desk.approve("INV-1")
    assert bill(desk, "INV-1")["Contact"]["Name"] == name

    # the other one's is restored in Xero
    desk.xero.set_contact_status(TRADING, "Paper & Ink Ltd", "ACTIVE")
    await desk.press(restored, ActionId.RETRY_ITEM, BOOKKEEPER)
    assert bill(desk, "INV-2")["Contact"]["Name"] == "Paper & Ink Ltd"


async def test_a_contact_whose_name_is_taken(desk: Desk) -> None:
    """Xero matches a name but for capitals, and wants it to be unique however wide its spaces are."""
    await desk.world.set_up(alerts_channel=BILLS)
    contacts.write(desk.xero.books[TRADING], {"Name": "Paper &  Ink Ltd"}, may_update=False)
    told = await refused(desk, "INV-1")

    await desk.press(told, ActionId.USE_CONTACT, BOOKKEEPER)
    assert "I am reading the ledger's contacts again" in desk.whispers(BOOKKEEPER)[-1]
    await desk.press(alert(desk, "INV-1"), ActionId.USE_CONTACT, BOOKKEEPER)

    assert bill(desk, "INV-1")["Contact"]["Name"] == "Paper &  Ink Ltd"
    assert f"Approved* by <@{APPROVER}>" in words(desk.card("INV-1"))
    assert f"<@{BOOKKEEPER}> chose a contact of the ledger." in words(alert(desk, "INV-1"))


async def sold(desk: Desk, number: str) -> None:
    """A sales invoice, entered and approved."""
    await desk.press(await desk.add(**{BlockId.NUMBER: number}), ActionId.EDIT_ITEM, BOOKKEEPER)
    await desk.slack.click(desk.modal(BOOKKEEPER), ActionId.CHOOSE_KIND, value="sale", user=BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.CUSTOMER: f"Buyer of {number}"})
    await desk.settle()
    await desk.press(desk.card(number), ActionId.CONFIRM_OURS, BOOKKEEPER)
    await desk.edit(number, {BlockId.ACCOUNT: "200", BlockId.TAX_RATE: "OUTPUT2"})
    await desk.approve(number)


async def test_a_sales_invoice_whose_number_is_taken(either: Desk) -> None:
    desk = either
    await desk.world.set_up(alerts_channel=BILLS)
    invoices = desk.xero.books[TRADING].invoices
    await sold(desk, "S-0")
    ((key, other),) = [(key, found) for key, found in invoices.items() if found["Type"] == "ACCREC"]
    invoices.save(key, {**other, "InvoiceNumber": "S-1"})

    # the number was read wrongly: another one is approved again
    await sold(desk, "S-1")
    told = alert(desk, "S-1")
    assert "The other one: Buyer of S-0, 120.00 GBP, 1 Mar 2026." in words(told)
    assert ActionId.OPEN_IN_LEDGER in actions(told)
    await desk.press(told, ActionId.CHANGE_NUMBER, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    assert BlockId.NUMBER in (await desk.slack.submit(form, {BlockId.NUMBER: " "})).errors
    await desk.slack.submit(form, {BlockId.NUMBER: "S-2"})
    await desk.settle()
    assert f"<@{BOOKKEEPER}> changed the number." in words(alert(desk, "S-2"))
    assert "It is approved again before it is sent." in words(alert(desk, "S-2"))
    await desk.approve("S-2")
    assert "Published to Xero," in words(alert(desk, "S-2"))

    # the same document, which somebody else entered: archived, with a link to the one that is there
    invoices.save(key, {**other, "InvoiceNumber": "S-3"})
    await sold(desk, "S-3")
    await desk.press(alert(desk, "S-3"), ActionId.SAME_DOCUMENT, BOOKKEEPER)
    card = desk.card("S-3")
    assert f"*Archived* by <@{BOOKKEEPER}>" in words(card)
    assert "the same document is in Xero already" in words(card)
    assert f"InvoiceID={key}" in str(card.blocks)
    assert "It is in the archive and is not sent." in words(alert(desk, "S-3"))

    numbers = sorted(found["InvoiceNumber"] for found in invoices.values() if found["Type"] == "ACCREC")
    assert numbers == ["S-2", "S-3"]


async def test_a_draft_that_lost_its_category(either: Desk) -> None:
    """Xero takes a draft with a category that it does not know, without it, and only warns."""
    desk = either
    await desk.world.set_up(alerts_channel=BILLS, status=PaymentStatus.DRAFT)
    books = desk.xero.books[TRADING]
    account = books.account(CATEGORY)
    assert account is not None
    books.save_account({**account, "Code": "4290"})
    mended, taken = [await refused(desk, number) for number in ("INV-1", "INV-2")]
    assert "Xero took it without its category" in words(mended)
    assert "category: 429 here, none in the ledger" in words(mended)
    assert ActionId.OPEN_IN_LEDGER in actions(mended)
    await desk.press(mended, ActionId.SHOW_LEDGER_WORDS, BOOKKEEPER)
    assert "Account code '429' has been removed" in words(desk.modal(BOOKKEEPER))

    # somebody sets it there, and it is read again
    found = bill(desk, "INV-1")
    lines = [{**line, "AccountCode": CATEGORY} for line in found["LineItems"]]
    books.invoices.save(found["InvoiceID"], {**found, "LineItems": lines})
    await desk.press(mended, ActionId.RETRY_ITEM, BOOKKEEPER)
    assert "Published to Xero," in words(alert(desk, "INV-1"))

    # or it is right as it is there; a second press has no effect
    await desk.press(taken, ActionId.TAKE_AS_IT_IS, BOOKKEEPER)
    await desk.press(taken, ActionId.TAKE_AS_IT_IS, BOOKKEEPER)
    assert f"<@{BOOKKEEPER}> took it as it is there." in words(alert(desk, "INV-2"))
    assert "Published* to Xero" in words(desk.card("INV-2"))
    assert "no document of it waits in the ledger" in desk.whispers(BOOKKEEPER)[-1]

    assert len(desk.xero.bills()) == 2


async def test_a_document_that_is_gone_and_one_that_went_on_before_it_was_read_back(desk: Desk) -> None:
    await desk.world.set_up(alerts_channel=BILLS, status=PaymentStatus.DRAFT)
    invoices = desk.xero.books[TRADING].invoices
    becomes: dict[str, dict[str, object]] = {
        "INV-1": {"Status": "DELETED"},
        "INV-2": {"Status": "AUTHORISED"},
        "INV-3": {"Total": 100},
    }
    for number, become in becomes.items():
        await desk.add(**{BlockId.NUMBER: number})
        desk.xero.fail_next("error_before", method="GET", path="*/Invoices")
        await desk.approve(number)
        found = bill(desk, number)
        invoices.save(found["InvoiceID"], {**found, **become})
        await desk.world.later(600)

    # deleted there: sent as new
    assert "The document is no longer in Xero" in words(alert(desk, "INV-1"))
    await desk.press(alert(desk, "INV-1"), ActionId.RETRY_ITEM, BOOKKEEPER)
    assert bill(desk, "INV-1")["Status"] == "DRAFT"

    # approved there, which is what it was for; and changed there, which somebody looks at
    assert "Published* to Xero" in words(desk.card("INV-2"))
    assert "Xero has other values than we sent" in words(alert(desk, "INV-3"))
    await desk.press(alert(desk, "INV-3"), ActionId.TAKE_AS_IT_IS, BOOKKEEPER)
    assert "Published* to Xero" in words(desk.card("INV-3"))


async def test_an_archived_bank_account(desk: Desk) -> None:
    """Money spent; a payment of a bill that is there is a step of its own."""
    methods = {name: await linked(desk, name, code) for name, code in (("Visa", "090"), ("Savings", "091"))}
    await costs(desk, destination=Destination.BANK_ACCOUNTS, default_payment_method=methods["Visa"])
    for number in ("INV-1", "INV-2"):
        await desk.add(**{BlockId.NUMBER: number})
    desk.xero.archive_account(TRADING, "090")
    for number in ("INV-1", "INV-2"):
        await desk.press(desk.card(number), ActionId.APPROVE_ITEM, APPROVER, settled=False)
    await desk.settle()
    told = alert(desk, "INV-1")
    assert "Xero does not take the bank account" in words(told)
    assert "*Bank account*\n090 · " in words(told)
    assert ActionId.PUBLISH_AS_DRAFT not in actions(told)

    # another payment method is another paying account: approved again
    await desk.press(told, ActionId.CHOOSE_PAYMENT_METHOD, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    assert BlockId.PAYMENT_METHOD in (await desk.slack.submit(form, {})).errors
    (offered,) = await desk.slack.options(form, ActionId.FIND_USABLE_METHOD, "", user=BOOKKEEPER)
    assert offered["value"] == methods["Savings"], "what the ledger does not take is not offered again"
    await desk.slack.submit(form, {BlockId.PAYMENT_METHOD: methods["Savings"]})
    await desk.settle()
    assert f"<@{BOOKKEEPER}> chose another payment method.\n" in words(alert(desk, "INV-1"))
    assert "It is approved again before it is sent." in words(alert(desk, "INV-1"))
    await desk.press(desk.card("INV-1"), ActionId.SHOW_DETAILS, BOOKKEEPER)
    assert f"<@{BOOKKEEPER}>: chose another payment method\n" in words(desk.modal(BOOKKEEPER))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await desk.approve("INV-1")

    # the other one's is restored in Xero
    desk.xero.restore_account(TRADING, "090")
    await desk.press(alert(desk, "INV-2"), ActionId.RETRY_ITEM, BOOKKEEPER)

    spent = desk.xero.books[TRADING].bank_transactions.values()
    assert sorted((each["Reference"], each["BankAccount"]["Code"]) for each in spent) == [
        ("INV-1", "091"),
        ("INV-2", "090"),
    ]


async def linked(desk: Desk, name: str, code: str) -> str:
    """A payment method of that bank account; answers its id."""
    actor, organisation_id = await desk.world.actor(ADMIN), desk.world.organisation_id
    form = PaymentMethodForm(version=0, name=name, last_digits=None, bank_account=await account(desk, code))
    page = await desk.world.services.payment_methods.save(actor, organisation_id, None, form)
    return next(str(known.method.id) for known in page.methods if known.method.name == name)


async def test_a_right_that_was_missing_and_is_given_in_xero(desk: Desk) -> None:
    await desk.world.set_up(alerts_channel=BILLS)
    desk.xero.set_role(TRADING, "dana", "READONLY")
    told = await refused(desk, "INV-1")
    assert "Xero is asked again by itself" in words(told)

    await desk.world.later(3600)
    assert desk.xero.bills() == []
    desk.xero.set_role(TRADING, "dana", "STANDARD")
    await desk.world.later(3600)

    assert bill(desk, "INV-1")["Status"] == "AUTHORISED"
    assert "Published to Xero," in words(alert(desk, "INV-1"))


async def test_what_the_ledger_does_not_allow_on_one_line_is_exchanged_on_that_line_alone(desk: Desk) -> None:
    await desk.world.set_up(alerts_channel=BILLS)
    lines, books = Lines(desk), desk.xero.books[TRADING]
    await lines.open(await desk.add())
    await lines.press(ActionId.ADD_LINE, {(BlockId.LINE_AMOUNT, 0): "60.00"})
    own: dict[tuple[str, int], object] = {(BlockId.ACCOUNT, 1): "461", (BlockId.TAX_RATE, 1): "RRINPUT"}
    assert (await lines.done({**own, (BlockId.LINE_TAX, 0): "18.00"})).errors == {}
    await lines.save()
    printing = books.account("461")
    assert printing is not None
    books.save_account({**printing, "SystemAccount": "DEBTORS"})
    books.tax_rates.save("RRINPUT", {**books.tax_rates["RRINPUT"], "CanApplyToExpenses": False})
    await desk.approve("INV-1")

    # the category first; the tax rate is told when that is mended
    for action, block, search, chosen in (
        (ActionId.CHOOSE_ACCOUNT, BlockId.ACCOUNT, ActionId.FIND_ACCOUNT, "400"),
        (ActionId.CHOOSE_TAX_RATE, BlockId.TAX_RATE, ActionId.FIND_TAX_RATE, "INPUT2"),
    ):
        await desk.press(alert(desk, "INV-1"), action, BOOKKEEPER)
        await desk.slack.options(desk.modal(BOOKKEEPER), search, "", user=BOOKKEEPER)
        assert (await desk.slack.submit(desk.modal(BOOKKEEPER), {block: chosen})).errors == {}
        await desk.settle()

    coded = [(line["AccountCode"], line["TaxType"]) for line in bill(desk, "INV-1")["LineItems"]]
    assert coded == [(CATEGORY, "INPUT2"), ("400", "INPUT2")]
    assert f"Approved* by <@{APPROVER}>" in words(desk.card("INV-1"))
