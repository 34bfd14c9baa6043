"""The entries of Slack's own menus: "New item", and "Send to Dext" on a message with files or without."""

import pytest

from bot.playground.slack import (
    APPROVER,
    BILLS,
    BOOKKEEPER,
    BOT_USER,
    FINANCE,
    GENERAL,
    GUEST,
    MEMBER,
    OUTSIDER,
    SHARED,
    Dropped,
    Message,
)
from bot.views.ids import ActionId, BlockId, ShortcutId
from providers.xero.simulator import IRELAND
from tests.fakes.connected import connect
from tests.handlers.desk import A_BILL, Desk, words
from tests.handlers.dropping import a_bill, cards, message_of, replies

BILL = a_bill()


def answers(desk: Desk, message: Message) -> list[str]:
    return [reply.text for reply in replies(desk, message)]


async def shared_in(desk: Desk, channel: str, *contents: bytes, user: str = MEMBER) -> Message:
    """A message with these files, in a channel where nobody takes them by themselves."""
    files = [Dropped(content=content, name=f"{n}.xml") for n, content in enumerate(contents)]
    (first, *_) = await desk.slack.share(files, channel=channel, user=user)
    await desk.settle()
    return message_of(desk, channel, first.id)


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
    assert "told in the thread of the message" in words(desk.modal(BOOKKEEPER))


async def test_what_is_here_already_is_told_to_whoever_sends_it_again(desk: Desk) -> None:
    await desk.slack.invite(GENERAL, by=MEMBER)
    message = await shared_in(desk, GENERAL, BILL)
    await send(desk, message)

    await send(desk, message)

    assert words(desk.modal(MEMBER)).startswith("*Northwind Trading Ltd*\n")
    assert "Read as <" in words(desk.modal(MEMBER))
    assert len(cards(desk)) == 1
    assert len(answers(desk, message)) == 1


async def test_where_several_organisations_could_be_meant_it_is_asked_first(desk: Desk) -> None:
    await connect(desk.world, person="dana", tenant=IRELAND)
    await desk.slack.invite(GENERAL, by=MEMBER)
    message = await shared_in(desk, GENERAL, a_bill("A-1"), a_bill("A-2"))
    await send(desk, message)
    modal = desk.modal(MEMBER)
    assert "*Which organisation are these files for?*" in words(modal)
    assert desk.slack.calls_of("files.info") == []

    (block,) = [block["block_id"] for block in modal.blocks if "Trading" in str(block)]
    await desk.slack.click(modal, ActionId.SEND_FILES, user=MEMBER, block_id=block)
    assert "I am reading what you sent" in words(desk.modal(MEMBER))
    await desk.settle()

    assert len(cards(desk)) == 2
    (answer,) = answers(desk, message)
    assert answer.count("Read as <") == 2


async def test_words_travel_along_while_it_is_asked_which_organisation(desk: Desk) -> None:
    await connect(desk.world, person="dana", tenant=IRELAND)
    said = await desk.slack.say("Taxi from the airport", user=MEMBER, channel=GENERAL)
    await send(desk, said)
    modal = desk.modal(MEMBER)

    (block,) = [block["block_id"] for block in modal.blocks if "Trading" in str(block)]
    await desk.slack.click(modal, ActionId.OPEN_ADD_ITEM, user=MEMBER, block_id=block)

    assert desk.modal(MEMBER).entries[BlockId.DESCRIPTION][ActionId.VALUE]["value"] == "Taxi from the airport"


async def test_more_files_than_are_taken_of_a_message_are_counted(desk: Desk) -> None:
    files = [Dropped(content=a_bill(f"A-{n}"), name=f"{n}.xml") for n in range(7)]
    await desk.slack.invite(GENERAL, by=MEMBER)
    (first, *_) = await desk.slack.share(files, channel=GENERAL, user=MEMBER)
    message = message_of(desk, GENERAL, first.id)

    await send(desk, message)

    assert "I take 5 files of a message, and this one has 2 more files" in words(desk.modal(MEMBER))
    assert len(cards(desk)) == 5
    (answer,) = answers(desk, message)
    assert "5 files:" in answer


