"""What somebody paid themselves becomes one bill to them: made of their receipts, approved by another, published, and taken
apart again.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.db.items import change_item
from bot.domain.amounts import AmountsForm
from bot.domain.books import Capability
from bot.domain.items import Item
from bot.domain.reports import Claim
from bot.domain.settings import Destination, PaymentStatus
from bot.domain.texts import dated
from bot.playground.slack import (
    ADMIN,
    APPROVER,
    BILLS,
    BOOKKEEPER,
    FORMER,
    GUEST,
    MEMBER,
    OTHER_BOT,
    Message,
    Submitted,
    View,
)
from bot.services import sending
from bot.services.current import NotNowError, StaleItemError, require_item
from bot.services.reports import CannotReportError, ReceiptsRefusedError
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import ItemRef, item_of
from providers.xero.simulator import TRADING
from tests.handlers.desk import A_BILL, CATEGORY, Desk, a_desk, actions, button_values, words
from tests.handlers.test_exchange_rates import drop as drop_in_euros
from tests.handlers.test_paid import costs, method
from tests.handlers.test_quickbooks import beside_quickbooks
from tests.handlers.test_sage import beside_sage

TRAIN: dict[str, str] = {
    BlockId.SUPPLIER: "Northern Rail",
    BlockId.NUMBER: "T-7",
    BlockId.GROSS: "30.00",
    BlockId.TAX: "0.00",
}


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        await made.world.set_up()
        yield made
        assert made.slack.refusals == []


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0) as made:
        await made.world.set_up()
        yield made
        assert made.slack.refusals == []


async def opened(desk: Desk, user: str = MEMBER) -> View:
    """From App Home."""
    home = await desk.slack.open_home(user)
    assert home is not None
    await desk.slack.click(home, ActionId.OPEN_REPORT, user=user)
    return desk.modal(user)


def offered(form: View) -> dict[str, str]:
    """What each receipt would be sent as, by its reference."""
    block = next(each for each in form.blocks if each.get("block_id") == BlockId.RECEIPTS)
    return {option["text"]["text"].partition(" · ")[0]: option["value"] for option in block["element"]["options"]}


async def make(desk: Desk, *references: str, user: str = MEMBER, **more: object) -> Submitted:
    """Of these receipts, or of all that are offered."""
    form = await opened(desk, user)
    chosen = offered(form)
    values = [chosen[reference] for reference in references or chosen]
    done = await desk.slack.submit(form, {BlockId.RECEIPTS: values, **more}, user=user)
    await desk.settle()
    return done


def card_of(desk: Desk, reference: str) -> Message:
    return [one for one in desk.slack.messages(BILLS) if f"· {reference}" in words(one)][-1]


async def two_receipts(desk: Desk) -> None:
    """B-1001 was dropped with its file, B-1002 typed in."""
    await desk.drop("INV-1")
    await desk.add(**TRAIN)


async def test_receipts_become_one_bill_to_whoever_paid_them_with_a_line_and_a_file_for_each(either: Desk) -> None:
    desk = either
    await two_receipts(desk)

    done = await make(desk, **{BlockId.DESCRIPTION: "March"})

    assert done.view is not None
    assert "Mia Member's expense report was added as *B-1003*: in approval" in words(done.view)
    card = words(card_of(desk, "B-1003"))
    assert "Northwind Trading Ltd" in card.splitlines()[0]
    assert "Expense report · *150.00 GBP*" in card
    assert "> March" in card
    assert "B-1001> Paper &amp; Ink Ltd" in card
    assert "?file|its file>" in card
    assert "Northern Rail" in card
    receipt = card_of(desk, "B-1001")
    assert "part of expense report B-1003" in words(receipt)
    assert ActionId.UNARCHIVE_ITEM not in actions(receipt)

    await desk.press(card_of(desk, "B-1003"), ActionId.APPROVE_ITEM, APPROVER)

    (bill,) = desk.xero.bills()
    assert bill["Contact"]["Name"] == "Mia Member"
    assert (bill["InvoiceNumber"], bill["Status"], Decimal(bill["Total"])) == ("B-1003", "AUTHORISED", Decimal(150))
    told = [line["Description"] for line in bill["LineItems"]]
    assert [each.split(" · ")[1] for each in told] == ["Paper & Ink Ltd", "Northern Rail"]
    assert [(Decimal(line["LineAmount"]), Decimal(line["TaxAmount"])) for line in bill["LineItems"]] == [
        (Decimal(100), Decimal(20)),
        (Decimal(30), Decimal(0)),
    ]
    files = [each["FileName"] for each in desk.xero.books[TRADING].files(bill["InvoiceID"])]
    assert files == ["B-1003 B-1001 INV-1.xml.txt"]
    assert "its file is there too" in words(card_of(desk, "B-1003"))


async def test_whoever_claims_it_never_approves_it(desk: Desk) -> None:
    await desk.drop("INV-1", user=APPROVER)
    await make(desk, user=APPROVER)

    await desk.press(card_of(desk, "B-1002"), ActionId.APPROVE_ITEM, APPROVER)
    assert "somebody else has to decide" in desk.whispers(APPROVER)[-1]

    await desk.press(card_of(desk, "B-1002"), ActionId.EDIT_ITEM, BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.DESCRIPTION: "Edited"})
    await desk.settle()
    await desk.press(card_of(desk, "B-1002"), ActionId.APPROVE_ITEM, APPROVER)
    assert "In approval" in words(card_of(desk, "B-1002"))
    assert desk.xero.bills() == []


async def test_taken_apart_its_receipts_come_back_as_they_were_and_can_be_claimed_again(either: Desk) -> None:
    desk = either
    await two_receipts(desk)
    await desk.slack.click(card_of(desk, "B-1002"), ActionId.SEND_BACK, user=APPROVER)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Which train?"})
    await desk.settle()
    await make(desk, "B-1001")
    report = card_of(desk, "B-1003")

    await take_apart(desk, report, MEMBER)

    assert "Archived* by" in words(card_of(desk, "B-1003"))
    assert "taken apart" in words(card_of(desk, "B-1003"))
    assert "In approval" in words(card_of(desk, "B-1001"))
    assert "To review" in words(card_of(desk, "B-1002"))
    await take_apart(desk, report, BOOKKEEPER)
    assert "cannot be taken apart from there" in desk.whispers(BOOKKEEPER)[-1]
    await make(desk, "B-1001")
    assert "1 receipt" in words(card_of(desk, "B-1004"))


def menu_of(card: Message, action: ActionId = ActionId.TAKE_APART) -> str:
    """What the entry of the card's menu says that it is about."""
    elements = [element for block in card.blocks for element in block.get("elements", [])]
    (menu,) = [element for element in elements if element.get("action_id") == action]
    return str(menu["options"][0]["value"])


