"""Managing a connection as its admin does: Home, the Manage page, roles, a refresh, and what it says when it is done."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.playground.slack import ADMIN, MEMBER
from tests.journeys.playground import WIDTHS, a_tour, playground
from tests.journeys.test_browser import Story

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.mark.parametrize("width", WIDTHS)
async def test_an_admin_gives_a_role_has_lists_read_again_and_ends_the_connection(
    chromium: str, tmp_path: Path, width: int
) -> None:
    async with playground(tmp_path) as place, a_tour(chromium, width) as tour, asyncio.timeout(150):
        story = Story(tour, place)
        await story.connect()
        await story.be(ADMIN, "home")
        await expect(story.page.get_by_text("Healthy")).to_be_visible()
        await tour.shot("home")

        await story.page.get_by_role("button", name="Manage").click()
        await expect(story.dialog.get_by_text("People and roles")).to_be_visible()
        await tour.shot("manage")
        await story.dialog.get_by_role("button", name="Change roles").click()
        await story.choose("Viewers", "mia", "Mia")
        await tour.shot("roles")
        await story.dialog.get_by_role("button", name="Save").click()
        await expect(story.dialog.get_by_text("The roles are saved")).to_be_visible()
        await tour.shot("roles-saved")

        await story.dialog.get_by_role("button", name="Close", exact=True).last.click()
        await expect(story.dialog).to_be_hidden()
        await story.be(ADMIN)
        await story.type("/dext sync")
        await tour.shot("sync")
        await story.be(ADMIN, "messages")
        await expect(story.page.get_by_text("Refreshed").last).to_be_visible(timeout=20_000)
        await tour.shot("refreshed")

        await story.be(MEMBER)
        await story.type("/dext connections")
        await expect(story.dialog.get_by_role("button", name="Details")).to_be_visible()
        await tour.shot("connections")
        await story.dialog.get_by_role("button", name="Details").click()
        await expect(story.dialog.get_by_text("for this organisation's admins").first).to_be_visible()
        await tour.shot("details")
        await story.dialog.get_by_role("button", name="Close", exact=True).last.click()
        await expect(story.dialog).to_be_hidden()

        await story.be(ADMIN, "home")
        await story.page.get_by_role("button", name="Manage").click()
        await story.dialog.get_by_role("button", name="Disconnect").click()
        await story.dialog.get_by_text("Yes, disconnect this organisation").click()
        await tour.shot("disconnect")
        await story.dialog.get_by_role("button", name="Disconnect").last.click()
        await expect(story.dialog.get_by_text("Disconnected.")).to_be_visible()
        await tour.shot("disconnected")
        await story.dialog.get_by_role("button", name="Close", exact=True).last.click()
        await expect(story.dialog).to_be_hidden()
        await story.be(ADMIN, "messages")
        await expect(story.page.get_by_text("Access was taken back").last).to_be_visible(timeout=20_000)
        await tour.shot("taken-back")
        assert tour.complaints == []
