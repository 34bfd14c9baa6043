"""A supplier that the ledger does not have: asked about where an organisation wants that, and created as ever where not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, MEMBER
from bot.views.ids import ActionId, BlockId
from providers.xero.simulated.seed import contacts
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, a_desk, actions, words
from tests.playground.kit import schema_problems

NEW = "Nobody Yet Ltd"
KNOWN = next(str(each["Name"]) for each in contacts(TRADING) if each["ContactStatus"] == "ACTIVE")


@pytest.fixture
async def desk(sqlite_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


async def ask(desk: Desk, *boxes: str) -> None:
    await desk.slack.command("/dext", "settings general", user=ADMIN, channel=BILLS)
    done = await desk.slack.submit(desk.modal(ADMIN), {BlockId.ASK_NEW_SUPPLIERS: list(boxes)})
    assert (done.errors, done.error) == ({}, None)
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.settle()


def is_asked(desk: Desk, number: str) -> bool:
    return ActionId.CONFIRM_NEW_SUPPLIER in actions(desk.card(number))


async def test_a_supplier_that_the_ledger_does_not_have_is_asked_about_and_who_went_ahead_is_kept(desk: Desk) -> None:
    for number, supplier in (("INV-1", NEW), ("INV-2", NEW), ("INV-3", KNOWN), ("INV-4", NEW)):
        await desk.add(MEMBER, **{BlockId.NUMBER: number, BlockId.SUPPLIER: supplier})
    assert not is_asked(desk, "INV-1")

    await ask(desk, "ask")
    assert [is_asked(desk, number) for number in ("INV-1", "INV-2", "INV-3")] == [True, True, False]
    assert f"{NEW} is not among the ledger's contacts yet." in words(desk.card("INV-1"))

    # somebody goes ahead; a second press, and whoever may not, change nothing
    asked = desk.card("INV-1")
    await desk.press(asked, ActionId.CONFIRM_NEW_SUPPLIER, MEMBER)
    assert "admins and bookkeepers can do that" in desk.whispers(MEMBER)[-1]
    await desk.press(asked, ActionId.CONFIRM_NEW_SUPPLIER, BOOKKEEPER)
    await desk.press(asked, ActionId.CONFIRM_NEW_SUPPLIER, BOOKKEEPER)
    assert "that has been answered" in desk.whispers(BOOKKEEPER)[-1]
    assert f"A new supplier in the ledger: <@{BOOKKEEPER}> went ahead with it" in words(desk.card("INV-1"))

    # the answer is of that supplier: with another new one it is asked anew
    await desk.edit("INV-1", {BlockId.SUPPLIER: "Somebody Else Ltd"})
    assert is_asked(desk, "INV-1")
    await desk.press(desk.card("INV-1"), ActionId.CONFIRM_NEW_SUPPLIER, BOOKKEEPER)

    # or it is one of those that are there
    await desk.press(desk.card("INV-2"), ActionId.CHOOSE_SUPPLIER, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    found = await desk.slack.options(form, ActionId.FIND_CONTACT, KNOWN, user=BOOKKEEPER)
    done = await desk.slack.submit(form, {BlockId.CONTACT: found[0]["value"]})
    await desk.settle()
    assert (done.errors, is_asked(desk, "INV-2")) == ({}, False)
    await desk.approve("INV-1")
    await desk.approve("INV-2")
    names = {bill["InvoiceNumber"]: bill["Contact"]["Name"] for bill in desk.xero.bills()}
    assert names == {"INV-1": "Somebody Else Ltd", "INV-2": KNOWN}

    # what was created meanwhile is known once the contacts are read, and so is what nobody asks about any more
    assert is_asked(desk, "INV-4")
    await desk.edit("INV-4", {BlockId.SUPPLIER: "Somebody Else Ltd"})
    assert is_asked(desk, "INV-4")
    await desk.slack.command("/dext", "sync contacts", user=ADMIN)
    await desk.settle()
    assert not is_asked(desk, "INV-4")
    await desk.edit("INV-4", {BlockId.SUPPLIER: NEW})
    assert is_asked(desk, "INV-4")
    await ask(desk)
    assert not is_asked(desk, "INV-4")