async def take_apart(desk: Desk, card: Message, user: str) -> None:
    await desk.slack.click(card, ActionId.TAKE_APART, user=user, value=menu_of(card))
    await desk.settle()


async def test_a_second_press_makes_no_second_report_nor_is_a_receipt_in_two(either: Desk) -> None:
    desk = either
    await two_receipts(desk)
    receipts = tuple(item_of(each) for each in offered(await opened(desk)).values())
    services = desk.world.services
    of = await desk.world.actor(MEMBER), desk.world.organisation_id, Claim(receipts=receipts, claimant="Mia")

    first, again = await asyncio.gather(
        services.reports.make(*of, "report:V1"), services.reports.make(*of, "report:V1")
    )
    with pytest.raises(ReceiptsRefusedError, match="is archived by now"):
        await services.reports.make(*of, "report:V2")
    assert first.id == again.id

    approver = await desk.world.actor(APPROVER)
    outcomes = await asyncio.gather(
        services.reports.take_apart(of[0], first.id, first.version),
        services.approvals.approve(approver, first.id, first.version),
        services.reports.take_apart(of[0], first.id, first.version),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Item) for outcome in outcomes) == 1
    assert [outcome for outcome in outcomes if not isinstance(outcome, (Item, NotNowError, StaleItemError))] == []


async def test_what_lacks_something_is_refused_with_what_is_to_be_done(desk: Desk) -> None:
    await desk.add(**{BlockId.NUMBER: "T-1"})
    await desk.add(**{**TRAIN, BlockId.NUMBER: "T-2"})
    chosen = [item_of(each) for each in offered(await opened(desk)).values()]
    services, of = desk.world.services, (await desk.world.actor(MEMBER), desk.world.organisation_id)
    async with services.db.write() as tx:
        item = await require_item(tx, of[0].workspace.id, chosen[0])
        await change_item(tx, item, replace(item, facts=replace(item.facts, gross=None)))

    with pytest.raises(ReceiptsRefusedError, match="lacks its total: a bookkeeper presses Edit on its card"):
        await services.reports.make(*of, Claim(receipts=tuple(chosen), claimant="Mia"), "report:V1")

    assert "In approval" in words(card_of(desk, "B-1001"))


