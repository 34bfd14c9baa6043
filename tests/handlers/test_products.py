"""Products of the ledger on the lines of a bill: chosen, sent, and mended when the ledger has them no more."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.playground.slack import BILLS, BOOKKEEPER, MEMBER
from bot.views.ids import ActionId, BlockId
from providers.xero.simulated.seed import stable_id
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, a_desk, actions, words
from tests.handlers.test_lines import Lines
from tests.intake.documents import Row

CHOSEN = ("461", "INPUT2", "TONER")


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        await made.world.set_up(alerts_channel=BILLS)
        yield made
        assert made.slack.refusals == []


async def named(desk: Desk, number: str, product: str, **more: str) -> None:
    """A bill with a line of this product."""
    await desk.add(**{BlockId.NUMBER: number})
    lines = Lines(desk)
    await lines.open(desk.card(number))
    assert (
        await lines.done({(BlockId.PRODUCT, 0): product, **{(key, 0): value for key, value in more.items()}})
    ).errors == {}
    saved = await lines.save()
    assert (saved.errors, saved.error) == ({}, None)


def line(desk: Desk, number: str) -> dict[str, Any]:
    (bill,) = [bill for bill in desk.xero.bills() if bill["InvoiceNumber"] == number]
    (found,) = bill["LineItems"]
    return dict(found)


def codes(desk: Desk, number: str) -> tuple[str, str, str | None]:
    found = line(desk, number)
    return found["AccountCode"], found["TaxType"], found.get("ItemCode")


async def test_a_line_names_a_product_which_brings_its_codes_and_is_exchanged_when_it_is_gone(desk: Desk) -> None:
    await named(desk, "INV-1", "TONER")
    assert "TONER · Toner cartridge, black, 461 · Printing &amp; Stationery" in words(desk.card("INV-1"))

    await desk.approve("INV-1")
    assert codes(desk, "INV-1") == CHOSEN
    assert "Published* to Xero" in words(desk.card("INV-1"))
    await desk.press(desk.card("INV-1"), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
    assert "*Line 1, product*\nTONER · Toner cartridge, black\n_chosen by a person_" in words(desk.modal(BOOKKEEPER))

    # deleted in Xero: what was coded to it is refused, and it is offered no more
    await named(desk, "INV-2", "BOOK", **{BlockId.ACCOUNT: "461", BlockId.TAX_RATE: "INPUT2"})
    await named(desk, "INV-3", "BOOK", **{BlockId.ACCOUNT: "461", BlockId.TAX_RATE: "INPUT2"})
    books = desk.xero.books[TRADING]
    books.items.pop(stable_id(TRADING, "item", "BOOK"))
    await desk.approve("INV-2")
    await desk.approve("INV-3")
    another, none = [desk.slack.thread(BILLS, desk.card(number).ts)[0] for number in ("INV-2", "INV-3")]
    assert "names product BOOK · Training handbook, which Xero does not have" in words(another)
    assert actions(another)[:2] == [ActionId.CHOOSE_PRODUCT, ActionId.RETRY_ITEM]

    await desk.press(another, ActionId.CHOOSE_PRODUCT, MEMBER)
    assert "admins and bookkeepers can do that" in desk.whispers(MEMBER)[-1]
    await desk.press(another, ActionId.CHOOSE_PRODUCT, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    offered = await desk.slack.options(form, ActionId.FIND_PRODUCT, "", user=BOOKKEEPER)
    assert [option["value"] for option in offered if option["value"] in ("BOOK", "TONER")] == ["TONER"]
    await desk.slack.submit(form, {BlockId.PRODUCT: "TONER"})
    await desk.settle()
    assert codes(desk, "INV-2") == CHOSEN
    assert "Published to Xero," in words(desk.slack.thread(BILLS, desk.card("INV-2").ts)[0])

    await desk.press(none, ActionId.CHOOSE_PRODUCT, BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {})
    await desk.settle()
    assert codes(desk, "INV-3") == ("461", "INPUT2", None)


async def test_a_product_for_all_lines_brings_its_codes_where_a_line_has_none_of_its_own(desk: Desk) -> None:
    await desk.drop(
        "MANY-1", rows=tuple(Row(net=net, price=net, name=name) for net, name in (("60", "A"), ("40", "B")))
    )
    lines = Lines(desk)
    await lines.open(desk.card("MANY-1"))
    await lines.press(ActionId.ASK_TO_CODE_LINES, {(BlockId.ACCOUNT, 1): "400"})
    await desk.offered(lines.view, {BlockId.PRODUCT: ""}, BOOKKEEPER)

    done = await desk.slack.submit(lines.view, {BlockId.PRODUCT: "TONER"})

    assert done.errors == {}
    assert (await lines.done()).errors == {}
    await lines.save()
    await desk.approve("MANY-1")
    (bill,) = desk.xero.bills()
    found = [(each["AccountCode"], each["TaxType"], each.get("ItemCode")) for each in bill["LineItems"]]
    assert found == [CHOSEN, ("400", "INPUT2", "TONER")]


async def test_what_is_gone_from_the_list_is_not_taken_and_a_refresh_says_so(desk: Desk) -> None:
    await named(desk, "INV-1", "TONER")
    books = desk.xero.books[TRADING]
    books.items.pop(stable_id(TRADING, "item", "TONER"))

    await desk.slack.command("/dext", "sync products", user=BOOKKEEPER)
    await desk.settle()

    await desk.press(desk.card("INV-1"), ActionId.SHOW_DETAILS, BOOKKEEPER)
    assert "Product TONER · Toner cartridge, black is archived in the ledger" in words(desk.modal(BOOKKEEPER))
