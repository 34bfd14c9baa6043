"""Every door an item comes in by, as a person in Slack finds it: one world, one afternoon."""

import asyncio
import re
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Locator, expect

from bot.playground.slack import ADMIN, ALERTS, BILLS, BOOKKEEPER, MEMBER
from tests.handlers.api_client import A_BILL as API_BILL
from tests.journeys.playground import a_tour, playground
from tests.journeys.test_browser import Story

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(240)]
NARROW, WIDE = 420, 1280
READING = 30_000
"""Milliseconds: a file is fetched, read in a child, and its card posted."""


class Afternoon(Story):
    """The steps at the doors, each as a person takes it."""

    async def takes_sample(self, *labels: str, words: str = "") -> None:
        """From the sample documents into the conversation, as one message."""
        for label in labels:
            await self.page.locator("#composer").get_by_title("Sample documents").click()
            await self.page.locator("#composer").get_by_role("button", name=label, exact=True).click()
        await expect(self.page.locator("#composer .chips li")).to_have_count(len(labels))
        await self.page.locator("#composer textarea").fill(words)
        await self.tour.shot("files-wait")
        await self.page.get_by_role("button", name="Send", exact=True).click()

    def articles(self, text: str) -> Locator:
        return self.page.locator("#main article").filter(has_text=text)

    async def reads_the_thread(self, of: Locator, text: str) -> None:
        await of.locator("a.replies").click()
        await expect(self.page.locator("#thread").get_by_text(text).last).to_be_visible(timeout=READING)

    async def fills_in(self, supplier: str, number: str, gross: str, tax: str) -> None:
        """The form of an item, with what it cannot do without."""
        typed = {
            "Or type a new supplier's name": supplier,
            "Invoice number": number,
            "Invoice date": date.today().isoformat(),  # noqa: DTZ011 - a person looks at the calendar on the wall
            "Total including tax": gross,
            "Tax included in the total": tax,
        }
        for label, value in typed.items():
            await self.dialog.get_by_label(label, exact=True).fill(value)

    async def opens_api_keys(self) -> None:
        await self.be(ADMIN, "home")
        await self.page.get_by_role("button", name="Manage").click()
        await self.dialog.get_by_role("button", name="API keys").click()
        await expect(self.dialog.get_by_text("API keys").last).to_be_visible()

    async def sends(self, key: str) -> tuple[int, dict[str, Any]]:
        bill = {**API_BILL, "number": "WEB-1"}
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "order-1"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.place.app_url}/api/v1/items", json=bill, headers=headers) as answer,
        ):
            return answer.status, await answer.json(content_type=None)

    async def approves(self, number: str) -> None:
        await self.approve(number)
        await self.published(number)


async def files_in_a_channel(day: Afternoon) -> None:
    await day.be(MEMBER)
    await day.takes_sample("E-invoice (CII)", "Bill as a PDF", words="For the office")
    message = day.articles("For the office").last
    await expect(day.articles("HP-").last).to_be_visible(timeout=READING)
    await expect(day.articles("BW-").last).to_be_visible(timeout=READING)
    await day.tour.shot("channel")
    await day.reads_the_thread(message, "Read from its text as")
    await day.tour.shot("channel-thread")


async def what_is_known_and_what_is_no_bill(day: Afternoon) -> None:
    await day.be(MEMBER)
    await day.takes_sample("E-invoice (CII)", "Statement as a PDF", words="Is this everything?")
    await day.reads_the_thread(day.articles("Is this everything?").last, "This file is already here as")
    await expect(day.page.locator("#thread").get_by_text("paper-statement.pdf: Kept as")).to_be_visible(timeout=READING)
    await day.tour.shot("known-and-statement")
    await day.be(BOOKKEEPER)
    await expect(day.articles("statement of account").last).to_be_visible(timeout=READING)
    await day.tour.shot("statement")


