"""A line of a statement whose payment somebody entered in the ledger by hand is a possible duplicate, and no match."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from bot.playground.slack import BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from providers.xero.simulated.acting import SOMEBODY
from providers.xero.simulated.bank_transactions import BankTransactionWriter
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, a_desk, actions, words
from tests.handlers.test_bank_match import autofill, offered, read_again, said, switched
from tests.handlers.test_bank_statements import CURRENT, put_in, told
from tests.statements.files import A_LINE, sgml


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        yield made
        assert made.slack.refusals == []


def by_hand(desk: Desk, **sent: Any) -> Any:
    """Somebody writes in Xero; what it is then."""
    books = desk.xero.books[TRADING]
    outcome = BankTransactionWriter(books, SOMEBODY, may_update=True, places=4).write(sent)
    assert outcome.errors == []
    return outcome.document


def spent(desk: Desk, day: str, bank: str = CURRENT) -> str:
    """120.00, by hand; its id."""
    line = {
        "Description": "Paper",
        "Quantity": 1,
        "UnitAmount": Decimal(100),
        "AccountCode": "429",
        "TaxType": "INPUT2",
    }
    of = {"Type": "SPEND", "Contact": {"Name": "Central Copiers"}, "BankAccount": {"Code": bank}}
    return str(by_hand(desk, **of, Date=day, LineItems=[line])["BankTransactionID"])


async def statement(desk: Desk, *more: Any) -> None:
    await put_in(desk, sgml(A_LINE, *more).encode())
    await told(desk)


async def test_what_somebody_booked_by_hand_is_a_possible_duplicate_as_soon_as_its_statement_is_put_in(
    desk: Desk,
) -> None:
    await switched(desk)
    await desk.add()
    spent(desk, "2026-03-05")

    await statement(desk)

    card = desk.card("INV-1")
    assert "*Possible duplicate.*" in words(card)
    assert "PAPER &amp; INK" in words(card)
    assert ActionId.AUTOFILL_PAYMENT not in actions(card)


async def test_nothing_takes_a_line_that_was_booked_by_hand_meanwhile_and_what_is_deleted_there_frees_it(
    desk: Desk,
) -> None:
    await switched(desk)
    await desk.add()
    await statement(desk)
    await desk.press(desk.card("INV-1"), ActionId.AUTOFILL_PAYMENT, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    made = spent(desk, "2026-03-05")

    await read_again(desk)
    done = await desk.slack.submit(form, {BlockId.BANK_LINE: offered(form)[0]})
    await desk.settle()

    assert "was taken by another item meanwhile, or the ledger has it" in done.errors[BlockId.BANK_LINE]
    assert ActionId.AUTOFILL_PAYMENT not in actions(desk.card("INV-1"))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    by_hand(desk, BankTransactionID=made, Status="DELETED")
    await read_again(desk)
    assert "*Possible duplicate.*" not in words(desk.card("INV-1"))
    assert (await autofill(desk)).errors == {}


async def test_what_was_booked_days_away_or_on_another_account_is_of_no_line(desk: Desk) -> None:
    await switched(desk)
    await desk.add()
    spent(desk, "2026-03-07")
    spent(desk, "2026-03-03", "091")

    await statement(desk)

    assert ActionId.AUTOFILL_PAYMENT in actions(desk.card("INV-1"))


async def test_what_an_item_booked_on_its_line_leaves_the_next_line_of_its_amount_to_others(desk: Desk) -> None:
    await switched(desk)
    await desk.add()
    await statement(desk, ("20260304", "-120.00", "F2", "ANOTHER"))
    assert (await autofill(desk)).errors == {}
    await desk.approve("INV-1")
    await desk.world.later(60)
    assert len(desk.xero.books[TRADING].bank_transactions) == 1
    second = await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.SUPPLIER: "Somebody Else Ltd"})

    await read_again(desk)

    assert "*Possible duplicate.*" not in words(desk.card("INV-1"))
    assert ActionId.AUTOFILL_PAYMENT in actions(second)
    await desk.press(desk.card("INV-2"), ActionId.AUTOFILL_PAYMENT, BOOKKEEPER)
    (other,) = said(desk.modal(BOOKKEEPER))
    assert other.startswith("4 Mar 2026")


async def test_what_is_booked_by_hand_after_its_line_was_chosen_is_seen_before_it_is_approved(desk: Desk) -> None:
    await switched(desk)
    await desk.add()
    await statement(desk)
    assert (await autofill(desk)).errors == {}
    assert "*Possible duplicate.*" not in words(desk.card("INV-1"))
    spent(desk, "2026-03-04")

    await read_again(desk)

    assert "*Possible duplicate.*" in words(desk.card("INV-1"))
    assert "*Bank line*" in words(desk.card("INV-1"))
    await desk.press(desk.card("INV-1"), ActionId.AUTOFILL_PAYMENT, BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.BANK_LINE: "none"})
    await desk.settle()
    second = await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.SUPPLIER: "Somebody Else Ltd"})
    assert ActionId.AUTOFILL_PAYMENT not in actions(second)
