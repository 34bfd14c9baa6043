"""A withdrawal that the ledger stops after our payment of the bill is gone: "not now" is followed up, and after a no whoever keeps
the books reads that the bill is unpaid, and has it paid again.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from fnmatch import fnmatch
from typing import Any

import pytest

from bot.playground.slack import BILLS, BOOKKEEPER
from bot.views.ids import ActionId
from providers.freeagent.simulator import TRADING as OF_FREEAGENT
from providers.quickbooks.simulator import TRADING as OF_QUICKBOOKS
from providers.sage.simulator import TRADING as OF_SAGE
from providers.simulating.misbehaviour import Fault
from tests.contract.at_call import AtCall
from tests.handlers.beside import pay_costs
from tests.handlers.desk import Desk, actions, words
from tests.handlers.test_freeagent import CURRENT_ACCOUNT, STANDARD_RATE, STATIONERY, beside_freeagent
from tests.handlers.test_quickbooks import beside_quickbooks
from tests.handlers.test_sage import beside_sage
from tests.handlers.test_withdrawing import withdraw

PAID: dict[str, tuple[str, str, Callable[[Any, date | None], None]]] = {
    "quickbooks": ("Bill", "BillPayment", lambda books, on: books.close_books(OF_QUICKBOOKS, on)),
    "sage": ("purchase_invoices", "contact_payments", lambda books, on: books.lock(OF_SAGE, on)),
    "freeagent": ("bills", "bank_transaction_explanations", lambda books, on: books.lock_to(OF_FREEAGENT, on)),
}
"""What bills and their payments are called there, and how the books are locked up to a day."""


@asynccontextmanager
async def with_a_paid_bill(database_url: str, name: str) -> AsyncIterator[tuple[Desk, Any]]:
    open_books: dict[str, Callable[[], Any]] = {
        "quickbooks": lambda: beside_quickbooks(database_url, is_paid=True),
        "sage": lambda: beside_sage(database_url, is_paid=True),
        "freeagent": lambda: beside_freeagent(database_url),
    }
    async with open_books[name]() as (desk, books):
        if name == "freeagent":
            await pay_costs(desk, account=CURRENT_ACCOUNT, category=STATIONERY, tax=STANDARD_RATE)
        await desk.add()
        await desk.approve("INV-1")
        await minutes_later(desk)
        assert standing(books, name) == (1, 1)
        yield desk, books


def standing(books: Any, name: str) -> tuple[int, int]:
    """How many bills there are, and payments."""
    document, payment, _ = PAID[name]
    return len(books.documents(document)), len(books.documents(payment))


def before_the_bill_goes(books: Any, name: str, happens: Callable[[], None]) -> None:
    """At the call after the one that takes its payment."""
    document = "*/bill" if name == "quickbooks" else f"*/{PAID[name][0]}/*"

    class BeforeIt(AtCall):
        def next_for(self, method: str, path: str, body: bytes = b"") -> Any:
            if method in ("POST", "DELETE") and fnmatch(path, document) and self.place < 0:
                self.place = len(self.calls)
            return AtCall.next_for(self, method, path, body)

    books.misbehaviour = BeforeIt(happens=happens)


async def minutes_later(desk: Desk, times: int = 4) -> None:
    for _ in range(times):
        await desk.world.later(61)


@pytest.mark.parametrize("name", PAID)
async def test_a_bill_that_stays_after_its_payment_is_gone_is_said_to_be_unpaid_and_paid_again(
    sqlite_url: str, name: str
) -> None:
    async with with_a_paid_bill(sqlite_url, name) as (desk, books):
        lock = PAID[name][2]
        before_the_bill_goes(books, name, lambda: lock(books, date(2026, 3, 31)))

        await withdraw(desk)
        await minutes_later(desk)

        assert standing(books, name) == (1, 0)
        stays, unpaid = desk.slack.thread(BILLS, desk.card("INV-1").ts)
        assert "Its payment was deleted there before, so the bill is unpaid in" in words(stays)
        assert "press Retry in the message about its payment" in words(stays)
        assert "It stands there unpaid now." in words(unpaid)
        assert actions(unpaid)[:2] == [ActionId.RETRY_ITEM, ActionId.LEAVE_STEP]
        await desk.press(stays, ActionId.LEAVE_PUBLISHED, BOOKKEEPER)
        lock(books, None)
        await desk.press(unpaid, ActionId.RETRY_ITEM, BOOKKEEPER)
        await minutes_later(desk)
        assert standing(books, name) == (1, 1)


@pytest.mark.parametrize("name", PAID)
async def test_not_now_after_its_payment_is_gone_is_followed_up_until_the_bill_is_gone_too(
    sqlite_url: str, name: str
) -> None:
    async with with_a_paid_bill(sqlite_url, name) as (desk, books):
        kind = "*/bill" if name == "quickbooks" else f"*/{PAID[name][0]}/*"
        for method in ("POST", "DELETE"):
            books.fail_next(Fault.TOO_MANY, method=method, path=kind, seconds=30)
        await withdraw(desk)
        assert standing(books, name) == (1, 0)
        assert "Being withdrawn" in words(desk.card("INV-1"))

        await minutes_later(desk)

        assert standing(books, name) == (0, 0)
        (told,) = desk.slack.thread(BILLS, desk.card("INV-1").ts)
        assert "Its payment is deleted. The bill is deleted in" in told.text
