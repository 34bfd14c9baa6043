"""How the simulated FreeAgent answers any call: headers, access levels, limits, pages of lists, and its bad days."""

from datetime import timedelta

import aiohttp
import pytest

from providers.freeagent.simulator import AMERICA, IRELAND, PRACTICE, TRADING, Fault
from tests.fakes.clock import FakeClock
from tests.providers.freeagent.conftest import Bare, judged

pytestmark = judged


async def test_a_call_without_a_user_agent_is_refused(bare: Bare) -> None:
    reply = await bare.send("GET", "company", headers={"User-Agent": ""})

    assert (reply.status, reply.messages) == (400, ["User agent http header not set"])


@pytest.mark.parametrize("header", ["", "Basic x", "Bearer nonsense"])
async def test_a_call_without_a_good_token_is_refused(bare: Bare, header: str) -> None:
    reply = await bare.send("GET", "company", headers={"Authorization": header})

    assert (reply.status, reply.messages) == (401, ["Access token not recognised"])


async def test_who_asks_for_xml_does_not_get_json(bare: Bare) -> None:
    reply = await bare.send("GET", "company", headers={"Accept": "application/xml"})

    assert reply.headers["Content-Type"].startswith("application/xml")
    assert reply.body.startswith(b"<?xml")


@pytest.mark.parametrize(
    ("person", "open_to", "closed_to"),
    [
        ("rae", "categories", "bills"),
        ("rae", "contacts", "projects"),
        ("ira", "bills", "bank_accounts"),
        ("sam", "bank_accounts", "users"),
    ],
)
async def test_the_access_level_of_a_user_decides(bare: Bare, person: str, open_to: str, closed_to: str) -> None:
    bare.person = person

    assert (await bare.get(open_to)).status == 200
    assert (await bare.get(closed_to)).status == 403


async def test_a_level_that_is_lowered_counts_from_the_next_call(bare: Bare) -> None:
    bare.person = "ira"
    assert (await bare.post("bills", {"bill": bare.bill()})).status == 201

    bare.state.set_level(TRADING, "ira", 4)

    assert (await bare.post("bills", {"bill": bare.bill()})).status == 403


async def test_contacts_are_seen_by_all_and_written_from_level_three(bare: Bare) -> None:
    bare.person = "rae"

    assert await bare.listed("contacts")
    assert (await bare.post("contacts", {"contact": {"organisation_name": "New"}})).status == 403


async def test_who_is_asking_is_told(bare: Bare) -> None:
    bare.person = "sam"

    user = (await bare.get("users/me")).json["user"]

    assert (user["first_name"], user["role"], user["permission_level"]) == ("Sam", "Employee", 6)


@pytest.mark.parametrize("path", ["bills/99", "nowhere", "categories/000", "attachments/7"])
async def test_what_is_not_there_is_not_found(bare: Bare, path: str) -> None:
    assert (await bare.get(path)).status == 404


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"bil": {}}', b'{"bill": []}'])
async def test_a_body_of_another_form_is_a_bad_request(bare: Bare, body: bytes) -> None:
    reply = await bare.send("POST", "bills", body, headers={"Content-Type": "application/json"})

    assert reply.status == 400


async def test_a_body_that_is_not_said_to_be_json_is_a_bad_request(bare: Bare) -> None:
    reply = await bare.send("POST", "bills", b"{}", headers={"Content-Type": "text/plain"})

    assert reply.status == 400


# Limits


async def test_a_user_may_call_so_often_a_minute_and_is_told_how_long_to_wait(bare: Bare, clock: FakeClock) -> None:
    bare.state.meter.limits.per_minute = 2
    await bare.get("company")
    clock.instant += timedelta(seconds=20)
    await bare.get("company")

    refused = await bare.get("company")
    bare.person = "sam"
    another = await bare.get("company")
    clock.instant += timedelta(seconds=40)
    bare.person = "dana"
    later = await bare.get("company")

    assert (refused.status, refused.headers["Retry-After"]) == (429, "40")
    assert refused.body == b"You must not exceed 120 requests per 60 seconds"
    assert [another.status, later.status] == [200, 200]


async def test_the_figures_are_the_vendors(bare: Bare) -> None:
    assert (bare.state.meter.limits.per_minute, bare.state.meter.limits.per_hour) == (120, 3600)


async def test_calls_for_a_client_count_with_the_client(bare: Bare) -> None:
    bare.state.meter.limits.per_minute = 1
    bare.person, bare.company, bare.client = "pat", PRACTICE, TRADING

    first, second = await bare.get("company"), await bare.get("company")
    bare.client = IRELAND
    other = await bare.get("company")

    assert [first.status, second.status, other.status] == [200, 429, 200]


async def test_an_app_can_try_what_it_does_when_it_calls_too_often(bare: Bare) -> None:
    statuses = [(await bare.send("GET", "company", headers={"X-RateLimit-Test": "true"})).status for _ in range(6)]

    assert statuses == [200] * 5 + [429]
    assert (await bare.get("company")).status == 200


