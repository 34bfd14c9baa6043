"""Where the ledger tells no bank lines they come by statements: a cost is published as money spent on the line's account and day."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.db.base import table_of
from bot.db.connections import ListEntryRow
from bot.domain.bank_match import BankForm
from bot.domain.books import ListKind
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, MEMBER, Dropped
from bot.services import sending
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, a_desk, actions, words
from tests.handlers.dropping import A_TEXT, QUESTION, dropped, replies, signs
from tests.handlers.test_bank_match import autofill, said, switched
from tests.handlers.test_closed_periods import decide
from tests.handlers.test_managing import buttons, manage
from tests.handlers.test_paid import account
from tests.statements.files import A_LINE, sgml, table

ENTRIES = table_of(ListEntryRow)
CURRENT, EURO = "090", "092"


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        yield made
        assert made.slack.refusals == []


async def put_in(
    desk: Desk,
    content: bytes,
    bank: str | None = CURRENT,
    *,
    user: str = BOOKKEEPER,
    name: str = "march.ofx",
    **values: str,
) -> Any:
    await desk.slack.command("/dext", "statement", user=user, channel=BILLS)
    form = desk.modal(user)
    stored = desk.slack.workspace.keep_file(content, name, user=user)
    chosen: dict[str, object] = {BlockId.STATEMENT_FILE: [stored.id], **values}
    if bank is not None:
        await desk.slack.options(form, ActionId.FIND_BANK_ACCOUNT, "", user=user)
        chosen[BlockId.BANK_ACCOUNT] = await account(desk, bank)
    done = await desk.slack.submit(form, chosen)
    await desk.settle()
    return done


async def told(desk: Desk, user: str = BOOKKEEPER) -> str:
    said = words(desk.modal(user))
    await desk.slack.close_modal(user, everything=True)
    return said


async def test_a_cost_is_money_spent_on_the_day_and_account_of_the_statements_line(desk: Desk) -> None:
    assert "they come from your bank's statements" in words(await switched(desk))
    card = await desk.add()
    assert ActionId.AUTOFILL_PAYMENT not in actions(card)

    done = await put_in(desk, sgml(A_LINE, ("20260320", "-9.99", "F2", "SHOP")).encode())

    assert (done.errors, done.error) == ({}, None)
    assert "2 lines of *090 · Business Current Account* added, 3 Mar 2026 to 20 Mar 2026" in await told(desk)
    assert "PAPER &amp; INK" in words(desk.card("INV-1"))
    assert (await autofill(desk)).errors == {}
    await desk.approve("INV-1")
    await desk.world.later(60)
    (spent,) = desk.xero.books[TRADING].bank_transactions.values()
    assert (spent["Type"], spent["BankAccount"]["Code"], spent["Date"][:10]) == ("SPEND", CURRENT, "2026-03-03")
    assert not spent.get("IsReconciled")
    assert "Published* to Xero" in words(desk.card("INV-1"))


async def test_whoever_keeps_the_books_finds_statements_under_manage(desk: Desk) -> None:
    assert ActionId.OPEN_STATEMENT not in buttons(await manage(desk, BOOKKEEPER))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await switched(desk)

    page = await manage(desk, BOOKKEEPER)

    assert ActionId.OPEN_STATEMENT in buttons(page)
    assert "Bank lines, for bank match: none yet" in words(page)
    assert ActionId.OPEN_STATEMENT not in buttons(await manage(desk, MEMBER))
    await desk.press(page, ActionId.OPEN_STATEMENT, BOOKKEEPER)
    assert BlockId.STATEMENT_FILE in str(desk.modal(BOOKKEEPER).blocks)


async def test_the_same_statement_again_adds_nothing_and_its_account_is_known(desk: Desk) -> None:
    await switched(desk)
    first = await put_in(desk, sgml(A_LINE).encode(), None)
    assert "Choose which bank account" in first.errors[BlockId.BANK_ACCOUNT]
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await put_in(desk, sgml(A_LINE).encode())
    await told(desk)

    await put_in(desk, sgml(A_LINE).encode(), None)

    assert "Nothing is new: all 1 lines" in await told(desk)
    await put_in(desk, sgml(A_LINE, ("20260304", "-1", "F2", "X")).encode(), None)
    assert "1 line of *090 · Business Current Account* added" in await told(desk)


async def test_the_same_days_in_another_format_or_other_words_add_nothing_but_what_is_more(desk: Desk) -> None:
    """A bank gives the same lines ids in one format and none in the other: a second one would pay for a second bill."""
    await switched(desk)
    await put_in(desk, sgml(A_LINE, ("20260304", "-5.00", "F2", "SHOP")).encode())
    await told(desk)
    header, paper, shop = "Date,Description,Amount", "2026-03-03,PAPER,-120.00", "2026-03-04,SHOP,-5.00"

    await put_in(desk, table(header, paper, shop), name="march.csv")
    same = await told(desk)
    await put_in(desk, table(header, "2026-03-03,PAPER AND INK LTD,-120.00", shop, shop), name="march.csv")
    one_more = await told(desk)
    await put_in(desk, table(header, paper, shop, shop), name="march.csv")
    again = await told(desk)
    await put_in(desk, sgml(A_LINE, ("20260304", "-5", "F3", "SHOP"), ("20260304", "-5", "F2", "SHOP")).encode())

    assert "Nothing is new: all 2 lines" in same
    assert "1 line of *090 · Business Current Account* added" in one_more
    assert "Nothing is new: all 3 lines" in again
    assert "Nothing is new: all 3 lines" in await told(desk)


async def test_of_very_many_lines_of_one_amount_the_nearest_that_is_free_is_offered_first(desk: Desk) -> None:
    await switched(desk)
    await desk.add()
    earlier = [("20260205", "-120.00", f"F{number}", "FARE") for number in range(60)]

    await put_in(desk, sgml(*earlier, ("20260301", "-120.00", "NEAR", "FARE")).encode())

    await told(desk)
    await desk.press(desk.card("INV-1"), ActionId.AUTOFILL_PAYMENT, BOOKKEEPER)
    assert said(desk.modal(BOOKKEEPER))[0].startswith("1 Mar 2026")


async def test_where_a_channel_shows_no_amounts_the_words_of_the_bank_show_none_either(desk: Desk) -> None:
    await switched(desk)
    await decide(desk, **{BlockId.PRIVATE_CHANNELS: ["approvals"]})
    await desk.add()
    line = ("20260303", "-120.00", "F1", "PAPER 120,00 EUR 2026 CARD 4711")
    await put_in(desk, sgml(line).encode())
    await told(desk)

    before = words(desk.card("INV-1"))
    await autofill(desk)
    after = words(desk.card("INV-1"))

    for card in (before, after):
        assert "PAPER ••• 2026 CARD 4711" in card
        assert not re.search(r"120[.,]00", card)
    await desk.press(desk.card("INV-1"), ActionId.SHOW_DETAILS, BOOKKEEPER)
    assert "PAPER 120,00 EUR" in words(desk.modal(BOOKKEEPER))


async def test_what_is_wrong_with_a_statement_is_said_at_its_field(desk: Desk) -> None:
    await switched(desk)
    two_ways = table("Date,Description,Amount", "03/04/2026,PAPER,-120.00")

    euro = await put_in(desk, sgml(A_LINE).encode(), EURO)
    unread = await put_in(desk, b"hello", name="march.csv")
    unsure = await put_in(desk, two_ways, name="march.csv")
    sure = await put_in(desk, two_ways, name="march.csv", **{BlockId.DAY_ORDER: "month-first"})

    assert "It is in GBP" in euro.errors[BlockId.BANK_ACCOUNT]
    assert "no header with several columns" in unread.errors[BlockId.STATEMENT_FILE]
    assert "read in two ways" in unsure.errors[BlockId.DAY_ORDER]
    assert sure.errors == {}
    assert "1 line of *090" in await told(desk)


async def test_statements_are_for_bookkeepers_and_admins_where_costs_are_matched(desk: Desk) -> None:
    answer = await desk.slack.command("/dext", "statement", user=BOOKKEEPER, channel=BILLS)
    assert "Bank match is switched off" in answer.text
    await switched(desk)

    answer = await desk.slack.command("/dext", "statement", user=MEMBER, channel=BILLS)

    assert "admins and bookkeepers can do that" in answer.text
    assert "Add a statement" in str(
        (await desk.slack.command("/dext", "statement", user=ADMIN)).text or desk.modal(ADMIN)
    )


async def test_a_statement_that_is_dropped_is_added_by_who_keeps_the_books(desk: Desk) -> None:
    await switched(desk)
    await desk.add()
    message = await dropped(desk, Dropped(content=sgml(A_LINE).encode(), name="march.ofx"), A_TEXT)
    assert signs(desk, message) == [QUESTION]
    (question,) = replies(desk, message)
    assert "march.ofx is a statement of a bank" in words(question)
    assert "This file was not added" in words(question)

    await desk.press(question, ActionId.ADD_STATEMENT, MEMBER)
    assert "admins and bookkeepers can do that" in desk.whispers(MEMBER)[-1]
    await desk.press(question, ActionId.ADD_STATEMENT, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    assert BlockId.DAY_ORDER not in str(form.blocks)  # an OFX file has dates in one way only
    refused = await desk.slack.submit(form, {})
    await desk.slack.options(form, ActionId.FIND_BANK_ACCOUNT, "", user=BOOKKEEPER)
    done = await desk.slack.submit(form, {BlockId.BANK_ACCOUNT: await account(desk, CURRENT)})
    await desk.settle()

    assert "Choose which bank account" in refused.errors[BlockId.BANK_ACCOUNT]
    assert done.errors == {}
    assert "1 line of *090 · Business Current Account* added, 3 Mar 2026." in await told(desk)
    (answer,) = replies(desk, message)
    assert "1 line of *090" in words(answer) or "1 line of *090" in answer.text
    assert ActionId.ADD_STATEMENT not in actions(answer)
    assert ActionId.AUTOFILL_PAYMENT in actions(desk.card("INV-1"))
    # pressed in the message as it was seen before, it adds nothing
    await desk.press(question, ActionId.ADD_STATEMENT, BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {})
    assert "Nothing is new" in await told(desk)


async def test_a_line_of_a_dropped_statement_that_cannot_be_read_says_what_to_do(desk: Desk) -> None:
    await switched(desk)
    lines = table("Date,Description,Amount", "2026-03-03,PAPER,-120.00", "2026-03-04,INK,abc")
    message = await dropped(desk, Dropped(content=lines, name="march.csv"), A_TEXT)
    (question,) = replies(desk, message)
    await desk.press(question, ActionId.ADD_STATEMENT, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)

    refused = await desk.slack.submit(form, {})

    assert BlockId.DAY_ORDER in str(form.blocks)
    assert "Nothing was added: correct the file, and add it again." in refused.errors[BlockId.BANK_ACCOUNT]


async def test_a_statement_that_is_dropped_is_offered_to_be_added_once_bank_match_is_on(desk: Desk) -> None:
    message = await dropped(desk, Dropped(content=sgml(A_LINE).encode(), name="march.ofx"), A_TEXT)
    (told_off,) = replies(desk, message)

    await switched(desk)
    (told_on,) = replies(desk, message)
    await switched(desk, "off")
    (told_off_again,) = replies(desk, message)

    assert "march.ofx is a statement of a bank. Bank match is switched off for these books" in told_off.text
    assert "An admin of this organisation can switch it on with `/dext settings bank`" in told_off.text
    assert ActionId.ADD_STATEMENT not in actions(told_off)
    assert ActionId.ADD_STATEMENT in actions(told_on)
    assert ActionId.ADD_STATEMENT not in actions(told_off_again)


async def test_a_list_of_bank_lines_that_is_dropped_is_told_from_other_lists(desk: Desk) -> None:
    lines = table("Posting Date;Details;Debit;Credit", "2026-03-03;PAPER;120;")
    await switched(desk)
    documents = table("Date,Supplier,Description,Amount", "2026-03-03,Paper Ltd,PAPER,120")

    message = await dropped(
        desk, Dropped(content=lines, name="lines.csv"), Dropped(content=documents, name="documents.csv")
    )

    (question,) = replies(desk, message)
    assert "lines.csv is a statement of a bank" in words(question)
    assert actions(question) == [ActionId.ADD_STATEMENT]
    assert "a kind of file that I do not know" in words(question)


async def test_bank_match_is_not_offered_where_there_is_no_bank_account(desk: Desk) -> None:
    async with desk.world.services.db.write() as tx:
        await tx.execute(ENTRIES.delete().where(ENTRIES.c.kind == ListKind.BANK_ACCOUNTS))

    answer = await desk.slack.command("/dext", "settings bank", user=ADMIN, channel=BILLS)

    assert "has no bank accounts in Xero that I know of" in answer.text
    assert ActionId.OPEN_BANK_SETTINGS not in buttons(await manage(desk, ADMIN))


async def test_who_saves_the_setting_second_sees_how_it_is_now(desk: Desk) -> None:
    await desk.slack.command("/dext", "settings bank", user=ADMIN, channel=BILLS)
    old, services = desk.modal(ADMIN), desk.world.services
    form = BankForm(version=(await desk.world.settings()).version, is_on=True)
    await services.bank_settings.save(await desk.world.actor(ADMIN), desk.world.organisation_id, form)

    await desk.slack.submit(old, {BlockId.BANK_MATCH: "off"})

    assert "somebody else saved these settings" in words(desk.modal(ADMIN)).lower()
    assert (await desk.world.settings()).bank_match


async def test_a_line_stays_taken_while_what_was_booked_on_it_stays_in_the_ledger(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is archived here because it stands there otherwise than it was approved; a second one would be spent there, too."""
    await switched(desk)
    await desk.add()
    await put_in(desk, sgml(A_LINE).encode())
    await told(desk)
    assert (await autofill(desk)).errors == {}
    with monkeypatch.context() as patched:
        patched.setattr(sending, "differences", lambda *_: ("total: 120.00 here, 120.01 in the ledger",))
        await desk.approve("INV-1")
    assert len(desk.xero.books[TRADING].bank_transactions) == 1

    await desk.press(desk.card("INV-1"), ActionId.ARCHIVE_ITEM, BOOKKEEPER)

    second = await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.SUPPLIER: "Somebody Else Ltd"})
    assert ActionId.AUTOFILL_PAYMENT not in actions(second)
    assert "Possible duplicate" in words(second)
