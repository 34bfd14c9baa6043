"""What a supplier's bills were booked to before is suggested for the next one: seen, explained, approved, taken back."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.rules import Rule
from bot.playground.slack import ADMIN, APPROVER, BOOKKEEPER, MEMBER
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import A_BILL, CATEGORY, OTHER_CATEGORY, TAX, Desk, actions, words
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


async def coded(desk: Desk, number: str, category: str = CATEGORY, *, due_on: str | None = None) -> None:
    """A bill comes in, Ben codes it, Priya approves it."""
    values: dict[str, object] = {BlockId.NUMBER: number, BlockId.DUE_ON: due_on}
    done = await desk.slack.submit(await desk.form(), {**A_BILL, **values})
    assert (done.errors, done.error) == ({}, None)
    await desk.slack.close_modal(MEMBER, everything=True)
    await desk.settle()
    done = await desk.edit(number, {BlockId.ACCOUNT: category, BlockId.TAX_RATE: TAX})
    assert (done.errors, done.error) == ({}, None)
    assert ActionId.UNDO_ITEM in actions(await desk.approve(number))


async def rules(desk: Desk) -> list[Rule]:
    listed = await desk.world.services.rules.listed(await desk.world.actor(ADMIN), desk.world.organisation_id)
    return list(listed.rules)


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


async def test_another_company_of_that_name_is_not_booked_as_this_one_is(desk: Desk) -> None:
    """Another legal form, or another tax number of the same country, is another company; and another payee."""
    await coded(desk, "INV-1")
    await coded(desk, "INV-2")

    partners = await desk.add(**{BlockId.NUMBER: "INV-3", BlockId.SUPPLIER: "Paper & Ink LLP"})

    assert "A category is missing" in words(partners)
    assert AS_IN_TWO not in words(partners)
    assert AS_IN_TWO in words(await desk.add(**{BlockId.NUMBER: "INV-4", BlockId.SUPPLIER: "PAPER AND INK"}))


async def test_a_person_who_empties_it_is_not_asked_again(desk: Desk) -> None:
    await coded(desk, "INV-1")
    await coded(desk, "INV-2")
    await desk.add(**{BlockId.NUMBER: "INV-3"})

    done = await desk.edit("INV-3", {BlockId.ACCOUNT: None})

    assert (done.errors, done.error) == ({}, None)
    assert "A category is missing" in words(desk.card("INV-3"))


async def test_when_a_bill_is_due_is_suggested_where_it_does_not_say_so(desk: Desk) -> None:
    for number in ("INV-1", "INV-2"):
        await coded(desk, number, due_on="2026-03-31")

    card = words(await desk.add(**{BlockId.NUMBER: "INV-3"}))

    assert f"*Due*\n31 Mar 2026\n_{AS_IN_TWO}_" in card
    await desk.press(desk.card("INV-3"), ActionId.EXPLAIN_ITEM, APPROVER)
    assert f"*Due date*\n31 Mar 2026: 30 days after its date\n_{AS_IN_TWO}_" in words(desk.modal(APPROVER))
    await desk.slack.close_modal(APPROVER, everything=True)
    stated = await desk.add(**{BlockId.NUMBER: "INV-4", BlockId.DUE_ON: "2026-03-15"})
    assert "*Due*\n15 Mar 2026" in words(stated)
    assert f"15 Mar 2026\n_{AS_IN_TWO}_" not in words(stated)


async def test_a_past_that_agrees_is_made_a_rule_by_one_press_with_what_it_would_have_changed(desk: Desk) -> None:
    for number in ("INV-1", "INV-2", "INV-3", "INV-4"):
        await coded(desk, number, OTHER_CATEGORY if number == "INV-2" else CATEGORY)
    waiting = await desk.add(**{BlockId.NUMBER: "INV-5"})
    await desk.press(waiting, ActionId.SHOW_DETAILS, APPROVER)
    assert ActionId.MAKE_RULE not in actions(desk.modal(APPROVER)), "bookkeepers and admins make rules"

    await desk.press(waiting, ActionId.SHOW_DETAILS, ADMIN)
    others = desk.modal(ADMIN)

    await desk.press(waiting, ActionId.SHOW_DETAILS, BOOKKEEPER)
    page = desk.modal(BOOKKEEPER)

    assert "*A rule for Paper &amp; Ink Ltd?*" in words(page)
    assert "• Category: 429 · General Expenses, as in 3 of the last 4" in words(page)
    assert "It would have changed 1 of the last 4 that were approved:" in words(page)
    assert "|B-1002>, 2 Mar 2026: 461 · Printing &amp; Stationery → 429 · General Expenses" in words(page)
    await desk.press(page, ActionId.MAKE_RULE, BOOKKEEPER)
    assert "Paper &amp; Ink Ltd has this rule now" in words(desk.modal(BOOKKEEPER))
    assert ActionId.MAKE_RULE not in actions(desk.modal(BOOKKEEPER))
    assert "_the supplier's rule_" in words(desk.card("INV-5"))
    await desk.press(others, ActionId.MAKE_RULE, ADMIN)
    assert "Paper &amp; Ink Ltd has this rule now" in words(desk.modal(ADMIN)), "pressed where it was shown before"
    assert len(await rules(desk)) == 1


async def test_a_rule_that_was_offered_and_is_another_by_now_is_shown_anew(desk: Desk) -> None:
    for number in ("INV-1", "INV-2", "INV-3"):
        await coded(desk, number)
    await desk.press(desk.card("INV-3"), ActionId.SHOW_DETAILS, ADMIN)
    page = desk.modal(ADMIN)
    for number in ("INV-4", "INV-5", "INV-6", "INV-7", "INV-8"):
        await coded(desk, number, OTHER_CATEGORY)

    await desk.press(page, ActionId.MAKE_RULE, ADMIN)

    assert "Nothing was made: what was approved says something else by now" in words(desk.modal(ADMIN))
    assert "• Category: 461 · Printing &amp; Stationery, as in 5 of the last 5" in words(desk.modal(ADMIN))
    assert await rules(desk) == []
