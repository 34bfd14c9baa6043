"""What becomes of files in a bound channel: pictures are asked about, unless the channel takes every file or none."""

from sqlalchemy import func, select

from bot.db.base import table_of
from bot.db.files import FileRow
from bot.domain.slack import BOT_SCOPES
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, MEMBER, OWNER, Message
from bot.views.ids import ActionId, BlockId, ShortcutId
from tests.handlers.desk import A_BILL, Desk, actions, at, filled, words
from tests.handlers.dropping import (
    A_TEXT,
    CHECK,
    EYES,
    QUESTION,
    WARNING,
    a_photo,
    an_xml,
    cards,
    dropped,
    replies,
    signs,
)

FILES = table_of(FileRow)


async def answer(desk: Desk, question: Message, action: ActionId, user: str) -> None:
    await desk.slack.click(question, action, user=user)
    await desk.settle()


async def kept_files(desk: Desk) -> int:
    async with desk.world.services.db.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(FILES))).scalar_one())


async def set_mode(desk: Desk, mode: str) -> None:
    """As an admin does in Manage."""
    await desk.slack.command("/dext", "settings", user=ADMIN, channel=BILLS)
    done = await desk.slack.submit(desk.modal(ADMIN), {BlockId.DROPS: mode})
    await desk.settle()
    assert (done.errors, done.error) == ({}, None)
    await desk.slack.close_modal(ADMIN, everything=True)


async def test_a_picture_is_asked_about_and_comes_in_after_a_yes(desk: Desk) -> None:
    message = await dropped(desk, a_photo())
    (question,) = replies(desk, message)
    assert "*Northwind Trading Ltd*: is the picture teal.png a bill?" in words(question)
    assert (cards(desk), await kept_files(desk), signs(desk, message)) == ([], 0, [QUESTION])

    await answer(desk, question, ActionId.TAKE_PICTURE, OWNER)
    assert "Only whoever sent that file, or a bookkeeper" in desk.whispers(OWNER)[-1]
    await answer(desk, question, ActionId.TAKE_PICTURE, MEMBER)
    await answer(desk, question, ActionId.LEAVE_PICTURE, MEMBER)  # from the question as it was seen before

    (card,) = cards(desk)
    assert "To review" in words(card)
    (told,) = replies(desk, message)
    assert "Kept as <" in told.text
    assert "press *Fill in*" in told.text
    assert actions(told) == []
    assert signs(desk, message) == [CHECK]


async def test_a_bookkeeper_says_no_and_nothing_is_kept(desk: Desk) -> None:
    message = await dropped(desk, a_photo())
    (question,) = replies(desk, message)

    await answer(desk, question, ActionId.LEAVE_PICTURE, BOOKKEEPER)

    (told,) = replies(desk, message)
    assert told.text == f"<@{BOOKKEEPER}> says that this is no bill, so nothing was added."
    assert (cards(desk), await kept_files(desk), signs(desk, message)) == ([], 0, [])


async def test_several_files_of_one_message_are_summed_up_in_one_reply_and_one_sign(desk: Desk) -> None:
    message = await dropped(desk, an_xml("A-1"), A_TEXT, a_photo("red"), a_photo("blue"))

    (reply,) = replies(desk, message)
    assert "4 files:" in words(reply)
    assert actions(reply) == [ActionId.TAKE_PICTURE, ActionId.LEAVE_PICTURE] * 2
    assert "*minutes.txt*: This file was not added." in words(reply)
    assert signs(desk, message) == [QUESTION]

    blocks = [block["block_id"] for block in reply.blocks if block["type"] == "actions"]
    await desk.slack.click(reply, ActionId.TAKE_PICTURE, user=MEMBER, block_id=blocks[0])
    await desk.settle()

    (reply,) = replies(desk, message)
    assert len(actions(reply)) == 2
    assert len(cards(desk)) == 2
    assert signs(desk, message) == [QUESTION]

    await answer(desk, reply, ActionId.LEAVE_PICTURE, MEMBER)
    assert signs(desk, message) == [WARNING]


