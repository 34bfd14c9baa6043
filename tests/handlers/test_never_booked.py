"""Statements, orders and their like: kept, told why they go nowhere, and in nobody's way."""

from dataclasses import replace

from sqlalchemy import select

from bot.db.items import ITEMS, item_of
from bot.db.same_documents import like_documents
from bot.playground.slack import BOOKKEEPER, Dropped
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import A_BILL, Desk, actions, words
from tests.handlers.dropping import CHECK, a_photo, dropped, replies, signs
from tests.intake.drawn import a_letter, a_text_pdf

QUESTION = "is it another document?"
NEVER = "This is a statement of account, which is never published: archive it"
A_STATEMENT = (
    "Paper & Ink Ltd",
    "# Statement of account",
    "Northwind Trading Ltd",
    "Date|Invoice number|Total",
    "Statement number: INV-1",
    "Statement date: 1 March 2026",
    "Balance due: 120.00 GBP",
    "Please pay what is open within thirty days. Thank you for your business.",
)


def a_statement() -> Dropped:
    return Dropped(content=a_text_pdf(a_letter(*A_STATEMENT)), name="statement.pdf")


async def test_a_statement_is_kept_with_the_reason_and_the_bill_it_lists_is_no_duplicate(desk: Desk) -> None:
    message = await dropped(desk, a_statement())
    (told,) = replies(desk, message)
    assert "Kept as <" in told.text
    assert NEVER in told.text
    assert "approved" not in told.text
    kept = desk.card("INV-1")
    assert NEVER in words(kept)
    assert "To be looked at before it is approved" not in words(kept)
    for action in (ActionId.SHOW_DETAILS, ActionId.EXPLAIN_ITEM):
        await desk.press(kept, action, BOOKKEEPER)
        assert "ategory" not in words(desk.modal(BOOKKEEPER))
    assert "It is never published, so it is coded to nothing." in words(desk.modal(BOOKKEEPER))
    assert "read from the text of the document" in words(desk.modal(BOOKKEEPER))

    home = await desk.slack.open_home(BOOKKEEPER)
    bill = await desk.add()

    assert home is not None
    assert "INV-1 is a statement of account, which is never published: archive it" in words(home)
    assert "Balance" in words(kept)
    assert "Last from this supplier" not in words(bill)
    assert bill.ts != kept.ts
    assert QUESTION not in words(bill)
    assert "Same supplier" not in words(bill)
    assert ActionId.APPROVE_ITEM in actions(bill)


async def test_a_statement_after_its_bill_asks_nothing_until_it_is_made_a_bill(desk: Desk) -> None:
    await desk.add()
    await dropped(desk, a_statement())
    assert QUESTION not in words(desk.card("INV-1"))
    assert NEVER in words(desk.card("INV-1"))

    supplier: dict[str, object] = {BlockId.SUPPLIER: "Paper & Ink Ltd", BlockId.DOCUMENT_TYPE: "invoice"}
    await desk.edit("INV-1", supplier)
    assert QUESTION in words(desk.card("INV-1"))

    await desk.edit("INV-1", {BlockId.DOCUMENT_TYPE: "order"})
    assert QUESTION not in words(desk.card("INV-1"))
    rows = select(ITEMS).order_by(ITEMS.c.reference.desc())
    async with desk.world.services.db.read() as tx:
        order, bill = (item_of(row) for row in (await tx.execute(rows)).mappings().all())
        alike = replace(order, facts=replace(bill.facts, document_type=order.facts.document_type))
        assert await like_documents(tx, alike) == ()
        assert await like_documents(tx, replace(alike, facts=bill.facts)) == (bill,)


async def test_what_nobody_has_read_yet_says_so_in_one_sentence_until_something_is_filled_in(desk: Desk) -> None:
    message = await dropped(desk, a_photo())
    (question,) = replies(desk, message)
    await desk.slack.click(question, ActionId.TAKE_PICTURE, user=BOOKKEEPER)
    await desk.settle()
    assert signs(desk, message) == [CHECK]
    (told,) = replies(desk, message)
    assert "I can't read pictures yet: press *Fill in*" in told.text
    (card,) = [found for found in desk.slack.messages(message.channel) if ActionId.EDIT_ITEM in actions(found)]
    assert "Nothing of it could be read: whoever sent it, or a bookkeeper, presses Fill in" in words(card)
    assert "not stated" not in words(card)
    assert "is missing" not in words(card)

    await desk.press(card, ActionId.EDIT_ITEM, BOOKKEEPER)
    done = await desk.slack.submit(desk.modal(BOOKKEEPER), {**A_BILL, BlockId.NUMBER: "INV-9"})
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    assert "Nothing of it could be read" not in words(desk.card("INV-9"))
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-9"))


async def test_a_page_of_words_in_which_nothing_was_found_is_told_like_a_picture(desk: Desk) -> None:
    page = Dropped(
        content=a_text_pdf(a_letter("# Invoice", "Thank you for your business.", "Please pay soon.")), name="m.pdf"
    )
    message = await dropped(desk, page)
    (told,) = replies(desk, message)
    assert "press *Fill in*" in told.text


async def test_a_bare_sign_is_the_own_currency_only_where_that_has_it(desk: Desk) -> None:
    """The books here are in pounds."""
    rows = ("Paper & Ink Ltd", "# Invoice", "Invoice number: INV-5", "Invoice date: 14 March 2026", "Total: $120.00")
    await dropped(desk, Dropped(content=a_text_pdf(a_letter(*rows)), name="bill.pdf"))

    assert "The currency is missing: its amounts are in $" in words(desk.card("INV-5"))
