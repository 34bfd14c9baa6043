"""Xero keeps the whole contract over real HTTP; the fakes that services are tried with keep the parts they play."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bot.domain.books import ListKind
from bot.domain.ledger_documents import differences
from bot.domain.postings import USUAL_KINDS, Posting, PostingKind
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted
from bot.domain.tax_policies import TaxMethod
from providers.base import Access
from providers.xero.simulator import Call
from tests.contract import xero_documents
from tests.contract.lists import ListsContract, ListsFarEnd
from tests.contract.provider import ProviderContract
from tests.contract.signing_in import SigningInContract, SigningInFarEnd
from tests.contract.withdrawing import WithdrawingContract, WithdrawingFarEnd
from tests.contract.xero import CAUSES, LOST, XeroFarEnd, xero_far_end
from tests.fakes.clock import FakeClock
from tests.fakes.connecting import ACME, BETA, FakeLedger
from tests.services.ledger import Ledger, Trouble


class TestXero(ProviderContract):
    REFUSED: ClassVar[dict[str, ProblemCode]] = {cause: code for cause, (_, code) in CAUSES.items()}
    LOST: ClassVar[tuple[str, ...]] = LOST
    KINDS: ClassVar[tuple[PostingKind, ...]] = USUAL_KINDS
    PAID: ClassVar[tuple[PostingKind, ...]] = tuple(kind for kind in USUAL_KINDS if not kind.is_of_bank)
    CURRENCIES: ClassVar[tuple[str, ...]] = ("GBP", "EUR")
    WORKS_TAX_OUT: ClassVar[TaxMethod | None] = TaxMethod.ROUNDS_TAX
    DROPS = SCHEMA = True

    @pytest.fixture
    async def far_end(self, clock: FakeClock) -> AsyncIterator[XeroFarEnd]:
        async with xero_far_end(clock) as far_end:
            yield far_end

    @pytest.fixture(autouse=True)
    def _as_published(self, far_end: XeroFarEnd) -> Iterator[None]:
        """Whatever a test does, every request and every answer is of the vendor's own description."""
        yield
        if xero_documents.are_here():
            assert xero_documents.problems(far_end.state.calls) == []

    @pytest.fixture
    def signing_in(self, far_end: XeroFarEnd) -> XeroFarEnd:
        return far_end

    @pytest.fixture
    def lists(self, far_end: XeroFarEnd) -> XeroFarEnd:
        return far_end

    @pytest.fixture
    def writing(self, far_end: XeroFarEnd) -> XeroFarEnd:
        return far_end

    async def test_a_line_names_its_product_in_every_kind_of_document_and_a_change_of_it_is_seen(
        self, far_end: XeroFarEnd
    ) -> None:
        for number, kind in enumerate(self.KINDS):
            plain = far_end.a_posting(kind, f"P{number}")
            posting = replace(plain, lines=(replace(plain.lines[0], item_code="BOOK"), *plain.lines[1:]))

            (outcome,) = await far_end.create(posting)

            assert isinstance(outcome, Accepted)
            found = (await far_end.read(posting, outcome.ledger_id))[outcome.ledger_id]
            assert differences(posting, found) == ()
            assert differences(plain, found) == ("products: none here, BOOK in the ledger",)

    async def test_a_rate_that_the_ledger_has_otherwise_is_seen_and_its_own_is_none(self, far_end: XeroFarEnd) -> None:
        own = replace(far_end.a_posting(PostingKind.BILL, "R1"), currency="EUR")
        posting = replace(own, currency_rate=Decimal("1.168"))

        (outcome,) = await far_end.create(posting)

        assert isinstance(outcome, Accepted)
        found = (await far_end.read(posting, outcome.ledger_id))[outcome.ledger_id]
        assert differences(posting, found) == differences(own, found) == ()
        otherwise = replace(posting, currency_rate=Decimal("1.17"))
        assert differences(otherwise, found) == ("exchange rate: 1.17 here, 1.168000 in the ledger",)

    async def test_the_published_documents_judge_each_kind_of_call(self, far_end: XeroFarEnd, shared: Path) -> None:
        """Were they missing, or deaf, the check after each test would say nothing."""
        for kind in far_end.provider.profile.lists:
            await far_end.provider.list_page(far_end.access, kind, None)
        (call, *_) = far_end.state.calls
        misspelt = call.answer.replace(b'"Code"', b'"Kode"')

        assert xero_documents.problems(far_end.state.calls) == []
        assert xero_documents.problems([_as(call, answer=misspelt)]) != []
        assert xero_documents.problems([_as(call, query={"pagesize": "9"})]) != []
        assert xero_documents.problems([_as(call, headers={})]) != []


