"""Withdrawals that stop at each of their calls, whatever stops them: nobody takes what is begun for nothing, a refusal says what is
gone, and the next try goes on from there.
"""

from dataclasses import replace

import pytest

from bot.domain.ledger_documents import EndedDocument
from bot.domain.postings import Payment, Posting, PostingKind, Withdrawal
from bot.domain.publishing import Accepted, Refused
from bot.domain.settings import PaymentStatus
from providers.errors import AccessExpiredError, OutcomeUnknownError, ProviderChangedError, ProviderError
from providers.simulating.misbehaviour import Fault
from tests.contract.at_call import AtCall
from tests.contract.far_ends import FAR_ENDS
from tests.contract.losing import LosingFarEnd
from tests.fakes.clock import FakeClock

FAULTS = (Fault.TOO_MANY, Fault.ERROR_BEFORE, Fault.RESET_BEFORE, Fault.ERROR_AFTER, Fault.RESET_AFTER, Fault.HTML)
KINDS = (PostingKind.BILL, PostingKind.SALES_INVOICE, PostingKind.SPEND_MONEY)
LEAVES_OPEN = (OutcomeUnknownError, ProviderChangedError)
"""After which it is looked before anything is said."""


async def paid(far: LosingFarEnd, kind: PostingKind, number: str) -> tuple[Withdrawal, Payment | None]:
    """A document that stands in the ledger with a payment of ours, where it can have one."""
    is_paid = kind in far.provider.profile.pays
    posting = far.a_posting(kind, number)
    if is_paid:
        posting = replace(posting, status=PaymentStatus.PAID)
    withdrawal = await far.published(posting)
    if not is_paid:
        return withdrawal, None
    payment = a_payment(far, posting, withdrawal.document_id, f"B-{number}")
    (outcome,) = await far.create(payment)
    assert isinstance(outcome, Accepted), outcome
    return replace(withdrawal, payments=(outcome.ledger_id,)), payment


def a_payment(far: LosingFarEnd, posting: Posting, document_id: str, marker: str) -> Payment:
    return Payment(
        item_id=posting.item_id,
        kind=posting.kind,
        document_id=document_id,
        marker=marker,
        bank_account=far.bank_account(),
        paid_on=posting.issued_on,
        amount=posting.gross,
        currency=posting.currency,
    )


async def take_back(far: LosingFarEnd, withdrawal: Withdrawal, at: AtCall) -> object:
    """What came of it, be it an error."""
    calm, far.state.misbehaviour = far.state.misbehaviour, at
    try:
        return await far.take_back(withdrawal, key=f"of {withdrawal.document_id[:30]}")
    except ProviderError as error:
        return error
    finally:
        far.state.misbehaviour = calm


async def calls_of_all(far: LosingFarEnd, kind: PostingKind) -> int:
    """How many there are where nothing stops it."""
    withdrawal, _ = await paid(far, kind, "whole")
    at = AtCall()
    assert isinstance(await take_back(far, withdrawal, at), Accepted)
    return len(at.calls)


async def nothing_stands(far: LosingFarEnd, withdrawal: Withdrawal, payment: Payment | None) -> bool:
    route = far.provider.route(withdrawal)
    (record,) = (await far.provider.read(far.access, route, [withdrawal.document_id])).values()
    return isinstance(record, EndedDocument) and not await standing_payments(far, withdrawal, payment)


async def standing_payments(far: LosingFarEnd, withdrawal: Withdrawal, payment: Payment | None) -> list[str]:
    if payment is None:
        return []
    return list(await far.provider.read(far.access, far.provider.route(payment), list(withdrawal.payments)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FAR_ENDS)
async def test_a_withdrawal_that_stops_at_any_call_is_open_once_it_has_begun_and_goes_on(
    clock: FakeClock, name: str, kind: PostingKind
) -> None:
    async with FAR_ENDS[name](clock) as far:
        far.lift_limits()
        length = await calls_of_all(far, kind)
        for fault in FAULTS:
            for place in range(length):
                case = f"{name} {kind} {fault} at call {place}"
                withdrawal, payment = await paid(far, kind, f"{fault[:8]}-{place}")
                at = AtCall(place=place, fault=fault)

                came = await take_back(far, withdrawal, at)

                if isinstance(came, ProviderError):
                    assert not at.has_written or isinstance(came, LEAVES_OPEN), (case, came, at.calls)
                else:
                    assert isinstance(came, Accepted), (case, came)
                again = AtCall()
                assert isinstance(await take_back(far, withdrawal, again), Accepted), (case, at.calls, again.calls)
                assert await nothing_stands(far, withdrawal, payment), (case, at.calls, again.calls)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FAR_ENDS)
async def test_access_that_ends_on_the_way_is_open_once_it_has_begun_and_another_goes_on(
    clock: FakeClock, name: str, kind: PostingKind
) -> None:
    async with FAR_ENDS[name](clock) as far:
        far.lift_limits()
        for place in range(await calls_of_all(far, kind)):
            withdrawal, payment = await paid(far, kind, f"E-{place}")
            at = AtCall(place=place, happens=far.expire_access)

            came = await take_back(far, withdrawal, at)

            assert isinstance(came, LEAVES_OPEN if at.has_written else AccessExpiredError), (place, came, at.calls)
            far.access = far.fresh_access()
            assert isinstance(await take_back(far, withdrawal, AtCall()), Accepted)
            assert await nothing_stands(far, withdrawal, payment)


@pytest.mark.parametrize("name", FAR_ENDS)
async def test_a_bill_that_is_refused_after_its_payment_is_gone_says_so_each_time(clock: FakeClock, name: str) -> None:
    """Its books are closed on the way."""
    async with FAR_ENDS[name](clock) as far:
        far.lift_limits()
        withdrawal, payment = await paid(far, PostingKind.BILL, "A")
        calls = AtCall()
        await take_back(far, withdrawal, calls)
        before_the_last = max(at for at, (method, _) in enumerate(calls.calls) if method != "GET")
        withdrawal, payment = await paid(far, PostingKind.BILL, "B")

        came = await take_back(far, withdrawal, AtCall(place=before_the_last, happens=far.close_books))
        again = await take_back(far, withdrawal, AtCall())

        assert await standing_payments(far, withdrawal, payment) == []
        for refused in (came, again):
            assert isinstance(refused, Refused), refused
            assert refused.problem.taken_back == withdrawal.payments
