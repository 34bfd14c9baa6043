"""The entries of Slack's own menus: "New item", and "Send to Dext" on a message with files or without."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.slack import (
    BILLS,
    BOOKKEEPER,
    FINANCE,
    GENERAL,
    MEMBER,
    Message,
)
from bot.views.ids import ActionId, BlockId, ShortcutId
from tests.handlers.desk import A_BILL, SUPPLIER, Desk, a_desk, words
from tests.handlers.test_doors import BILL, answers, cards
from tests.intake.documents import a_document
from tests.playground.kit import schema_problems


@pytest.fixture
async def desk(sqlite_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url) as made:
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


def a_bill(number: str) -> bytes:
    return a_document(number=number, currency="GBP", extra=SUPPLIER.format(name="Paper Ltd")).encode()


async def shared_in(desk: Desk, channel: str, *contents: bytes, user: str = MEMBER) -> Message:
    """A message with these files, in a channel where nobody takes them by themselves."""
    stored = [
        await desk.slack.upload(content, f"{n}.xml", channel=channel, user=user) for n, content in enumerate(contents)
    ]
    found = [message for message in desk.slack.messages(channel) if stored[0].id in message.files]
    await desk.settle()
    return found[0]


async def send(desk: Desk, message: Message, user: str = MEMBER) -> None:
    await desk.slack.message_shortcut(ShortcutId.SEND_MESSAGE, message, user=user)
    await desk.settle()


async def test_new_item_opens_the_form(desk: Desk) -> None:
    await desk.slack.shortcut(ShortcutId.NEW_ITEM, user=MEMBER)

    done = await desk.slack.submit(desk.modal(MEMBER), A_BILL)
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    assert "INV-1" in words(desk.card("INV-1"))


async def test_a_message_without_a_file_opens_the_form_with_its_words(desk: Desk) -> None:
    said = await desk.slack.say(
        "Paper for the office & more, see <https://paper.example|the shop>", user=MEMBER, channel=GENERAL
    )

    await send(desk, said)

    note = desk.modal(MEMBER).entries[BlockId.DESCRIPTION][ActionId.VALUE]
    assert note["value"] == "Paper for the office & more, see <https://paper.example|the shop>"


async def test_a_messages_file_is_taken_where_nobody_takes_files_by_themselves(desk: Desk) -> None:
    await desk.slack.invite(FINANCE, by=BOOKKEEPER)
    message = await shared_in(desk, FINANCE, BILL, user=BOOKKEEPER)
    assert cards(desk) == []

    await send(desk, message, BOOKKEEPER)

    (card,) = cards(desk)
    assert "UBL-1" in words(card)
    (answer,) = answers(desk, message)
    assert "Read as <" in answer
    assert f"<#{BILLS}>" in answer
    assert desk.slack.view(BOOKKEEPER) is None


async def test_what_is_here_already_is_told_to_whoever_sends_it_again(desk: Desk) -> None:
    await desk.slack.invite(GENERAL, by=MEMBER)
    message = await shared_in(desk, GENERAL, BILL)
    await send(desk, message)

    await send(desk, message)

    assert "Read as <" in words(desk.modal(MEMBER))
    assert len(cards(desk)) == 1
    assert len(answers(desk, message)) == 1
