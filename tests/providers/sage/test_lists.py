"""How the simulated Sage tells its lists: page by page, what has changed, what is asked for, and to whom."""

from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from providers.sage.simulator import IRELAND, TRADING
from tests.fakes.clock import FakeClock
from tests.providers.sage.conftest import Bare, judged

pytestmark = judged


# Pages and attributes


async def test_a_list_is_read_page_by_page(bare: Bare) -> None:
    found, path, pages = [], "/ledger_accounts?items_per_page=15&attributes=nominal_code", 0
    while path:
        parts = urlsplit(path)
        answer = await bare.read(parts.path.strip("/"), **dict(parse_qsl(parts.query)))
        found += answer["$items"]
        path, pages = answer["$next"], pages + 1

    assert (pages, len(found), answer["$total"], answer["$itemsPerPage"]) == (3, 36, 36, 15)
    assert answer["$back"] is not None
    assert set(found[20]) == {"id", "displayed_as", "$path", "nominal_code"}
    assert len({one["id"] for one in found}) == 36


async def test_a_page_has_twenty_entries_and_at_most_two_hundred(bare: Bare) -> None:
    usual, most = await bare.read("ledger_accounts"), await bare.read("ledger_accounts", items_per_page="500")
    bare.state.books[TRADING].largest_page = 10
    less = await bare.read("ledger_accounts", items_per_page="200")

    assert [one["$itemsPerPage"] for one in (usual, most, less)] == [20, 200, 10]
    assert len(less["$items"]) == 10


@pytest.mark.parametrize(
    "query",
    [{"page": "0"}, {"items_per_page": "x"}, {"sort": "colour"}, {"updated_or_created_since": "yesterday"}],
)
async def test_a_parameter_of_the_wrong_form_is_refused(bare: Bare, query: dict[str, str]) -> None:
    reply = await bare.get("purchase_invoices", **query)

    assert (reply.status, reply.errors[0][0], reply.sources) == (422, "Validation", list(query))


async def test_what_has_changed_is_told_from_the_moment_on(bare: Bare, clock: FakeClock) -> None:
    first = await bare.created("purchase_invoices", bare.invoice())
    clock.instant += timedelta(minutes=1)
    second = await bare.created("purchase_invoices", bare.invoice())

    since = clock.now().strftime("%Y-%m-%dT%H:%M:%S+00:00")
    changed = await bare.items("purchase_invoices", updated_or_created_since=since)
    before = await bare.items("purchase_invoices", updated_or_created_since="2026-03-02T00:00:00Z")

    assert [one["id"] for one in changed] == [second["id"]]
    assert [one["id"] for one in before] == [first["id"], second["id"]]


async def test_what_was_deleted_is_told_to_who_asks_for_it(bare: Bare) -> None:
    made = await bare.created("purchase_invoices", bare.invoice())

    gone = await bare.delete(f"purchase_invoices/{made['id']}")

    assert (gone.status, gone.body) == (204, b"")
    assert await bare.items("purchase_invoices") == []
    found = await bare.items("purchase_invoices", deleted_since="2026-03-01T00:00:00Z", attributes="deleted_at")
    assert [(one["id"], one["deleted_at"]) for one in found] == [(made["id"], "2026-03-02T09:00:00Z")]


async def test_invoices_are_found_by_contact_status_date_and_words(bare: Bare) -> None:
    await bare.created("purchase_invoices", bare.invoice(reference="inv-7"))
    other = bare.id_of("contacts", "PowerDirect")
    await bare.created("purchase_invoices", bare.invoice(contact_id=other, date="2026-03-09"))

    async def count(**query: str) -> int:
        return len(await bare.items("purchase_invoices", **query))

    assert await count(contact_id=other) == 1
    assert [await count(status_id=one) for one in ("UNPAID", "PAID")] == [2, 0]
    assert [await count(from_date="2026-03-05"), await count(to_date="2026-03-05")] == [1, 1]
    assert [await count(search="INV-7"), await count(search="powerdir"), await count(search="nobody")] == [1, 1, 0]
    assert [one["date"] for one in await bare.items("purchase_invoices", sort="date:desc", attributes="date")] == [
        "2026-03-09",
        "2026-03-02",
    ]


async def test_a_list_is_narrowed_by_its_own_parameters_only(bare: Bare) -> None:
    """Whoever looks money up by its reference is told all of it, as at Sage: there is no such parameter."""
    for reference in ("a-1", "a-2"):
        await bare.created("other_payments", bare.spend(reference=reference))

    async def count(**query: str) -> int:
        return len(await bare.items("other_payments", **query))

    assert [await count(search="a-1"), await count(reference="a-1"), await count(status_id="PAID")] == [2, 2, 2]
    assert [await count(transaction_type_id=one) for one in ("OTHER_PAYMENT", "OTHER_RECEIPT")] == [2, 0]
    assert [await count(bank_account_id=bare.bank), await count(contact_id="nobody")] == [2, 0]
    assert (await bare.get("other_payments", sort="due_date")).status == 422


# Lists


