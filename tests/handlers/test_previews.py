"""The picture of a document on its card: there when Slack is ready for it, and never in the card's way."""

import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.db.base import table_of
from bot.db.previews import PreviewRow
from bot.playground.slack import BILLS, BOOKKEEPER, MEMBER, Message, View
from bot.views.ids import ActionId
from tests.fakes.browser import a_browser
from tests.handlers.desk import Desk, a_desk, actions, words
from tests.intake.drawn import Text, a_text_pdf

PREVIEWS = table_of(PreviewRow)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        yield made


async def states(desk: Desk) -> list[str]:
    async with desk.world.services.db.read() as tx:
        return list((await tx.execute(select(PREVIEWS.c.state))).scalars())


async def drop_pdf(desk: Desk) -> None:
    page = a_text_pdf([Text(60, 80, "Paper & Ink Ltd, invoice P-1, 1 March 2026, total GBP 120.00")])
    await desk.slack.upload(page, "p-1.pdf", channel=BILLS, user=MEMBER)
    await desk.settle()


def cards(desk: Desk) -> list[Message]:
    return [message for message in desk.slack.messages(BILLS) if ActionId.SHOW_DETAILS in actions(message)]


def pictures(card: Message | View) -> list[str]:
    return [block["slack_file"]["id"] for block in card.blocks if block["type"] == "image"]


async def test_the_first_page_is_drawn_on_the_card_and_goes_where_slack_has_lost_it(desk: Desk) -> None:
    await drop_pdf(desk)

    (card,) = cards(desk)
    (picture,) = pictures(card)
    assert await states(desk) == ["ready"]
    assert [call.method for call in desk.slack.calls].count("files.completeUploadExternal") == 1
    assert desk.slack.workspace.files[picture].shares == {}
    assert desk.slack.refusals == []

    desk.slack.workspace.files.pop(picture)
    await desk.world.set_up(category="461", alerts_channel=BILLS)
    (card,) = cards(desk)
    assert pictures(card) == []


async def test_what_a_bill_is_filled_in_from_stands_above_its_form(sqlite_url: str) -> None:
    async with a_desk(sqlite_url) as desk:
        await drop_pdf(desk)
        (card,) = cards(desk)
        await desk.press(card, ActionId.EDIT_ITEM, BOOKKEEPER)
        form = desk.modal(BOOKKEEPER)
        assert pictures(form) == pictures(card)
        (link,) = re.findall(r"p-1\.pdf · <([^|>]+)\|Open it in Slack>", words(form))

        dropped = next(message for message in desk.slack.messages(BILLS) if message.files)
        address = desk.world.address + link[link.index("/i/") :]
        async with a_browser() as browser, browser.session.get(address, allow_redirects=False) as answer:
            assert answer.headers["Location"].endswith(f"/archives/{BILLS}/p{dropped.ts.replace('.', '')}")

        await desk.slack.close_modal(BOOKKEEPER)
        desk.slack.workspace.files.pop(pictures(form)[0])
        await desk.press(card, ActionId.EDIT_ITEM, BOOKKEEPER)
        assert pictures(desk.modal(BOOKKEEPER)) == []
        assert "p-1.pdf" in words(desk.modal(BOOKKEEPER))


async def test_an_e_invoice_has_nothing_to_show_and_a_slack_that_takes_no_picture_has_a_card_all_the_same(
    desk: Desk,
) -> None:
    await desk.drop("X-1")
    assert pictures(desk.card("X-1")) == []
    assert await states(desk) == ["none"]

    desk.slack.faults.next_call("files.getUploadURLExternal", "500", times=5)
    await drop_pdf(desk)
    assert len(cards(desk)) == 2
    assert sorted(await states(desk)) == ["none", "waiting"]
