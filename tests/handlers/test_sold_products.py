"""Books that sell by product: each line of a sale has one in the place of a category."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.book_rules import BookRules
from bot.domain.books import Capability, ListEntry, ListKind, Product, Usually
from bot.domain.problems import Problem, ProblemCode
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from tests.fakes.other_books import OtherBooks
from tests.handlers.desk import UNDO_SECONDS, Desk, a_desk, actions, words
from tests.handlers.test_lines import Lines
from tests.handlers.test_other_books import NON, OURS, TAX
from tests.intake.documents import Row

SELLING = BookRules(taxes_costs=False, sells_products=True)
CONSULTING = Product(provider_id="1", code="1", number="", name="Consulting", sold=Usually(account="200"))
STORAGE = Product(provider_id="2", code="2", number="", name="Storage", sold=Usually(account="260"))
BOUGHT = Product(provider_id="3", code="3", number="", name="Raw steel", bought=Usually(account="429"))


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url) as made:
        await made.world.set_up(alerts_channel=BILLS, tax=None)
        yield made
        assert made.slack.refusals == []


async def a_sale(desk: Desk, number: str, *names: str) -> None:
    rows = tuple(Row(net=str(100 // len(names)), price=str(100 // len(names)), name=name) for name in names)
    await desk.drop(number, rows=rows, totals=("100.00", "0.00"), extra=OURS)


@pytest.fixture
async def selling(desk: Desk) -> OtherBooks:
    lists: dict[ListKind, tuple[ListEntry, ...]] = {
        ListKind.TAX_RATES: (NON, TAX),
        ListKind.PRODUCTS: (CONSULTING, STORAGE, BOUGHT),
    }
    books = OtherBooks.at(desk, SELLING, without=frozenset({Capability.PRODUCTS}), lists=lists)
    await books.read()
    await sales_settings(desk, {BlockId.DEFAULT_TAX: "NON"})
    return books


async def sales_settings(desk: Desk, values: dict[str, object]) -> None:
    await desk.slack.command("/dext", "settings sales", user=ADMIN)
    form = desk.modal(ADMIN)
    for block, action in (
        (BlockId.DEFAULT_TAX, ActionId.FIND_TAX_RATE),
        (BlockId.DEFAULT_PRODUCT, ActionId.FIND_PRODUCT),
    ):
        await desk.slack.options(form, action, "", user=ADMIN, block_id=block)
    done = await desk.slack.submit(form, {BlockId.PAYMENT_STATUS: "awaiting_payment", **values})
    assert (done.errors, done.error) == ({}, None)
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.settle()


async def test_a_sale_has_a_product_on_each_line_and_no_category(desk: Desk, selling: OtherBooks) -> None:
    assert selling.pages[-2:] == [None, "2"]  # page by page
    await a_sale(desk, "S-1", "Advice, March", "storage")
    card = words(desk.card("S-1"))
    assert "Choose a product or service on 1 of its 2 lines." in card
    assert "*Product or service*\nnone yet" in card
    assert "*Category*" not in card
    assert "Storage" in card  # suggested by its name
    assert ActionId.APPROVE_ITEM not in actions(desk.card("S-1"))

    lines = Lines(desk)
    await lines.open(desk.card("S-1"))
    assert "Product or service" in words(lines.view)
    assert "Category" not in words(lines.view).splitlines()
    block = lines.block(BlockId.PRODUCT, 0)
    offered = await desk.slack.options(lines.view, ActionId.FIND_PRODUCT, "", user=BOOKKEEPER, block_id=block)
    assert {option["value"] for option in offered} == {"1", "2"}  # and not what is only bought
    assert (await lines.done({(BlockId.PRODUCT, 0): "1"})).errors == {}
    await lines.save()
    assert "200 · Sales" not in words(desk.card("S-1"))  # the ledger books it itself
    await desk.press(desk.card("S-1"), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
    why = words(desk.modal(BOOKKEEPER))
    assert "*Line 2, product*\nStorage\n_suggested_" in why
    assert "*Line 1, product*\nConsulting\n_chosen by a person_" in why
    assert "*Category*" not in why

    await desk.approve("S-1")
    await desk.world.later(UNDO_SECONDS + 1)
    found = [(line.item_code, line.account_code, line.tax_code) for line in selling.posting.lines]
    assert found == [("1", "", "NON"), ("2", "", "NON")]
    assert "Published* to Other Books" in words(desk.card("S-1"))


async def test_a_product_is_chosen_for_the_whole_sale_or_comes_from_the_settings(
    desk: Desk, selling: OtherBooks
) -> None:
    await a_sale(desk, "S-1", "Advice, March", "Advice, April")
    assert "Choose a product or service." in words(desk.card("S-1"))

    await sales_settings(desk, {BlockId.DEFAULT_PRODUCT: "2"})
    card = words(desk.card("S-1"))
    assert "*Product or service*\nStorage\n_the organisation's default_" in card
    done = await desk.edit("S-1", {BlockId.PRODUCT: "1"})
    assert (done.errors, done.error) == ({}, None)
    await a_sale(desk, "S-2", "Advice, May", "Advice, June")
    lines = Lines(desk)
    await lines.open(desk.card("S-2"))
    await lines.press(ActionId.ASK_TO_CODE_LINES)
    await desk.offered(lines.view, {BlockId.PRODUCT: ""})
    await desk.slack.submit(lines.view, {BlockId.PRODUCT: "1"})
    assert (await lines.done()).errors == {}
    await lines.save()
    assert "200 · Sales" not in words(desk.card("S-2"))
    for number in ("S-1", "S-2"):
        await desk.approve(number)
    await desk.world.later(UNDO_SECONDS + 1)

    assert [[line.item_code for line in posting.lines] for posting in selling.postings] == [["1", "1"]] * 2

    # a cost is coded as everywhere
    await desk.add()
    assert "*Category*" in words(desk.card("INV-1"))
    assert "Choose a product" not in words(desk.card("INV-1"))


async def test_a_default_product_that_is_gone_is_told_and_given_to_none(desk: Desk, selling: OtherBooks) -> None:
    await sales_settings(desk, {BlockId.DEFAULT_PRODUCT: "2"})

    selling.lists[ListKind.PRODUCTS] = (CONSULTING,)
    await selling.read()

    assert any(
        "Storage, the default product for sales, is archived or gone" in each.text
        for each in desk.slack.messages(BILLS)
    )
    await a_sale(desk, "S-1", "Advice, March")
    card = words(desk.card("S-1"))
    assert "Choose a product or service." in card
    assert "The default product, Storage, is archived or gone in the ledger" in card


async def test_a_product_that_is_gone_is_exchanged_for_the_whole_sale(desk: Desk, selling: OtherBooks) -> None:
    await sales_settings(desk, {BlockId.DEFAULT_PRODUCT: "2"})
    await a_sale(desk, "S-1", "Advice, March")
    selling.refuses["2"] = Problem(code=ProblemCode.PRODUCT_NOT_VALID)
    await desk.approve("S-1")
    await desk.world.later(UNDO_SECONDS + 1)
    alert = desk.slack.thread(BILLS, desk.card("S-1").ts)[0]
    assert "names product Storage, which Other Books does not have" in words(alert)

    await desk.press(alert, ActionId.CHOOSE_PRODUCT, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    await desk.slack.options(form, ActionId.FIND_PRODUCT, "", user=BOOKKEEPER)
    await desk.slack.submit(form, {BlockId.PRODUCT: "1"})
    await desk.settle()

    assert [line.item_code for line in selling.posting.lines] == ["1"]
