"""Where expense reports are a user's own expenses: found by their address or linked once, published as an expense for each
receipt, refused and mended, and taken back.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.domain.closing import ClosedPolicy
from bot.domain.editing import edit_of
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, GUEST, MEMBER, View
from bot.services.choices import NotOfferedError
from bot.services.current import NotNowError, require_item
from bot.services.people import NotAllowedError
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import ItemRef
from providers.freeagent.simulator import TRADING, Fault, FreeAgentState
from tests.contract.at_call import AtCall
from tests.handlers.desk import Desk, actions, button_values, words
from tests.handlers.test_closed_periods import close
from tests.handlers.test_expense_reports import card_of, make, menu_of, opened, take_apart
from tests.handlers.test_freeagent import beside_freeagent, minutes_later

TRAIN: dict[str, str] = {
    BlockId.SUPPLIER: "Northern Rail",
    BlockId.NUMBER: "T-7",
    BlockId.ISSUED_ON: "2026-02-27",
    BlockId.GROSS: "30.00",
    BlockId.TAX: "0.00",
}


def expenses(books: FreeAgentState) -> list[tuple[str, str, Decimal]]:
    """Whose each is, of which day, and how much is owed to them."""
    return [(one["user"], one["dated_on"], -one["gross_value"]) for one in books.documents("expenses")]


async def approved(desk: Desk, reference: str) -> str:
    await desk.press(card_of(desk, reference), ActionId.APPROVE_ITEM, APPROVER)
    await minutes_later(desk)
    return words(card_of(desk, reference))


async def link_form(desk: Desk, reference: str, user: str = ADMIN) -> View:
    await desk.press(card_of(desk, reference), ActionId.LINK_CLAIMANT, user)
    return desk.modal(user)


async def test_receipts_become_expenses_of_whoever_has_the_claimants_address_and_are_taken_back(
    sqlite_url: str,
) -> None:
    async with beside_freeagent(sqlite_url) as (desk, books):
        await desk.drop("INV-1", ending="pdf")
        await desk.add(**TRAIN)
        form = await opened(desk)
        assert "You are paid back as *Mia Member*, a user of FreeAgent" in words(form)
        assert BlockId.CONTACT not in {str(block["block_id"]) for block in form.blocks}
        await desk.slack.close_modal(MEMBER, everything=True)
        await make(desk, **{BlockId.DESCRIPTION: "Client visit"})
        card = card_of(desk, "B-1003")
        assert ActionId.LINK_CLAIMANT not in actions(card)
        assert "*Paid back in FreeAgent*\nMia Member" in words(card)
        books.set_keeps_some(TRADING, 1)
        books.fail_next(Fault.ERROR_AFTER, method="POST", path="*/expenses")

        told = await approved(desk, "B-1003")

        assert "Published* to FreeAgent" in told
        assert "its file is there too" in told
        mia = "/v2/users/6"
        assert sorted(expenses(books)) == [(mia, "2026-02-27", Decimal(30)), (mia, "2026-03-01", Decimal(120))]
        (file,) = books.documents("attachments")
        paper = next(one for one in books.documents("expenses") if one["gross_value"] == -120)
        assert (file["_of"], file["file_name"]) == (paper["url"], "B-1003 B-1001 INV-1.pdf")
        assert {one["receipt_reference"] for one in books.documents("expenses")} == {"B-1003"}
        assert all(" · Client visit " in one["description"] for one in books.documents("expenses"))
        assert desk.slack.thread(BILLS, card_of(desk, "B-1003").ts) == []

        await withdraw_report(desk, "B-1003")
        books.fail_next(Fault.RESET_AFTER, method="DELETE", path="*/expenses/*")
        await minutes_later(desk)

        assert expenses(books) == []
        said = desk.slack.thread(BILLS, card_of(desk, "B-1003").ts)[-1].text
        assert "The expense claim is deleted in FreeAgent." in said
        await take_apart(desk, card_of(desk, "B-1003"), MEMBER)
        assert "In approval" in words(card_of(desk, "B-1002"))


async def test_a_withdrawal_that_freeagent_stops_half_way_says_which_expenses_are_gone_and_goes_on(
    sqlite_url: str,
) -> None:
    async with beside_freeagent(sqlite_url) as (desk, books):
        await desk.add(**TRAIN)
        await desk.add()
        await make(desk)
        await approved(desk, "B-1003")
        await withdraw_report(desk, "B-1003")
        books.misbehaviour = AtCall(place=3, happens=lambda: books.lock_to(TRADING, date(2026, 3, 1)))
        await minutes_later(desk)

        (stays,) = desk.slack.thread(BILLS, card_of(desk, "B-1003").ts)
        assert "*Withdrawn only in part: its date is in a locked period*" in words(stays)
        assert "is dated 1 Mar 2026" in words(stays)
        assert "deleted there already: B-1001 (30.00). Still there: B-1002 (120.00)." in words(stays)
        assert "enter what is deleted again there" in words(stays)
        assert "B-1003 was withdrawn only in part" in stays.text
        assert len(expenses(books)) == 1
        await desk.press(stays, ActionId.LEAVE_PUBLISHED, BOOKKEEPER)
        (left,) = desk.slack.thread(BILLS, card_of(desk, "B-1003").ts)
        assert "What is left of it stays in FreeAgent." in words(left)

        books.lock_to(TRADING, None)
        await withdraw_report(desk, "B-1003")
        await minutes_later(desk)

        assert expenses(books) == []
        assert "The expense claim is deleted" in desk.slack.thread(BILLS, card_of(desk, "B-1003").ts)[-1].text


async def withdraw_report(desk: Desk, reference: str) -> None:
    card = card_of(desk, reference)
    value = menu_of(card, ActionId.WITHDRAW_ITEM)
    await desk.slack.click(card, ActionId.WITHDRAW_ITEM, user=BOOKKEEPER, value=value)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {})


async def test_who_is_no_user_waits_until_somebody_who_keeps_the_books_says_once_who_they_are(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url) as (desk, books):
        for number in ("T-7", "T-8", "T-9"):
            await desk.add(BOOKKEEPER, **{**TRAIN, BlockId.NUMBER: number})
        form = await opened(desk, BOOKKEEPER)
        assert "Which user of FreeAgent you are is not known yet" in words(form)
        await desk.slack.close_modal(BOOKKEEPER, everything=True)
        await make(desk, "B-1001", user=BOOKKEEPER)
        await make(desk, "B-1002", user=BOOKKEEPER)
        card = words(card_of(desk, "B-1004"))
        assert "To review" in card
        assert "Whoever claims it is not linked to a user of the ledger yet" in card
        assert "to complete it" not in card
        assert "Ben Bookkeeper" in card

        for stranger in (MEMBER, GUEST, APPROVER):
            await desk.press(card_of(desk, "B-1004"), ActionId.LINK_CLAIMANT, stranger)
            assert desk.slack.view(stranger) is None
        form = await link_form(desk, "B-1004")
        offered = await desk.slack.options(form, ActionId.FIND_CONTACT, "", user=ADMIN, block_id=BlockId.CONTACT)
        assert [option["text"]["text"] for option in offered] == [
            "Dana Admin",
            "Ira Standard",
            "Mia Member",
            "Rae Receipts",
            "Sam Second",
        ]
        done = await desk.slack.submit(form, {BlockId.CONTACT: "users/2"}, user=ADMIN)
        assert (done.errors, done.error) == ({}, None)
        await desk.settle()

        for reference in ("B-1004", "B-1005"):
            told = words(card_of(desk, reference))
            assert "In approval" in told
            assert "Sam Second" in told
            assert ActionId.LINK_CLAIMANT not in actions(card_of(desk, reference))
        again = desk.world.services.claimants
        report = ItemRef.decode(button_values(card_of(desk, "B-1004"))[ActionId.SHOW_DETAILS])
        assert (await again.link(await desk.world.actor(ADMIN), report.item_id, "users/2")).version == report.version
        await make(desk, "B-1003", user=BOOKKEEPER)
        assert "Sam Second" in words(card_of(desk, "B-1006"))
        await approved(desk, "B-1004")
        await approved(desk, "B-1006")
        assert expenses(books) == [("/v2/users/2", "2026-02-27", Decimal(30))] * 2


async def test_what_is_no_user_is_not_taken_for_one_nor_a_user_for_a_supplier(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url) as (desk, _):
        await desk.add(BOOKKEEPER, **TRAIN)
        await make(desk, user=BOOKKEEPER)
        services, admin = desk.world.services, await desk.world.actor(ADMIN)
        report = ItemRef.decode(button_values(card_of(desk, "B-1002"))[ActionId.LINK_CLAIMANT])

        for wrong in ("1", "users/5", "users/99"):  # a contact, the accountant, nobody
            with pytest.raises(NotOfferedError, match="not in the ledger's list any more"):
                await services.claimants.link(admin, report.item_id, wrong)
        with pytest.raises(NotAllowedError):
            await services.claimants.link(await desk.world.actor(MEMBER), report.item_id, "users/2")

        bill = await desk.form()
        suppliers = await desk.slack.options(bill, ActionId.FIND_CONTACT, "mia", user=MEMBER, block_id=BlockId.CONTACT)
        assert suppliers == []
        await desk.slack.close_modal(MEMBER, everything=True)
        train = ItemRef.decode(button_values(await desk.add(**TRAIN | {BlockId.NUMBER: "T-8"}))[ActionId.EDIT_ITEM])
        async with desk.world.services.db.read() as tx:
            edit = edit_of(await require_item(tx, admin.workspace.id, train.item_id))
        with pytest.raises(NotOfferedError):
            await services.items.edit(admin, train.item_id, train.version, replace(edit, contact="users/6"))
        with pytest.raises(NotNowError, match="its claimant needs no link"):
            await services.claimants.link(admin, train.item_id, "users/6")


async def test_a_user_who_was_hidden_is_told_and_another_one_is_chosen_and_approved(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url) as (desk, books):
        await desk.add(**TRAIN)
        await make(desk)
        books.set_hidden(TRADING, "mia", is_hidden=True)

        told = await approved(desk, "B-1002")

        assert "Refused by FreeAgent" in told
        (alert,) = desk.slack.thread(BILLS, card_of(desk, "B-1002").ts)
        assert "Mia Member is no user of FreeAgent any more, is hidden there, or is its accountant" in words(alert)
        await desk.press(alert, ActionId.CHOOSE_CONTACT, BOOKKEEPER)
        form = desk.modal(BOOKKEEPER)
        assert form.definition["title"]["text"] == "Another claimant"
        offered = await desk.slack.options(form, ActionId.FIND_CONTACT, "", user=BOOKKEEPER, block_id=BlockId.CONTACT)
        assert "Mia Member" not in [option["text"]["text"] for option in offered]
        done = await desk.slack.submit(form, {BlockId.CONTACT: "users/4"}, user=BOOKKEEPER)
        assert (done.errors, done.error) == ({}, None)
        await desk.settle()

        assert "Published* to FreeAgent" in await approved(desk, "B-1002")
        assert [whose for whose, _, _ in expenses(books)] == ["/v2/users/4"]
        await desk.add(**TRAIN | {BlockId.NUMBER: "T-8"})
        await make(desk)
        assert "Rae Receipts" in words(card_of(desk, "B-1004"))
        assert ActionId.LINK_CLAIMANT not in button_values(card_of(desk, "B-1002"))


async def test_a_link_that_somebody_made_stands_when_that_user_is_gone_and_another_one_is_asked_for(
    sqlite_url: str,
) -> None:
    """Mia has the claimant's address, and is not who was chosen."""
    async with beside_freeagent(sqlite_url) as (desk, books):
        await desk.add(**TRAIN)
        await make(desk)
        report = ItemRef.decode(button_values(card_of(desk, "B-1002"))[ActionId.SHOW_DETAILS])
        await desk.world.services.claimants.link(await desk.world.actor(ADMIN), report.item_id, "users/4")
        books.set_hidden(TRADING, "rae", is_hidden=True)
        await desk.slack.command("/dext", "sync", user=ADMIN)
        await desk.settle()
        await desk.add(**TRAIN | {BlockId.NUMBER: "T-8"})

        form = words(await opened(desk))
        await desk.slack.close_modal(MEMBER, everything=True)
        await make(desk)

        assert f"*Rae Receipts*, whom <@{ADMIN}> linked you to, is no user of FreeAgent any more" in form
        assert "Mia Member" not in form
        card = words(card_of(desk, "B-1004"))
        assert "not linked to a user of the ledger yet, or to one who is none any more" in card
        asked = await link_form(desk, "B-1004", BOOKKEEPER)
        assert f"<@{ADMIN}> had linked them to *Rae Receipts*, who is no user of FreeAgent any more" in words(asked)
        done = await desk.slack.submit(asked, {BlockId.CONTACT: "users/6"}, user=BOOKKEEPER)
        assert (done.errors, done.error) == ({}, None)
        await desk.settle()
        assert "Mia Member" in words(card_of(desk, "B-1004"))


