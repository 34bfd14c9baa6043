"""A file sent to the app alone: taken for the only organisation, or when the sender has chosen one."""

from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import BILLS, BOOKKEEPER, GUEST, MEMBER, Message
from bot.views.ids import ActionId
from providers.xero.simulator import IRELAND
from tests.fakes.app import whole_app
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk, words
from tests.handlers.dropping import (
    A_TEXT,
    CHECK,
    QUESTION,
    WARNING,
    a_photo,
    an_xml,
    cards,
    conversation,
    dropped,
    message_of,
    replies,
    signs,
)


@pytest.fixture
async def two(database_url: str) -> AsyncIterator[Desk]:
    """Northwind's books, and Ireland's, which nobody set up."""
    async with a_desk(database_url) as made:
        await connect(made.world, person="dana", tenant=IRELAND)
        await made.settle()
        yield made
        assert made.slack.refusals == []


async def test_files_are_taken_for_the_only_organisation_and_told_in_their_thread(desk: Desk) -> None:
    message = await dropped(desk, an_xml("UBL-1"), a_photo(), channel=conversation(desk))

    assert len(cards(desk)) == 2
    (answer,) = replies(desk, message)
    assert "2 files:" in answer.text
    assert "*UBL-1.xml*: Read as <" in answer.text
    assert "*teal.png*: Kept as <" in answer.text
    assert signs(desk, message) == [CHECK]
    assert f"<@{MEMBER}>" in words(cards(desk)[0])


async def test_what_is_no_document_is_refused_there(desk: Desk) -> None:
    message = await dropped(desk, A_TEXT, channel=conversation(desk))

    (answer,) = replies(desk, message)
    assert "This file was not added." in answer.text
    assert "Minutes" not in answer.text
    assert signs(desk, message) == [WARNING]


async def test_a_guest_is_told_and_nothing_is_kept(desk: Desk) -> None:
    message = await dropped(desk, an_xml(), channel=conversation(desk, GUEST), user=GUEST)

    assert cards(desk) == []
    assert desk.slack.calls_of("files.info") == []
    assert "Guests of this workspace" in desk.slack.dms(GUEST)[-1].text
    assert signs(desk, message) == []


async def test_of_two_organisations_one_is_chosen_by_a_button_last_used_first(two: Desk) -> None:
    await two.add(MEMBER)
    message = await dropped(two, an_xml("UBL-1"), an_xml("UBL-2"), channel=conversation(two))
    (question,) = replies(two, message)
    assert list(choices(question)) == ["*Northwind Trading Ltd*", "*Northwind Ireland Ltd*"]
    assert (len(cards(two)), signs(two, message)) == (1, [QUESTION])

    await choose(two, question, "*Northwind Trading Ltd*")

    assert len(cards(two)) == 3
    (answer,) = replies(two, message)
    assert answer.text.count("Read as <") == 2
    assert choices(answer) == {}
    assert signs(two, message) == [CHECK]


async def test_what_waits_for_an_answer_is_kept_although_it_is_deleted_in_slack(two: Desk) -> None:
    (stored,) = await two.slack.share([an_xml()], channel=conversation(two), user=MEMBER)
    await two.settle()
    message = message_of(two, conversation(two), stored.id)
    (question,) = replies(two, message)
    await two.slack.delete_file(stored)

    await choose(two, question, "*Northwind Trading Ltd*")
    await choose(two, question, "*Northwind Ireland Ltd*")  # from the question as it was seen before

    assert len(cards(two)) == 1
    (answer,) = replies(two, message)
    assert "Read as <" in answer.text


async def test_nothing_connected_is_said(sqlite_url: str) -> None:
    async with whole_app(sqlite_url) as world:
        await world.slack.share([an_xml()], channel=world.slack.workspace.dm(MEMBER).id, user=MEMBER)
        await world.settle()

        assert "Nothing is connected yet" in world.slack.dms(MEMBER)[-1].text


def choices(question: Message) -> dict[str, str]:
    """The block of each organisation's button."""
    return {block["text"]["text"]: block["block_id"] for block in question.blocks if block.get("accessory")}


async def choose(desk: Desk, question: Message, name: str) -> None:
    await desk.slack.click(question, ActionId.SEND_FILES, user=MEMBER, block_id=choices(question)[name])
    await desk.settle()


async def test_a_file_shared_again_is_told_once_where_it_is_and_adds_nothing(desk: Desk) -> None:
    (stored,) = await desk.slack.share([an_xml()], channel=BILLS, user=MEMBER)
    await desk.settle()

    for user in (BOOKKEEPER, MEMBER):
        await desk.slack.sharing.again(stored, channel=BILLS, user=user)
        await desk.settle()

    assert len(cards(desk)) == 1
    for user in (BOOKKEEPER, MEMBER):
        (told,) = desk.whispers(user)
        assert told.startswith("UBL-1.xml was shared here before, so nothing was added. Read as <")


async def test_one_sent_to_the_app_again_is_told_there(desk: Desk) -> None:
    (stored,) = await desk.slack.share([A_TEXT], channel=conversation(desk), user=MEMBER)
    await desk.settle()

    await desk.slack.sharing.again(stored, channel=conversation(desk), user=MEMBER)
    await desk.settle()

    assert "minutes.txt was shared here before" in desk.slack.dms(MEMBER)[-1].text
