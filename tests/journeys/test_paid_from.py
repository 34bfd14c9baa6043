"""What was paid with a company card: the card is made known, linked to a bank account from an item's card, and approved."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, expect

from bot.playground.slack import ADMIN, ALERTS, BOOKKEEPER, MEMBER
from tests.intake.documents import a_document
from tests.journeys.playground import WIDTHS, a_tour, playground
from tests.journeys.test_browser import SUPPLIER, Story

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(360)]


class Payer(Story):
    """The steps, each as a person takes it."""

    async def opens(self, words: str) -> None:
        await self.be(ADMIN)
        await self.type(words)
        await expect(self.dialog).to_be_visible()

    async def manages(self, button: str) -> None:
        await self.be(ADMIN, "home")
        await self.page.get_by_role("button", name="Manage").click()
        await self.tour.shot("manage")
        await self.dialog.get_by_role("button", name=button, exact=True).click()

    async def adds(self, name: str, digits: str, account: str | None = None) -> None:
        await self.dialog.get_by_role("button", name="Add payment method").click()
        await self.dialog.get_by_label("Name").fill(name)
        await self.dialog.get_by_label("Last four digits").fill(digits)
        if account is not None:
            await self.choose("Bank account", account, account)
        await self.tour.shot("method-form")
        await self.dialog.get_by_role("button", name="Add", exact=True).click()
        await expect(self.dialog.get_by_text("It is saved")).to_be_visible()

    async def has_costs_paid(self) -> None:
        await self.opens("/dext settings")
        await self.dialog.get_by_label("Paid", exact=False).last.check()
        await self.choose("Default payment method", "visa", "Company Visa")
        await self.tour.shot("settings-paid")
        await self.dialog.get_by_role("button", name="Save").click()
        await expect(self.dialog.get_by_text("no bank account linked")).to_be_visible()
        await self.tour.shot("settings-saved")
        await self.dismiss()

    async def sends(self, number: str) -> None:
        """A member drops an e-invoice in the channel, and what is missing for it to go on is on its card."""
        await self.be(MEMBER)
        document = a_document(number=number, currency="GBP", extra=SUPPLIER).encode()
        payload = FilePayload(name=f"{number}.xml", mimeType="text/xml", buffer=document)
        await self.page.locator("input[type=file]").first.set_input_files(payload)
        await self.page.get_by_role("button", name="Send", exact=True).click()
        await expect(self.page.locator("#main article").filter(has_text=number).last).to_be_visible(timeout=15_000)

    async def dismiss(self) -> None:
        """All that is open, one over the other."""
        while await self.dialog.is_visible():
            title = await self.dialog.locator("#modal-title").inner_text()
            await self.dialog.get_by_role("button", name="Close", exact=True).last.click()
            await expect(self.dialog.locator("#modal-title").get_by_text(title, exact=True)).to_be_hidden()

    async def dismiss_with(self, label: str) -> None:
        await self.dialog.get_by_role("button", name=label, exact=True).last.click()
        await expect(self.dialog).to_be_hidden()

    async def looks_at_sales(self) -> None:
        await self.manages("Sales")
        await expect(self.dialog.get_by_text("Publish sales to").first).to_be_visible()
        await self.choose("Default tax for sales", "20%", "20% (VAT on Income)")
        await self.tour.shot("sales")
        await self.dialog.get_by_role("button", name="Save").click()
        await expect(self.dialog.get_by_text("It is saved")).to_be_visible()
        await self.tour.shot("sales-saved")
        await self.dismiss()

    async def waits(self, number: str) -> None:
        await self.be(ADMIN)
        card = self.page.locator("#main article").filter(has_text=number).last
        await expect(card.get_by_text("is not linked to a bank account")).to_be_visible()
        await card.scroll_into_view_if_needed()
        await self.tour.shot("card-waits")
        await card.get_by_role("button", name="Link payment method").click()
        await self.choose("Bank account", "090", "090 · Business Current Account")
        await self.tour.shot("card-links")
        await self.dialog.get_by_role("button", name="Save").click()
        await expect(self.dialog.get_by_text("It is saved")).to_be_visible()
        await self.dismiss()

    async def pays_with_another(self, number: str) -> None:
        """The bill is in Xero, its payment is not: the bookkeeper follows the line in the alerts channel, and chooses."""
        await self.be(BOOKKEEPER, ALERTS)
        await expect(self.words("bank account cannot be used in Xero")).to_be_visible(timeout=30_000)
        async with self.tour.context.expect_page() as opened:
            await self.page.get_by_role("link", name="Open").last.click()
        thread = await opened.value
        button = thread.get_by_role("button", name="Choose another payment method")
        await expect(button).to_be_visible()
        await self.tour.shot("payment-refused", thread)
        await button.click()
        dialog = thread.locator("dialog#modal")
        await dialog.get_by_role("combobox", name="Payment method").click()
        await self.tour.shot("pays-with-another", thread)
        await dialog.get_by_role("option", name="Petty cash → 091").click()
        await dialog.get_by_role("button", name="Save and send").click()
        await expect(thread.locator("#thread").get_by_text("had it paid with Petty cash")).to_be_visible(timeout=20_000)
        await expect(thread.locator("#thread").get_by_text("The payment is in Xero")).to_be_visible(timeout=20_000)
        await self.tour.shot("paid-with-another", thread)
        await thread.close()

    async def looks_into_the_ledger(self, number: str) -> None:
        ledger = await self.ledger()
        await ledger.get_by_role("link", name=number).first.click()
        for _ in range(40):  # its payment goes seconds after its document
            if await ledger.get_by_text("Paid").first.is_visible():
                break
            await ledger.wait_for_timeout(500)
            await ledger.reload()
        await expect(ledger.get_by_text("Paid").first).to_be_visible()
        await self.tour.shot("ledger", ledger)
        await ledger.close()


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_card_is_made_known_and_linked_where_an_item_waits_for_it(
    chromium: str, tmp_path: Path, width: int
) -> None:
    async with (
        playground(tmp_path, DEXT_UNDO_SECONDS="1") as place,
        a_tour(chromium, width) as tour,
        asyncio.timeout(300),
    ):
        story = Payer(tour, place)
        await story.connect()
        await story.set_up()
        await story.manages("Payment methods")
        await tour.shot("methods-none")
        await story.adds("Company Visa", "4242")
        await story.adds("Petty cash", "", "091 · Business Savings Account")
        await tour.shot("methods")
        await story.dismiss()
        await story.looks_at_sales()
        await story.has_costs_paid()

        await story.sends("INV-9")
        await story.waits("INV-9")
        await story.be(BOOKKEEPER)
        card = story.card("INV-9")
        await expect(card.get_by_text("090 · Business Current Account")).to_be_visible(timeout=15_000)
        await card.scroll_into_view_if_needed()
        await tour.shot("card-goes-on")
        await card.get_by_role("button", name="Edit").click()
        await expect(story.dialog.get_by_text("Publish to").first).to_be_visible()
        await story.dialog.get_by_text("Publish to").first.scroll_into_view_if_needed()
        await tour.shot("edit")
        await story.dismiss_with("Cancel")
        await card.get_by_role("button", name="Why?").click()
        await expect(story.dialog).to_be_visible()
        await tour.shot("why")
        await story.dismiss()
        await card.get_by_role("button", name="Details").click()
        await expect(story.dialog).to_be_visible()
        await tour.shot("details")
        await story.dismiss()
        await story.approve("INV-9")
        await story.published("INV-9")
        await tour.shot("published")
        await story.looks_into_the_ledger("INV-9")

        await story.sends("INV-10")
        await story.switch_account("Business Current Account", "Archived")
        await story.approve("INV-10")
        await story.pays_with_another("INV-10")
        await story.looks_into_the_ledger("INV-10")

        assert tour.complaints == []
