"""A bill in Slack becomes one in QuickBooks Online: signed in with the company that the callback names, published to a
supplier that was not there before, with its file, and taken back again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.closing import ClosedPolicy, Closing
from bot.domain.general import GeneralForm
from bot.domain.queues import HeldUpBy, Queue
from bot.domain.settings import PaymentStatus
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, View
from bot.services.budgets import SharedBudget
from bot.services.held_up import connection_of, queues_of
from bot.services.operating import Operating
from bot.services.settings import load_settings
from bot.views.ids import ActionId, BlockId
from providers import PROVIDERS
from providers.quickbooks import BATCHES
from providers.quickbooks.simulator import TRADING, Fault, QuickBooksState, create_app
from tests.fakes.clock import FakeClock
from tests.handlers.beside import beside, pay_costs, to
from tests.handlers.desk import Desk, actions, at, words
from tests.handlers.test_other_books import OURS
from tests.handlers.test_paid import costs
from tests.handlers.test_sold_products import sales_settings
from tests.handlers.test_withdrawing import withdraw
from tests.intake.documents import Row

OFFICE_SUPPLIES, STANDARD_RATE, CURRENT_ACCOUNT = "28", "2", "1"


@asynccontextmanager
async def beside_quickbooks(database_url: str, *, is_paid: bool = False) -> AsyncIterator[tuple[Desk, QuickBooksState]]:
    """Connected by the workspace's admin, and set up."""
    async with beside(database_url, "quickbooks", QuickBooksState, create_app, to(TRADING)) as (connected, books):
        await connected.set_up(category=OFFICE_SUPPLIES, tax=STANDARD_RATE)
        desk = Desk(connected)
        if is_paid:
            await pay_costs(desk, account=CURRENT_ACCOUNT, category=OFFICE_SUPPLIES, tax=STANDARD_RATE)
        yield desk, books


async def test_a_bill_is_approved_in_slack_and_stands_in_quickbooks_once_whatever_becomes_of_the_answer(
    sqlite_url: str,
) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, books):
        await desk.drop("Q-1")
        books.fail_next(Fault.RESET_AFTER, method="POST", path="*/batch")

        await desk.approve("Q-1")
        for _ in range(4):
            await desk.world.later(61)

        (bill,) = books.bills()
        assert (bill["DocNumber"], bill["TotalAmt"], bill["VendorRef"]["name"]) == ("Q-1", 120, "Paper & Ink Ltd")
        assert bill["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["name"] == "Office Supplies"
        (file,) = books.books[TRADING].files("Bill", bill["Id"])
        assert file["FileName"].endswith(".xml")
        card = desk.card("Q-1")
        assert "Published* to QuickBooks Online" in words(card)
        assert f"/app/bill?txnId={bill['Id']}" in str(card.blocks)
        # people see the number of a category, not what the ledger refers to it by
        assert "1280 · Office Supplies" in words(card)


async def test_what_quickbooks_refuses_is_told_in_the_bills_thread_and_goes_out_when_it_is_remedied(
    sqlite_url: str,
) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, books):
        books.set_active(TRADING, "Account", "Office Supplies", is_active=False)
        await desk.drop("Q-1")

        await desk.approve("Q-1")
        await desk.world.later(61)

        (alert,) = desk.slack.thread(BILLS, desk.card("Q-1").ts)
        assert "Category 1280 · Office Supplies is archived in QuickBooks Online" in words(alert)
        assert books.bills() == []


async def test_a_bill_is_paid_from_its_payment_method_and_taken_back_with_its_payment(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url, is_paid=True) as (desk, books):
        await desk.drop("INV-1")
        await desk.approve("INV-1")
        for _ in range(3):
            await desk.world.later(61)

        (payment,) = books.documents("BillPayment")
        assert (payment["TotalAmt"], payment["CheckPayment"]["BankAccountRef"]["name"]) == (
            120,
            "Business Current Account",
        )
        (bill,) = books.bills()
        assert bill["Balance"] == 0

        await withdraw(desk, "twice in the post", BOOKKEEPER)
        for _ in range(3):
            await desk.world.later(61)

        assert (books.bills(), books.documents("BillPayment")) == ([], [])
        told = desk.slack.thread(BILLS, desk.card("INV-1").ts)[-1].text
        assert "Its payment is deleted. The bill is deleted in QuickBooks Online." in told


