"""The product's main story as a person lives it: two commands, one address, a browser."""

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.playground.slack import ADMIN, BILLS
from tests.journeys.playground import Playground, Tour, a_tour, playground

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(240)]


class Story:
    """The steps, each as a person takes it."""

    def __init__(self, tour: Tour, place: Playground) -> None:
        self.tour, self.place, self.page = tour, place, tour.page

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
        await self.dialog.get_by_label("Xero").check()
        await expect(self.dialog.get_by_text("What will happen")).to_be_visible()
        await self.tour.shot("connect")
        async with self.tour.context.expect_page() as opened:
            await self.dialog.get_by_role("link", name="Connect software").click()
        web = await opened.value
        await self._through(web)

    async def _through(self, web: Page) -> None:
        await web.get_by_role("button", name="Continue with Slack").click()
        await web.get_by_role("button", name="Allow").click()
        await self.tour.shot("proven", web)
        await web.get_by_role("button", name="Continue to Xero").click()
        await self.tour.shot("log-in", web)
        await web.get_by_role("button", name="Dana Adviser").click()
        await self.tour.shot("consent", web)
        await web.get_by_role("button", name="Allow access").click()
        await web.get_by_label("Northwind Trading Ltd").check()
        await web.get_by_role("button", name="Next").click()
        await self.tour.shot("confirm", web)
        await web.get_by_role("button", name="Finish").click()
        await web.wait_for_url(f"{self.place.slack_url}/**")
        await web.close()
        await self.be(ADMIN)
        await expect(self.page.get_by_text("Ready")).to_be_visible()
        await self.tour.shot("connected")


@pytest.mark.parametrize("width", [1280, 420])
async def test_a_bill_is_dropped_approved_published_refused_fixed_and_published(
    chromium: str, tmp_path: Path, width: int
) -> None:
    async with playground(tmp_path) as place, a_tour(chromium, width) as tour:
        story = Story(tour, place)
        await story.connect()

    assert tour.complaints == []
