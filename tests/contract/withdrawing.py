"""What the product relies on when it takes a document out of the books again, however the answer gets lost."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from bot.domain.books import Capability
from bot.domain.ledger_documents import EndedDocument, Found, LedgerDocument, differences
from bot.domain.postings import Ending, Posting, Withdrawal
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted, Outcome, Refused
from bot.domain.settings import PaymentStatus
from bot.domain.withdrawing import of_withdrawal
from providers.errors import AccessExpiredError, OutcomeUnknownError, TryLaterError
from tests.contract.tables import statuses_of
from tests.contract.writing import WritingContract, WritingFarEnd


class WithdrawingFarEnd(WritingFarEnd):
    @abstractmethod
    def lose_withdrawal(self, way: str | None) -> None:
        """As `lose_answer`, for the next withdrawal of a bill; None: it breaks off before anything is done."""

    @abstractmethod
    def pay(self, number: str) -> None:
        """Somebody pays a part of the bill in the ledger."""

    @abstractmethod
    def change_total(self, number: str, gross: Decimal) -> None:
        """Somebody changes the bill in the ledger."""

    @abstractmethod
    def close_books(self) -> None:
        """Nothing that is dated up to now changes any more."""

    async def published(self, posting: Posting) -> Withdrawal:
        """What takes a document out of the books that was just written."""
        (outcome,) = await self.create(posting)
        assert isinstance(outcome, Accepted), outcome
        return Withdrawal(item_id=posting.item_id, document_id=outcome.ledger_id, posting=posting)

    async def take_back(self, withdrawal: Withdrawal, key: str | None = None) -> Outcome:
        return await self.provider.withdraw(self.access, withdrawal, idempotency_key=key or str(uuid4()))

    async def look(self, withdrawal: Withdrawal) -> Mapping[str, Found]:
        """As after a lost answer."""
        since, route = self.clock.now() - timedelta(minutes=5), self.provider.route(withdrawal)
        self.clock.move_to(self.clock.now() + self.provider.profile.marker.visibility_delay)
        return await self.provider.find(self.access, route, [withdrawal], since=since)


class WithdrawingContract(WritingContract):
    """Of packages that say so."""

    @pytest.fixture
    def withdrawing(self, writing: WithdrawingFarEnd) -> WithdrawingFarEnd:
        if Capability.WITHDRAWING not in writing.provider.profile.capabilities:
            pytest.skip("this package withdraws nothing")
        return writing

    async def test_a_document_of_each_kind_is_taken_out_of_the_books_as_is_told_before(
        self, withdrawing: WithdrawingFarEnd
    ) -> None:
        can = withdrawing.provider.profile.capabilities
        ways = [
            (kind, status) for kind in self.KINDS for status in statuses_of(kind, can) if status != PaymentStatus.PAID
        ]
        for number, (kind, status) in enumerate(ways):
            posting = replace(withdrawing.a_posting(kind, f"W-{number}"), status=status)
            withdrawal = await withdrawing.published(posting)
            assert await withdrawing.look(withdrawal) == {}

            outcome = await withdrawing.take_back(withdrawal)

            assert isinstance(outcome, Accepted), (kind, status, outcome)
            ended = await withdrawing.provider.read(
                withdrawing.access, withdrawing.provider.route(withdrawal), [withdrawal.document_id]
            )
            (record,) = ended.values()
            assert isinstance(record, EndedDocument)
            assert record.ending is withdrawing.provider.ending(kind, status)
            assert differences(withdrawal, record) == ()
            assert await withdrawing.read(posting, withdrawal.document_id) == {}
            assert await withdrawing.look(withdrawal) == {withdrawal.marker: record}

    async def test_what_stands_no_more_is_done_already_whoever_did_it(self, withdrawing: WithdrawingFarEnd) -> None:
        ours, theirs = (
            await withdrawing.published(withdrawing.a_bill("A")),
            await withdrawing.published(withdrawing.a_bill("B")),
        )
        unknown = replace(ours, document_id=str(uuid4()))
        await withdrawing.take_back(ours)
        withdrawing.void("B")

        for withdrawal in (ours, theirs, unknown):
            outcome = await withdrawing.take_back(withdrawal)
            assert isinstance(outcome, Accepted)
            assert isinstance(outcome.record, EndedDocument)
            assert (outcome.record.ending is Ending.GONE) is (withdrawal is unknown)

    async def test_what_somebody_settled_stays(self, withdrawing: WithdrawingFarEnd) -> None:
        withdrawal = await withdrawing.published(withdrawing.a_bill("A"))
        withdrawing.pay("A")

        outcome = await withdrawing.take_back(withdrawal)

        assert isinstance(outcome, Refused)
        assert outcome.problem.code is ProblemCode.WITHDRAWAL_SETTLED
        assert await withdrawing.look(withdrawal) == {}

    async def test_what_somebody_changed_stays_until_that_is_known(self, withdrawing: WithdrawingFarEnd) -> None:
        withdrawal = await withdrawing.published(withdrawing.a_bill("A"))
        withdrawing.change_total("A", Decimal("130.00"))

        outcome = await withdrawing.take_back(withdrawal)

        assert isinstance(outcome, Refused)
        assert outcome.problem.code is ProblemCode.WITHDRAWAL_CHANGED
        assert outcome.problem.facts["differences"] == "total: 120.00 here, 130.00 in the ledger"
        assert await withdrawing.look(withdrawal) == {}
        known = replace(withdrawal, known=outcome.problem.facts["differences"])
        assert isinstance(await withdrawing.take_back(known), Accepted)

    async def test_closed_books_keep_what_they_have(self, withdrawing: WithdrawingFarEnd) -> None:
        withdrawal = await withdrawing.published(withdrawing.a_bill("A"))
        withdrawing.close_books()

        code = await self._refused(withdrawing, withdrawal)

        assert code is ProblemCode.WITHDRAWAL_LOCKED
        assert withdrawing.standing() == ["A"]

    @staticmethod
    async def _refused(withdrawing: WithdrawingFarEnd, withdrawal: Withdrawal) -> ProblemCode:
        outcome = await withdrawing.take_back(withdrawal)
        assert isinstance(outcome, Refused), outcome
        return of_withdrawal(outcome.problem).code

    async def test_a_lost_answer_to_a_withdrawal_is_settled_by_looking(self, withdrawing: WithdrawingFarEnd) -> None:
        for way in self.LOST:
            withdrawal = await withdrawing.published(withdrawing.a_bill(way))
            withdrawing.lose_withdrawal(way)

            with pytest.raises(OutcomeUnknownError):
                await withdrawing.take_back(withdrawal, key=way)

            assert list(await withdrawing.look(withdrawal)) == [withdrawal.marker], way
            assert isinstance(await withdrawing.take_back(withdrawal, key=way), Accepted)
            assert withdrawing.standing() == []

    async def test_a_withdrawal_that_broke_off_is_not_there_and_is_sent_again(
        self, withdrawing: WithdrawingFarEnd
    ) -> None:
        withdrawal = await withdrawing.published(withdrawing.a_bill("A"))
        withdrawing.lose_withdrawal(None)
        with pytest.raises(OutcomeUnknownError):
            await withdrawing.take_back(withdrawal, key="k")
        assert await withdrawing.look(withdrawal) == {}

        await withdrawing.take_back(withdrawal, key="k")

        assert list(await withdrawing.look(withdrawal)) == [withdrawal.marker]

    async def test_a_limit_and_an_expired_token_withdraw_nothing(self, withdrawing: WithdrawingFarEnd) -> None:
        withdrawal = await withdrawing.published(withdrawing.a_bill("A"))
        withdrawing.be_busy(30)
        with pytest.raises(TryLaterError):
            await withdrawing.take_back(withdrawal)
        withdrawing.expire_access()
        with pytest.raises(AccessExpiredError):
            await withdrawing.take_back(withdrawal)

        assert withdrawing.standing() == ["A"]

    async def test_the_next_document_of_an_item_is_never_taken_for_the_one_before(
        self, withdrawing: WithdrawingFarEnd
    ) -> None:
        for place, kind in enumerate(self.KINDS):
            first = withdrawing.a_posting(kind, f"K{place}-1")
            withdrawal = await withdrawing.published(first)
            await withdrawing.take_back(withdrawal)
            second = replace(first, marker=f"{first.marker}?copy=2")
            assert await withdrawing.find(first, second) == {}, kind

            (outcome,) = await withdrawing.create(second)

            assert isinstance(outcome, Accepted), kind
            (found,) = (await withdrawing.find(second)).values()
            assert isinstance(found, LedgerDocument)
            assert (found.ledger_id, differences(second, found)) == (outcome.ledger_id, ())
            assert outcome.ledger_id != withdrawal.document_id