async def test_a_suppliers_credit_note_is_published_without_a_payment_that_quickbooks_has_not(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url, is_paid=True) as (desk, books):
        await desk.drop("INV-1")
        await desk.edit("INV-1", {BlockId.DOCUMENT_TYPE: "credit_note"})
        told = "QuickBooks Online takes no payment of a credit note"
        assert f"*Publish as*\nAwaiting payment\n_{told}: it is set against bills there_" in words(desk.card("INV-1"))
        await desk.press(desk.card("INV-1"), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
        assert f"*Publish as*\nAwaiting payment\n_{told}_" in words(desk.modal(BOOKKEEPER))
        await desk.slack.close_modal(BOOKKEEPER, everything=True)
        await desk.approve("INV-1")
        for _ in range(3):
            await desk.world.later(61)

        (credit,) = books.documents("VendorCredit")
        assert (credit["TotalAmt"], books.bills(), books.documents("BillPayment")) == (120, [], [])
        assert "Published* to QuickBooks Online" in words(desk.card("INV-1"))


async def test_a_sale_is_an_invoice_of_its_products_to_a_customer_that_is_made_there(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, books):
        await sales_settings(desk, {BlockId.DEFAULT_TAX: STANDARD_RATE})
        await desk.drop("S-1", rows=(Row(name="Consulting"),), extra=OURS)
        await desk.approve("S-1")
        await desk.world.later(61)

        (invoice,) = books.documents("Invoice")
        assert (invoice["DocNumber"], invoice["TotalAmt"]) == ("S-1", 120)
        (line, _subtotal) = invoice["Line"]
        assert line["SalesItemLineDetail"]["ItemRef"]["name"] == "Consulting"
        assert line["SalesItemLineDetail"]["ItemAccountRef"]["name"] == "Services"
        assert f"/app/invoice?txnId={invoice['Id']}" in str(desk.card("S-1").blocks)
        assert "Published* to QuickBooks Online" in words(desk.card("S-1"))


async def contacts_of(desk: Desk, number: str) -> set[str]:
    """Whom the form of an item offers."""
    await desk.press(desk.card(number), ActionId.EDIT_ITEM, BOOKKEEPER)
    found = await desk.slack.options(desk.modal(BOOKKEEPER), ActionId.FIND_CONTACT, "", user=BOOKKEEPER)
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    return {option["text"]["text"] for option in found}


async def test_suppliers_are_offered_for_costs_and_customers_for_sales(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, _):
        await desk.drop("Q-1")
        await desk.drop("S-1", rows=(Row(name="Consulting"),), extra=OURS)

        suppliers, customers = await contacts_of(desk, "Q-1"), await contacts_of(desk, "S-1")

        assert "Central Copiers" in suppliers
        assert "Boom FM" in customers
        assert suppliers & customers == set()


async def test_what_is_booked_at_once_is_called_no_draft_where_nobody_has_chosen_a_status_yet(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, _):
        await desk.drop("S-1", rows=(Row(name="Consulting"),), extra=OURS)

        card = words(desk.card("S-1"))
        assert "*Publish as*\nAwaiting payment" in card
        assert "*Product or service*\non each line" in card
        assert await statuses_of(desk, "S-1") == ["As in the settings: Awaiting payment", "Awaiting payment", "Paid"]
        assert "With their own product: 1; with their own tax rate: 0." in words(await edited(desk, "S-1"))


async def edited(desk: Desk, number: str) -> View:
    await desk.press(desk.card(number), ActionId.EDIT_ITEM, BOOKKEEPER)
    return desk.modal(BOOKKEEPER)


async def test_a_credit_note_does_not_wait_for_what_it_would_be_paid_from(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, books):
        coded = {"default_account": OFFICE_SUPPLIES, "default_tax_rate": STANDARD_RATE}
        await costs(desk, payment_status=PaymentStatus.PAID, **coded)
        await desk.drop("INV-1")
        assert "In approval" not in words(desk.card("INV-1"))

        await desk.edit("INV-1", {BlockId.DOCUMENT_TYPE: "credit_note"})

        assert "In approval" in words(desk.card("INV-1"))
        assert "*Publish as*\nAwaiting payment" in words(desk.card("INV-1"))
        await desk.approve("INV-1")
        await desk.world.later(61)
        (credit,) = books.documents("VendorCredit")
        assert credit["TotalAmt"] == 120


async def test_a_credit_note_is_not_offered_as_paid(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url, is_paid=True) as (desk, _):
        await desk.drop("Q-1")
        statuses = await statuses_of(desk, "Q-1")

        await desk.edit("Q-1", {BlockId.DOCUMENT_TYPE: "credit_note"})

        assert statuses == ["As in the settings: Paid", "Awaiting payment", "Paid"]
        assert await statuses_of(desk, "Q-1") == ["As in the settings: Awaiting payment", "Awaiting payment"]


async def statuses_of(desk: Desk, number: str) -> list[str]:
    await desk.press(desk.card(number), ActionId.EDIT_ITEM, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    (found,) = [block for block in form.blocks if block.get("block_id") == BlockId.PUBLISH_AS]
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    return [option["text"]["text"] for option in found["element"]["options"]]


async def standing(desk: Desk) -> Queue:
    """What waits at the ledger, as a card would tell it."""
    of, workspace_id = desk.world.organisation_id, (await desk.world.actor()).workspace.id
    async with desk.world.services.db.read() as tx:
        connection = await connection_of(tx, workspace_id, of)
        assert connection is not None
        return (await queues_of(tx, workspace_id, [connection], PROVIDERS))[of]


async def test_what_waits_for_the_next_minutes_batches_says_so(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, books):
        services, limits = desk.world.services, PROVIDERS["quickbooks"].profile.limits
        assert isinstance(desk.world.clock, FakeClock)
        budget = SharedBudget(services.db, desk.world.clock, "quickbooks", limits)
        await desk.drop("Q-1")
        desk.world.clock.sleeps_at_once = False
        for _ in range(limits.per_minute_of[BATCHES] - limits.spare):
            async with budget.call(TRADING, kind=BATCHES):
                pass

        await desk.approve("Q-1")
        (job,) = await Operating(services.db).queued(None)
        card, at = await standing(desk), desk.world.clock.now()
        await desk.world.later(61)

        assert card.by is HeldUpBy.FULL
        assert job.waits_for == "QuickBooks Online takes no more requests for the moment"
        assert card.until is not None
        assert job.next_at is not None
        assert timedelta(0) < job.next_at - at <= timedelta(seconds=61)
        assert [bill["DocNumber"] for bill in books.bills()] == ["Q-1"]
        assert await Operating(services.db).queued(None) == ()
        assert (await standing(desk)).by is HeldUpBy.MANY


async def test_a_default_location_is_on_the_bill_and_on_the_invoice(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, books):
        chosen: dict[str, dict[str, object]] = {"": {}, " sales": {BlockId.PAYMENT_STATUS: "awaiting_payment"}}
        for part, more in chosen.items():
            await desk.slack.command("/dext", f"settings{part}", user=ADMIN)
            form = desk.modal(ADMIN)
            block = at(form, BlockId.TRACKING)
            options = await desk.slack.options(form, ActionId.FIND_TRACKING, "", user=ADMIN, block_id=block)
            done = await desk.slack.submit(form, {block: options[0]["value"], **more})
            assert (done.errors, done.error) == ({}, None)
            await desk.slack.close_modal(ADMIN, everything=True)
            await desk.settle()
        await desk.drop("Q-1")
        await sales_settings(desk, {BlockId.DEFAULT_TAX: STANDARD_RATE})
        await desk.drop("S-1", rows=(Row(name="Consulting"),), extra=OURS)

        await desk.approve("Q-1")
        await desk.approve("S-1")
        for _ in range(3):
            await desk.world.later(61)

        (bill,), (invoice,) = books.bills(), books.documents("Invoice")
        assert bill["DepartmentRef"]["value"] == invoice["DepartmentRef"]["value"] == options[0]["value"]


async def test_what_the_plan_does_not_have_is_not_offered_and_is_pointed_at(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, books):
        await desk.drop("Q-1")
        plan = {"Name": "OfferingSku", "Value": "QuickBooks Online Simple Start"}
        others = [one for one in books.books[TRADING].company["NameValue"] if one["Name"] != "OfferingSku"]
        books.books[TRADING].change_company(NameValue=[*others, plan])
        await desk.slack.command("/dext", "sync", user=ADMIN)
        await desk.settle()

        await desk.slack.command("/dext", "settings", user=ADMIN, channel=BILLS)

        form = desk.modal(ADMIN)
        assert "This plan of QuickBooks Online has no bills: publish costs to bank accounts." in words(form)
        assert offered(form, BlockId.DESTINATION) == ["bank_accounts", "cheques"]
        assert offered(form, BlockId.PAYMENT_STATUS) == ["awaiting_payment"]
        assert "What stands on a bank account has no status of its own." in str(form.blocks)
        assert BlockId.REPORT_STATUS not in str(form.blocks)
        told = "The plan of the books has no bill, so the ledger is likely to refuse it."
        assert f"{told} Edit publishes it to bank accounts instead." in words(desk.card("Q-1"))

        await desk.slack.close_modal(ADMIN, everything=True)
        done = await desk.edit("Q-1", {f"{BlockId.PUBLISH_TO}:cost": "bank_accounts"})
        assert (done.errors, done.error) == ({}, None)
        assert told not in words(desk.card("Q-1"))
        await desk.slack.command("/dext", "payment-methods", user=ADMIN, channel=BILLS)
        await desk.slack.click(desk.modal(ADMIN), ActionId.ADD_PAYMENT_METHOD, user=ADMIN)
        assert offered(desk.modal(ADMIN), BlockId.METHOD_DESTINATION) == ["bank_accounts", "cheques", "sales"]
        assert desk.slack.refusals == []


def offered(form: View, name: str) -> list[str]:
    block = next(block for block in form.blocks if block["block_id"] == at(form, name))
    return [str(option["value"]) for option in block["element"]["options"]]


async def test_what_has_no_drafts_is_stopped_where_closed_periods_were_for_drafts_in_another_package(
    sqlite_url: str,
) -> None:
    """As it was decided for the books whose place these took; QuickBooks would have booked the bill."""
    async with beside_quickbooks(sqlite_url) as (desk, books):
        actor, organisation_id = await desk.world.actor(ADMIN), desk.world.organisation_id
        async with desk.world.services.db.read() as tx:
            settings = await load_settings(tx, actor.workspace.id, organisation_id)
        closing = Closing(until=date(2026, 2, 28), costs=ClosedPolicy.AS_DRAFT)
        form = GeneralForm(version=settings.version, general=replace(settings.general, closing=closing))
        await desk.world.services.set_up.settings.save_general(actor, organisation_id, form)

        card = await desk.add(**{BlockId.ISSUED_ON: "2026-02-10"})

        assert "the books are closed up to 28 Feb 2026 by our own lock date" in words(card)
        assert ActionId.APPROVE_ITEM not in actions(card)
        assert books.bills() == []
