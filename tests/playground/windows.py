"""The page in a real browser, in a wide and in a narrow window."""

import pytest
from playwright.async_api import Page

from bot.playground.slack import ADMIN, BILLS, SlackState

WIDE, NARROW = 1280, 420
on_both = pytest.mark.parametrize("page", [WIDE, NARROW], indirect=True)


async def visit(page: Page, slack: SlackState, user: str = ADMIN, channel: str = BILLS) -> None:
    await page.goto(f"{slack.public_url}/?as={user}&channel={channel}")


async def write(page: Page, text: str) -> None:
    await page.locator("#composer textarea").fill(text)
    await page.keyboard.press("Enter")