async def test_a_missing_exchange_rate_is_typed_in_the_form_and_stays_with_the_receipt(either: Desk) -> None:
    desk = either
    await drop_in_euros(desk, "EUR-1", "EUR", "CHF", "0.95")
    await drop_in_euros(desk, "EUR-2", "EUR", "GBP", "0.8")
    await desk.add(**TRAIN)

    asked = (await make(desk, **{BlockId.DESCRIPTION: "Fair", BlockId.SUPPLIER: "Mia M."})).view

    assert asked is not None
    assert "needs its exchange rate to GBP" in words(asked)
    (field,) = [str(block["block_id"]) for block in asked.blocks if BlockId.CURRENCY_RATE in str(block["block_id"])]
    (label,) = [block["label"]["text"] for block in asked.blocks if block.get("block_id") == field]
    assert label == "B-1001 · Papier GmbH · 120.00 EUR: EUR for 1 GBP on 1 Mar 2026"
    assert len(offered(asked)) == 3
    for typed, told in (("much", "Write a rate such as"), ("12", "was 1.25. Correct it, or leave the receipt out")):
        done = await desk.slack.submit(asked, {field: typed})
        assert told in done.errors[field]
    assert "In approval" in words(card_of(desk, "B-1001"))

    done = await desk.slack.submit(asked, {field: "1.2"})
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    card = words(card_of(desk, "B-1004"))
    assert "Mia M." in card
    assert "> Fair" in card
    assert "120.00 EUR at 1 GBP = 1.2 EUR, a rate typed by a person" in card
    assert "120.00 EUR at 1 GBP = 1.25 EUR ·" in card
    assert "*226.00 GBP*" in card
    await take_apart(desk, card_of(desk, "B-1004"), MEMBER)
    assert "1 GBP = 1.2 EUR\n_a rate typed by a person_" in words(card_of(desk, "B-1001"))
    await make(desk)
    await desk.press(card_of(desk, "B-1005"), ActionId.APPROVE_ITEM, APPROVER)
    (bill,) = desk.xero.bills()
    assert (bill["CurrencyCode"], Decimal(bill["Total"])) == ("GBP", Decimal(226))
    lines = [line["Description"] for line in bill["LineItems"]]
    assert [any(rate in each for each in lines) for rate in ("= 1.2 EUR", "= 1.25 EUR")] == [True, True]


async def test_a_rate_that_an_admin_typed_is_taken_where_a_receipt_states_none_and_told_with_its_day(
    desk: Desk,
) -> None:
    amounts, actor, of = desk.world.services.amount_settings, await desk.world.actor(), desk.world.organisation_id
    version = (await amounts.opened(actor, of)).version
    await amounts.save(actor, of, AmountsForm(version=version, rates={"EUR": Decimal("1.2")}), {})
    await drop_in_euros(desk, "EUR-1", "EUR", "CHF", "0.95")
    await drop_in_euros(desk, "EUR-2", "EUR", "GBP", "0.8")

    done = await make(desk)

    assert (done.errors, done.error) == ({}, None)
    card = words(card_of(desk, "B-1003"))
    today = dated(desk.world.services.db.clock.now().date())
    assert f"120.00 EUR at 1 GBP = 1.2 EUR, typed by a person, {today}" in card
    assert "120.00 EUR at 1 GBP = 1.25 EUR ·" in card
    assert "*196.00 GBP*" in card
    assert "1 GBP = 1.2 EUR" not in words(card_of(desk, "B-1001")).partition("*In GBP*")[0]


@pytest.mark.parametrize("user", [APPROVER, GUEST, FORMER, OTHER_BOT])
async def test_a_stranger_takes_none_apart(desk: Desk, user: str) -> None:
    await two_receipts(desk)
    await make(desk, "B-1001")
    report = card_of(desk, "B-1003")

    await take_apart(desk, report, user)

    assert "In approval" in words(card_of(desk, "B-1003"))


