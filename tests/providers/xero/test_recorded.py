"""What Xero has booked on a bank account, in the words of its lists."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.bank_lines import RecordedPayment
from bot.domain.problems import ProblemCode
from providers.base import Access, RecordedPaymentProvider
from providers.errors import PersonNeededError, ProviderChangedError
from providers.refusals import mapped_errors
from providers.xero.recorded import recorded_in
from providers.xero.simulated.books import Books
from providers.xero.simulated.state import DEFAULT_SCOPES
from providers.xero.simulator import TRADING
from tests.contract import xero_documents
from tests.contract.xero import XeroFarEnd, xero_far_end
from tests.fakes.clock import FakeClock

BANK, DAY = {"AccountID": "bank"}, "/Date(1772496000000+0000)/"


@pytest.fixture
async def xero(clock: FakeClock) -> AsyncIterator[XeroFarEnd]:
    """Every request and answer is of Xero's own description."""
    async with xero_far_end(clock) as far_end:
        yield far_end
        if xero_documents.are_here():
            assert xero_documents.problems(far_end.state.calls) == []


def spent(kind: str = "SPEND", total: str = "10.00", one: str = "t", **more: Any) -> dict[str, Any]:
    return {"BankTransactionID": one, "Type": kind, "BankAccount": BANK, "Date": DAY, "Total": Decimal(total), **more}


def paid(kind: str = "ACCPAYPAYMENT", amount: str = "10.00", one: str = "p", **more: Any) -> dict[str, Any]:
    return {"PaymentID": one, "PaymentType": kind, "Account": BANK, "Date": DAY, "Amount": Decimal(amount), **more}


def booked(amount: str, one: str) -> RecordedPayment:
    return RecordedPayment(ledger_id=one, dated_on=date(2026, 3, 3), amount=Decimal(amount))


@pytest.mark.parametrize(
    ("kind", "amount"),
    [
        ("ACCPAYPAYMENT", "-10.00"),
        ("ARCREDITPAYMENT", "-10.00"),
        ("AROVERPAYMENTPAYMENT", "-10.00"),
        ("ACCRECPAYMENT", "10.00"),
        ("APCREDITPAYMENT", "10.00"),
        ("APPREPAYMENTPAYMENT", "10.00"),
    ],
)
def test_what_is_paid_leaves_the_account_and_what_is_given_back_comes_in(kind: str, amount: str) -> None:
    assert recorded_in((), (paid(kind),), "bank") == (booked(amount, "p"),)


@pytest.mark.parametrize(
    ("kind", "amount"), [("SPEND-OVERPAYMENT", "-10.00"), ("SPEND-TRANSFER", "-10.00"), ("RECEIVE-PREPAYMENT", "10.00")]
)
def test_money_spent_in_advance_or_moved_to_another_account_has_left_as_well(kind: str, amount: str) -> None:
    assert recorded_in((spent(kind),), (), "bank") == (booked(amount, "t"),)


def test_what_was_paid_as_one_batch_is_one_line_of_the_bank() -> None:
    of_one = [paid(one="p1", BatchPaymentID="b"), paid(one="p2", amount="2.50", BatchPayment={"BatchPaymentID": "b"})]

    assert recorded_in((), [*of_one, paid(one="p3")], "bank") == (booked("-12.50", "b"), booked("-10.00", "p3"))


def test_another_currency_is_told_as_the_account_has_it_and_another_account_is_not() -> None:
    foreign, elsewhere = (
        paid(amount="12.00", BankAmount=Decimal("10.00")),
        paid(one="q", Account={"AccountID": "other"}),
    )

    assert recorded_in((spent(BankAccount=None),), (foreign, elsewhere), "bank") == (booked("-10.00", "p"),)


def test_a_kind_that_nobody_has_heard_of_is_not_guessed_at() -> None:
    with pytest.raises(ProviderChangedError), mapped_errors():
        recorded_in((), (paid("BARTER"),), "bank")


async def test_more_than_a_page_is_read_to_its_end(xero: XeroFarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Books, "largest_page", 2)
    for number in range(5):
        await xero.create(xero.a_bill(f"P-{number}"))
        xero.pay(f"P-{number}")
    before = len(xero.state.calls)

    found = await told(xero, xero.access)

    assert [each.amount for each in found] == [Decimal(-1)] * 5
    assert len(xero.state.calls) - before == 4


async def test_a_connection_that_is_older_than_our_wish_for_payments_lacks_that_right_alone(xero: XeroFarEnd) -> None:
    scopes = [scope for scope in DEFAULT_SCOPES if scope != "accounting.payments"]
    token = xero.state.grant(scopes=scopes)["access_token"]

    with pytest.raises(PersonNeededError) as raised:
        await told(xero, Access(access_token=token, tenant_id=TRADING))

    assert raised.value.problem.code is ProblemCode.PAYMENTS_NOT_ALLOWED


async def told(xero: XeroFarEnd, access: Access) -> tuple[RecordedPayment, ...]:
    assert isinstance(xero.provider, RecordedPaymentProvider)
    return await xero.provider.recorded_payments(access, xero.bank_account(), first=date(2026, 1, 1))
