"""A supplier's name that the ledger does not have: whom it is taken for, confirmed by who approves, or chosen otherwise."""

from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, View
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, a_desk, actions, filled, words

TAKEN = "The ledger has nobody of just this name, and it is taken for Central Copiers"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as desk:
        yield desk


async def bill(desk: Desk, number: str, supplier: str) -> str:
    return words(await desk.add(**{BlockId.NUMBER: number, BlockId.SUPPLIER: supplier}))


async def form(desk: Desk, user: str = ADMIN) -> View:
    await desk.slack.command("/dext", "settings suppliers", user=user, channel=BILLS)
    return desk.modal(user)


async def choose(desk: Desk, how: str) -> str:
    done = await desk.slack.submit(await form(desk), {BlockId.SUPPLIER_MATCH: how})
    assert (done.errors, done.error) == ({}, None)
    await desk.settle()
    said = words(desk.modal(ADMIN))
    await desk.slack.close_modal(ADMIN, everything=True)
    return said


async def test_who_approves_confirms_whom_it_is_taken_for_and_that_contact_is_what_the_ledger_gets(desk: Desk) -> None:
    card = await bill(desk, "INV-1", "Central Copeirs Ltd")

    assert "*Supplier in Xero*\nCentral Copiers\n_suggested, 92 % like the name on it_" in card
    assert f"{TAKEN}: 92 % like the name on it. Edit chooses another." in card
    assert "*Central Copeirs Ltd* · Invoice" in card, "what stands on it is as it was"
    await desk.press(desk.card("INV-1"), ActionId.EXPLAIN_ITEM, APPROVER)
    assert "*Contact*\nCentral Copiers\n_suggested, 92 % like the name on it_" in words(desk.modal(APPROVER))
    await desk.slack.close_modal(APPROVER, everything=True)
    await desk.approve("INV-1")
    await desk.world.later(61)
    books = desk.xero.books[TRADING]
    (sent,) = [invoice for invoice in books.invoices.values() if invoice["InvoiceNumber"] == "INV-1"]
    assert sent["Contact"]["Name"] == "Central Copiers"
    assert all(contact["Name"] != "Central Copeirs Ltd" for contact in books.contacts.values())

    again = await bill(desk, "INV-2", "Central Copeirs Ltd")
    await desk.approve("INV-2")
    third = await bill(desk, "INV-3", "Central Copeirs Ltd")
    assert "92 % like" in again
    assert "Central Copiers\n_suggested, as in 2 of the last 2_" in third, "what was approved says it first"


async def test_another_is_chosen_by_edit_and_a_name_that_was_typed_instead_stays(desk: Desk) -> None:
    await bill(desk, "INV-1", "Central Copeirs")

    done = await desk.edit("INV-1", {BlockId.CONTACT: None, BlockId.SUPPLIER: "Central Copeirs"})

    assert (done.errors, done.error) == ({}, None)
    assert "taken for" not in words(desk.card("INV-1"))
    assert "Supplier in Xero" not in words(desk.card("INV-1"))
    assert TAKEN not in await bill(desk, "INV-2", "Central Copiers"), "Xero knows whom that means"
    assert "taken for" not in await bill(desk, "INV-3", "Somebody Else Ltd")


async def test_how_like_a_name_has_to_be_is_a_setting_and_what_waits_follows_a_stricter_one(desk: Desk) -> None:
    assert TAKEN in await bill(desk, "INV-1", "Central Copeirs")
    assert TAKEN not in await bill(desk, "INV-2", "Zentral Copeirs")

    assert "*How alike do names" in await choose(desk, "loose")
    assert TAKEN in await bill(desk, "INV-3", "Zentral Copeirs")

    said = await choose(desk, "strict")
    assert "Strict (names 95 % alike)" in said
    assert "(was: Loose (names 78 % alike))" in said
    cards = [words(desk.card(number)) for number in ("INV-1", "INV-3")]
    assert not any("taken for" in card for card in cards)
    assert all(ActionId.APPROVE_ITEM in actions(desk.card(number)) for number in ("INV-1", "INV-3"))


async def test_a_stale_form_is_drawn_anew_and_others_are_told_who_may(desk: Desk) -> None:
    await desk.slack.command("/dext", "settings suppliers", user=BOOKKEEPER, channel=BILLS)
    assert "admin" in desk.whispers(BOOKKEEPER)[-1]
    stale = await form(desk)
    await desk.world.set_up(alerts_channel=BILLS)

    await desk.slack.submit(stale, {BlockId.SUPPLIER_MATCH: "loose"})

    assert "Somebody else saved these settings" in words(desk.modal(ADMIN))
    again = desk.modal(ADMIN)
    await desk.slack.submit(again, filled(again, {BlockId.SUPPLIER_MATCH: "loose"}))
    assert "It is saved" in words(desk.modal(ADMIN))
    assert (await desk.world.settings()).supplier_match == "loose"