async def test_the_menu_of_the_command_opens_it_for_its_channels_books(desk: Desk) -> None:
    await desk.drop("INV-1")
    await desk.slack.command("/dext", "", user=MEMBER, channel=BILLS)

    await desk.slack.click(desk.modal(MEMBER), ActionId.OPEN_REPORT, user=MEMBER)

    form = desk.modal(MEMBER)
    assert words(form).splitlines()[0] == "Northwind Trading Ltd"
    assert list(offered(form)) == ["B-1001"]
    done = await desk.slack.submit(
        form, {BlockId.RECEIPTS: [*offered(form).values()], BlockId.SUPPLIER: ""}, user=MEMBER
    )
    assert done.errors == {BlockId.SUPPLIER: "Choose a contact above, or type a name here."}


async def test_who_has_nothing_to_claim_is_told_so(desk: Desk) -> None:
    form = await opened(desk, BOOKKEEPER)

    assert "You have sent in nothing here that could be in a report" in words(form)


async def test_it_is_never_paid_and_goes_to_purchases_whatever_costs_do(desk: Desk) -> None:
    visa = await method(desk, "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    await desk.drop("INV-1")
    await make(desk)
    assert "*Publish as*\nAwaiting payment" in words(card_of(desk, "B-1002"))

    await costs(desk, destination=Destination.BANK_ACCOUNTS, default_payment_method=visa)
    await desk.press(card_of(desk, "B-1002"), ActionId.APPROVE_ITEM, APPROVER)

    (bill,) = desk.xero.bills()
    assert bill["Type"] == "ACCPAY"
    assert Decimal(bill["AmountPaid"]) == 0


async def test_its_status_is_chosen_in_the_settings(desk: Desk) -> None:
    await desk.drop("INV-1")
    await make(desk)
    await desk.slack.command("/dext", "settings", user=ADMIN, channel=BILLS)

    done = await desk.slack.submit(desk.modal(ADMIN), {BlockId.REPORT_STATUS: "draft"}, user=ADMIN)
    await desk.settle()

    assert done.view is not None
    assert "*Expense reports are published as*: Draft (was: as costs are)" in words(done.view)
    await desk.press(card_of(desk, "B-1002"), ActionId.APPROVE_ITEM, APPROVER)
    assert [bill["Status"] for bill in desk.xero.bills()] == ["DRAFT"]


async def test_withdrawn_or_refused_it_can_be_taken_apart(desk: Desk) -> None:
    await two_receipts(desk)
    await make(desk, "B-1001")
    asked = card_of(desk, "B-1003")
    await desk.press(asked, ActionId.APPROVE_ITEM, APPROVER)
    published = card_of(desk, "B-1003")
    assert ActionId.TAKE_APART not in actions(published)
    await take_apart(desk, asked, BOOKKEEPER)
    assert "what is published be withdrawn first" in desk.whispers(BOOKKEEPER)[-1]
    value = menu_of(published, ActionId.WITHDRAW_ITEM)
    await desk.slack.click(published, ActionId.WITHDRAW_ITEM, user=BOOKKEEPER, value=value)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {})
    await desk.settle()
    assert desk.xero.bills() == []

    await take_apart(desk, card_of(desk, "B-1003"), MEMBER)
    assert "In approval" in words(card_of(desk, "B-1001"))

    desk.xero.archive_account(TRADING, CATEGORY)
    await make(desk, "B-1002")
    await desk.press(card_of(desk, "B-1004"), ActionId.APPROVE_ITEM, APPROVER)
    assert "Refused by Xero" in words(card_of(desk, "B-1004"))
    await take_apart(desk, card_of(desk, "B-1004"), BOOKKEEPER)
    # it comes back by today's settings, whose default the ledger does not take any more
    assert "so this bill did not get it" in words(card_of(desk, "B-1002"))
    told = words(desk.slack.thread(BILLS, card_of(desk, "B-1004").ts)[-1])
    assert "took it apart; it will not be published" in told


async def test_the_same_receipt_again_is_asked_about_while_it_is_in_a_report(desk: Desk) -> None:
    await desk.add(**TRAIN)
    await make(desk)

    await desk.slack.submit(await desk.form(BOOKKEEPER), {**A_BILL, **TRAIN})
    await desk.settle()

    assert "Same supplier and number as B-1001 (archived)" in words(card_of(desk, "B-1003"))


