"""Products and tracking that another system sends with a bill: looked up, told where there is none, and sent on."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.book_rules import BookRules
from bot.domain.books import ListEntry, ListKind
from bot.domain.coding import Track
from bot.playground.slack import BILLS, BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from tests.contract.ingest_document import problems
from tests.fakes.other_books import OtherBooks
from tests.fakes.statements import counted
from tests.handlers.api_client import A_BILL, ApiClient, a_client
from tests.handlers.desk import CATEGORY, TAX, UNDO_SECONDS, Desk, a_desk, actions, words
from tests.handlers.test_other_books import CLASS, LOCATION
from tests.handlers.test_sold_products import BOUGHT, CONSULTING, STORAGE
from tests.intake.documents import a_document

BARE = {name: value for name, value in A_BILL.items() if name != "lines"}
TWO: list[dict[str, Any]] = [{"description": "Paper", "net": "60.00"}, {"description": "Ink", "net": "40.00"}]
NORTH = {"category": "Region", "option": "North"}


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        await made.world.set_up(alerts_channel=BILLS)
        yield made
        assert made.slack.refusals == []


@pytest.fixture
async def api(desk: Desk) -> AsyncIterator[ApiClient]:
    async with a_client(desk.world) as client:
        yield client
        assert [heard for heard in client.heard if heard.status >= 500] == []
        assert problems(client.heard) == []


def lines_of(desk: Desk, number: str) -> list[tuple[str, str, str | None, list[tuple[str, str]]]]:
    (bill,) = [bill for bill in desk.xero.bills() if bill["InvoiceNumber"] == number]
    return [
        (
            line["AccountCode"],
            line["TaxType"],
            line.get("ItemCode"),
            [(track["Name"], track["Option"]) for track in line.get("Tracking", [])],
        )
        for line in bill["LineItems"]
    ]


async def why(desk: Desk, number: str) -> str:
    await desk.press(desk.card(number), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
    said = words(desk.modal(BOOKKEEPER))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    return said


async def test_products_and_tracking_by_code_or_name_are_coded_explained_and_published(
    desk: Desk, api: ApiClient
) -> None:
    toner = {**TWO[0], "coding": {"item_code": "Toner cartridge, black", "tracking": [{**NORTH, "option": "south"}]}}
    coding = {"category": "General Expenses", "tracking": [NORTH]}

    sent = await api.send({**A_BILL, "lines": [toner, TWO[1]], "coding": coding})
    only_product = await api.send({**A_BILL, "number": "INV-8", "lines": [toner, TWO[1]]})

    assert (sent.status, only_product.status) == (201, 201)
    await desk.settle()
    assert "TONER · Toner cartridge, black" in words(desk.card("INV-7"))
    said = await why(desk, "INV-7")
    assert "*Category*\n429 · General Expenses\n_sent with the document, by the API_" in said
    assert "*Line 1, product*\nTONER · Toner cartridge, black\n_sent with the document, by the API_" in said
    assert "*Line 1, Region*\nSouth\n_sent with the document, by the API_" in said
    assert "*Region*\nNorth\n_sent with the document, by the API_" in said
    said = await why(desk, "INV-8")
    assert "*Line 1, category*\n461 · Printing &amp; Stationery\n_its product's own_" in said
    for number in ("INV-7", "INV-8"):
        await desk.approve(number)
    south, north = [("Region", "South")], [("Region", "North")]
    assert lines_of(desk, "INV-7") == [(CATEGORY, TAX, "TONER", south), (CATEGORY, TAX, None, north)]
    assert lines_of(desk, "INV-8") == [("461", TAX, "TONER", south), (CATEGORY, TAX, None, [])]


async def test_a_product_for_the_whole_bill_is_that_of_each_line_also_where_it_comes_without_any(
    desk: Desk, api: ApiClient
) -> None:
    coding = {"item_code": "toner"}
    own = {**TWO[1], "coding": {"item_code": "BOOK"}}

    assert (await api.send({**A_BILL, "lines": [TWO[0], own], "coding": coding})).status == 201
    assert (await api.send({**BARE, "number": "INV-8", "coding": coding})).status == 201
    unread = {"number": "INV-9", "coding": coding}
    assert (await api.send(unread)).status == 201

    await desk.settle()
    assert "which stands on a line, and has no amounts" in words(desk.card("INV-9"))
    for number in ("INV-7", "INV-8"):
        await desk.approve(number)
    assert [product for *_, product, _ in lines_of(desk, "INV-7")] == ["TONER", "BOOK"]
    assert lines_of(desk, "INV-8") == [("461", TAX, "TONER", [])]


async def test_what_the_ledger_does_not_have_is_told_with_its_line_and_with_what_there_is(
    desk: Desk, api: ApiClient
) -> None:
    lines = [TWO[0], {**TWO[1], "coding": {"item_code": "TONERR", "tracking": [NORTH, {**NORTH, "option": "Nort"}]}}]
    coding = {"category": "Generl", "tracking": [{"category": "Regoin", "option": "North"}, NORTH, NORTH]}

    refused = await api.send({**A_BILL, "lines": lines, "coding": coding})

    assert (refused.status, refused.json["code"]) == (422, "not_an_item")
    told = {error["field"]: error["detail"] for error in refused.json["errors"]}
    assert set(told) == {
        "coding.category",
        "coding.tracking[0].category",
        "coding.tracking[2].category",
        "lines[1].coding.item_code",
        "lines[1].coding.tracking[1].option",
    }
    assert told["coding.category"].startswith("No live category of these books is called “Generl”. There are ")
    assert "429 · General Expenses" in told["coding.category"]
    assert "No live tracking category of these books is called “Regoin”. There" in told["coding.tracking[0].category"]
    assert "Region" in told["coding.tracking[0].category"]
    assert "stands here twice" in told["coding.tracking[2].category"]
    assert "TONER · Toner cartridge, black" in told["lines[1].coding.item_code"]
    option = told["lines[1].coding.tracking[1].option"]
    assert option == "No live option of Region is called “Nort”. There are North, South, East and West."


async def test_what_many_lines_name_is_looked_up_once(desk: Desk, api: ApiClient) -> None:
    coding = {"category": "429", "tax_rate": "INPUT2", "item_code": "TONER", "tracking": [NORTH]}
    lines = [{**TWO[0], "coding": coding}] * 200

    with counted() as asked:
        sent = await api.send({**A_BILL, "lines": lines})

    assert sent.status == 201
    of_entries = [statement for statement in asked if "FROM list_entries" in statement]
    assert len(of_entries) < 20, of_entries


async def test_codes_that_come_with_a_file_are_those_of_what_is_read(desk: Desk, api: ApiClient) -> None:
    coding = {"item_code": "TONER", "tracking": [NORTH]}
    document = a_document(number="F-1", currency="GBP")

    sent = await api.upload(document.encode(), item={"coding": coding})
    refused = await api.upload(document.encode(), item={"coding": {"tracking": [{**NORTH, "option": "x"}]}})

    assert (sent.status, refused.status) == (202, 422)
    await desk.settle()
    said = words(desk.card("F-1"))
    assert "TONER · Toner cartridge, black" in said
    assert "*Region*\nNorth" in said


async def test_what_is_tracked_once_for_a_document_is_sent_at_it_or_by_lines_that_agree(
    desk: Desk, api: ApiClient
) -> None:
    lists: dict[ListKind, tuple[ListEntry, ...]] = {
        ListKind.TRACKING_CATEGORIES: (CLASS, LOCATION),
        ListKind.PRODUCTS: (CONSULTING, STORAGE, BOUGHT),
    }
    rules = BookRules(taxes_costs=False, sells_products=True, tracks_documents=True)
    books = OtherBooks.at(desk, rules, lists=lists)
    await books.read()
    at = {"category": "Location", "option": "South"}
    located = [{**line, "coding": {"tracking": [at]}} for line in TWO]
    contrary = [located[0], {**TWO[1], "coding": {"tracking": [{**at, "option": "north"}]}}]
    retail = [TWO[0], {**TWO[1], "coding": {"tracking": [{"category": "class", "option": "retail"}]}}]

    for number, lines, coding in (
        ("INV-1", retail, {"tracking": [at]}),
        ("INV-2", located, {}),
        ("INV-3", contrary, {}),
    ):
        assert (await api.send({**A_BILL, "number": number, "lines": lines, "coding": coding})).status == 201
    sale = {**A_BILL, "kind": "sale", "buyer": {"name": "Big Buyer plc"}, "tax": "0.00", "gross": "100.00"}
    bought = await api.send({**sale, "coding": {"item_code": "Raw steel"}})
    sold = await api.send({**sale, "number": "S-1", "lines": TWO, "coding": {"item_code": "Storage"}})

    assert (bought.status, sold.status) == (422, 201)
    assert "No live product or service" in bought.json["errors"][0]["detail"]
    assert "Raw steel" not in bought.json["errors"][0]["detail"].partition("There")[2]
    await desk.settle()
    assert "*Location*\nSouth" in words(desk.card("INV-1"))
    assert "*Location*\nSouth" in words(desk.card("INV-2"))
    assert "its lines have 2 different ones" in words(desk.card("INV-3"))
    assert ActionId.APPROVE_ITEM not in actions(desk.card("INV-3"))
    assert "*Product or service*\nStorage\n_sent with the document, by the API_" in words(desk.card("S-1"))
    for number in ("INV-1", "INV-2"):
        await desk.approve(number)
        await desk.world.later(UNDO_SECONDS + 1)
    first, second = books.postings
    assert first.tracking == second.tracking == (Track("location", "south"),)
    assert [line.tracking for line in first.lines] == [(), (Track("class", "retail"),)]
    assert {line.tracking for line in second.lines} == {()}
    await desk.edit("INV-3", {f"{BlockId.TRACKING}:location": "north"})
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-3"))
