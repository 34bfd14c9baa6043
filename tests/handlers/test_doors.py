"""The doors bills come in by, and the one that leads back: a dropped file, and the address that the ledger keeps."""

import asyncio

import pytest

from bot.playground.slack import (
    BILLS,
    BOOKKEEPER,
    BOT_USER,
    FORMER,
    GENERAL,
    GUEST,
    MEMBER,
    OTHER_BOT,
    OUTSIDER,
    SHARED,
    Dropped,
    Message,
)
from bot.views.ids import ActionId, ShortcutId
from tests.fakes.browser import Page, a_browser
from tests.handlers.desk import SUPPLIER, UNDO_SECONDS, Desk, actions, words
from tests.intake.documents import a_document

BILL = a_document(number="UBL-1", currency="GBP", extra=SUPPLIER.format(name="Paper Ltd")).encode()


async def dropped(
    desk: Desk, content: bytes, name: str = "bill.xml", *, user: str = MEMBER, channel: str = BILLS
) -> Message:
    """The message that a file was dropped with."""
    before = {message.ts for message in desk.slack.messages(channel)}
    await desk.slack.upload(content, name, channel=channel, user=user)
    await desk.settle()
    new = [message for message in desk.slack.messages(channel) if message.ts not in before and message.files]
    return new[0]


def answers(desk: Desk, message: Message) -> list[str]:
    return [reply.text for reply in desk.slack.thread(message.channel, message.ts)]


def cards(desk: Desk) -> list[Message]:
    return [message for message in desk.slack.messages(BILLS) if ActionId.EXPLAIN_ITEM in actions(message)]


async def followed(desk: Desk, path: str) -> Page:
    async with a_browser() as browser:
        return await browser.open(f"{desk.world.address}{path}")


async def where(desk: Desk, path: str) -> str:
    """What an address leads to, before Slack is asked."""
    async with (
        a_browser() as browser,
        browser.session.get(f"{desk.world.address}{path}", allow_redirects=False) as answer,
    ):
        return answer.headers.get("Location", "")


async def test_a_dropped_invoice_gets_a_card_and_an_answer_in_its_thread(either: Desk) -> None:
    message = await dropped(either, BILL)

    (card,) = cards(either)
    assert "UBL-1" in words(card)
    assert "120.00 GBP" in words(card)
    assert f"Dropped as a file by <@{MEMBER}>" in words(card)
    assert "Read as <" in answers(either, message)[-1]


async def test_an_event_that_slack_sends_twice_is_one_bill(either: Desk) -> None:
    either.slack.faults.deliver_twice = True
    await dropped(either, BILL)
    either.slack.faults.deliver_twice = False

    assert len(cards(either)) == 1


async def test_the_same_file_again_says_where_it_is_and_adds_nothing(either: Desk) -> None:
    await dropped(either, BILL)
    again = await dropped(either, BILL, "copy.xml", user=BOOKKEEPER)

    assert len(cards(either)) == 1
    (answer,) = answers(either, again)
    assert "already here" in answer
    assert "|B-1001>" in answer
    assert "in approval" in answer


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"%PDF-1.7 ...", "bill.pdf", "PDF"),
        (b"PK\x03\x04...", "bills.zip", "archive"),
        (b"Invoice 4711, 12.00 EUR", "bill.txt", "I read PDFs, pictures and e-invoices"),
        (b'<?xml version="1.0"?><!DOCTYPE I [<!ENTITY a "b">]><I/>', "bill.xml", "not added"),
        (BILL[: len(BILL) // 2], "half.xml", "not added"),
    ],
)
async def test_what_cannot_be_read_is_told_with_what_to_do(
    desk: Desk, content: bytes, name: str, sentence: str
) -> None:
    message = await dropped(desk, content, name)

    (answer,) = answers(desk, message)
    assert "This file was not added" in answer
    assert sentence in answer
    assert "/dext add" in answer
    assert cards(desk) == []


async def test_a_file_in_a_thread_is_answered_in_that_thread(desk: Desk) -> None:
    first = await desk.slack.say("This month's bill:", user=MEMBER, channel=BILLS)

    await desk.slack.upload(BILL, "bill.xml", channel=BILLS, user=MEMBER, thread_ts=first.ts)
    await desk.settle()

    assert "Read as <" in answers(desk, first)[-1]
    assert len(cards(desk)) == 1


@pytest.mark.parametrize("channel", [GENERAL, SHARED])
async def test_files_in_other_channels_are_none_of_our_business(desk: Desk, channel: str) -> None:
    message = await dropped(desk, BILL, channel=channel)

    assert cards(desk) == []
    assert answers(desk, message) == []
    assert desk.slack.ephemerals(MEMBER, channel) == []


@pytest.mark.parametrize(
    ("user", "why"), [(GUEST, "Guests"), (OUTSIDER, "another workspace"), (FORMER, "deactivated"), (OTHER_BOT, None)]
)
async def test_strangers_add_nothing_and_are_told_alone(desk: Desk, user: str, why: str | None) -> None:
    if user == OUTSIDER:
        await desk.slack.join(BILLS, OUTSIDER)

    message = await dropped(desk, BILL, user=user)

    assert cards(desk) == []
    assert answers(desk, message) == []
    if why is not None:
        assert why in desk.whispers(user)[-1]


async def test_a_suppliers_credit_note_is_approved_like_a_bill_and_called_what_it_is(desk: Desk) -> None:
    supplier = SUPPLIER.format(name="Paper &amp; Ink Ltd")
    note = a_document(root="CreditNote", number="CN-1", type_code="381", currency="GBP", extra=supplier)
    await dropped(desk, note.encode())

    (card,) = cards(desk)
    assert "Credit note" in words(card)
    assert ActionId.APPROVE_ITEM in actions(card)