def _as(call: Call, **changes: Any) -> Call:
    return replace(call, **changes)


class ConnectingFake(SigningInFarEnd, ListsFarEnd):
    long_list = ListKind.ACCOUNTS

    def __init__(self, clock: FakeClock) -> None:
        self.ledger = FakeLedger(clock, organisations_seen=(ACME, BETA))
        self.provider, self.clock = self.ledger, clock
        self.access = Access(access_token="a", tenant_id=ACME.tenant_id)

    async def allow(self, address: str) -> dict[str, str]:
        return {"code": "code"}

    def lengthen(self) -> int:
        return len(self.ledger.accounts)


class TestConnectingFake(SigningInContract, ListsContract):
    """Signing in and the lists; it writes nothing."""

    @pytest.fixture
    def signing_in(self, clock: FakeClock) -> ConnectingFake:
        return ConnectingFake(clock)

    @pytest.fixture
    def lists(self, clock: FakeClock) -> ConnectingFake:
        return ConnectingFake(clock)


class PublishingFake(WithdrawingFarEnd):
    def __init__(self, clock: FakeClock) -> None:
        self.ledger = Ledger(clock)
        self.provider, self.clock = self.ledger, clock
        self.access = Access(access_token="a", tenant_id="t")

    def standing(self) -> list[str]:
        return self.ledger.numbers

    def void(self, number: str) -> None:
        self.ledger.void(number)

    def lose_answer(self, way: str) -> None:
        self._next(Trouble(way))

    def drop_before(self) -> None:
        self._next(Trouble.RESET_BEFORE_COMMIT)

    def be_busy(self, seconds: int) -> float:
        self._next(Trouble.BUSY)
        return seconds

    def expire_access(self) -> None:
        self._next(Trouble.EXPIRED)

    def withdraw(self) -> None:
        self._next(Trouble.REVOKED)

    def bank_account(self, currency: str = "GBP") -> str:
        return "bank"

    def refusal(self, cause: str, bill: Posting) -> Posting:
        self.ledger.refuse[bill.number] = Problem(code=ProblemCode(cause))
        return bill

    def _next(self, trouble: Trouble) -> None:
        self.ledger.troubles = {"create": [trouble], "withdraw": [trouble]}

    def lose_withdrawal(self, way: str | None) -> None:
        self._next(Trouble.RESET_BEFORE_COMMIT if way is None else Trouble(way))

    def pay(self, number: str) -> None:
        self.ledger.paid.add(number)

    def change_total(self, number: str, gross: Decimal) -> None:
        self.ledger.correct(number, gross)

    def close_books(self) -> None:
        for number in self.ledger.numbers:
            self.ledger.stays[number] = Problem(code=ProblemCode.PERIOD_LOCKED)


class TestPublishingFake(WithdrawingContract):
    """Writing; nobody signs in to it."""

    REFUSED: ClassVar[dict[str, ProblemCode]] = {code.value: code for code in ProblemCode}
    LOST: ClassVar[tuple[str, ...]] = (Trouble.COMMIT_THEN_500,)
    KINDS: ClassVar[tuple[PostingKind, ...]] = USUAL_KINDS

    @pytest.fixture
    def writing(self, clock: FakeClock) -> PublishingFake:
        return PublishingFake(clock)
