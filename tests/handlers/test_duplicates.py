"""One document by two doors, and a tax rate other than the document's: said on the card before anybody approves."""

from decimal import Decimal

import pytest

from bot.playground.slack import APPROVER, BILLS, BOOKKEEPER, MEMBER, Message
from bot.services import sending
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import A_BILL, UNDO_SECONDS, Desk, actions, words
from tests.intake.documents import Row

RATED = "<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{percent}</cbc:Percent></cac:ClassifiedTaxCategory>"
QUESTION = "Same supplier and number as B-1001"


def a_rated_row(percent: str, net: str) -> Row:
    return Row(net=net, price=net, name=f"Paper</cbc:Name>{RATED.format(percent=percent)}<cbc:Name>")


async def test_the_same_supplier_and_number_again_waits_until_somebody_says_that_it_is_another(desk: Desk) -> None:
    await desk.drop("DUP-1")
    card = await desk.add(**{BlockId.NUMBER: "dup 1", BlockId.SUPPLIER: "PAPER and INK Limited"})

    assert f"{QUESTION} (in approval): is it another document?" in words(card)
    assert ActionId.APPROVE_ITEM not in actions(card)
    await desk.press(card, ActionId.SHOW_ITEM, BOOKKEEPER)
    assert desk.modal(BOOKKEEPER).title == "B-1001"
    await desk.press(card, ActionId.CONFIRM_ANOTHER, MEMBER)
    assert "Only this organisation's admins and bookkeepers" in desk.whispers(MEMBER)[-1]

    await desk.press(card, ActionId.CONFIRM_ANOTHER, BOOKKEEPER)
    assert ActionId.APPROVE_ITEM in actions(desk.card("dup 1"))
    assert "is it another" not in words(desk.card("dup 1"))

    await desk.press(card, ActionId.CONFIRM_ANOTHER, BOOKKEEPER)
    assert "that has been answered" in desk.whispers(BOOKKEEPER)[-1]
    await desk.press(desk.card("dup 1"), ActionId.SHOW_DETAILS, BOOKKEEPER)
    assert f"<@{BOOKKEEPER}>: confirmed" in words(desk.modal(BOOKKEEPER))


async def test_a_duplicate_is_archived_with_what_it_is_one_of_and_comes_back_as_it_was(desk: Desk) -> None:
    await desk.add()
    await desk.slack.submit(await desk.form(), {**A_BILL, BlockId.GROSS: "12.00", BlockId.TAX: "2.00"})
    await desk.settle()
    assert QUESTION in words(desk.modal(MEMBER))

    await desk.press(desk.card("INV-1"), ActionId.ARCHIVE_DUPLICATE, BOOKKEEPER)
    archived = desk.card("INV-1")
    assert "a duplicate of B-1001" in words(archived)
    assert actions(archived) == [ActionId.SHOW_DETAILS, ActionId.EXPLAIN_ITEM, ActionId.UNARCHIVE_ITEM]

    await desk.press(archived, ActionId.UNARCHIVE_ITEM, BOOKKEEPER)
    assert QUESTION in words(desk.card("INV-1"))
    assert ActionId.APPROVE_ITEM not in actions(desk.card("INV-1"))


@pytest.mark.parametrize("way", ["archived", "rejected"])
async def test_what_is_over_here_while_its_document_stays_in_the_ledger_is_still_the_same_document(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """It stands there otherwise than it was approved: sent in once more, it would be booked twice."""
    await desk.add()
    with monkeypatch.context() as patched:
        patched.setattr(sending, "differences", lambda *_: ("total: 120.00 here, 120.01 in the ledger",))
        await desk.approve("INV-1")
        await desk.world.later(UNDO_SECONDS + 1)
    assert len(desk.xero.bills()) == 1
    if way == "archived":
        await desk.press(desk.card("INV-1"), ActionId.ARCHIVE_ITEM, BOOKKEEPER)
    else:
        await desk.edit("INV-1", {BlockId.GROSS: "120.01"})
        await desk.press(desk.card("INV-1"), ActionId.REJECT_ITEM, APPROVER)
        await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "not ours"})
        await desk.settle()
    assert way in words(desk.card("INV-1")).lower()

    again = await desk.add()

    assert f"{QUESTION} ({way}): is it another document?" in words(again)
    assert ActionId.APPROVE_ITEM not in actions(again)


