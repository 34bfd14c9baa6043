"""What bank match relies on where a ledger tells no bank lines: what was booked on an account, by us and by people."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

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
    """Of packages that say so."""

    @pytest.fixture
    def recording(self, writing: WithdrawingFarEnd) -> WithdrawingFarEnd:
        if not isinstance(writing.provider, RecordedPaymentProvider):
            pytest.skip("this package tells its bank lines, or is not asked")
        return writing

    async def test_what_was_booked_on_a_bank_account_is_told_as_the_bank_says_it(
        self, recording: WithdrawingFarEnd
    ) -> None:
        kinds = (*(kind for kind in self.KINDS if kind.is_of_bank), *self.PAID)
        before, wanted = await _booked(recording), Counter[tuple[date, Decimal]]()
        for place, kind in enumerate(kinds):
            withdrawal = await self._written(recording, kind, f"R-{place}")
            amount = withdrawal.posting.gross if kind in COMES_IN else -withdrawal.posting.gross
            wanted[withdrawal.posting.issued_on, amount] += 1

        booked = await _booked(recording) - before

        assert Counter((each.dated_on, each.amount) for each in booked) == wanted
        later = max(day for day, _ in wanted) + timedelta(days=1)
        assert await _booked(recording, first=later) & booked == set()
        for account in await _other_accounts(recording):
            assert await _booked(recording, account) & booked == set()

    async def test_what_somebody_paid_there_by_hand_is_told(self, recording: WithdrawingFarEnd) -> None:
        assert isinstance((await recording.create(recording.a_bill("H-1")))[0], Accepted)
        before = await _booked(recording)

        recording.pay("H-1")

        (booked,) = await _booked(recording) - before
        assert booked.amount == Decimal(-1)
        assert date(2026, 2, 20) <= booked.dated_on <= recording.clock.now().date()

    async def test_what_was_taken_out_of_the_books_is_told_no_more(self, recording: WithdrawingFarEnd) -> None:
        if Capability.WITHDRAWING not in recording.provider.profile.capabilities:
            return
        before = await _booked(recording)
        for place, kind in enumerate((*(kind for kind in self.KINDS if kind.is_of_bank), *self.PAID)):
            withdrawal = await self._written(recording, kind, f"W-{place}")
            assert len(await _booked(recording) - before) == 1, kind

            assert isinstance(await recording.take_back(withdrawal), Accepted), kind

            assert await _booked(recording) == before, kind

    async def _written(self, recording: WithdrawingFarEnd, kind: PostingKind, number: str) -> Withdrawal:
        """Booked on the bank account, by itself or by its payment; what takes it out again."""
        plain = recording.a_posting(kind, number)
        posting = plain if kind.is_of_bank else replace(plain, status=PaymentStatus.PAID)
        withdrawal = await recording.published(posting)
        if kind.is_of_bank:
            return withdrawal
        (paid,) = await recording.create(self._a_payment(recording, posting, withdrawal.document_id, number))
        assert isinstance(paid, Accepted), (kind, paid)
        return replace(withdrawal, payments=(paid.ledger_id,))


async def _booked(
    recording: WithdrawingFarEnd, account: str | None = None, first: date = date(2026, 1, 1)
) -> set[RecordedPayment]:
    """Not before the ledger's lists show it for sure."""
    recording.clock.move_to(recording.clock.now() + recording.provider.profile.marker.visibility_delay)
    assert isinstance(recording.provider, RecordedPaymentProvider)
    found = await recording.provider.recorded_payments(
        recording.access, account or recording.bank_account(), first=first
    )
    assert len({each.ledger_id for each in found}) == len(found)
    return set(found)


async def _other_accounts(recording: WithdrawingFarEnd) -> list[str]:
    page = await recording.provider.list_page(recording.access, ListKind.BANK_ACCOUNTS, None)
    entries = [entry for entry in page.entries if isinstance(entry, Account)]
    return [entry.provider_id for entry in entries if entry.provider_id not in ("", recording.bank_account())]
