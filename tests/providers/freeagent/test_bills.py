"""What the simulated FreeAgent takes as a bill, and the words with which it refuses."""

from datetime import date
from typing import Any

import pytest

from providers.freeagent.simulator import TRADING
from tests.providers.freeagent.conftest import Bare, Json, judged

pytestmark = judged

AUTO_ONLY = "bill_items.sales_tax_rate must be the AUTO rate or a rate less than or equal to 0"
ERRORS = "bill_items contain errors"


async def test_a_bill_is_answered_with_its_sums_and_its_address(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill(comments="July", project=bare.url_of("projects", "Jingles")))

    assert bill["url"] == bare.url("bills/1")
    assert (bill["total_value"], bill["net_value"], bill["sales_tax_value"]) == ("120.0", "-100.0", "-20.0")
    assert (bill["currency"], bill["exchange_rate"], bill["status"]) == ("GBP", "1.0", "Open")
    assert (bill["due_value"], bill["paid_value"], bill["long_status"]) == ("120.0", "0.0", "Open - due in 30 days")
    assert await bare.read(bill) == bill


@pytest.mark.parametrize("name", ["contact", "reference", "dated_on", "due_on"])
async def test_what_a_bill_may_not_lack(bare: Bare, name: str) -> None:
    assert await bare.refused("bills", bare.bill(**{name: None})) == [f"{name} can't be blank"]


async def test_a_bill_may_get_its_items_later(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill() | {"bill_items": None})

    reply = await bare.put(bill["url"], {"bill": {"bill_items": [bare.item()]}})

    assert (bill["status"], bill["bill_items"]) == ("Zero Value", [])
    assert (reply.json["bill"]["status"], reply.json["bill"]["total_value"]) == ("Open", "120.0")


async def test_a_record_is_named_by_its_address_or_its_id(bare: Bare) -> None:
    contact = bare.url_of("contacts", "Central Copiers")
    number = contact.rsplit("/", 1)[-1]

    bill = await bare.created("bills", bare.bill(bare.item(category="359"), contact=int(number), project="1"))
    (item,) = bill["bill_items"]
    change = {"url": item["url"].rsplit("/", 1)[-1], "total_value": "60"}
    changed = await bare.put(bill["url"], {"bill": {"bill_items": [change]}})

    assert (bill["contact"], bill["project"], item["category"]) == (contact, bare.url("projects/1"), bare.category())
    assert [one["url"] for one in changed.json["bill"]["bill_items"]] == [item["url"]]
    assert [len(await bare.listed("bills", contact=one)) for one in (number, contact, "99")] == [1, 1, 0]


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"category": None}, ["bill_items.category can't be blank", ERRORS]),
        ({"category": "28 5"}, ["bill_items.category is invalid", ERRORS]),
        ({"category": "https://api.freeagent.com/v2/categories/999"}, ["bill_items.category is invalid", ERRORS]),
        ({"category": "https://api.freeagent.com/v2/categories/001"}, ["bill_items.category is invalid", ERRORS]),
        ({"category": "https://api.freeagent.com/v2/contacts/1"}, ["bill_items.category is invalid", ERRORS]),
        ({"value": None}, ["bill_items.total_value can't be blank", ERRORS]),
        ({"value": "much"}, ["bill_items.total_value is not a number", ERRORS]),
        ({"sales_tax_rate": "17.5"}, ["bill_items.sales_tax_rate must be one of 20.0, 5.0, 0.0", ERRORS]),
        (
            {"sales_tax_status": "FREE"},
            ["bill_items.sales_tax_status must be one of TAXABLE, EXEMPT, OUT_OF_SCOPE", ERRORS],
        ),
        ({"sales_tax_status": "EXEMPT", "sales_tax_rate": "20"}, [AUTO_ONLY, ERRORS]),
        (
            {"manual_sales_tax_amount": "130"},
            ["bill_items.manual_sales_tax_amount must be less than or equal to the total value", ERRORS],
        ),
    ],
)
async def test_what_an_item_is_refused_for(bare: Bare, changes: Json, messages: list[str]) -> None:
    changes = dict(changes)
    value = changes.pop("value", "120.0")

    assert (
        await bare.refused("bills", bare.bill(bare.item(value, **{"category": bare.category(), **changes}))) == messages
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"contact": "https://api.freeagent.com/v2/contacts/99"}, "contact is invalid"),
        ({"dated_on": "02/03/2026"}, "dated_on is invalid"),
        ({"currency": "ABC"}, None),
        ({"ec_status": "EC Services"}, "ec_status must be one of UK/Non-EC, Reverse Charge"),
        ({"dated_on": "2024-03-31"}, "dated_on must be on or after the FreeAgent start date, 1 April 2024"),
        ({"rebill_type": "cost"}, "project can't be blank"),
        ({"reference": "x" * 256}, "reference is too long (maximum is 255 characters)"),
    ],
)
async def test_what_a_bill_is_refused_for(bare: Bare, changes: Json, message: str | None) -> None:
    (found,) = await bare.refused("bills", bare.bill(**changes))

    assert found == message or (message is None and found.startswith("currency must be one of AED"))


async def test_all_that_is_wrong_is_told_at_once(bare: Bare) -> None:
    messages = await bare.refused("bills", {"bill_items": [{}], "rebill_type": "markup"})

    assert len(messages) == 9


