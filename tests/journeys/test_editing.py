"""A bookkeeper edits a bill: another supplier, an option to track it by, and two lines where there was one."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.playground.slack import BOOKKEEPER
from tests.journeys.playground import WIDTHS, a_tour, playground
from tests.journeys.test_browser import Story

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_bill_is_split_into_lines_in_the_browser(chromium: str, tmp_path: Path, width: int) -> None:
    async with playground(tmp_path) as place, a_tour(chromium, width) as tour, asyncio.timeout(150):
        story = Story(tour, place)
        await story.connect()
        await story.set_up()
        await story.drop("INV-7")

        await story.be(BOOKKEEPER)
        await story.card("INV-7").get_by_role("button", name="Edit").click()
        dialog = story.dialog
        await expect(dialog.get_by_text("Read from Xero")).to_be_visible()
        await tour.shot("edit")
        await story.choose("Supplier", "wells", "Abby & Wells")
        await story.choose("Region", "so", "South")
        await tour.shot("edit-chosen")
        await dialog.get_by_role("button", name="Lines").scroll_into_view_if_needed()
        await tour.shot("edit-lines-section")
        await dialog.get_by_role("button", name="Lines").click()

        await expect(dialog.get_by_text("as on the bill")).to_be_visible()
        await tour.shot("lines")
        await dialog.get_by_label("Net amount").fill("60.00")
        await dialog.get_by_role("button", name="Add a line").click()
        await expect(dialog.get_by_text("Line 2")).to_be_visible()
        await dialog.get_by_text("Line 2").scroll_into_view_if_needed()
        await tour.shot("lines-two")
        await dialog.get_by_role("button", name="Change all lines").click()
        await expect(dialog.get_by_text("on all 2 lines")).to_be_visible()
        await story.choose("Category", "printing", "461")
        await tour.shot("lines-alike")
        await dialog.get_by_role("button", name="Change them").click()
        await expect(dialog.get_by_role("button", name="Done")).to_be_visible()
        await dialog.get_by_label("Tax", exact=True).last.fill("5.00")
        await dialog.get_by_role("button", name="Done").click()
        await expect(dialog.get_by_text("short").last).to_be_visible()
        await tour.shot("lines-differ")
        await dialog.get_by_label("Tax", exact=True).last.fill("")
        await dialog.get_by_role("button", name="Done").click()
        await expect(dialog.get_by_text("2 lines")).to_be_visible()
        await tour.shot("edit-again")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_be_hidden()
        await expect(story.card("INV-7").get_by_text("Abby & Wells").first).to_be_visible()
        await expect(story.card("INV-7").get_by_text("60.00 GBP").first).to_be_visible()
        await tour.shot("card")
        assert tour.complaints == []