async def a_picture(day: Afternoon) -> None:
    await day.page.set_viewport_size({"width": NARROW, "height": 900})
    await day.be(MEMBER)
    await day.takes_sample("Photo of a receipt")
    await expect(day.page.get_by_role("img", name="corner-cafe.png")).to_be_visible()
    await day.reads_the_thread(day.articles("corner-cafe.png").last, "a bill?")
    await day.tour.shot("is-this-a-bill")
    await day.page.locator("#thread").get_by_role("button", name="Yes, a bill").click()
    await expect(day.page.locator("#thread").get_by_text("Fill in")).to_be_visible(timeout=READING)
    await day.tour.shot("kept-unread")
    await day.be(BOOKKEEPER)
    card = day.articles("To review").last
    fill_in = card.get_by_role("button", name="Fill in")
    await expect(fill_in).to_be_visible(timeout=READING)
    await fill_in.scroll_into_view_if_needed()
    await day.tour.shot("to-fill-in")
    await fill_in.click()
    await day.fills_in("The Corner Cafe", "CC-1", "30.00", "5.00")
    await day.tour.shot("fill-in")
    await day.dialog.get_by_role("button", name="Save").click()
    await expect(day.dialog).to_be_hidden()
    await expect(day.card("CC-1")).to_be_visible(timeout=READING)
    await day.tour.shot("filled-in")
    await day.approves("CC-1")
    await day.tour.shot("picture-published")


async def a_file_to_the_app_alone(day: Afternoon) -> None:
    await day.page.set_viewport_size({"width": WIDE, "height": 900})
    await day.be(MEMBER, "messages")
    await day.takes_sample("E-invoice in a PDF (Factur-X)")
    await day.reads_the_thread(day.articles("studio-lumen.pdf"), "Read as")
    await day.tour.shot("to-the-app")


async def send_to_dext(day: Afternoon) -> None:
    await day.be(MEMBER, ALERTS)
    await day.takes_sample("Credit note (UBL)", words="Forgot this one")
    message = day.articles("Forgot this one").last
    await message.hover()
    await message.get_by_title("More actions").click()
    await day.tour.shot("more-actions")
    await message.get_by_role("button", name="Send to Dext").click()
    await day.be(MEMBER, ALERTS)
    await day.tour.shot("sent-to-dext")
    await day.be(MEMBER, BILLS)
    await expect(day.articles("PC-").last).to_be_visible(timeout=READING)
    await day.tour.shot("credit-note")


async def new_item(day: Afternoon) -> None:
    await day.be(MEMBER)
    await day.page.locator("#composer").get_by_title("Shortcuts").click()
    await day.tour.shot("shortcuts")
    await day.page.get_by_role("button", name="New item").click()
    await expect(day.dialog.get_by_label("Invoice number")).to_be_visible()
    await day.tour.shot("new-item")
    await day.fills_in("Taxi Tom", "TT-7", "12.00", "2.00")
    await day.dialog.get_by_role("button", name="Add", exact=True).click()
    await day.tour.shot("new-item-added")
    await day.dismiss()
    await expect(day.card("TT-7")).to_be_visible(timeout=READING)


async def another_system(day: Afternoon) -> None:
    """A key made in Manage; what is sent with it is approved like any other, once; revoked, it ends at once."""
    await day.page.set_viewport_size({"width": WIDE, "height": 900})
    await day.opens_api_keys()
    await day.dialog.get_by_role("button", name="Make a key").click()
    await day.dialog.get_by_label("What is it for?").fill("The web shop")
    await day.dialog.get_by_role("button", name="Make the key").click()
    shown = await day.dialog.get_by_text("dext_").last.inner_text()
    key = re.search(r"dext_\w{40,}", shown)
    assert key is not None
    await day.tour.shot("the-new-key")
    await day.dialog.get_by_role("button", name="I have copied it").click()
    answers = [await day.sends(key[0]) for _ in range(2)]
    assert [status for status, _ in answers] == [201, 201]
    assert answers[0][1]["id"] == answers[1][1]["id"]
    await day.approves("WEB-1")
    await day.tour.shot("sent-by-another-system")

    await day.opens_api_keys()
    await day.dialog.get_by_role("button", name="Revoke").click()
    await day.page.locator("#confirm").get_by_role("button", name="Revoke").click()
    await expect(day.dialog.get_by_text("The key is revoked")).to_be_visible()
    assert (await day.sends(key[0]))[0] == 401


async def test_every_door_leads_to_a_card(chromium: str, tmp_path: Path) -> None:
    async with (
        playground(tmp_path, DEXT_UNDO_SECONDS="1") as place,
        a_tour(chromium, WIDE) as tour,
        asyncio.timeout(200),
    ):
        day = Afternoon(tour, place)
        await day.connect()
        await day.set_up()
        await files_in_a_channel(day)
        await what_is_known_and_what_is_no_bill(day)
        await a_file_to_the_app_alone(day)
        await send_to_dext(day)
        await new_item(day)
        await a_picture(day)
        await another_system(day)

    assert tour.complaints == []
