"""The simulated ledger's pages: what a bookkeeper reads there, and what its levers do."""

import re
from collections.abc import AsyncIterator
from datetime import date

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from lxml import html

from bot.domain.ledger_documents import LedgerDocument
from providers.xero.simulator import IRELAND, TRADING, Fault, XeroState, create_app
from tests.contract.far_end import a_bill
from tests.contract.xero import XeroFarEnd
from tests.fakes.browser import Browser, Page, a_browser
from tests.fakes.clock import FakeClock
from tests.providers.xero.conftest import Bare, wire_bill, wire_line

PAGES = ("bills", "contacts", "accounts", "settings", "simulation")
HERE = "o/!nW7tr"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as found:
        yield found


def words(page: Page) -> str:
    """What is read there, a space between one cell and the next."""
    return " ".join(" ".join(html.fromstring(page.source).xpath("//body//text()")).split())


async def pull(browser: Browser, state: XeroState, lever: str, **fields: str) -> Page:
    async with browser.session.post(f"{state.public_url}/{HERE}/{lever}", data=fields) as answer:
        return Page(str(answer.url), answer.status, await answer.text())


def account_id(state: XeroState, code: str) -> str:
    found = state.books[TRADING].account(code)
    assert found is not None
    return str(found["AccountID"])


async def test_a_bill_is_listed_with_what_it_comes_to(browser: Browser, bare: Bare, state: XeroState) -> None:
    await bare.written(wire_bill("B <1>", Url="https://dext.example/i/1", Contact={"Name": "A & Sons <b>"}))
    await bare.written(wire_bill("E", CurrencyCode="EUR", Status="DRAFT"))

    page = await browser.open(f"{state.public_url}/")

    assert "B <1>" in page.text
    assert "A & Sons <b>" in page.text
    assert "Awaiting payment 1 120.00 GBP" in words(page)
    assert "Draft 1 103.45 GBP" in words(page)


async def test_one_organisation_is_shown_at_a_time(browser: Browser, bare: Bare, state: XeroState) -> None:
    await bare.written(wire_bill("of-trading"))

    irish = await browser.open(f"{state.public_url}/o/!nW3ie/bills")

    assert "of-trading" not in irish.text
    assert "No bills here" in irish.text


async def test_bills_of_one_status_can_be_looked_at(browser: Browser, bare: Bare, state: XeroState) -> None:
    await bare.written(wire_bill("approved"))
    await bare.written(wire_bill("drafted", Status="DRAFT"))

    page = await browser.open(f"{state.public_url}/{HERE}/bills?status=DRAFT")

    assert "drafted" in page.text
    assert "approved" not in page.text.replace("Awaiting approval", "")


async def test_the_adapters_link_to_a_record_opens_the_bill(browser: Browser, xero: XeroFarEnd) -> None:
    bill = a_bill("B-77", marker="https://dext.example/i/77")
    await xero.create(bill)
    (document,) = (await xero.find(bill)).values()
    assert isinstance(document, LedgerDocument)
    books = await xero.provider.books(xero.access)

    by_login = await browser.open(xero.provider.record_url(books, bill.kind, document.ledger_id))
    at_once = await browser.open(document.url)

    assert "Bill B-77" in by_login.text
    assert at_once.address == by_login.address
    links = html.fromstring(by_login.source).xpath("//a[@href='https://dext.example/i/77']/text()")
    assert links == ["Go to Dext in Slack"]


async def test_a_bill_shows_its_lines_and_its_history(browser: Browser, bare: Bare, state: XeroState) -> None:
    bill = await bare.written(
        wire_bill(LineItems=[wire_line(UnitAmount=25.0001), wire_line(AccountCode="461", TaxType="NONE")])
    )

    page = await browser.open(f"{state.public_url}/AccountsPayable/View.aspx?InvoiceID={bill['InvoiceID'].upper()}")

    assert "4 25.0001 429 – General Expenses 20% (VAT on Expenses) 20.00 100.00" in words(page)
    assert "4 25.00 461 – Printing & Stationery No VAT 0.00 100.00" in words(page)
    assert "Approved 2 Mar 2026 09:00 Dana Adviser" in words(page)


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/AccountsPayable/View.aspx?InvoiceID=1", "//evil.example", "/Other.aspx?InvoiceID=1", ""],
)
async def test_a_link_to_elsewhere_leads_to_the_bills(browser: Browser, state: XeroState, wanted: str) -> None:
    page = await browser.open(
        f"{state.public_url}/organisationlogin/default.aspx?shortcode=!nW7tr&redirecturl={wanted}"
    )

    assert page.address.endswith("/o/!nW7tr/bills")


