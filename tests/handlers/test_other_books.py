"""Books that ask of documents what Xero's do not, or not what Xero's do: declared by their provider, followed by every bill."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.playground.slack import APPROVER, BILLS, BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from tests.fakes.other_books import OtherBooks
from tests.handlers.desk import Desk, a_desk, actions, words
from tests.playground.kit import schema_problems

UNTAXED = BookRules(taxes_costs=False)


@pytest.fixture
async def desk(sqlite_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url) as made:
        await made.world.set_up(alerts_channel=BILLS, tax=None)
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


async def test_what_waits_follows_books_that_begin_to_ask_something_else(desk: Desk) -> None:
    await desk.add()
    assert "A tax rate is missing" in words(desk.card("INV-1"))
    books = OtherBooks.at(desk, UNTAXED)

    await books.read()
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))

    books.rules = USUAL_RULES
    await books.read()
    assert "A tax rate is missing" in words(desk.card("INV-1"))


async def test_a_bill_is_checked_by_the_rules_of_its_books_wherever_it_is_looked_at_again(desk: Desk) -> None:
    await OtherBooks.at(desk, UNTAXED).read()
    await desk.add()

    await desk.press(desk.card("INV-1"), ActionId.SEND_BACK, APPROVER)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Which department?"})
    await desk.settle()
    assert "is missing" not in words(desk.card("INV-1"))

    await desk.edit("INV-1", {BlockId.DESCRIPTION: "For the office"}, BOOKKEEPER)
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))

    await desk.approve("INV-1")
    await desk.edit("INV-1", {BlockId.DESCRIPTION: "For the shop"}, BOOKKEEPER)
    assert "is missing" not in words(desk.card("INV-1"))
