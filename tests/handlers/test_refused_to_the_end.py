"""Refusals, each played to its end: the alert, the button that mends it, and the document in the ledger.

Several stories share a world, because a world costs more than a story does.
"""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, MEMBER, Message
from bot.views.ids import ActionId, BlockId
from providers.xero.simulated import contacts
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, a_desk, actions, words

MARCH_ENDED = date(2026, 3, 31)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0) as made:
        yield made
        assert made.slack.refusals == []


async def refused(desk: Desk, number: str, user: str = MEMBER, **changes: object) -> Message:
    """A bill that is approved and refused; answers its alert."""
    await desk.add(user, **{BlockId.NUMBER: number, **changes})
    await desk.approve(number)
    return alert(desk, number)


def alert(desk: Desk, number: str) -> Message:
    (found,) = desk.slack.thread(BILLS, desk.card(number).ts)
    return found


def bill(desk: Desk, number: str) -> dict[str, Any]:
    (found,) = [found for found in desk.xero.bills() if found["InvoiceNumber"] == number]
    return found


async def test_a_date_in_a_locked_period(desk: Desk) -> None:
    await desk.world.set_up(alerts_channel=BILLS)
    desk.xero.set_lock_date(TRADING, year_end=MARCH_ENDED)
    drafted, waiting = [await refused(desk, number) for number in ("INV-1", "INV-2")]
    edited = await refused(desk, "INV-3")
    assert "the end of year lock date in Xero is 31-Mar-2026" in words(drafted)

    # a draft may have the date, and less than what was approved needs no new approval
    await desk.press(drafted, ActionId.PUBLISH_AS_DRAFT, BOOKKEEPER)
    assert bill(desk, "INV-1")["Status"] == "DRAFT"
    assert f"<@{BOOKKEEPER}> had it sent as a draft." in words(alert(desk, "INV-1"))
    assert "Published to Xero," in words(alert(desk, "INV-1"))

    # another waits until the date is free
    await desk.press(waiting, ActionId.WAIT_FOR_LEDGER, BOOKKEEPER)
    told = alert(desk, "INV-2")
    assert f"<@{BOOKKEEPER}> lets it wait." in words(told)
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
    assert "I am reading that again" in desk.whispers(BOOKKEEPER)[-1]
    await desk.press(alert(desk, "INV-1"), ActionId.USE_CONTACT, BOOKKEEPER)

    assert bill(desk, "INV-1")["Contact"]["Name"] == "Paper &  Ink Ltd"
    assert f"Approved* by <@{APPROVER}>" in words(desk.card("INV-1"))
    assert f"<@{BOOKKEEPER}> took the ledger's contact." in words(alert(desk, "INV-1"))
