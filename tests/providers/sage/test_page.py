"""The simulated Sage as a page: what a person sees of the books, and what a person may do to them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from providers.sage.simulator import IRELAND, STUDIO, TRADING, SageState, mounted
from tests.fakes.browser import Browser, a_browser
from tests.fakes.clock import FakeClock
from tests.providers.sage.conftest import Bare, judged

pytestmark = judged

PAGES = ("purchases", "sales", "banking", "payments", "journal", "contacts", "accounts", "settings", "simulation")
CODES = {TRADING: "trading", IRELAND: "ireland", STUDIO: "studio"}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


async def pull(bare: Bare, lever: str, **form: str) -> str:
    """Gives what was said of it."""
    url = f"{bare.state.public_url}/o/{CODES[bare.business]}/{lever}"
    async with bare.session.post(url, data=form) as answer:
        assert answer.status == 200, await answer.text()
        assert "done=wrong" not in str(answer.url), str(answer.url)
        return answer.url.query["done"]


@pytest.mark.parametrize("business", [TRADING, IRELAND, STUDIO])
@pytest.mark.parametrize("name", PAGES)
async def test_every_page_can_be_read(bare: Bare, browser: Browser, business: str, name: str) -> None:
    bare.business = business
    await bare.created("sales_invoices", bare.sale())
    await bare.created("other_payments", bare.spend())
    if business == TRADING:
        invoice = await bare.created("purchase_invoices", bare.invoice())
        await bare.created("purchase_quick_entries", bare.entry())
        await bare.created("contact_payments", bare.payment((invoice, 100), total=100))

    page = await browser.open(f"{bare.state.public_url}/o/{CODES[business]}/{name}")

    assert page.status == 200
    assert bare.state.books[business].name in page.text


async def test_a_link_leads_to_a_document_of_any_business(bare: Bare, browser: Browser) -> None:
    bare.business = IRELAND
    invoice = await bare.created("purchase_invoices", bare.invoice(vendor_reference="IE-1", notes="Seen by Rae"))
    root = f"{bare.state.public_url}/invoicing/purchases/invoices"

    page, unknown = await browser.open(f"{root}/{invoice['id']}"), await browser.open(f"{root}/unknown")

    assert all(
        words in page.text for words in ("IE-1", "Northwind Ireland Ltd", "Seen by Rae", "Office Costs", "120.00")
    )
    assert unknown.status == 404


@pytest.mark.parametrize(
    ("plural", "path"),
    [
        ("purchase_credit_notes", "invoicing/purchases/credit_notes"),
        ("purchase_quick_entries", "invoicing/purchases/quick_entries"),
        ("sales_invoices", "invoicing/sales/invoices"),
        ("other_payments", "banking/other_payments"),
        ("contact_payments", "banking/contact_payments"),
    ],
)
async def test_every_kind_of_document_has_a_page(bare: Bare, browser: Browser, plural: str, path: str) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    body = {
        "purchase_credit_notes": bare.credit(),
        "purchase_quick_entries": bare.entry(),
        "sales_invoices": bare.sale(),
        "other_payments": bare.spend(),
        "contact_payments": bare.payment((invoice, 120)),
    }[plural]
    made = await bare.created(plural, body)

    page = await browser.open(f"{bare.state.public_url}/{path}/{made['id']}")

    assert (page.status, "Journal" in page.text) == (200, True)


async def test_a_person_pays_an_invoice_on_its_page(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())

    await pull(bare, "act", id=invoice["id"], kind="purchase_invoices", act="pay")

    assert bare.state.purchase_invoices()[0]["status"]["id"] == "PAID"
    assert await pull(bare, "act", id=invoice["id"], kind="purchase_invoices", act="delete") == "refused"


async def test_a_person_deletes_releases_and_voids(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    sale = await bare.created("sales_invoices", bare.sale(status_id="DRAFT"))

    await pull(bare, "act", id=invoice["id"], kind="purchase_invoices", act="delete")
    await pull(bare, "act", id=sale["id"], kind="sales_invoices", act="release")
    await pull(bare, "act", id=sale["id"], kind="sales_invoices", act="delete")

    assert bare.state.purchase_invoices() == []
    assert bare.state.documents("sales_invoices")[0]["status"]["id"] == "VOID"


async def test_a_person_hides_renames_and_locks(bare: Bare) -> None:
    account, body = bare.id_of("ledger_accounts", "Office Costs"), bare.invoice()

    await pull(bare, "rename", id=body["contact_id"], name="Central Copying")
    await pull(bare, "set-account", id=account, status="ARCHIVED")
    hidden = await bare.post("purchase_invoices", {"purchase_invoice": body})
    await pull(bare, "set-account", id=account, status="ACTIVE")
    await pull(bare, "lock", on="2026-03-31")
    locked = await bare.post("purchase_invoices", {"purchase_invoice": body})
    await pull(bare, "lock", on="")
    taken = await bare.created("purchase_invoices", body)

    assert (hidden.status, locked.sources, taken["contact_name"]) == (404, ["date"], "Central Copying")


async def test_a_person_changes_plan_rates_roles_and_areas(bare: Bare) -> None:
    body, project = bare.invoice(), bare.id_of("analysis_types", "Project")
    move = bare.id_of("analysis_type_categories", "Office Move")

    await pull(bare, "set-areas", id=project, EXPENSES="on")
    await bare.created("purchase_invoices", bare.invoice(bare.line(analysis_type_categories=[move])))
    await pull(bare, "set-tax-rate", id="GB_STANDARD", status="ARCHIVED")
    hidden = await bare.refused("purchase_invoices", body)
    await pull(bare, "set-business", plan="START", as_text="on")
    smaller = await bare.refused("purchase_invoices", body, 403)
    await pull(bare, "set-business", plan="ACCOUNTING", lapsed="on")
    lapsed = await bare.refused("purchase_invoices", body, 401)
    await pull(bare, "set-role", id=bare.state.people["ira"].id, role="NONE")

    assert (hidden.sources, smaller.errors[0][0]) == (["line_items.tax_rate_id"], "MultiUserAccessDenied")
    assert lapsed.errors[0][1] == "No active subscription. (MSE)"
    assert bare.state.books[TRADING].role_of(bare.state.people["ira"].id) == "NONE"


async def test_a_person_deletes_a_contact_without_transactions(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    free = bare.id_of("contacts", "PowerDirect")

    assert await pull(bare, "delete-contact", id=free) == "done"
    assert await pull(bare, "delete-contact", id=invoice["contact"]["id"]) == "refused"


async def test_a_bank_account_is_made_inactive(bare: Bare) -> None:
    await pull(bare, "set-bank", id=bare.bank, status="ARCHIVED")

    assert (await bare.refused("other_payments", bare.spend())).sources == ["bank_account"]


async def test_the_books_survive_a_restart(tmp_path: Path, clock: FakeClock) -> None:
    database = tmp_path / "far_ends.db"
    first = SageState(clock=clock, database=database)
    token = first.grant()["access_token"]
    first.rename(TRADING, "PowerDirect", "Power Direct")
    first.close()

    again = SageState(clock=clock, database=database)

    assert again.books[TRADING].named("contacts", "Power Direct") is not None
    assert again.grants.holder(token) is not None
    assert len(again.connected_to(TRADING)) == 1
    again.close()


async def test_it_is_mounted_under_any_path(clock: FakeClock, browser: Browser) -> None:
    app = web.Application()
    app.add_subapp("/sage", mounted(clock=clock))
    server = TestServer(app)
    await server.start_server()

    page = await browser.open(str(server.make_url("/sage/")))

    assert page.address.endswith("/sage/o/trading/purchases")
    await server.close()