async def test_another_number_answers_the_question(desk: Desk) -> None:
    await desk.add()
    await desk.add(**{BlockId.SUPPLIER: "paper & ink ltd"})

    await desk.edit("INV-1", {BlockId.NUMBER: "INV-2"})

    assert "is it another" not in words(desk.card("INV-2"))
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-2"))


async def test_an_edit_that_makes_it_the_same_document_asks(desk: Desk) -> None:
    await desk.add()
    await desk.add(**{BlockId.NUMBER: "INV-2"})

    await desk.edit("INV-2", {BlockId.NUMBER: "inv/1"})

    assert QUESTION in words(desk.card("inv/1"))
    assert ActionId.APPROVE_ITEM not in actions(desk.card("inv/1"))


async def test_what_was_rejected_makes_no_duplicate_and_the_same_amount_on_the_same_day_only_warns(desk: Desk) -> None:
    first = await desk.add()
    await desk.press(first, ActionId.REJECT_ITEM)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Typed wrong"})
    await desk.settle()
    assert "is it another" not in words(await desk.add(**{BlockId.GROSS: "60.00", BlockId.TAX: "10.00"}))

    await desk.world.later(1)
    alike = await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.GROSS: "60.00", BlockId.TAX: "10.00"})
    assert "Same supplier, date and total as B-1002 (in approval)." in words(alike)
    assert ActionId.APPROVE_ITEM in actions(alike)
    for number in (3, 4, 5):
        await desk.world.later(1)
        alike = await desk.add(**{BlockId.NUMBER: f"INV-{number}", BlockId.GROSS: "60.00", BlockId.TAX: "10.00"})
    one, two, three = (f"B-100{number} (in approval)" for number in (2, 3, 4))
    assert f"Same supplier, date and total as {one}, {two}, {three} and 1 more." in words(alike)


@pytest.mark.parametrize("way", ["rejected", "archived", "another number", "a statement"])
async def test_whoever_waits_for_an_answer_about_it_goes_on_when_that_is_settled(desk: Desk, way: str) -> None:
    first = await desk.add()
    again = {BlockId.SUPPLIER: "paper & ink ltd"}
    await desk.world.later(1)
    second = await desk.add(**again)
    await desk.world.later(1)
    third = await desk.add(**again)
    assert QUESTION in words(second)
    assert QUESTION in words(third)

    match way:
        case "rejected":
            await desk.press(first, ActionId.REJECT_ITEM)
            await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Typed wrong"})
            await desk.settle()
        case "archived":
            await put_away(desk, first)
        case "another number":
            await change(desk, first, {BlockId.NUMBER: "INV-2"})
        case _:
            await change(desk, first, {BlockId.DOCUMENT_TYPE: "statement"})

    assert "is it another" not in words(seen(desk, second))
    assert ActionId.APPROVE_ITEM in actions(seen(desk, second))
    assert "Same supplier and number as B-1002 (in approval): is it another" in words(seen(desk, third))

    await desk.press(seen(desk, second), ActionId.APPROVE_ITEM)
    await desk.world.later(UNDO_SECONDS + 5)
    await put_away(desk, seen(desk, second))
    assert "is it another document?" in words(seen(desk, third))
    later = await desk.add(**again)
    assert "Same supplier and number as B-1002 (archived): is it another" in words(later)