async def test_in_a_channel_without_the_app_the_sender_is_told_what_to_do_and_may_send_it_again(desk: Desk) -> None:
    message = await shared_in(desk, FINANCE, BILL, user=BOOKKEEPER)
    await send(desk, message, BOOKKEEPER)
    assert "in your messages with me where I cannot write" in words(desk.modal(BOOKKEEPER))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    assert answers(desk, message) == []
    (told,) = desk.slack.dms(BOOKKEEPER)
    assert f"About the file you sent from <#{FINANCE}>" in told.text
    assert "/invite @Dext" in told.text

    await desk.slack.invite(FINANCE, by=BOOKKEEPER)
    await send(desk, message, BOOKKEEPER)

    assert len(cards(desk)) == 1


async def test_where_another_company_reads_along_the_sender_is_told_alone(desk: Desk) -> None:
    await desk.slack.join(SHARED, BOT_USER)
    ours = await shared_in(desk, SHARED, BILL)
    theirs = await shared_in(desk, SHARED, a_bill("THEIRS-1"), user=OUTSIDER)

    await send(desk, ours)
    await send(desk, theirs)

    assert len(cards(desk)) == 1
    assert answers(desk, ours) == answers(desk, theirs) == []
    told = [message.text for message in desk.slack.dms(MEMBER)]
    assert "Read as <" in told[0]
    assert "another company's workspace" in told[1]


@pytest.mark.parametrize(("user", "why"), [(GUEST, "Guests of this workspace"), (OUTSIDER, "You belong to another")])
async def test_strangers_send_nothing(desk: Desk, user: str, why: str) -> None:
    await desk.slack.join(GENERAL, user)
    message = await shared_in(desk, GENERAL, BILL)
    for sent in (message, await desk.slack.say("Paper", user=MEMBER, channel=GENERAL)):
        await send(desk, sent, user)

        assert why in words(desk.modal(user))
        await desk.slack.close_modal(user, everything=True)
    assert cards(desk) == []
    assert desk.slack.calls_of("files.info") == []


async def test_files_that_lie_elsewhere_or_were_deleted_are_refused_in_words(desk: Desk) -> None:
    await desk.slack.invite(GENERAL, by=MEMBER)
    linked = await desk.slack.link_file("https://drive.example/1", "bill.pdf", channel=GENERAL, user=MEMBER)
    (stored,) = await desk.slack.share([Dropped(content=BILL, name="bill.xml")], channel=GENERAL, user=MEMBER)
    deleted = message_of(desk, GENERAL, stored.id)
    await desk.slack.delete_file(stored)

    await send(desk, message_of(desk, GENERAL, linked.id))
    await send(desk, deleted)

    assert "not stored in Slack itself" in answers(desk, message_of(desk, GENERAL, linked.id))[0]
    told = [*answers(desk, deleted), *(message.text for message in desk.slack.dms(MEMBER))]
    assert "deleted" in told[-1]
    assert cards(desk) == []


async def test_a_file_that_was_rejected_says_so_when_it_is_sent_again(desk: Desk) -> None:
    await desk.drop("UBL-1")
    await desk.press(desk.card("UBL-1"), ActionId.REJECT_ITEM)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Not ours"})
    await desk.slack.invite(GENERAL, by=MEMBER)
    again = await shared_in(desk, GENERAL, await dropped_bytes(desk))

    await send(desk, again)

    (answer,) = answers(desk, again)
    assert "already here as <" in answer
    assert "(rejected); nothing was added" in answer


async def dropped_bytes(desk: Desk) -> bytes:
    """Of the file that was dropped first."""
    stored = next(iter(desk.slack.workspace.files.values()))
    return desk.slack.store.bytes_of(stored.id) or b""