async def test_a_file_is_read_later_when_slack_does_not_hand_it_over(desk: Desk) -> None:
    desk.slack.faults.next_call("files.info", "500")
    message = await dropped(desk, BILL)
    assert cards(desk) == []

    await desk.world.later(61)

    assert len(cards(desk)) == 1
    assert "Read as <" in answers(desk, message)[-1]


async def test_a_file_that_slack_keeps_to_itself_is_told_after_minutes_and_ended_after_a_day(desk: Desk) -> None:
    desk.slack.faults.next_call("files.info", "500", times=10_000)
    await dropped(desk, BILL)
    told = []
    for _ in range(8):
        await desk.world.later(60)
        told.append([message.text for message in desk.slack.dms(MEMBER)])
    asked = len(desk.slack.calls_of("files.info"))

    assert told[0] == []
    assert "Slack does not hand over this file yet" in told[-1][-1]
    for _ in range(30):
        await desk.world.later(3600)

    (answer,) = desk.slack.dms(MEMBER)
    assert "was not added. Slack did not hand it over for a day" in answer.text
    assert "/dext add" in answer.text
    assert len(desk.slack.calls_of("files.info")) - asked < 60


async def test_a_file_that_comes_after_a_while_changes_what_was_told(desk: Desk) -> None:
    desk.slack.faults.next_call("files.info", "500", times=8)
    await dropped(desk, BILL)
    for _ in range(30):
        await desk.world.later(600)

    assert len(cards(desk)) == 1
    (answer,) = desk.slack.dms(MEMBER)
    assert "Read as <" in answer.text


async def test_what_a_document_says_stays_text(desk: Desk) -> None:
    supplier = SUPPLIER.format(name="&lt;!channel&gt; &lt;https://evil.example|pay&gt; *x*")

    await dropped(desk, a_document(number="UBL-1", currency="GBP", extra=supplier).encode())

    (card,) = cards(desk)
    for told in (words(card), card.text):
        assert "<!channel>" not in told
        assert "<https:" not in told
        assert "*x*" not in told


async def test_a_files_name_stays_text_wherever_it_is_told(either: Desk) -> None:
    hostile = (
        "<!channel> <@U0MIA0001> <https://evil.example|pay> *x* _y_ ~z~ `c`.xml",
        "a\nb\r\u202egpj.lmx \u200b\x00 \ud800.xml",
        "n" * 10_000 + ".xml",
        "&lt;!here&gt; :white_check_mark:.xml",
    )
    files = [Dropped(content=b"Minutes", name=name) for name in hostile]
    stored = await either.slack.share(files, channel=BILLS, user=MEMBER)
    await either.settle()
    message = next(message for message in either.slack.messages(BILLS) if stored[0].id in message.files)
    await either.slack.message_shortcut(ShortcutId.SEND_MESSAGE, message, user=MEMBER)
    await either.settle()

    (told,) = answers(either, message)
    assert told.count("This file was not added") == len(hostile)
    for live in ("<!", "<@", "<https", "*x*", "_y_", "~z~", "`c`", "\u202e", "\u200b", "\x00", "\ud800", ":white"):
        assert live not in told
    assert len(told) < 2000


async def test_where_the_app_was_removed_meanwhile_the_sender_is_told_alone(desk: Desk) -> None:
    await desk.slack.upload(BILL, "bill.xml", channel=BILLS, user=MEMBER)
    desk.slack.leave(BILLS, BOT_USER)
    await desk.settle()

    assert "About the file you sent from" in desk.slack.dms(MEMBER)[-1].text


async def test_a_file_that_two_processes_work_on_is_one_bill(either: Desk) -> None:
    await either.slack.upload(BILL, "bill.xml", channel=BILLS, user=MEMBER)
    ((_, key),) = either.world.jobs.waiting

    await asyncio.gather(*(either.world.services.arrivals.run(key) for _ in range(3)))
    await either.settle()

    assert len(cards(either)) == 1


async def test_the_ledgers_address_of_a_bill_leads_to_its_card(desk: Desk) -> None:
    await dropped(desk, BILL)
    (card,) = cards(desk)
    await desk.press(card, ActionId.APPROVE_ITEM)
    await desk.world.later(UNDO_SECONDS + 1)
    (bill,) = desk.xero.bills()

    path = bill["Url"].removeprefix(desk.world.address)

    assert path.startswith("/i/")
    assert await where(desk, path) == f"{desk.slack.public_url}/archives/{BILLS}/p{card.ts.replace('.', '')}"


async def test_where_slack_does_not_tell_the_cards_address_the_app_is_opened(desk: Desk) -> None:
    await dropped(desk, BILL)
    path = _path_of(cards(desk)[0])

    desk.slack.faults.next_call("chat.getPermalink", "500")

    assert (await where(desk, path)).startswith(desk.slack.public_url)


@pytest.mark.parametrize(
    "path",
    ["/i/00000000-0000-4000-8000-000000000000", "/i/x", "/i/%3Cscript%3E", "/i/00000000000000000000000000000000"],
)
async def test_every_address_that_leads_nowhere_gets_the_same_page(desk: Desk, path: str) -> None:
    known = await followed(desk, "/i/ffffffff-ffff-4fff-bfff-ffffffffffff")

    page = await followed(desk, path)

    assert page.status == 404
    assert page.source == known.source
    assert "There is no bill here" in page.text


def _path_of(card: Message) -> str:
    (item,) = {
        element["value"].partition(":")[0]
        for block in card.blocks
        for element in block.get("elements", [])
        if "value" in element
    }
    return f"/i/{item}"