# Lists


async def test_a_list_comes_in_pages_with_links_to_the_others(bare: Bare) -> None:
    for number in range(5):
        await bare.created("bills", bare.bill(reference=f"B-{number}"))

    reply = await bare.get("bills", page="2", per_page="2", view="all")

    assert [one["reference"] for one in reply.json["bills"]] == ["B-2", "B-3"]
    assert reply.headers["X-Total-Count"] == "5"
    links = {rel: address for address, rel in (part.split("; ") for part in reply.headers["Link"].split(", "))}
    assert list(links) == ['rel="prev"', 'rel="next"', 'rel="first"', 'rel="last"']
    following = links['rel="next"'].strip("<>")
    assert following == f"{bare.state.public_url}/v2/bills?view=all&page=3&per_page=2"
    assert [one["reference"] for one in (await bare.get(following)).json["bills"]] == ["B-4"]


async def test_a_page_has_twenty_five_and_never_more_than_a_hundred(bare: Bare) -> None:
    for number in range(101):
        bare.state.books[TRADING].create("contacts", _contact(number))

    default, most = await bare.get("contacts", view="all"), await bare.get("contacts", view="all", per_page="100")
    more = await bare.get("contacts", view="all", per_page="101")

    assert (len(default.json["contacts"]), len(most.json["contacts"])) == (25, 100)
    assert int(most.headers["X-Total-Count"]) > 100
    assert (more.status, more.messages) == (400, ["Records limited to 100 per page"])


@pytest.mark.parametrize("name", ["updated_since", "from_date", "to_date"])
async def test_a_date_that_is_none_is_a_bad_request(bare: Bare, name: str) -> None:
    await bare.created("bills", bare.bill())

    reply = await bare.get("bills", **{name: "not-a-date"})

    assert (reply.status, reply.messages) == (400, ["Invalid date supplied: not-a-date"])


async def test_bills_are_sorted_by_their_day(bare: Bare) -> None:
    days = ["2026-02-02", "2026-01-01", "2026-03-01"]
    for day in days:
        await bare.created("bills", bare.bill(dated_on=day))

    assert [one["dated_on"] for one in await bare.listed("bills")] == days
    assert [one["dated_on"] for one in await bare.listed("bills", sort="-dated_on")] == sorted(days, reverse=True)


def _contact(number: int) -> dict[str, object]:
    own = {"charge_sales_tax": "Auto", "locale": "en", "status": "Active", "_was": ""}
    flags = {"contact_name_on_invoices": True, "uses_contact_invoice_sequence": False}
    return {"organisation_name": f"Nr {number}", **own, **flags}


async def test_a_list_of_one_page_has_no_links(bare: Bare) -> None:
    assert "Link" not in (await bare.get("projects")).headers


async def test_contacts_are_listed_by_name_and_hidden_ones_only_if_asked_for(bare: Bare) -> None:
    names = [one.get("organisation_name") for one in await bare.listed("contacts")]
    hidden = [one["organisation_name"] for one in await bare.listed("contacts", view="hidden")]

    assert names[0] == "Berlin Bauteile GmbH"
    assert "Old Supplies" not in names
    assert hidden == ["Old Supplies"]


async def test_a_contact_is_a_supplier_once_there_is_a_bill(bare: Bare) -> None:
    before = [one["organisation_name"] for one in await bare.listed("contacts", view="suppliers")]

    await bare.created("bills", bare.bill(contact=bare.url_of("contacts", "SMART Agency")))
    after = [one["organisation_name"] for one in await bare.listed("contacts", view="suppliers")]

    assert sorted({*after} - {*before}) == ["SMART Agency"]


async def test_what_changed_since_a_moment_is_listed(bare: Bare, clock: FakeClock) -> None:
    old = await bare.created("bills", bare.bill(reference="old"))
    await bare.created("bills", bare.bill(reference="older"))
    clock.instant += timedelta(minutes=30)
    await bare.put(old["url"], {"bill": {"comments": "seen"}})

    found = await bare.listed("bills", updated_since="2026-03-02T09:15:00.000Z")

    assert [one["reference"] for one in found] == ["old"]
    assert (await bare.get("bills", updated_since="yesterday")).status == 400


async def test_bills_are_found_by_day_view_contact_and_project(bare: Bare) -> None:
    jingles = bare.url_of("projects", "Jingles")
    other = bare.url_of("contacts", "PowerDirect")
    await bare.created("bills", bare.bill(reference="early", dated_on="2026-01-05", due_on="2026-02-01"))
    await bare.created("bills", bare.bill(reference="late", contact=other, project=jingles))

    assert [one["reference"] for one in await bare.listed("bills", to_date="2026-02-01")] == ["early"]
    assert [one["reference"] for one in await bare.listed("bills", from_date="2026-02-01")] == ["late"]
    assert [one["reference"] for one in await bare.listed("bills", view="overdue")] == ["early"]
    assert [one["reference"] for one in await bare.listed("bills", contact=other)] == ["late"]
    assert [one["reference"] for one in await bare.listed("bills", project=jingles)] == ["late"]


