"""The file of a document in Xero: there by itself, and where Xero does not take it, told with a button that resolves it."""

import random
from datetime import timedelta

import pytest
from PIL import Image

from bot.db.base import dump, table_of
from bot.db.connections import BudgetRow
from bot.domain.budgets import Tally
from bot.intake.sniff import LARGEST_FILE, MEBIBYTE
from bot.playground.slack import APPROVER, BILLS, BOOKKEEPER, MEMBER, Message
from bot.views.ids import ActionId, BlockId
from providers.xero import PROFILE as XERO
from providers.xero.simulated.endpoints import attachments
from providers.xero.simulator import TRADING, Fault
from tests.handlers.desk import SUPPLIER, Desk, actions, words
from tests.intake.documents import a_document
from tests.intake.scans import a_scan

pytestmark = pytest.mark.desk(undo_seconds=0, alerts_apart=True)

NUMBER = "INV-1"


def alert(desk: Desk) -> Message:
    """The last one."""
    return desk.slack.thread(BILLS, desk.card(NUMBER).ts)[-1]


def files(desk: Desk) -> list[str]:
    books = desk.xero.books[TRADING]
    return [file["FileName"] for bill in desk.xero.bills() for file in books.files(bill["InvoiceID"])]


async def test_the_file_that_was_dropped_hangs_on_the_bill(desk: Desk) -> None:
    await desk.drop(NUMBER)

    await desk.approve(NUMBER)

    (bill,), (name,) = desk.xero.bills(), files(desk)
    (file,) = desk.xero.books[TRADING].files(bill["InvoiceID"])
    content = desk.xero.books[TRADING].content(file["AttachmentID"])
    assert name.endswith(f" {NUMBER}.xml.txt")
    assert b"<Invoice" in content
    assert desk.slack.thread(BILLS, desk.card(NUMBER).ts) == []


async def test_the_card_says_that_the_file_follows_and_then_that_it_is_there(desk: Desk) -> None:
    """Files are not sent while the last calls of a day are kept for documents."""
    limits = XERO.limits
    await used_today(desk, (limits.per_day or 0) - limits.spare - limits.day_kept)
    await desk.drop(NUMBER)

    await desk.approve(NUMBER)

    assert files(desk) == []
    assert ":hourglass: Its file follows when Xero takes more requests (tomorrow)" in words(desk.card(NUMBER))
    await desk.world.later(timedelta(days=1, hours=2).total_seconds())
    assert len(files(desk)) == 1
    assert "and checked there; its file is there too" in words(desk.card(NUMBER))
    assert "follow" not in words(desk.card(NUMBER))


async def used_today(desk: Desk, number: int) -> None:
    then = desk.world.clock.now().timestamp() - 3600
    tally = Tally(places=tuple((str(each), then) for each in range(number)))
    async with desk.world.services.db.write() as tx:
        ended = tally.ended([str(each) for each in range(number)], then)
        await tx.execute(table_of(BudgetRow).update().values(tally=dump(ended)))


async def test_a_scan_that_is_too_large_for_xero_hangs_there_in_a_smaller_version(desk: Desk) -> None:
    size = (2000, 3000)
    noise = Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3))
    e_invoice = a_document(number=NUMBER, currency="GBP", extra=SUPPLIER.format(name="Paper Ltd")).encode()
    content = a_scan(noise, quality=100, more=e_invoice)
    assert 10 * MEBIBYTE < len(content) < LARGEST_FILE
    await desk.slack.upload(content, "scan.pdf", channel=BILLS, user=MEMBER)
    await desk.settle()

    await desk.approve(NUMBER)

    (name,) = files(desk)
    ((attached,),) = [desk.xero.books[TRADING].files(bill["InvoiceID"]) for bill in desk.xero.bills()]
    assert name.endswith(" scan.pdf")
    assert int(attached["ContentLength"]) < 10 * MEBIBYTE
    told = f"Its file is attached in a smaller version ({len(content) / MEBIBYTE:.1f} MB → "
    assert told in words(desk.card(NUMBER))
    assert desk.slack.thread(BILLS, desk.card(NUMBER).ts) == []


