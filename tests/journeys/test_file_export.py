"""Software without an API, as people have it in a browser: named, given lists, set up, approved, downloaded, imported by hand."""

import asyncio
import csv
import io
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.playground.slack import ADMIN, BOOKKEEPER
from tests.journeys.playground import WIDTHS, Playground, Tour, a_tour, playground
from tests.journeys.test_browser import Story
from tests.journeys.told_by import ToldBy

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(240)]

TOLD = ToldBy(
    person="",
    category=("office", "7500 · Office costs"),
    other_category=("materials", "5000 · Materials"),
    tax=("standard", "Standard (20%)"),
)


class OfFiles(Story):
    status = "In the file A file says"

    def __init__(self, tour: Tour, place: Playground) -> None:
        super().__init__(tour, place, "xero")
        self.name, self.told = "File export", TOLD

    async def name_it(self) -> None:
        await self.be(ADMIN)
        await self.type("/dext connect")
        await self.tour.shot("packages")
        await self.dialog.get_by_label(self.name).click()
        await expect(self.dialog.get_by_text("Its software").first).to_be_visible()
        await self.dialog.get_by_label("Organisation").fill("Northwind Trading Ltd")
        await self.dialog.get_by_label("Sage 50").check()
        await self.dialog.get_by_label("Currency of its books").fill("GBP")
        await self.dialog.get_by_label("Country").fill("GB")
        await self.tour.shot("named")
        await self.dialog.get_by_role("button", name="Connect", exact=True).click()
        await expect(self.dialog.get_by_text("waits to be downloaded")).to_be_visible()
        await self.tour.shot("connected")

    async def give_lists(self) -> None:
        await self.dialog.get_by_role("button", name="Manage").click()
        await expect(self.dialog.get_by_text("Categories: none yet")).to_be_visible()
        await self.tour.shot("manage")
        for place, lines in enumerate(("5000, Materials\n7500, Office costs", "T1, Standard, 20\nT0, Zero, 0")):
            await self.dialog.get_by_role("button", name="Type or paste").nth(place).click()
            await self.dialog.get_by_label("Type or paste lines").fill(lines)
            await self.tour.shot("list")
            await self.dialog.get_by_role("button", name="Save").click()
            await expect(self.dialog.get_by_label("Type or paste lines")).to_be_hidden()
        await expect(self.dialog.get_by_text("Tax rates: 2")).to_be_visible()
        await self.tour.shot("lists")
        await self.dismiss()

    async def download(self) -> None:
        await self.be(BOOKKEEPER)
        card = self.page.locator("#main article").filter(has_text="INV-1").last
        await expect(card.get_by_role("button", name="Undo")).to_be_visible()
        await self.tour.shot("undo")
        await card.get_by_role("button", name="Download", exact=True).click(timeout=20_000)
        await expect(card.get_by_text("in batch 1")).to_be_visible(timeout=20_000)
        await self.tour.shot("downloaded")

    async def file(self) -> list[dict[str, str]]:
        """As it came to the bookkeeper's own messages."""
        await self.page.goto(f"{self.place.slack_url}/?as={BOOKKEEPER}&channel=D{BOOKKEEPER[1:]}")
        await self.tour.shot("file")
        async with self.page.expect_download() as found:
            await self.page.get_by_role("link", name="batch-1.csv").click()
        path = Path(await (await found.value).path())
        text = await asyncio.to_thread(path.read_text, encoding="cp1252")
        return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("width", WIDTHS)
async def test_what_is_approved_is_published_by_whoever_downloads_its_file(
    chromium: str, tmp_path: Path, width: int
) -> None:
    async with (
        playground(tmp_path, DEXT_UNDO_SECONDS="2") as place,
        a_tour(chromium, width, "files") as tour,
        asyncio.timeout(150),
    ):
        story = OfFiles(tour, place)
        await story.name_it()
        await story.give_lists()
        await story.set_up()
        await story.drop("INV-1")
        await tour.shot("card")
        await story.approve("INV-1")
        await story.download()
        rows = await story.file()

        assert [(row["Type"], row["Reference"], row["Nominal A/C Ref"], row["Net Amount"]) for row in rows] == [
            ("PI", "INV-1", "7500", "100.00")
        ]
        await tour.shot("rows")

    assert tour.complaints == []