@pytest.mark.parametrize("path", ["AccountsPayable/View.aspx?InvoiceID=none", "o/other/bills"])
async def test_what_is_not_there_says_so(browser: Browser, state: XeroState, path: str) -> None:
    page = await browser.open(f"{state.public_url}/{path}")

    assert page.status == 404
    assert "There is no" in page.source


async def test_an_account_is_archived_and_restored_by_its_button(
    browser: Browser, bare: Bare, state: XeroState
) -> None:
    page = await pull(browser, state, "set-account", id=account_id(state, "429"), status="ARCHIVED", q="429")
    refused = await bare.write(wire_bill("A"))
    await pull(browser, state, "set-account", id=account_id(state, "429"), status="ACTIVE")
    taken = await bare.write(wire_bill("B"))

    assert "Archived. Whatever is coded to it is refused from now on." in page.text
    assert "q=429" in page.address
    assert "has been archived" in refused.sentences[0]
    assert taken.sentences == []


async def test_a_contact_and_a_tax_rate_are_archived_too(browser: Browser, bare: Bare, state: XeroState) -> None:
    contact = state.books[TRADING].contact_named("Central Copiers")
    assert contact is not None
    page = await pull(browser, state, "set-contact", id=contact["ContactID"], status="ARCHIVED")
    await pull(browser, state, "set-tax-rate", id="INPUT2", status="ARCHIVED")

    reply, listed, everything = [
        await bare.write(wire_bill()),
        await bare.get("Contacts"),
        await bare.get("Contacts", includeArchived="true"),
    ]

    assert "Documents for this contact are refused from now on, and lists leave it out." in page.text
    assert len(reply.sentences) == 2
    found = ["Central Copiers" in [one["Name"] for one in answer.elements] for answer in (listed, everything)]
    assert found == [False, True]


async def test_lock_dates_are_set_and_lifted(browser: Browser, state: XeroState) -> None:
    await pull(browser, state, "set-lock-dates", period="2026-01-31", year_end="")
    books = state.books[TRADING]

    assert (books.lock_date("PeriodLockDate"), books.lock_date("EndOfYearLockDate")) == (date(2026, 1, 31), None)


async def test_the_next_calls_go_wrong_as_planned(browser: Browser, bare: Bare, state: XeroState) -> None:
    page = await pull(browser, state, "misbehave", fault="too_many", target="bills", times="1")

    first, second = await bare.write(wire_bill()), await bare.write(wire_bill())

    assert "429 too many calls 1 × PUT */Invoices" in page.text
    assert (first.status, first.headers["Retry-After"], second.status) == (429, "30", 200)


async def test_behaving_again_forgets_all_plans(browser: Browser, bare: Bare, state: XeroState) -> None:
    await pull(browser, state, "misbehave", fault="error_before", target="any", times="9")
    await pull(browser, state, "set-switches", outage="on", late="30")
    await pull(browser, state, "behave")

    assert (await bare.write(wire_bill())).status == 200
    assert state.misbehaviour.late_list_seconds == 0


async def test_tokens_and_connections_are_ended(browser: Browser, bare: Bare, state: XeroState) -> None:
    await bare.get("Currencies")
    await pull(browser, state, "expire-tokens")
    expired = (await bare.get("Currencies")).status
    bare.tokens.clear()
    await bare.get("Currencies")
    await pull(browser, state, "end-connection")
    ended = (await bare.get("Currencies")).status
    bare.tenant = IRELAND
    other = (await bare.get("Currencies")).status
    await pull(browser, state, "revoke-sign-ins")

    assert (expired, ended, other) == (401, 403, 200)
    assert (await bare.get("Currencies")).status == 401
    assert not state.grants.refreshes