async def test_a_report_is_edited_as_a_report_and_stays_in_its_books(desk: Desk) -> None:
    await two_receipts(desk)
    await make(desk)
    await desk.press(card_of(desk, "B-1003"), ActionId.EDIT_ITEM, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    blocks = {str(block["block_id"]).partition(":")[0] for block in form.blocks}
    assert not blocks & {BlockId.KIND, BlockId.DOCUMENT_TYPE, BlockId.PAYMENT_METHOD, BlockId.PUBLISH_TO}
    assert "2 lines" in words(form)

    await desk.slack.submit(form, {BlockId.DESCRIPTION: "Fair in Leeds"})
    await desk.settle()

    card = card_of(desk, "B-1003")
    assert "Expense report · *150.00 GBP*" in words(card)
    assert "2 receipts" in words(card)
    ref = ItemRef.decode(button_values(card)[ActionId.SHOW_DETAILS])
    moving, actor = desk.world.services.moving, await desk.world.actor(BOOKKEEPER)
    with pytest.raises(NotNowError, match="an expense report stays in these books"):
        await moving.move(actor, ref.item_id, ref.version, desk.world.organisation_id)


async def test_more_files_than_the_ledger_takes_on_a_bill_make_several_reports(desk: Desk) -> None:
    for number in range(11):
        await desk.drop(f"INV-{number}")

    done = await make(desk)

    assert "Xero takes 10 files on one bill, and these receipts have 11" in done.errors[BlockId.RECEIPTS]


async def test_quickbooks_has_it_as_a_bill_with_lines_and_files(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, books):
        await two_receipts(desk)
        await make(desk)

        await desk.press(card_of(desk, "B-1003"), ActionId.APPROVE_ITEM, APPROVER)
        await desk.settle()

        (bill,) = books.bills()
        assert (bill["DocNumber"], bill["TotalAmt"], bill["VendorRef"]["name"]) == ("B-1003", 150, "Mia Member")
        assert [line["Amount"] for line in bill["Line"]] == [100, 30]
        assert "Northern Rail" in bill["Line"][1]["Description"]
        assert "its file is there too" in words(card_of(desk, "B-1003"))


async def test_sage_has_it_as_a_purchase_invoice_with_a_line_for_each(sqlite_url: str) -> None:
    async with beside_sage(sqlite_url) as (desk, books):
        await desk.add()
        await desk.add(**TRAIN)
        await make(desk)

        await desk.press(card_of(desk, "B-1003"), ActionId.APPROVE_ITEM, APPROVER)
        await desk.settle()

        (invoice,) = books.purchase_invoices()
        assert Decimal(invoice["total_amount"]) == Decimal(150)
        assert [Decimal(line["net_amount"]) for line in invoice["invoice_lines"]] == [Decimal(100), Decimal(30)]


async def test_where_a_package_takes_none_it_is_not_offered(desk: Desk) -> None:
    await desk.drop("INV-1")
    reports, actor = desk.world.services.reports, await desk.world.actor(MEMBER)
    profile = reports.providers["xero"].profile
    without = replace(profile, capabilities=profile.capabilities - {Capability.EXPENSE_REPORTS})
    unable = replace(reports, providers=cast("Any", {"xero": SimpleNamespace(profile=without)}))

    assert [each.name for each in await reports.where(actor, None)] == ["Northwind Trading Ltd"]
    assert await unable.where(actor, None) == ()
    with pytest.raises(CannotReportError, match="Xero takes no expense reports"):
        await unable.opened(actor, desk.world.organisation_id)
    with pytest.raises(CannotReportError):
        await unable.make(actor, desk.world.organisation_id, Claim(receipts=(), claimant="Mia"), "report:V1")


async def test_a_report_that_stands_in_the_ledger_otherwise_than_approved_is_not_taken_apart(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its receipts would be booked beside it."""
    await two_receipts(desk)
    await make(desk)
    with monkeypatch.context() as patched:
        patched.setattr(sending, "differences", lambda *_: ("total: 150.00 here, 150.01 in the ledger",))
        await desk.press(card_of(desk, "B-1003"), ActionId.APPROVE_ITEM, APPROVER)

    await take_apart(desk, card_of(desk, "B-1003"), BOOKKEEPER)

    assert "it stands in the ledger, only otherwise than it was approved" in desk.whispers(BOOKKEEPER)[-1]
    assert ActionId.APPROVE_ITEM not in actions(card_of(desk, "B-1001"))
