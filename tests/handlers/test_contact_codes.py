"""Books whose files name people by codes: a document waits where it would go to nobody's account, or to somebody else's."""

import html

import pytest

from bot.domain.books import ListKind
from bot.playground.slack import BILLS, BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import Desk, actions, words
from tests.handlers.test_downloading import approved, beside_no_ledger, download, files_of, typed


def said(desk: Desk, number: str) -> str:
    return html.unescape(words(desk.card(number)))


def accounts(desk: Desk) -> list[tuple[str, str]]:
    """Of all files so far."""
    rows = [row for _, rows in files_of(desk, BOOKKEEPER) for row in rows]
    return [(row["Reference"], row["Account Reference"]) for row in rows]


async def test_a_supplier_of_whose_name_no_code_can_be_made_waits_until_the_list_has_one(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await desk.add(**{BlockId.NUMBER: "F-1", BlockId.SUPPLIER: "株式会社インク"})
        waiting, buttons = said(desk, "F-1"), actions(desk.card("F-1"))

        await typed(desk, ListKind.CONTACTS, "INK001, 株式会社インク")
        await desk.approve("F-1")
        await download(desk, BOOKKEEPER)

        assert "names 株式会社インク by a code of at most 8 letters from A to Z and digits" in waiting
        assert "under Manage, Suppliers and customers" in waiting
        assert ActionId.APPROVE_ITEM not in buttons
        assert accounts(desk) == [("F-1", "INK001")]


@pytest.mark.parametrize("code", ["paperink", "PaperInk"])
async def test_a_supplier_that_would_be_booked_to_anothers_account_waits_until_it_is_told_whose_it_is(
    sqlite_url: str, code: str
) -> None:
    """However the other's code was typed, the file has it in capitals."""
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await typed(desk, ListKind.CONTACTS, f"{code}, Paper & Ink Retail")
        await desk.drop("F-1")
        await desk.drop("F-2")
        waiting, buttons = said(desk, "F-1"), actions(desk.card("F-1"))
        contact: dict[str, object] = {BlockId.CONTACT: code, BlockId.SUPPLIER: ""}

        done = await desk.edit("F-1", contact)
        await desk.approve("F-1")
        await typed(desk, ListKind.CONTACTS, "PAP002, Paper & Ink Ltd")
        await desk.approve("F-2")
        await download(desk, BOOKKEEPER)

        assert ActionId.APPROVE_ITEM not in buttons
        assert "name Paper & Ink Ltd by the code PAPERINK, which is that of Paper & Ink Retail" in waiting
        assert "choose Paper & Ink Retail in Edit; else an admin adds the new one with a code of its own" in waiting
        assert done.errors == {}
        assert sorted(accounts(desk)) == [("F-1", "PAPERINK"), ("F-2", "PAP002")]


async def test_the_code_of_whoever_was_taken_off_the_list_is_proposed_for_nobody_else(sqlite_url: str) -> None:
    """Their account may be in the software still."""
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await typed(desk, ListKind.CONTACTS, "PAPERINK, Paper & Ink Retail")
        await typed(desk, ListKind.CONTACTS, "- PAPERINK")
        await desk.drop("F-1")
        waiting, buttons = said(desk, "F-1"), actions(desk.card("F-1"))

        await typed(desk, ListKind.CONTACTS, "PAPERINK, Paper & Ink Ltd")
        await desk.approve("F-1")
        await download(desk, BOOKKEEPER)

        assert "by the code PAPERINK, which was that of Paper & Ink Retail before" in waiting
        assert ActionId.APPROVE_ITEM not in buttons
        assert accounts(desk) == [("F-1", "PAPERINK")]


async def test_two_suppliers_of_one_proposed_code_never_share_an_account(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await approved(desk, "F-1")
        await desk.add(**{BlockId.NUMBER: "F-2", BlockId.SUPPLIER: "Paper & Ink Retail"})
        await desk.approve("F-2")
        await approved(desk, "F-3")

        await download(desk, BOOKKEEPER)

        assert sorted(accounts(desk)) == [("F-1", "PAPERINK"), ("F-3", "PAPERINK")]
        (alert,) = desk.slack.thread(BILLS, desk.card("F-2").ts)
        assert "by the code PAPERINK, which is that of Paper & Ink Ltd" in html.unescape(words(alert))

        await typed(desk, ListKind.CONTACTS, "PAP002, Paper & Ink Retail")
        await desk.press(alert, ActionId.RETRY_ITEM, BOOKKEEPER)
        await desk.add(**{BlockId.NUMBER: "F-4", BlockId.SUPPLIER: "Paper & Inkwells"})
        await download(desk, BOOKKEEPER, "F-2")

        assert ("F-2", "PAP002") in accounts(desk)
        assert "PAPERINK, which is that of Paper & Ink Ltd" in said(desk, "F-4")


async def test_a_code_that_files_have_no_place_for_is_told_before_anybody_approves(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await typed(desk, ListKind.CONTACTS, "PAPER-AND-INK, Paper & Ink Ltd")

        await desk.drop("F-1")

        assert "has the code PAPER-AND-INK, and a file has place for at most 8 letters" in said(desk, "F-1")
        assert ActionId.APPROVE_ITEM not in actions(desk.card("F-1"))


async def test_a_file_names_whom_it_was_approved_for_as_the_list_does(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0, layout="xero") as desk:
        await typed(desk, ListKind.CONTACTS, "C1, Paper and Inks Limited")
        await desk.drop("F-1")
        assert "taken for Paper and Inks Limited" in said(desk, "F-1")
        await desk.approve("F-1")

        await download(desk, BOOKKEEPER)

        ((_, (row,)),) = files_of(desk, BOOKKEEPER)
        assert row["*ContactName"] == "Paper and Inks Limited"
