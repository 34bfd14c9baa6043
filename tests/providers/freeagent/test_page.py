"""The simulated FreeAgent as a page: what a person sees of the books, and what a person may do to them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from providers.freeagent.simulator import AMERICA, IRELAND, PRACTICE, TRADING, FreeAgentState, mounted
from tests.fakes.browser import Browser, a_browser
from tests.fakes.clock import FakeClock
from tests.providers.freeagent.conftest import Bare, judged

pytestmark = judged

PAGES = ("bills", "expenses", "banking", "sales", "journal", "contacts", "accounts", "settings", "simulation")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


async def pull(bare: Bare, lever: str, **form: str) -> str:
    """Pull a lever; gives what is said of it."""
    url = f"{bare.state.public_url}/o/{bare.company}/{lever}"
    async with bare.session.post(url, data=form) as answer:
        assert answer.status == 200, await answer.text()
        return str(answer.url.query["done"])


def number(url: str) -> str:
    return url.rsplit("/", 1)[-1]


@pytest.mark.parametrize("company", [TRADING, AMERICA, IRELAND])
async def test_every_page_can_be_read(bare: Bare, browser: Browser, company: str) -> None:
    bare.company = company
    bill = await bare.created("bills", bare.bill(attachment=bare.file()))
    documents = [
        bill,
        await bare.created("expenses", bare.expense()),
        await bare.created("bank_transaction_explanations", bare.spend()),
        await bare.paid(bill, "-20"),
        await bare.sent("invoices", bare.invoice()),
        await bare.created("credit_notes", bare.credit_note()),
    ]

    for name in PAGES:
        page = await browser.open(f"{bare.state.public_url}/o/{company}/{name}")
        assert (page.status, bare.state.books[company].name in page.text) == (200, True), name
    for document in documents:
        page = await browser.open(document["url"].replace("/v2/", "/"))
        assert page.status == 200, document["url"]


async def test_a_link_leads_to_a_document_of_whichever_company(bare: Bare, browser: Browser) -> None:
    british = await bare.created("bills", bare.bill(reference="UK-1"))
    bare.company = AMERICA
    american = await bare.created("bills", bare.bill(reference="US-1"))

    pages = [await browser.open(one["url"].replace("/v2/", "/")) for one in (british, american)]
    nowhere = await browser.open(f"{bare.state.public_url}/bills/77")

    assert ["UK-1" in pages[0].text, "US-1" in pages[1].text, nowhere.status] == [True, True, 404]
    assert "Northwind America LLC" in pages[1].text


async def test_a_person_pays_a_bill_and_can_delete_it_no_more(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill())

    paid = await pull(bare, "act", id=number(bill["url"]), kind="bills", act="pay")
    gone = await pull(bare, "act", id=number(bill["url"]), kind="bills", act="delete")

    assert ((await bare.read(bill))["status"], paid, gone) == ("Paid", "done", "refused")


async def test_a_person_sends_an_invoice_in_another_currency_and_it_is_paid(bare: Bare) -> None:
    invoice = await bare.created("invoices", bare.invoice(currency="USD"))

    await pull(bare, "act", id=number(invoice["url"]), kind="invoices", act="send")
    await pull(bare, "act", id=number(invoice["url"]), kind="invoices", act="pay")

    assert (await bare.read(invoice))["status"] == "Paid"


async def test_a_person_deletes_hides_renames_and_locks(bare: Bare) -> None:
    contact = number(bare.url_of("contacts", "Central Copiers"))
    body = bare.bill()

    await pull(bare, "rename", id=contact, name="Central Copying")
    await pull(bare, "set-contact", id=contact, status="ARCHIVED")
    await pull(bare, "set-account", id="359", status="ARCHIVED")
    without = await bare.post("bills", {"bill": body})
    await pull(bare, "set-account", id="359", status="ACTIVE")
    await pull(bare, "set-lock", on="2026-03-31")
    locked = await bare.post("bills", {"bill": body})
    await pull(bare, "set-lock", on="")
    taken = await bare.post("bills", {"bill": body})

    assert without.messages[0] == "bill_items.category is invalid"
    assert locked.messages == ["dated_on must be after 31 March 2026, the date the accounts are locked to"]
    assert taken.json["bill"]["contact_name"] == "Central Copying"
    assert (await bare.read({"url": body["contact"]}))["status"] == "Hidden"


async def test_a_person_changes_a_level_a_project_a_year_and_the_company(bare: Bare) -> None:
    ira = number(bare.url_of("users", "Ira"))
    project = number(bare.url_of("projects", "Jingles"))
    await bare.get("company")

    done = [
        await pull(bare, "set-level", id=ira, level="2"),
        await pull(bare, "set-project", id=project, status="ARCHIVED"),
        await pull(bare, "close-year", on="2025-03-31"),
        await pull(bare, "set-company", registered="on"),
        await pull(bare, "set-level", id=ira, level="9"),
    ]

    assert done == ["level", "archived", "year", "company", "wrong"]
    assert bare.state.books[TRADING].shelf("projects")[project]["status"] == "Completed"
    assert bare.state.books[TRADING].locked_to == "2025-03-31"


async def test_the_connection_is_ended_on_the_page_of_bad_days(bare: Bare) -> None:
    assert (await bare.get("company")).status == 200

    await pull(bare, "end-connection")

    assert (await bare.get("company")).status == 401


async def test_the_books_survive_a_restart(tmp_path: Path, clock: FakeClock) -> None:
    database = tmp_path / "far_ends.db"
    first = FreeAgentState(clock=clock, database=database)
    token = first.grant("pat", PRACTICE)["access_token"]
    first.set_category(TRADING, "359", is_there=False)
    first.close()

    again = FreeAgentState(clock=clock, database=database)

    assert again.books[TRADING].shelf("categories")["359"]["_is_gone"] is True
    assert len(again.books[TRADING].shelf("contacts")) == len(first.books[TRADING].shelf("contacts"))
    assert again.grants.holder(token) is not None
    again.close()


async def test_it_is_mounted_under_any_path(clock: FakeClock, browser: Browser) -> None:
    app = web.Application()
    app.add_subapp("/freeagent", mounted(clock=clock))
    server = TestServer(app)
    await server.start_server()

    page = await browser.open(str(server.make_url("/freeagent/")))

    assert page.address.endswith(f"/freeagent/o/{TRADING}/bills")
    await server.close()
