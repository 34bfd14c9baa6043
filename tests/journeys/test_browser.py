"""The product's main story as a person lives it, with each package: two commands, one address, a browser."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, MEMBER
from providers import PROVIDERS
from tests.intake.documents import a_document
from tests.journeys.playground import WIDTHS, Playground, Tour, a_tour, playground
from tests.journeys.told_by import TOLD_BY, ToldBy

SUPPLIER = (
    "<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Paper &amp; Ink Ltd</cbc:Name></cac:PartyName>"
    "</cac:Party></cac:AccountingSupplierParty>"
)
pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(240)]


class Story:
    """The steps, each as a person takes it."""

    status = "Awaiting payment"
    """As what costs are published."""

    def __init__(self, tour: Tour, place: Playground, provider: str = "xero") -> None:
        self.tour, self.place, self.page = tour, place, tour.page
        self.provider, self.name = provider, PROVIDERS[provider].profile.name
        self.told: ToldBy = TOLD_BY[provider]

    async def be(self, user: str, channel: str = BILLS) -> None:
        await self.page.goto(f"{self.place.slack_url}/?as={user}&channel={channel}")

    async def type(self, text: str) -> None:
        await self.page.locator("#composer textarea").fill(text)
        await self.page.keyboard.press("Enter")

    @property
    def dialog(self) -> Locator:
        return self.page.locator("dialog#modal")

    async def connect(self) -> None:
        await self.be(ADMIN)
        await self.type("/dext connect")
        await self.dialog.get_by_label(self.name).check()
        await expect(self.dialog.get_by_text("What will happen")).to_be_visible()
        await self.tour.shot("connect")
        async with self.tour.context.expect_page() as opened:
            await self.dialog.get_by_role("link", name="Connect software").click()
        web = await opened.value
        await self._prove(web)
        await self.tour.shot("proven", web)
        await web.get_by_role("button", name=f"Continue to {self.name}").click()
        await self.tour.shot("log-in", web)
        await web.get_by_role("button", name=self.told.person).click()
        await self.tour.shot("consent", web)
        await self._allow(web)
        await self.be(ADMIN)
        await expect(self.page.get_by_text(f"Imported from {self.name}:")).to_be_visible()
        await self.dismiss()
        await self.tour.shot("connected")

    async def _prove(self, web: Page) -> None:
        await web.get_by_role("button", name="Continue with Slack").click()
        await web.get_by_role("button", name="Allow").click()

    async def _allow(self, web: Page) -> None:
        """Where a sign-in sees several organisations, one is chosen after it."""
        await web.get_by_role("button", name=self.told.allow, exact=True).click()
        following, finish = (web.get_by_role("button", name=name) for name in ("Next", "Finish"))
        await expect(following.or_(finish)).to_be_visible()
        if await following.is_visible():
            await web.get_by_label(self.told.organisation).check()
            await following.click()
        await expect(web.get_by_text(self.told.organisation).first).to_be_visible()
        await self.tour.shot("confirm", web)
        await finish.click()
        await web.wait_for_url(f"{self.place.slack_url}/**")
        await web.close()

    async def dismiss(self) -> None:
        """Close what is still open in front, as a person coming back to Slack does."""
        if await self.dialog.is_visible():
            await self.dialog.get_by_role("button", name="Close", exact=True).last.click()
            await expect(self.dialog).to_be_hidden()

    async def set_up(self) -> None:
        await self.page.get_by_role("button", name="Set up").click()
        dialog = self.dialog
        await expect(dialog.get_by_text("Costs", exact=True).first).to_be_visible()
        await self.tour.shot("set-up")
        await dialog.get_by_role("radio", name=self.status).check()
        await self.choose("Default category", *self.told.category)
        await self.choose("Default tax for costs", *self.told.tax)
        await self.choose("Approvers", "priya", "Priya Approver")
        await self.choose("Bookkeepers", "ben", "Ben Bookkeeper")
        await dialog.get_by_label("Channel for approvals").select_option(label="#bills")
        await dialog.get_by_label("Channel for alerts").select_option(label="#bills-alerts")
        await self.tour.shot("set-up-filled")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog.get_by_text("is set up")).to_be_visible()
        await self.tour.shot("set-up-saved")
        await self.dismiss()

    async def choose(self, field: str, typed: str, option: str) -> None:
        await self.dialog.get_by_role("combobox", name=field).click()
        await self.page.keyboard.type(typed)
        await self.dialog.get_by_role("option", name=option).first.click()

    async def drop(self, number: str) -> None:
        """A member drops an e-invoice in the channel."""
        await self.be(MEMBER)
        document = a_document(number=number, currency="GBP", extra=SUPPLIER).encode()
        payload = FilePayload(name=f"{number}.xml", mimeType="text/xml", buffer=document)
        await self.page.locator("input[type=file]").first.set_input_files(payload)
        await self.page.get_by_role("button", name="Send", exact=True).click()
        await expect(self.card(number)).to_be_visible(timeout=15_000)

    def card(self, number: str) -> Locator:
        return (
            self.page.locator("#main article")
            .filter(has_text="In approval")
            .filter(has_text=re.compile(rf"Number\s*{re.escape(number)}"))
            .last
        )

    async def approve(self, number: str) -> None:
        await self.be(APPROVER)
        await self.card(number).get_by_role("button", name="Approve").click()

    def words(self, text: str) -> Locator:
        return self.page.get_by_text(text).last

    async def published(self, number: str) -> None:
        card = self.page.locator("#main article").filter(has_text=number).last
        await expect(card.get_by_text("and checked there")).to_be_visible(timeout=30_000)

    async def ledger(self) -> Page:
        """The simulated ledger, in a tab of its own."""
        ledger = await self.tour.context.new_page()
        await ledger.goto(f"{self.place.ledgers_url}/{self.provider}/")
        return ledger

    async def switch_account(self, name: str, outcome: str) -> None:
        """Archived or restored in the ledger, by whoever keeps the chart of accounts there."""
        ledger = await self.ledger()
        await ledger.get_by_role("link", name=self.told.chart).click()
        await ledger.get_by_role("row", name=name).get_by_role("button").click()
        await expect(ledger.get_by_role("status")).to_contain_text(outcome)
        await self.tour.shot("account", ledger)
        await ledger.close()

    async def refresh_lists(self) -> None:
        """The admin has the lists read again, and the message about the default turns into good news."""
        await self.be(ADMIN)
        await self.type("/dext sync")
        await self.be(ADMIN, ALERTS)
        await expect(self.words("in the ledger's list again")).to_be_visible(timeout=20_000)
        await self.tour.shot("default-is-back")

    async def choose_another_account(self) -> None:
        """The bookkeeper follows the line in the alerts channel to the thread, and presses the fix."""
        await self.be(BOOKKEEPER, ALERTS)
        await expect(self.words(f"is archived in {self.name}")).to_be_visible(timeout=20_000)
        await self.tour.shot("pointer")
        async with self.tour.context.expect_page() as opened:
            await self.page.get_by_role("link", name="Open").last.click()
        thread = await opened.value
        await expect(thread.get_by_role("button", name="Choose another category")).to_be_visible()
        await self.tour.shot("alert", thread)
        await thread.get_by_role("button", name=f"{self.name}'s words").click()
        await self.tour.shot("ledgers-words", thread)
        await thread.locator("dialog#modal").get_by_role("button", name="Close", exact=True).last.click()
        await thread.get_by_role("button", name="Choose another category").click()
        dialog, (typed, other) = thread.locator("dialog#modal"), self.told.other_category
        await dialog.get_by_role("combobox", name="Category").click()
        await thread.keyboard.type(typed)
        await dialog.get_by_role("option", name=other).click()
        await self.tour.shot("another-category", thread)
        await dialog.get_by_role("button", name="Save and send").click()
        await expect(thread.locator("#thread").get_by_text(f"chose {other.partition(' ')[0]}")).to_be_visible(
            timeout=20_000
        )
        await expect(thread.locator("#thread").get_by_text("and checked there")).to_be_visible(timeout=20_000)
        await self.tour.shot("fixed", thread)
        await thread.close()

    async def end_the_connection(self) -> None:
        ledger = await self.ledger()
        await ledger.get_by_role("link", name="Misbehave").click()
        await ledger.get_by_role("button", name="Withdraw every sign-in").click()
        # a page that is closed while it is being loaded hangs Chromium now and then
        await expect(ledger.get_by_role("status")).to_be_visible()
        await self.tour.shot("connection-ended", ledger)
        await ledger.close()

    async def goes_on(self, number: str) -> None:
        """The default comes back, the sign-in ends, and what was approved meanwhile goes out by a new one."""
        await self.switch_account(self.told.category_name, "Restored")
        await self.refresh_lists()
        await self.drop(number)
        await self.end_the_connection()
        await self.approve(number)
        await self.reconnect()
        await self.be(BOOKKEEPER)
        await self.published(number)
        await self.tour.shot("reconnected")

    async def reconnect(self) -> None:
        """The admin presses Reconnect where it was told."""
        await self.be(ADMIN, ALERTS)
        button = self.page.get_by_role("button", name="Reconnect")
        await expect(button).to_be_visible(timeout=30_000)
        await self.tour.shot("reconnect")
        await button.click()
        async with self.tour.context.expect_page() as opened:
            await self.dialog.get_by_role("link", name="Reconnect").click()
        web = await opened.value
        await self._prove(web)
        await web.get_by_role("button", name=f"Continue to {self.name}").click()
        await self._allow(web)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("provider", [key for key in PROVIDERS if key in TOLD_BY])
async def test_a_bill_is_dropped_approved_published_refused_fixed_and_published(
    chromium: str, tmp_path: Path, provider: str, width: int
) -> None:
    async with (
        playground(tmp_path, DEXT_UNDO_SECONDS="2") as place,
        a_tour(chromium, width, provider) as tour,
        asyncio.timeout(150),
    ):
        story = Story(tour, place, provider)
        await story.connect()
        await story.set_up()
        await story.drop("INV-1")
        await tour.shot("card")
        await story.approve("INV-1")
        await expect(story.words("until then")).to_be_visible()
        await tour.shot("approved")
        await story.published("INV-1")
        await tour.shot("published")

        await story.switch_account(story.told.category_name, story.told.archived)
        await story.drop("INV-2")
        await story.approve("INV-2")
        await story.choose_another_account()
        numbers = ["INV-1", "INV-2"]

        if story.told.has_longer_story:
            await story.goes_on("INV-3")
            numbers.append("INV-3")

        ledger = await story.ledger()
        for number in numbers:
            await expect(ledger.get_by_role("link", name=number)).to_be_visible()
        await tour.shot("bills", ledger)

    assert tour.complaints == []
