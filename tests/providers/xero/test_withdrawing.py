"""What Xero does not let go of a document that is to be taken out of its books, and what goes with it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from bot.domain.ledger_documents import EndedDocument
from bot.domain.postings import Ending, PostingKind, Withdrawal
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted, Refused
from bot.domain.withdrawing import of_withdrawal
from providers.xero.simulated import allocations, payments
from providers.xero.simulated.acting import SOMEBODY
from providers.xero.simulator import TRADING
from tests.contract import xero_documents
from tests.contract.far_end import a_bill, a_posting
from tests.contract.xero import XeroFarEnd, xero_far_end
from tests.fakes.clock import FakeClock


@pytest.fixture
async def xero(clock: FakeClock) -> AsyncIterator[XeroFarEnd]:
    """Every request and answer is of Xero's own description."""
    async with xero_far_end(clock) as far_end:
        yield far_end
        if xero_documents.are_here():
            assert xero_documents.problems(far_end.state.calls) == []


async def refused(xero: XeroFarEnd, withdrawal: Withdrawal) -> Problem:
    outcome = await xero.take_back(withdrawal)
    assert isinstance(outcome, Refused), outcome
    return of_withdrawal(outcome.problem)


def paid(xero: XeroFarEnd, withdrawal: Withdrawal, amount: str) -> str:
    """The id of a payment of the bill."""
    of_bill = {"Invoice": {"InvoiceID": withdrawal.document_id}, "Account": {"AccountID": xero.bank_account()}}
    outcome = payments.write(xero.state.books[TRADING], SOMEBODY, {**of_bill, "Amount": Decimal(amount)})
    assert outcome.document is not None
    return str(outcome.document["PaymentID"])


async def test_our_own_payment_goes_first_and_somebody_elses_keeps_the_bill(xero: XeroFarEnd) -> None:
    withdrawal = await xero.published(a_bill("A"))
    ours = paid(xero, withdrawal, "100.00")
    theirs = paid(xero, withdrawal, "20.00")
    with_ours = replace(withdrawal, payments=(ours,))

    assert (await refused(xero, with_ours)).code is ProblemCode.WITHDRAWAL_SETTLED
    assert xero.state.books[TRADING].payments[ours]["Status"] == "AUTHORISED"
    assert payments.delete(xero.state.books[TRADING], SOMEBODY, xero.state.books[TRADING].payments[theirs]) == []
    outcome = await xero.take_back(with_ours)

    assert isinstance(outcome, Accepted)
    assert xero.state.books[TRADING].payments[ours]["Status"] == "DELETED"
    assert xero.state.books[TRADING].invoices[withdrawal.document_id]["Status"] == "VOIDED"


async def test_a_bill_paid_in_full_by_us_is_voided(xero: XeroFarEnd) -> None:
    withdrawal = await xero.published(a_bill("A"))
    ours = paid(xero, withdrawal, "120.00")

    outcome = await xero.take_back(replace(withdrawal, payments=(ours,)))

    assert isinstance(outcome, Accepted)
    assert await xero.read(withdrawal.posting, withdrawal.document_id) == {}


async def test_a_credit_note_that_is_used_up_stays_and_so_does_what_it_pays(xero: XeroFarEnd) -> None:
    bill = await xero.published(a_bill("A"))
    note = await xero.published(a_posting(PostingKind.SUPPLIER_CREDIT_NOTE, "C"))
    books = xero.state.books[TRADING]
    sent = {"Invoice": {"InvoiceID": bill.document_id}, "Amount": 50}
    assert allocations.write(books, SOMEBODY, note.document_id, sent).errors == []

    assert (await refused(xero, note)).code is ProblemCode.WITHDRAWAL_SETTLED
    assert (await refused(xero, bill)).code is ProblemCode.WITHDRAWAL_SETTLED


async def test_what_is_matched_with_a_bank_statement_stays(xero: XeroFarEnd) -> None:
    withdrawal = await xero.published(xero.a_posting(PostingKind.SPEND_MONEY, "S"))
    books = xero.state.books[TRADING]
    (spent,) = (one for one in books.bank_transactions.values() if one["Reference"] == "S")
    books.bank_transactions.save(withdrawal.document_id, {**spent, "IsReconciled": True, "_statement": True})

    problem = await refused(xero, withdrawal)

    assert problem.code is ProblemCode.WITHDRAWAL_RECONCILED
    assert "reconciled with a Bank Statement" in problem.vendor_words


async def test_who_may_only_read_and_a_lapsed_subscription_withdraw_nothing(xero: XeroFarEnd) -> None:
    withdrawal = await xero.published(a_bill("A"))
    xero.state.set_lapsed(TRADING, is_lapsed=True)
    assert (await refused(xero, withdrawal)).code is ProblemCode.WITHDRAWAL_REFUSED
    xero.state.set_lapsed(TRADING, is_lapsed=False)
    xero.state.set_role(TRADING, "dana", "READONLY")
    assert (await refused(xero, withdrawal)).code is ProblemCode.WITHDRAWAL_NOT_ALLOWED
    assert xero.standing() == ["A"]


async def test_a_sign_in_without_the_right_to_payments_keeps_what_we_paid_and_all_else_goes_on(
    xero: XeroFarEnd,
) -> None:
    withdrawal, other = await xero.published(a_bill("A")), await xero.published(a_bill("B"))
    withdrawal = replace(withdrawal, payments=(paid(xero, withdrawal, "120.00"),))
    xero.state.grants.withheld.add("accounting.payments")

    assert (await refused(xero, withdrawal)).code is ProblemCode.WITHDRAWAL_NOT_ALLOWED
    assert isinstance(await xero.take_back(other), Accepted)


async def test_xero_says_twice_that_it_has_no_such_document(xero: XeroFarEnd) -> None:
    for kind in (PostingKind.BILL, PostingKind.SUPPLIER_CREDIT_NOTE, PostingKind.SPEND_MONEY):
        withdrawal = await xero.published(xero.a_posting(kind, f"{kind}"))
        before = len(xero.state.calls)

        outcome = await xero.take_back(replace(withdrawal, document_id=str(uuid4())))

        assert isinstance(outcome, Accepted)
        assert isinstance(outcome.record, EndedDocument)
        assert outcome.record.ending is Ending.GONE
        assert [call.status for call in xero.state.calls[before:]] == [404, 200]


async def test_it_is_read_before_it_is_written_and_only_its_status_is_sent(xero: XeroFarEnd) -> None:
    withdrawal = await xero.published(a_bill("A"))
    before = len(xero.state.calls)

    await xero.take_back(withdrawal, key="k")

    read, written = xero.state.calls[before:]
    path = f"/api.xro/2.0/Invoices/{withdrawal.document_id}"
    assert (read.method, read.path, written.method, written.path) == ("GET", path, "POST", path)
    assert written.headers["Idempotency-Key"] == "k"
    body = f'{{"Invoices": [{{"InvoiceID": "{withdrawal.document_id}", "Status": "VOIDED"}}]}}'
    assert written.body.decode() == body
    assert xero.provider.ending(PostingKind.BILL, withdrawal.posting.status) is Ending.VOIDED