async def test_the_items_of_bills_are_listed_when_they_are_asked_for(bare: Bare) -> None:
    await bare.created("bills", bare.bill())

    (plain,), (nested,) = await bare.listed("bills"), await bare.listed("bills", nested_bill_items="true")

    assert "bill_items" not in plain
    assert len(nested["bill_items"]) == 1


async def test_categories_come_in_four_sets_and_with_sub_accounts_if_they_are_asked_for(bare: Bare) -> None:
    plain, subs = (await bare.get("categories")).json, (await bare.get("categories", sub_accounts="true")).json
    one = (await bare.get("categories/285")).json

    assert set(plain) == {f"{group}_categories" for group in ("income", "cost_of_sales", "admin_expenses", "general")}
    general = {found["nominal_code"]: found for found in subs["general_categories"]}
    assert "750" not in general
    assert general["750-1"]["bank_account"] == bare.url_of("bank_accounts", "Business Current Account")
    assert one["admin_expenses_categories"]["auto_sales_tax_rate"] == "Standard rate"


async def test_the_tax_of_a_company_is_that_of_its_country(bare: Bare) -> None:
    rates = {}
    for company in (TRADING, AMERICA, IRELAND):
        bare.company = company
        rates[company] = (await bare.get("company")).json["company"]["sales_tax_rates"]

    assert rates == {
        TRADING: ["20.0", "5.0", "0.0"],
        AMERICA: ["8.25", "0.0"],
        IRELAND: ["23.0", "13.5", "9.0", "0.0"],
    }


async def test_the_company_tells_the_years_of_its_accounts(bare: Bare) -> None:
    company = (await bare.get("company")).json["company"]

    assert company["annual_accounting_periods"][0] == {"starts_on": "2024-04-01", "ends_on": "2025-03-31"}
    assert company["annual_accounting_periods"][-1]["ends_on"] == "2027-03-31"


# Bad days


async def test_a_bill_is_written_though_the_answer_is_an_error(bare: Bare) -> None:
    bare.state.fail_next(Fault.ERROR_AFTER, path="*/bills")

    lost = await bare.post("bills", {"bill": bare.bill()})
    again = await bare.post("bills", {"bill": bare.bill()})

    assert (lost.status, again.status) == (500, 201)
    assert len(bare.state.bills()) == 2


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.TOO_MANY, 429), (Fault.UNAVAILABLE, 503), (Fault.ERROR_BEFORE, 500), (Fault.TOO_LARGE, 413)],
)
async def test_a_bad_day_before_anything_is_done(bare: Bare, fault: Fault, status: int) -> None:
    bare.state.fail_next(fault, method="POST", path="*/bills")

    assert (await bare.post("bills", {"bill": bare.bill()})).status == status
    assert bare.state.bills() == []


async def test_an_answer_may_never_come(bare: Bare) -> None:
    bare.state.fail_next(Fault.RESET_AFTER, path="*/bills")

    with pytest.raises(aiohttp.ClientError):
        await bare.post("bills", {"bill": bare.bill()})

    assert len(bare.state.bills()) == 1


async def test_lists_may_show_new_documents_late(bare: Bare, clock: FakeClock) -> None:
    bare.state.misbehaviour.late_list_seconds = 60
    bill = await bare.created("bills", bare.bill())

    before = await bare.listed("bills")
    clock.instant += timedelta(seconds=60)

    assert (before, (await bare.read(bill))["reference"]) == ([], "B-1")
    assert len(await bare.listed("bills")) == 1


async def test_a_company_whose_subscription_has_ended_answers_nothing(bare: Bare) -> None:
    bare.state.set_lapsed(TRADING, is_lapsed=True)

    assert (await bare.get("company")).status == 403


# Locks


async def test_a_lock_is_told_set_and_taken_away(bare: Bare) -> None:
    empty = (await bare.get("account_locks")).json
    late = await bare.put("account_locks", {"account_lock": {"locked_to_date": "2026-03-01"}})
    locked = (await bare.put("account_locks", {"account_lock": {"locked_to_date": "2026-02-15"}})).json
    await bare.delete("account_locks")

    assert empty == {"account_locks": [], "earliest_lock_date": "2024-04-01", "latest_lock_date": "2026-02-23"}
    assert late.status == 422
    assert [one["locked_to_date"] for one in locked["account_locks"]] == ["2026-02-15"]
    assert locked["account_locks"][0]["locked_by_description"] == "Dana Admin"
    assert (await bare.get("account_locks")).json["account_locks"] == []


async def test_returns_of_vat_are_told(bare: Bare) -> None:
    found = await bare.listed("vat_returns")

    assert [one["filing_status"] for one in found] == ["filed", "marked_as_filed", "unfiled"]
    assert (await bare.get("vat_returns/2025-12-31")).json["vat_return"]["period_starts_on"] == "2025-10-01"
