"""The simulated QuickBooks as a page: what a person sees of the books, and what a person may do to them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from providers.quickbooks.simulator import AMERICA, TRADING, QuickBooksState, mounted
from tests.fakes.browser import Browser, a_browser
from tests.fakes.clock import FakeClock
from tests.providers.quickbooks.conftest import Bare, judged

pytestmark = judged

PAGES = ("bills", "expenses", "sales", "payments", "journal", "contacts", "accounts", "settings", "simulation")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


async def pull(bare: Bare, lever: str, **form: str) -> None:
    url = f"{bare.state.public_url}/o/{bare.realm}/{lever}"
    async with bare.session.post(url, data=form) as answer:
        assert answer.status == 200, await answer.text()
        assert "done=wrong" not in str(answer.url), str(answer.url)


@pytest.mark.parametrize("realm", [TRADING, AMERICA])
@pytest.mark.parametrize("name", PAGES)
async def test_every_page_can_be_read(bare: Bare, browser: Browser, realm: str, name: str) -> None:
    bare.realm = realm
    await bare.created("Bill", bare.bill())
    await bare.created("Invoice", bare.sale())
    await bare.created("Purchase", bare.spend())

    page = await browser.open(f"{bare.state.public_url}/o/{realm}/{name}")

    assert page.status == 200
    assert bare.state.books[realm].name in page.text


async def test_a_link_leads_to_a_document_with_or_without_its_company(bare: Bare, browser: Browser) -> None:
    british = await bare.created("Bill", bare.bill("UK-1"))
    bare.realm = AMERICA
    american = await bare.created("Bill", bare.bill("US-1"))
    root = f"{bare.state.public_url}/app/bill?txnId="

    pages = [await browser.open(f"{root}{one['Id']}") for one in (british, american)]
    elsewhere = await browser.open(f"{root}{british['Id']}&companyId={AMERICA}")

    assert ["UK-1" in pages[0].text, "US-1" in pages[1].text, elsewhere.status] == [True, True, 404]
    assert "Northwind America Inc" in pages[1].text


async def test_a_person_pays_a_bill_on_its_page(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())

    await pull(bare, "act", id=bill["Id"], kind="Bill", act="pay")

    assert bare.state.bills()[0]["Balance"] == 0


async def test_a_person_deletes_a_bill_that_is_not_paid(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())

    await pull(bare, "act", id=bill["Id"], kind="Bill", act="delete")

    assert bare.state.bills() == []


async def test_a_person_archives_renames_and_closes(bare: Bare) -> None:
    account, vendor = bare.id_of("Account", "Office Supplies"), bare.id_of("Vendor", "Central Copiers")
    body = bare.bill()

    await pull(bare, "rename", id=vendor, kind="Vendor", name="Central Copying")
    await pull(bare, "set-account", id=account, status="ARCHIVED")
    archived = await bare.post("bill", body)
    await pull(bare, "set-account", id=account, status="ACTIVE")
    await pull(bare, "set-close-date", on="2026-03-31", tells="on")
    closed = await bare.post("bill", body)
    await pull(bare, "set-close-date", on="")
    taken = await bare.post("bill", body)

    assert [archived.errors[0][0], closed.errors[0][0]] == ["2500", "6210"]
    assert taken.json["Bill"]["VendorRef"]["name"] == "Central Copying"


@pytest.mark.parametrize(("lever", "entity"), [("set-klass", "Class"), ("set-location", "Department")])
async def test_a_person_makes_what_is_tracked_inactive(bare: Bare, lever: str, entity: str) -> None:
    (first, *_) = bare.state.books[TRADING].shelf(entity)

    await pull(bare, lever, id=first, status="ARCHIVED")

    assert bare.state.books[TRADING].shelf(entity)[first]["Active"] is False


async def test_a_person_turns_features_off(bare: Bare) -> None:
    line = bare.line(ClassRef=bare.ref("Class", "North"))
    body = bare.bill("B-1", line, DepartmentRef=bare.ref("Department", "London"))

    await pull(bare, "set-company", warns="on")

    assert [code for code, _ in (await bare.post("bill", body)).errors] == ["5030", "5030"]


async def test_a_person_adds_a_currency_to_a_company_that_had_one(bare: Bare) -> None:
    bare.realm = AMERICA

    await pull(bare, "add-currency", code="eur")
    await bare.created("Vendor", {"DisplayName": "Paris Paper", "CurrencyRef": {"value": "EUR"}})
    bill = await bare.created(
        "Bill", bare.bill(VendorRef=bare.ref("Vendor", "Paris Paper"), CurrencyRef={"value": "EUR"})
    )

    assert bill["APAccountRef"]["name"] == "Accounts Payable (A/P) - EUR"


async def test_the_connection_is_ended_on_the_page_of_bad_days(bare: Bare) -> None:
    assert (await bare.get("preferences")).status == 200

    await pull(bare, "end-connection")

    assert (await bare.get("preferences")).status == 401


async def test_the_books_survive_a_restart(tmp_path: Path, clock: FakeClock) -> None:
    database = tmp_path / "far_ends.db"
    first = QuickBooksState(clock=clock, database=database)
    token = first.grant()["access_token"]
    first.rename(TRADING, "Vendor", "PowerDirect", "Power Direct")
    first.close()

    again = QuickBooksState(clock=clock, database=database)

    assert again.books[TRADING].named("Vendor", "Power Direct") is not None
    assert again.grants.holder(token) is not None
    again.close()


async def test_it_is_mounted_under_any_path(clock: FakeClock, browser: Browser) -> None:
    app = web.Application()
    app.add_subapp("/quickbooks", mounted(clock=clock))
    server = TestServer(app)
    await server.start_server()

    page = await browser.open(str(server.make_url("/quickbooks/")))

    assert page.address.endswith(f"/quickbooks/o/{TRADING}/bills")
    await server.close()
