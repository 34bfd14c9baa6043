"""What a supplier's bills were booked to before is suggested for the next one: seen, explained, approved, taken back."""

from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import ADMIN, APPROVER
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, TAX, Desk, actions, words
from tests.handlers.setting_up import an_office

AS_IN_TWO = "suggested, as in 2 of the last 2"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is read, and by which index, is tried on both in `tests.services.test_history`."""
    return sqlite_url


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """No default category or tax rate."""
    async with an_office(database_url, undo_seconds=60) as office:
        await office.save()
        yield Desk(office.world)


async def coded(desk: Desk, number: str, category: str = CATEGORY) -> None:
    """A bill comes in, Ben codes it, Priya approves it."""
    await desk.add(**{BlockId.NUMBER: number})
    done = await desk.edit(number, {BlockId.ACCOUNT: category, BlockId.TAX_RATE: TAX})
    assert (done.errors, done.error) == ({}, None)
    assert ActionId.UNDO_ITEM in actions(await desk.approve(number))


async def test_the_third_bill_is_coded_as_the_two_before_and_a_person_approves_it(desk: Desk) -> None:
    await coded(desk, "INV-1")
    assert "A category is missing" in words(await desk.add(**{BlockId.NUMBER: "INV-0"})), "one is not enough"
    await coded(desk, "INV-2")

    third = await desk.add(**{BlockId.NUMBER: "INV-3"})

    assert f"429 · General Expenses\n_{AS_IN_TWO}_" in words(third)
    assert f"20% (VAT on Expenses)\n_{AS_IN_TWO}_" in words(third)
    assert ActionId.APPROVE_ITEM in actions(third), "it waits for a person, and for nothing else"
    await desk.press(third, ActionId.EXPLAIN_ITEM, APPROVER)
    why = words(desk.modal(APPROVER))
    assert f"*Category*\n429 · General Expenses\n_{AS_IN_TWO}_" in why
    assert "2 of the last 2 that were approved have it; the newest is <http" in why
    assert "|B-1003>" in why
    await desk.slack.close_modal(APPROVER, everything=True)
    await desk.approve("INV-3")
    await desk.world.later(61)
    assert any(
        bill["InvoiceNumber"] == "INV-3" and bill["LineItems"][0]["AccountCode"] == CATEGORY
        for bill in desk.xero.books[TRADING].invoices.values()
    )


async def test_what_was_undone_or_booked_otherwise_counts_no_more_and_what_is_archived_is_not_suggested(
    desk: Desk,
) -> None:
    await coded(desk, "INV-1")
    await coded(desk, "INV-2")
    await desk.press(desk.card("INV-2"), ActionId.UNDO_ITEM, APPROVER)
    assert "A category is missing" in words(await desk.add(**{BlockId.NUMBER: "INV-3"}))

    await desk.approve("INV-2")
    assert f"_{AS_IN_TWO}_" in words(await desk.add(**{BlockId.NUMBER: "INV-4"}))

    done = await desk.edit("INV-2", {BlockId.ACCOUNT: OTHER_CATEGORY})
    assert (done.errors, done.error) == ({}, None)
    fifth = words(await desk.add(**{BlockId.NUMBER: "INV-5"}))
    assert "A category is missing" in fifth
    assert f"20% (VAT on Expenses)\n_{AS_IN_TWO}_" in fifth

    await desk.edit("INV-2", {BlockId.ACCOUNT: CATEGORY})
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.slack.command("/dext", "sync categories", user=ADMIN)
    await desk.settle()
    assert "A category is missing" in words(await desk.add(**{BlockId.NUMBER: "INV-6"}))


async def test_a_person_who_empties_it_is_not_asked_again(desk: Desk) -> None:
    await coded(desk, "INV-1")
    await coded(desk, "INV-2")
    await desk.add(**{BlockId.NUMBER: "INV-3"})

    done = await desk.edit("INV-3", {BlockId.ACCOUNT: None})

    assert (done.errors, done.error) == ({}, None)
    assert "A category is missing" in words(desk.card("INV-3"))