async def test_ledger_accounts_are_told_by_where_they_are_offered(bare: Bare) -> None:
    expenses = await bare.names("ledger_accounts", visible_in="expenses", show_included_in_chart="true")
    sales = await bare.names("ledger_accounts", visible_in="sales")
    control = await bare.names("ledger_accounts", show_control_accounts="true")

    assert "Office Costs (7500)" in expenses
    assert "Fax Rental (7110)" not in expenses
    assert {"Sales - Products (4000)", "Sales - Services (4010)", "Other Income (4900)"} == set(sales)
    assert "Trade Creditors (2100)" in control
    assert (await bare.get("ledger_accounts", visible_in="nowhere")).status == 422
    assert not set(expenses) & set(await bare.names("ledger_accounts", not_visible_in="expenses"))


async def test_bank_accounts_that_are_inactive_are_left_out_where_that_is_asked(bare: Bare) -> None:
    both = [await bare.names("bank_accounts", filter_inactive_bank_accounts=one) for one in ("false", "true")]

    assert set(both[0]) - set(both[1]) == {"Old Current Account (1250)"}


async def test_a_category_is_renamed(bare: Bare) -> None:
    key = bare.id_of("analysis_type_categories", "London")

    changed = await bare.send("PUT", f"analysis_type_categories/{key}", {"analysis_type_category": {"name": "Leeds"}})

    assert (changed.json["displayed_as"], changed.json["code"]) == ("Leeds", "01")


async def test_contacts_are_told_by_their_type(bare: Bare) -> None:
    suppliers, customers = [await bare.names("contacts", contact_type_id=one) for one in ("VENDOR", "CUSTOMER")]

    assert "Central Copiers (CEN001)" in suppliers
    assert "Boom FM (BOO001)" in customers
    assert not set(suppliers) & set(customers)


async def test_a_tax_rate_is_told_as_of_a_day(bare: Bare) -> None:
    today, then = await bare.read("tax_rates/GB_STANDARD"), await bare.read("tax_rates/GB_STANDARD", date="2010-06-01")
    listed = await bare.items("tax_rates", date="2010-06-01", attributes="percentage")

    assert [today["percentage"], then["percentage"], listed[0]["percentage"]] == ["20.0", "17.5", "17.5"]
    assert [one["to_date"] for one in today["percentages"]] == ["2011-01-03", None]
    assert (await bare.get("tax_rates", date="soon")).status == 422


async def test_contacts_and_bank_accounts_tell_what_stands_on_them(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    await bare.created("purchase_credit_notes", bare.credit(bare.line(10, tax_amount=2)))
    await bare.created("contact_payments", bare.payment((invoice, 50), total=60))

    supplier = await bare.read(f"contacts/{invoice['contact']['id']}")
    bank = await bare.items("bank_accounts", attributes="balance")

    assert (supplier["balance"], bank[0]["balance"]) == ("48.0", "-60.0")


async def test_the_rates_of_the_business_are_those_of_its_documents(bare: Bare) -> None:
    rates = await bare.items("business_exchange_rates", attributes="rate,inverse_rate")
    changed = await bare.send("PUT", "business_exchange_rates/EUR", {"business_exchange_rate": {"rate": 1.25}})
    refused = await bare.send("PUT", "business_exchange_rates/EUR", {"business_exchange_rate": {"rate": 0}})
    dublin = bare.id_of("contacts", "Dublin Print Works")
    invoice = await bare.created("purchase_invoices", bare.invoice(contact_id=dublin))

    assert [(one["id"], one["rate"]) for one in rates][:2] == [("EUR", "1.17"), ("USD", "1.27")]
    assert (changed.json["inverse_rate"], refused.sources) == ("0.8", ["rate"])
    assert (invoice["exchange_rate"], invoice["base_currency_total_amount"]) == ("1.25", "96.0")


async def test_settings_tell_the_year_the_currency_and_the_scheme(bare: Bare) -> None:
    bare.state.lock(TRADING, date(2025, 12, 31))

    found = await bare.read("financial_settings")

    assert (found["year_end_lockdown_date"], found["base_currency"]["id"]) == ("2025-12-31", "GBP")
    assert (found["multi_currency_enabled"], found["tax_scheme"]["displayed_as"]) == (True, "Standard")
    bare.business = IRELAND
    assert (await bare.read("financial_settings"))["multi_currency_enabled"] is False


async def test_analysis_types_are_told_to_who_may_set_things(bare: Bare) -> None:
    types = await bare.items("analysis_types")
    department = await bare.read(f"analysis_types/{types[0]['id']}")
    categories = await bare.names("analysis_type_categories", analysis_type_level="1")
    bare.person = "ira"

    assert [one["displayed_as"] for one in types][::2] == ["Department", "Cost Centre", "Project"]
    assert (department["active_areas"], department["analysis_type_level"]["id"]) == (
        ["SALES", "EXPENSES", "BANKING"],
        1,
    )
    assert [one["code"] for one in department["analysis_type_categories"]] == ["01", "02", "03"]
    assert categories[:3] == ["Administration", "Sales", "Workshop"]
    assert (len(categories), len(await bare.names("analysis_type_categories"))) == (9, 18)
    assert (await bare.get("analysis_types")).status == 403
    assert (await bare.get(f"analysis_types/{types[0]['id']}")).status == 200