async def test_a_channel_that_takes_every_file_asks_nothing(desk: Desk) -> None:
    await set_mode(desk, "every")

    message = await dropped(desk, a_photo())

    assert len(cards(desk)) == 1
    assert signs(desk, message) == [CHECK]


async def test_a_channel_that_waits_for_the_shortcut_takes_nothing_until_then(desk: Desk) -> None:
    await set_mode(desk, "shortcut")
    message = await dropped(desk, a_photo(), an_xml())
    assert (cards(desk), replies(desk, message), signs(desk, message)) == ([], [], [])
    assert desk.slack.calls_of("files.info") == []

    await desk.slack.message_shortcut(ShortcutId.SEND_MESSAGE, message, user=BOOKKEEPER)
    await desk.settle()

    assert len(cards(desk)) == 2
    assert signs(desk, message) == [CHECK]


async def test_sent_by_its_menu_a_picture_that_was_asked_about_comes_in(desk: Desk) -> None:
    message = await dropped(desk, a_photo())

    await desk.slack.message_shortcut(ShortcutId.SEND_MESSAGE, message, user=OWNER)
    await desk.settle()

    (card,) = cards(desk)
    assert f"<@{OWNER}>" in words(card)
    (told,) = replies(desk, message)
    assert "Kept as <" in told.text


async def test_a_sign_that_slack_does_not_take_comes_later_and_holds_nothing_up(desk: Desk) -> None:
    desk.slack.faults.next_call("reactions.*", "500")
    message = await dropped(desk, an_xml("A-1"))
    assert len(replies(desk, message)) == 1
    await desk.world.later(300)
    assert signs(desk, message) == [CHECK]

    desk.slack.faults.next_call("reactions.add", "lost")
    message = await dropped(desk, an_xml("A-2"))
    await desk.world.later(300)
    assert signs(desk, message) == [CHECK]


async def test_a_sign_stands_while_a_file_is_read(desk: Desk) -> None:
    message = await dropped(desk, a_photo())
    await desk.slack.message_shortcut(ShortcutId.SEND_MESSAGE, message, user=MEMBER)
    await desk.world.product.messenger.drain()
    assert signs(desk, message) == [EYES]

    await desk.settle()

    assert signs(desk, message) == [CHECK]


async def test_without_the_right_to_react_all_else_goes_on(desk: Desk) -> None:
    desk.slack.installations.scopes = frozenset(BOT_SCOPES) - {"reactions:write"}
    message = await dropped(desk, an_xml())

    assert len(cards(desk)) == 1
    assert len(replies(desk, message)) == 1
    assert signs(desk, message) == []


async def test_whoever_sent_a_picture_fills_it_in_and_no_more_than_that(desk: Desk) -> None:
    message = await dropped(desk, a_photo())
    (question,) = replies(desk, message)
    await answer(desk, question, ActionId.TAKE_PICTURE, MEMBER)
    (card,) = cards(desk)

    await desk.press(card, ActionId.EDIT_ITEM, OWNER)
    assert "Only this organisation's admins and bookkeepers" in desk.whispers(OWNER)[-1]

    await desk.press(card, ActionId.EDIT_ITEM, MEMBER)
    form = desk.modal(MEMBER)
    (asked,) = (block for block in form.blocks if block["block_id"] == at(form, BlockId.DOCUMENT_TYPE))
    assert asked["element"]["initial_option"]["value"] == "receipt"
    assert "documents need no number" in str(form.blocks)
    done = await desk.slack.submit(form, filled(form, {**A_BILL, BlockId.NUMBER: "INV-9"}))
    await desk.settle()
    assert (done.errors, done.error) == ({}, None)
    filled_in = desk.card("INV-9")
    assert ActionId.APPROVE_ITEM in actions(filled_in)

    await desk.press(filled_in, ActionId.EDIT_ITEM, MEMBER)
    assert "Only this organisation's admins and bookkeepers" in desk.whispers(MEMBER)[-1]