async def test_a_suppliers_credit_note_is_one_in_xero_too_with_its_file(desk: Desk) -> None:
    await desk.drop(NUMBER)
    await desk.edit(NUMBER, {BlockId.DOCUMENT_TYPE: "credit_note"})

    await desk.approve(NUMBER)

    books = desk.xero.books[TRADING]
    (note,) = books.credit_notes.values()
    assert desk.xero.bills() == []
    assert (note["Type"], note["CreditNoteNumber"], str(note["Total"])) == ("ACCPAYCREDIT", NUMBER, "120.00")
    (file,) = books.files(note["CreditNoteID"])
    assert file["FileName"].endswith(f" {NUMBER}.xml.txt")
    card = desk.card(NUMBER)
    assert "Published* to Xero" in words(card)
    assert f"creditNoteID={note['CreditNoteID']}" in str(card.blocks)


async def test_a_file_that_xero_refuses_is_told_and_sent_alone_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_FILES", 0)
    await desk.drop(NUMBER)
    await desk.approve(NUMBER)
    told = alert(desk)
    assert "Xero did not take the file" in words(told)
    assert f"<@{BOOKKEEPER}>" in words(told)
    assert actions(told) == [ActionId.RETRY_ITEM, ActionId.LEAVE_STEP, ActionId.SHOW_LEDGER_WORDS]
    assert "Published* to Xero" in words(desk.card(NUMBER))
    monkeypatch.setattr(attachments, "MOST_FILES", 10)

    await desk.press(told, ActionId.RETRY_ITEM, APPROVER)
    assert files(desk) == []
    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)
    await desk.press(told, ActionId.RETRY_ITEM, BOOKKEEPER)

    assert len(files(desk)) == len(desk.xero.bills()) == 1
    assert "The file is in Xero" in words(alert(desk))
    assert actions(alert(desk)) == []


async def test_a_file_that_xero_finds_too_large_is_told_with_its_size_and_left_so(desk: Desk) -> None:
    desk.xero.fail_next(Fault.TOO_LARGE, method="PUT", path="*/Attachments/*")
    await desk.drop(NUMBER)

    await desk.approve(NUMBER)

    told = alert(desk)
    assert "Xero takes 10.0 MB, and refused it as too large all the same; no smaller version was tried" in words(told)
    assert actions(told) == [ActionId.LEAVE_STEP, ActionId.SHOW_LEDGER_WORDS]
    await desk.press(told, ActionId.LEAVE_STEP, BOOKKEEPER)
    assert "It stays in Xero without the file" in words(alert(desk))
    assert files(desk) == []


async def test_whoever_leaves_it_so_is_named_and_it_is_not_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_FILES", 0)
    await desk.drop(NUMBER)
    await desk.approve(NUMBER)
    told = alert(desk)

    await desk.press(told, ActionId.LEAVE_STEP, BOOKKEEPER)
    await desk.press(told, ActionId.LEAVE_STEP, BOOKKEEPER)

    assert f"<@{BOOKKEEPER}> left it so." in words(alert(desk))
    assert "It stays in Xero without the file" in words(alert(desk))
    assert files(desk) == []


async def test_a_file_of_a_kind_that_xero_does_not_take_stays_here_and_nobody_has_to_do_anything(desk: Desk) -> None:
    await desk.drop(NUMBER, ending="ubl")

    await desk.approve(NUMBER)

    assert files(desk) == []
    assert len(desk.xero.bills()) == 1
    assert desk.slack.thread(BILLS, desk.card(NUMBER).ts) == []
    assert ":paperclip: Xero does not take UBL files; the original stays here" in words(desk.card(NUMBER))


async def test_what_is_archived_without_its_file_has_no_alert_that_stays_open(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_FILES", 0)
    await desk.drop(NUMBER)
    await desk.approve(NUMBER)
    told = alert(desk)

    await desk.press(desk.card(NUMBER), ActionId.ARCHIVE_ITEM, BOOKKEEPER)

    assert f"<@{BOOKKEEPER}> archived it." in words(alert(desk))
    assert "It stays in Xero without the file" in words(alert(desk))
    await desk.press(told, ActionId.LEAVE_STEP, BOOKKEEPER)
    assert "nothing has to be fixed now" in desk.whispers(BOOKKEEPER)[-1]


async def test_a_sign_in_that_may_not_attach_is_reconnected_and_documents_go_out_meanwhile(desk: Desk) -> None:
    """Connections that are older than the wish to attach files never asked for that right."""
    desk.xero.grants.withheld.add("accounting.attachments")
    await desk.drop(NUMBER)
    await desk.approve(NUMBER)

    assert "Dext may not attach files in Xero" in words(alert(desk))
    assert actions(alert(desk))[:2] == [ActionId.OPEN_CONNECT, ActionId.RETRY_ITEM]
    await desk.drop("INV-2")
    await desk.approve("INV-2")
    assert len(desk.xero.bills()) == 2
