"""The simulated ledger in a real browser: its buttons work, its policy holds, nothing is wider than the window."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted, Refused
from providers.oauth import code_challenge
from tests.contract.far_end import a_bill
from tests.contract.signing_in import REDIRECT
from tests.contract.xero import XeroFarEnd
from tests.providers.xero.conftest import Bare
from tests.providers.xero.test_ledger_documents import a_busy_month

pytestmark = pytest.mark.browser

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH"


@dataclass(slots=True)
class Seen:
    """A browser's page, and what the browser complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    async def is_too_wide(self) -> bool:
        return bool(await self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as found:
        yield found


@pytest.fixture(params=[1280, 420])
async def seen(chromium: str, request: pytest.FixtureRequest) -> AsyncIterator[Seen]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = await browser.new_page(viewport={"width": request.param, "height": 900})
        found = Seen(page)
        page.on("console", lambda message: found.complaints.append(message.text))
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        yield found
        await browser.close()


async def test_an_account_archived_by_its_button_makes_xero_refuse_a_bill(xero: XeroFarEnd, seen: Seen) -> None:
    page = seen.page
    await page.goto(xero.state.public_url)
    await page.get_by_role("link", name="Accounts").click()
    await page.get_by_label("Code or name").fill("429")
    await page.get_by_role("button", name="Search").click()

    await page.get_by_role("button", name="Archive 429 General Expenses").click()
    await expect(page.get_by_role("status")).to_contain_text("Archived")
    (refused,) = await xero.create(a_bill("A"))
    await page.get_by_role("button", name="Restore 429 General Expenses").click()
    await expect(page.get_by_role("status")).to_contain_text("Restored")
    (taken,) = await xero.create(a_bill("B"))

    assert isinstance(refused, Refused)
    assert refused.problem.code is ProblemCode.ACCOUNT_ARCHIVED
    assert isinstance(taken, Accepted)
    assert seen.complaints == []


async def test_a_person_signs_in_and_allows_access_or_not(xero: XeroFarEnd, seen: Seen) -> None:
    page, wide = seen.page, []
    address = xero.provider.authorize_url(state="s", redirect_uri=REDIRECT, code_challenge=code_challenge("v" * 43))
    landed = f"{REDIRECT}?**"
    await page.route(landed, lambda route: route.fulfill(body="back"))

    await page.goto(address)
    wide.append(await seen.is_too_wide())
    await page.get_by_role("button", name="Sam Standard").click()
    await page.get_by_role("link", name="Log in as somebody else").click()
    await page.get_by_role("button", name="Dana Adviser").click()
    await page.get_by_label("Northwind Ireland Ltd").uncheck()
    wide.append(await seen.is_too_wide())
    await page.get_by_role("button", name="Allow access").click()
    await page.wait_for_url(landed)
    allowed = page.url
    await page.goto(address)
    await page.get_by_role("button", name="Cancel").click()
    await page.wait_for_url(landed)

    assert "code=" in allowed
    assert "error=access_denied" in page.url
    assert (wide, seen.complaints) == ([False, False], [])


async def test_a_bill_is_paid_by_its_button(xero: XeroFarEnd, seen: Seen) -> None:
    (outcome,) = await xero.create(a_bill("B"))
    assert isinstance(outcome, Accepted)
    await seen.page.goto(f"{xero.state.public_url}/AccountsPayable/View.aspx?InvoiceID={outcome.ledger_id}")

    await seen.page.get_by_role("button", name="Pay in full").click()
    await expect(seen.page.get_by_role("status")).to_contain_text("Done")

    assert xero.state.bills()[0]["Status"] == "PAID"
    assert seen.complaints == []


async def test_no_page_is_wider_than_its_window(xero: XeroFarEnd, seen: Seen, session: aiohttp.ClientSession) -> None:
    (outcome,) = await xero.create(a_bill("N" * 255, contact_name=LONG, marker=f"https://dext.example/{'x' * 900}"))
    assert isinstance(outcome, Accepted)
    await xero.create(a_bill("B"))
    bare = Bare(xero.state, session)
    made = await a_busy_month(bare)
    path = f"Invoices/{made['bill']['InvoiceID']}/Attachments/{'n' * 120}.pdf"
    await bare.put(path, b"%PDF", headers={"Content-Type": "application/pdf"})
    xero.state.fail_next("html", times=3)
    root, wide = xero.state.public_url, []
    for path in (
        "o/!nW7tr/bills",
        "o/!nW7tr/sales",
        "o/!nW7tr/credits",
        "o/!nW7tr/bank",
        "o/!nW7tr/journal",
        "o/!nW7tr/contacts",
        "o/!nW7tr/accounts",
        "o/!nW7tr/settings",
        "o/!nW7tr/simulation",
        "o/!nW3ie/bills",
        f"AccountsPayable/View.aspx?InvoiceID={outcome.ledger_id}",
        f"AccountsPayable/View.aspx?InvoiceID={made['bill']['InvoiceID']}",
        f"AccountsPayable/ViewCreditNote.aspx?creditNoteID={made['note']['CreditNoteID']}",
        f"Bank/ViewTransaction.aspx?bankTransactionID={made['spend']['BankTransactionID']}",
    ):
        await seen.page.goto(f"{root}/{path}")
        if await seen.is_too_wide():
            wide.append(path)

    assert (wide, seen.complaints) == ([], [])


async def test_the_other_organisation_is_two_clicks_away(xero: XeroFarEnd, seen: Seen) -> None:
    await seen.page.goto(xero.state.public_url)

    await seen.page.locator("summary").click()
    await seen.page.get_by_role("link", name="Northwind Ireland Ltd").click()

    await expect(seen.page).to_have_title("Bills to pay · Northwind Ireland Ltd · Simulated Xero")