async def test_forty_items_are_the_most(bare: Bare) -> None:
    await bare.created("bills", bare.bill(*[bare.item("1")] * 40))

    assert await bare.refused("bills", bare.bill(*[bare.item("1")] * 41)) == [
        "bill_items is too long (maximum is 40 items)"
    ]


@pytest.mark.parametrize("items", ["one", [1], {"category": "x"}])
async def test_items_of_another_form_are_refused(bare: Bare, items: Any) -> None:
    assert await bare.refused("bills", bare.bill() | {"bill_items": items}) == ["bill_items is invalid"]


async def test_a_bill_is_charged_to_a_project(bare: Bare) -> None:
    project = bare.url_of("projects", "Jingles")

    bill = await bare.created("bills", bare.bill(project=project, rebill_type="markup", rebill_factor="0.25"))

    assert (bill["rebill_to_project"], bill["rebill_factor"]) == (project, "0.25")
    assert await bare.refused("bills", bare.bill(project=project, rebill_type="price")) == [
        "rebill_factor can't be blank"
    ]


async def test_stock_is_bought_in_pieces(bare: Bare) -> None:
    stock = {"category": bare.category("609"), "description": None}

    messages = await bare.refused("bills", bare.bill(bare.item(**stock)))
    bill = await bare.created(
        "bills",
        bare.bill(
            bare.item(**stock, stock_item=bare.url_of("stock_items", "Microphones"), stock_altering_quantity="2")
        ),
    )

    assert messages == [
        "bill_items.stock_item can't be blank",
        "bill_items.stock_altering_quantity can't be blank",
        ERRORS,
    ]
    assert (bill["bill_items"][0]["unit"], bill["bill_items"][0]["stock_item_description"]) == ("Stock", "Microphones")


async def test_what_is_bought_as_an_asset_has_to_be_described(bare: Bare) -> None:
    item = bare.item(category=bare.category("602"), description=None)

    assert await bare.refused("bills", bare.bill(item)) == ["bill_items.description can't be blank", ERRORS]


async def test_a_change_leaves_what_it_does_not_name(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill(bare.item("60"), bare.item("30"), comments="first"))
    first, second = bill["bill_items"]

    changes = [
        {"url": first["url"], "total_value": "72"},
        {"url": second["url"], "_destroy": 1},
        bare.item("12", url="", sales_tax_rate="0"),
    ]
    reply = await bare.put(bill["url"], {"bill": {"reference": "B-2", "bill_items": changes}})
    now = await bare.read(bill)

    assert (reply.status, reply.json["bill"]) == (200, now)
    assert (now["reference"], now["comments"], now["total_value"]) == ("B-2", "first", "84.0")
    assert [one["sales_tax_value"] for one in now["bill_items"]] == ["-12.0", "0.0"]
    assert now["bill_items"][0]["url"] == first["url"]


async def test_an_item_of_another_bill_cannot_be_changed(bare: Bare) -> None:
    one, other = await bare.created("bills", bare.bill()), await bare.created("bills", bare.bill())
    change = {"bill_items": [{"url": other["bill_items"][0]["url"], "total_value": "1"}]}

    reply = await bare.put(one["url"], {"bill": change})

    assert (reply.status, reply.messages) == (422, ["bill_items.url is invalid", ERRORS])


async def test_a_bill_is_deleted(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill(attachment=bare.file()))

    assert (await bare.delete(bill["url"])).status == 200
    assert (await bare.get(bill["url"])).status == 404
    assert (await bare.get(bill["attachment"]["url"])).status == 404


async def test_nothing_may_be_written_where_the_accounts_are_locked(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill(dated_on="2026-01-15", due_on="2026-02-01"))
    bare.state.lock_to(TRADING, date(2026, 1, 31))

    messages = await bare.refused("bills", bare.bill(dated_on="2026-01-31"))
    changed, gone = await bare.put(bill["url"], {"bill": {"comments": "x"}}), await bare.delete(bill["url"])
    bare.state.lock_to(TRADING, None)
    opened = await bare.put(bill["url"], {"bill": {"comments": "x"}})

    assert messages == ["dated_on must be after 31 January 2026, the date the accounts are locked to"]
    assert [(one.status, one.messages) for one in (changed, gone)] == [(403, ["Bill is locked."])] * 2
    assert opened.status == 200


async def test_a_year_that_is_closed_locks_and_no_person_opens_it(bare: Bare) -> None:
    bare.state.close_year(TRADING, date(2025, 3, 31))

    assert (await bare.post("bills", {"bill": bare.bill(dated_on="2025-03-31")})).status == 422
    assert (await bare.delete("account_locks")).status == 422


async def test_the_same_reference_may_be_used_again(bare: Bare) -> None:
    await bare.created("bills", bare.bill())

    assert (await bare.post("bills", {"bill": bare.bill()})).status == 201


async def test_a_hidden_contact_may_be_billed(bare: Bare) -> None:
    bare.state.set_contact_status(TRADING, "Central Copiers", "Hidden")

    assert (await bare.post("bills", {"bill": bare.bill()})).status == 201


async def test_a_category_that_is_gone_is_invalid(bare: Bare) -> None:
    bare.state.set_category(TRADING, "359", is_there=False)

    assert await bare.refused("bills", bare.bill()) == ["bill_items.category is invalid", ERRORS]
    assert (await bare.get("categories/359")).status == 404