async def test_a_person_is_given_another_role(browser: Browser, bare: Bare, state: XeroState) -> None:
    await pull(browser, state, "set-role", id=state.people["dana"].id, role="READONLY")

    assert (await bare.write(wire_bill())).status == 403


@pytest.mark.parametrize(
    ("lever", "fields"),
    [
        ("set-account", {"id": "none", "status": "ARCHIVED"}),
        ("set-account", {"status": "ARCHIVED"}),
        ("set-tax-rate", {"id": "INPUT2", "status": "GONE"}),
        ("set-lock-dates", {"period": "yesterday", "year_end": ""}),
        ("set-role", {"id": "x", "role": "KING"}),
        ("misbehave", {"fault": "sulk", "target": "bills", "times": "1"}),
        ("misbehave", {"fault": "html", "target": "bills", "times": "many"}),
        ("set-switches", {"late": "nan?"}),
    ],
)
async def test_what_cannot_be_read_changes_nothing_and_says_so(
    browser: Browser, state: XeroState, lever: str, fields: dict[str, str]
) -> None:
    before = (dict(state.books[TRADING].organisation), list(state.misbehaviour.planned))

    page = await pull(browser, state, lever, **fields)

    assert "nothing was changed" in page.text
    assert (dict(state.books[TRADING].organisation), list(state.misbehaviour.planned)) == before


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_another_sites_page_pulls_no_lever(browser: Browser, state: XeroState, origin: str) -> None:
    url, data = f"{state.public_url}/{HERE}/end-connection", {"x": "y"}
    state.grant()

    async with browser.session.post(url, data=data, headers={"Origin": origin}) as answer:
        assert answer.status == 403

    assert state.grants.connected_to(TRADING)


async def test_a_foreign_name_for_this_machine_is_not_answered(browser: Browser, state: XeroState) -> None:
    """A page elsewhere could point a name of its own at this machine, and would then be of the same origin."""
    async with browser.session.get(f"{state.public_url}/", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 421


@pytest.mark.parametrize("page", PAGES)
async def test_pages_hold_no_script_and_no_style_of_their_own(browser: Browser, state: XeroState, page: str) -> None:
    state.fail_next(Fault.HTML)
    async with browser.session.get(f"{state.public_url}/{HERE}/{page}") as answer:
        policy, source = answer.headers["Content-Security-Policy"], await answer.text()

    assert "default-src 'none'; style-src 'self'" in policy
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", source)


@pytest.mark.parametrize("page", PAGES)
async def test_every_field_has_a_name_for_those_who_do_not_see_it(
    browser: Browser, state: XeroState, page: str
) -> None:
    state.grant()
    tree = html.fromstring((await browser.open(f"{state.public_url}/{HERE}/{page}")).source)

    fields = tree.xpath("//input[not(@type='hidden')] | //select")
    assert [field.get("name") for field in fields if not field.xpath("ancestor::label")] == []
    assert [button for button in tree.xpath("//button") if not button.text_content().strip()] == []
    assert len(tree.xpath("//h1")) == 1
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


async def test_everything_works_mounted_below_a_path(clock: FakeClock) -> None:
    state = XeroState(clock=clock, redirect_uris=("http://127.0.0.1:9/cb",))
    app = web.Application()
    app.add_subapp("/xero", create_app(state))
    async with TestServer(app) as server, a_browser() as browser:
        state.public_url = f"http://127.0.0.1:{server.port}/xero"
        query = "response_type=code&client_id=simulated-client&redirect_uri=http://127.0.0.1:9/cb&scope=openid"
        login = await browser.open(f"{state.public_url}/identity/connect/authorize?{query}")
        consent = await browser.press(login, person="dana")
        ledger = await browser.open(f"{state.public_url}/")
        links = {str(link) for link in html.fromstring(ledger.source).xpath("//@href") if link != "#content"}
        async with browser.session.get(f"http://127.0.0.1:{server.port}{max(links)}") as answer:
            assert answer.status == 200

    assert "wants access" in consent.text
    assert [link for link in links if not link.startswith("/xero/")] == []
