"""What bank match relies on where a ledger tells no bank lines: what was booked on an account, by us and by people."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from bot.domain.bank_lines import RecordedPayment
from bot.domain.books import Account, Capability, ListKind
from bot.domain.postings import PostingKind, Withdrawal
from bot.domain.publishing import Accepted
from bot.domain.settings import PaymentStatus
from providers.base import RecordedPaymentProvider
from tests.contract.withdrawing import WithdrawingContract, WithdrawingFarEnd

COMES_IN = (
    PostingKind.RECEIVE_MONEY,
    PostingKind.SALES_INVOICE,
    PostingKind.SUPPLIER_CREDIT_NOTE,
    PostingKind.QUICK_SALE,
)


class RecordedContract(WithdrawingContract):
    """Of packages that are asked; the others take no part."""

    async def test_what_was_booked_on_a_bank_account_is_told_as_the_bank_says_it(
        self, writing: WithdrawingFarEnd
    ) -> None:
        if not isinstance(writing.provider, RecordedPaymentProvider):
            return
        kinds = (*(kind for kind in self.KINDS if kind.is_of_bank), *self.PAID)
        before, wanted = await _booked(writing), Counter[tuple[date, Decimal]]()
        for place, kind in enumerate(kinds):
            withdrawal = await self._written(writing, kind, f"R-{place}")
            amount = withdrawal.posting.gross if kind in COMES_IN else -withdrawal.posting.gross
            wanted[withdrawal.posting.issued_on, amount] += 1

        booked = await _booked(writing) - before

        assert Counter((each.dated_on, each.amount) for each in booked) == wanted
        later = max(day for day, _ in wanted) + timedelta(days=1)
        assert await _booked(writing, first=later) & booked == set()
        for account in await _other_accounts(writing):
            assert await _booked(writing, account) & booked == set()

    async def test_what_somebody_paid_there_by_hand_is_told(self, writing: WithdrawingFarEnd) -> None:
        if not isinstance(writing.provider, RecordedPaymentProvider):
            return
        assert isinstance((await writing.create(writing.a_bill("H-1")))[0], Accepted)
        before = await _booked(writing)

        writing.pay("H-1")

        (booked,) = await _booked(writing) - before
        assert booked.amount == Decimal(-1)
        assert date(2026, 2, 20) <= booked.dated_on <= writing.clock.now().date()

    async def test_what_was_taken_out_of_the_books_is_told_no_more(self, writing: WithdrawingFarEnd) -> None:
        if not isinstance(writing.provider, RecordedPaymentProvider):
            return
        if Capability.WITHDRAWING not in writing.provider.profile.capabilities:
            return
        before = await _booked(writing)
        for place, kind in enumerate((*(kind for kind in self.KINDS if kind.is_of_bank), *self.PAID)):
            withdrawal = await self._written(writing, kind, f"W-{place}")
            assert len(await _booked(writing) - before) == 1, kind

            assert isinstance(await writing.take_back(withdrawal), Accepted), kind

            assert await _booked(writing) == before, kind

    async def _written(self, writing: WithdrawingFarEnd, kind: PostingKind, number: str) -> Withdrawal:
        """Booked on the bank account, by itself or by its payment; what takes it out again."""
        plain = writing.a_posting(kind, number)
        posting = plain if kind.is_of_bank else replace(plain, status=PaymentStatus.PAID)
        withdrawal = await writing.published(posting)
        if kind.is_of_bank:
            return withdrawal
        (paid,) = await writing.create(self._a_payment(writing, posting, withdrawal.document_id, number))
        assert isinstance(paid, Accepted), (kind, paid)
        return replace(withdrawal, payments=(paid.ledger_id,))


async def _booked(
    writing: WithdrawingFarEnd, account: str | None = None, first: date = date(2026, 1, 1)
) -> set[RecordedPayment]:
    """Not before the ledger's lists show it for sure."""
    writing.clock.move_to(writing.clock.now() + writing.provider.profile.marker.visibility_delay)
    assert isinstance(writing.provider, RecordedPaymentProvider)
    found = await writing.provider.recorded_payments(writing.access, account or writing.bank_account(), first=first)
    assert len({each.ledger_id for each in found}) == len(found)
    return set(found)


async def _other_accounts(writing: WithdrawingFarEnd) -> list[str]:
    page = await writing.provider.list_page(writing.access, ListKind.BANK_ACCOUNTS, None)
    entries = [entry for entry in page.entries if isinstance(entry, Account)]
    return [entry.provider_id for entry in entries if entry.provider_id not in ("", writing.bank_account())]
