"""What somebody paid themselves, from the receipts they drop to the ledger's own page: FreeAgent's, where it is theirs."""

import asyncio
import re
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, expect
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from bot.playground.slack import ADMIN, APPROVER, BOOKKEEPER, MEMBER
from tests.intake.documents import a_document
from tests.journeys.playground import WIDTHS, a_tour, playground
from tests.journeys.test_browser import SUPPLIER, Story

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(240)]


PRESSES = 4


class Claiming(Story):
    async def receipt(self, number: str, user: str) -> None:
        """An e-invoice whose name says that it is a PDF, which FreeAgent takes as a file."""
        await self.be(user)
        document = a_document(number=number, currency="GBP", extra=SUPPLIER).encode()
        payload = FilePayload(name=f"{number}.pdf", mimeType="application/pdf", buffer=document)
        await self.page.locator("input[type=file]").first.set_input_files(payload)
        await self.page.get_by_role("button", name="Send", exact=True).click()
        await expect(self.card(number)).to_be_visible(timeout=15_000)

    async def claim(self, user: str, *references: str) -> None:
        """From App Home; then on to the channel."""
        await self.be(user, "home")
        await self._open()
        for reference in references:
            await self.choose("Receipts", reference, f"{reference} ·")
        await self.tour.shot("report-form")
        await self.dialog.get_by_role("button", name="Make").click()
        await expect(self.dialog.get_by_text("expense report was added as")).to_be_visible()
        await self.dismiss()

    async def _open(self) -> None:
        """Home may be drawn anew under a press, which is then nobody's."""
        receipts = self.dialog.get_by_role("combobox", name="Receipts")
        for _ in range(PRESSES):
            await self.page.get_by_role("button", name="New expense report").first.click()
            with suppress(PlaywrightTimeoutError):
                await receipts.wait_for(timeout=8_000)
                return
        await expect(receipts).to_be_visible()

    def report(self, reference: str) -> Locator:
        return (
            self.page.locator("#main article")
            .filter(has_text=re.compile(rf"Expense report.*{reference}", re.DOTALL))
            .last
        )


@pytest.mark.parametrize("width", WIDTHS)
async def test_receipts_are_claimed_linked_approved_and_stand_in_freeagent_as_expenses_of_their_own(
    chromium: str, tmp_path: Path, width: int
) -> None:
    async with (
        playground(tmp_path, DEXT_UNDO_SECONDS="2") as place,
        a_tour(chromium, width, "expense-report") as tour,
        asyncio.timeout(200),
    ):
        story = Claiming(tour, place, "freeagent")
        await story.connect()
        await story.set_up()
        await story.receipt("R-1", MEMBER)
        await story.receipt("R-2", MEMBER)
        await story.receipt("R-3", BOOKKEEPER)

        await story.claim(MEMBER, "B-1001", "B-1002")
        await story.claim(BOOKKEEPER, "B-1003")
        await story.be(ADMIN)
        waiting = story.report("B-1005")
        await expect(waiting.get_by_text("is not linked to a user of the ledger yet")).to_be_visible()
        await tour.shot("not-linked")
        await waiting.get_by_role("button", name="Link").click()
        await story.choose("Who they are in FreeAgent", "sam", "Sam Second")
        await tour.shot("link")
        await story.dialog.get_by_role("button", name="Link", exact=True).click()
        await expect(story.report("B-1005").get_by_text("In approval")).to_be_visible(timeout=15_000)

        await story.be(APPROVER)
        for reference in ("B-1004", "B-1005"):
            await story.report(reference).get_by_role("button", name="Approve").click()
        for reference in ("B-1004", "B-1005"):
            await expect(
                story.report(reference).get_by_text(re.compile(r"its files? (?:is|are) there too"))
            ).to_be_visible(timeout=60_000)
        await tour.shot("report-published")

        ledger = await story.ledger()
        await ledger.get_by_role("link", name="Expenses").click()
        await expect(ledger.get_by_role("link", name="Expense B-1004")).to_have_count(2)
        await expect(ledger.get_by_role("link", name="Expense B-1005")).to_have_count(1)
        await expect(ledger.get_by_text("Mia Member").first).to_be_visible()
        await expect(ledger.get_by_text("Sam Second").first).to_be_visible()
        await tour.shot("expenses", ledger)
        await ledger.get_by_role("link", name="Expense B-1004").first.click()
        await expect(ledger.get_by_text(re.compile(r"B-1004 B-100\d R-\d\.pdf"))).to_be_visible()
        await tour.shot("expense", ledger)

    assert tour.complaints == []