async def test_what_comes_back_does_not_ask_about_what_was_settled_meanwhile(desk: Desk) -> None:
    first = await desk.add()
    await desk.world.later(1)
    second = await desk.add(**{BlockId.SUPPLIER: "paper & ink ltd"})
    await desk.press(second, ActionId.ARCHIVE_DUPLICATE, BOOKKEEPER)
    await desk.press(first, ActionId.REJECT_ITEM)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Typed wrong"})
    await desk.settle()

    await desk.press(seen(desk, second), ActionId.UNARCHIVE_ITEM, BOOKKEEPER)

    assert "is it another" not in words(seen(desk, second))
    assert ActionId.APPROVE_ITEM in actions(seen(desk, second))


def seen(desk: Desk, card: Message) -> Message:
    """As it stands now."""
    return next(message for message in desk.slack.messages(BILLS) if message.ts == card.ts)


async def change(desk: Desk, card: Message, values: dict[str, object]) -> None:
    await desk.press(card, ActionId.EDIT_ITEM, BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), values)
    await desk.settle()


async def put_away(desk: Desk, card: Message) -> None:
    """By hand; what is in approval is sent back first, because it cannot be archived from there."""
    if ActionId.SEND_BACK in actions(card):
        await desk.press(card, ActionId.SEND_BACK)
        await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Which one is it?"})
        await desk.settle()
    await desk.press(seen(desk, card), ActionId.ARCHIVE_ITEM, BOOKKEEPER)


async def test_another_supplier_may_use_the_same_number(desk: Desk) -> None:
    await desk.add()

    assert "is it another" not in words(await desk.add(**{BlockId.SUPPLIER: "Ink Ltd"}))


async def test_several_tax_rates_wait_and_say_why(desk: Desk) -> None:
    await desk.drop("MIX-1", rows=(a_rated_row("20", "60.00"), a_rated_row("0", "40.00")))

    card = desk.card("MIX-1")
    assert "several tax rates (20 %, 0 %)" in words(card)
    assert ActionId.APPROVE_ITEM not in actions(card)


async def test_lines_of_several_tax_rates_get_the_one_that_has_their_percentage(desk: Desk) -> None:
    """Two rates of the list have 20 %; of these it is the one that the organisation uses by default."""
    await desk.drop("MIX-2", rows=(a_rated_row("20", "60.00"), a_rated_row("5", "40.00")), totals=("100.00", "14.00"))

    await desk.approve("MIX-2")
    await desk.world.later(UNDO_SECONDS + 1)

    (bill,) = desk.xero.bills()
    assert [(line["TaxType"], line["TaxAmount"]) for line in bill["LineItems"]] == [
        ("INPUT2", Decimal("12.00")),
        ("RRINPUT", Decimal("2.00")),
    ]


async def test_one_rate_that_a_person_chooses_for_all_of_it_counts_and_is_pointed_out(desk: Desk) -> None:
    await desk.drop("MIX-3", rows=(a_rated_row("20", "60.00"), a_rated_row("5", "40.00")), totals=("100.00", "14.00"))
    assert (await desk.edit("MIX-3", {BlockId.TAX_RATE: "NONE"})).errors == {}

    card = desk.card("MIX-3")
    assert "several tax rates (20 %, 5 %), and No VAT" in words(card)
    await desk.press(card, ActionId.EXPLAIN_ITEM, BOOKKEEPER)
    why = words(desk.modal(BOOKKEEPER))
    assert "*Line 2, tax rate*\nnone\n_chosen by a person_" in why
    assert "(suggested)" in why
    assert "*Publish as*\nAwaiting payment\n_as the settings say_" in why
    await desk.approve("MIX-3")
    await desk.world.later(UNDO_SECONDS + 1)
    (bill,) = desk.xero.bills()
    assert {line["TaxType"] for line in bill["LineItems"]} == {"NONE"}


async def test_a_tax_rate_other_than_the_documents_is_pointed_out(desk: Desk) -> None:
    await desk.drop("RED-1", rows=(a_rated_row("5", "100.00"),))

    card = desk.card("RED-1")
    assert "The document has 5 % tax; the tax rate chosen is one of 20 %" in words(card)
    assert ActionId.APPROVE_ITEM in actions(card)