async def test_a_date_that_is_given_to_the_report_takes_its_expenses_out_of_a_locked_period(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url) as (desk, books):
        await desk.add(**TRAIN)
        await desk.add(**TRAIN | {BlockId.NUMBER: "T-8", BlockId.ISSUED_ON: "2026-03-01"})
        await make(desk)
        books.lock_to(TRADING, date(2026, 2, 28))
        assert "Refused by FreeAgent" in await approved(desk, "B-1003")
        (alert,) = desk.slack.thread(BILLS, card_of(desk, "B-1003").ts)
        assert "The document is dated 27 Feb 2026" in words(alert)
        assert expenses(books) == []

        await desk.press(card_of(desk, "B-1003"), ActionId.EDIT_ITEM, BOOKKEEPER)
        form = desk.modal(BOOKKEEPER)
        assert "Another date here is that of all of them" in words(form)
        done = await desk.slack.submit(form, {BlockId.ISSUED_ON: "2026-03-01"})
        assert (done.errors, done.error) == ({}, None)
        await minutes_later(desk)

        assert "Published* to FreeAgent" in words(card_of(desk, "B-1003"))
        assert [day for _, day, _ in expenses(books)] == ["2026-03-01", "2026-03-01"]

        await close(desk, "2026-02-28", ClosedPolicy.NEXT_OPEN_DAY)
        await desk.add(**TRAIN | {BlockId.NUMBER: "T-9"})
        await desk.add(**TRAIN | {BlockId.NUMBER: "T-10", BlockId.ISSUED_ON: "2026-03-02"})
        await make(desk)
        assert "It is booked on 1 Mar 2026*, the next open day" in words(card_of(desk, "B-1006"))
        await approved(desk, "B-1006")
        assert [day for _, day, _ in expenses(books)][2:] == ["2026-03-01", "2026-03-01"]


async def test_who_has_nothing_to_claim_reads_what_to_do_and_closes_it(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url) as (desk, _):
        form = await opened(desk)

        assert "Send your receipts in" in words(form)
        assert form.definition["close"]["text"] == "Close"
        assert "submit" not in form.definition
