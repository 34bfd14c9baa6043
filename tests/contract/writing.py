"""What the product relies on when it writes bills: exactly one in the ledger, whatever happens to the answer."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar
from uuid import uuid4

import pytest

from bot.domain.books import Books, Capability
from bot.domain.ids import FileId
from bot.domain.ledger_documents import Found, differences
from bot.domain.postings import Attachment, Payment, Posting, PostingKind
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted, Outcome, Refused
from bot.domain.settings import PaymentStatus
from providers.base import Access
from providers.errors import AccessExpiredError, OutcomeUnknownError, ReconnectNeededError, TryLaterError
from tests.contract.far_end import USUAL, Codes, FarEnd, a_bill, a_posting


class WritingFarEnd(FarEnd):
    access: Access
    refresh_token: str | None = None
    """Of the sign-in behind the access, of packages where access ends as soon as a connection is withdrawn."""
    codes: Codes = USUAL

    @abstractmethod
    def standing(self) -> list[str]:
        """The numbers of the bills that stand in the ledger."""

    @abstractmethod
    def void(self, number: str) -> None: ...

    @abstractmethod
    def lose_answer(self, way: str) -> None:
        """The next bill is written, and what comes back says nothing. `way` is one of the contract's `LOST`."""

    @abstractmethod
    def drop_before(self) -> None:
        """The next call breaks off before anything is written."""

    @abstractmethod
    def be_busy(self, seconds: int) -> float:
        """The next call is one too many; say how long to wait. How long that is, of one that does not say."""

    @abstractmethod
    def expire_access(self) -> None: ...

    @abstractmethod
    def withdraw(self) -> None:
        """The organisation is disconnected at the far end."""

    @abstractmethod
    def bank_account(self, currency: str = "GBP") -> str:
        """The ledger's id of an account in this currency that money is spent from."""

    def a_bill(self, number: str, **changes: Any) -> Posting:
        return a_bill(number, self.codes, **changes)

    def a_posting(self, kind: PostingKind, number: str) -> Posting:
        return a_posting(kind, number, self.codes, bank_account=self.bank_account() if kind.is_of_bank else None)

    async def attach(self, attachment: Attachment, content: bytes, key: str | None = None) -> Outcome:
        return await self.provider.attach(self.access, attachment, content, idempotency_key=key or str(uuid4()))

    @abstractmethod
    def refusal(self, cause: str, bill: Posting) -> Posting:
        """Change the bill or the ledger so that the bill is refused for this one of the contract's `REFUSED`."""

    async def create(self, *works: Posting | Payment, key: str | None = None) -> Sequence[Outcome]:
        """Documents, or payments."""
        payments = [work for work in works if isinstance(work, Payment)]
        body = self.provider.render(payments or [work for work in works if isinstance(work, Posting)])
        route = self.provider.route(works[0])
        return await self.provider.create(self.access, route, body, idempotency_key=key or str(uuid4()))

    async def read(self, work: Posting | Payment, *ledger_ids: str) -> Mapping[str, Found]:
        return await self.provider.read(self.access, self.provider.route(work), ledger_ids)

    async def find(self, *works: Posting | Payment) -> Mapping[str, Found]:
        """As after a lost answer: not before the ledger's lists show it for sure."""
        since = self.clock.now() - timedelta(minutes=5)
        self.clock.move_to(self.clock.now() + self.provider.profile.marker.visibility_delay)
        return await self.provider.find(self.access, self.provider.route(works[0]), works, since=since)


class WritingContract:
    REFUSED: ClassVar[dict[str, ProblemCode]]
    LOST: ClassVar[tuple[str, ...]]
    KINDS: ClassVar[tuple[PostingKind, ...]] = (PostingKind.BILL,)
    """What it books."""
    PAID: ClassVar[tuple[PostingKind, ...]] = ()
    """What it takes payments of."""
    FOR_CUSTOMERS: ClassVar[tuple[PostingKind, ...]] = ()
    """On whose lines it names the customer that a cost is for."""
    DROPS: ClassVar[bool] = False
    """Whether it takes a draft without what it does not know, with a warning."""

    def test_the_same_bills_are_the_same_bytes(self, writing: WritingFarEnd) -> None:
        """A frozen batch can only be sent again if nothing in it depends on the moment."""
        bills = [writing.a_bill("A"), writing.a_bill("B")]

        assert writing.provider.render(bills) == writing.provider.render(list(bills))
        assert writing.provider.render(bills) != writing.provider.render(bills[::-1])

    async def test_a_bill_is_written_and_reads_back_as_it_was_sent(self, writing: WritingFarEnd) -> None:
        bill = writing.a_bill("A1")

        (outcome,) = await writing.create(bill)

        assert isinstance(outcome, Accepted)
        read = await writing.read(bill, outcome.ledger_id)
        assert differences(bill, read[outcome.ledger_id]) == ()
        assert read[outcome.ledger_id].marker == bill.marker

    async def test_a_bill_is_found_by_its_marker(self, writing: WritingFarEnd) -> None:
        bill, other = writing.a_bill("A1"), writing.a_bill("A2")
        (outcome,) = await writing.create(bill)

        found = await writing.find(bill, other)

        assert isinstance(outcome, Accepted)
        assert {marker: document.ledger_id for marker, document in found.items()} == {bill.marker: outcome.ledger_id}

    async def test_a_voided_bill_is_neither_found_nor_read(self, writing: WritingFarEnd) -> None:
        bill = writing.a_bill("A1")
        (outcome,) = await writing.create(bill)
        writing.void("A1")

        assert isinstance(outcome, Accepted)
        assert await writing.find(bill) == {}
        assert await writing.read(bill, outcome.ledger_id) == {}

    async def test_a_document_of_each_kind_is_written_found_and_reads_back(self, writing: WritingFarEnd) -> None:
        for place, kind in enumerate(self.KINDS):
            posting, other = writing.a_posting(kind, f"K{place}-1"), writing.a_posting(kind, f"K{place}-2")

            (outcome,) = await writing.create(posting)

            assert isinstance(outcome, Accepted), (kind, outcome)
            read = await writing.read(posting, outcome.ledger_id)
            assert differences(posting, read[outcome.ledger_id]) == (), kind
            found = await writing.find(posting, other)
            assert {marker: record.ledger_id for marker, record in found.items()} == {
                posting.marker: outcome.ledger_id
            }, kind

    async def test_whom_a_cost_is_for_is_written_and_reads_back_line_by_line(self, writing: WritingFarEnd) -> None:
        for place, kind in enumerate(self.FOR_CUSTOMERS):
            bare = writing.a_posting(kind, f"C{place}")
            one, other = writing.codes.buyers[:2]
            half = replace(bare.lines[0], net=bare.net / 2, tax=bare.tax / 2, quantity=Decimal(2))
            billed = replace(half, customer=one, is_billable=True)
            posting = replace(bare, lines=(billed, replace(billed, customer=other, is_billable=False)))

            (outcome,) = await writing.create(posting)

            assert isinstance(outcome, Accepted), (kind, outcome)
            found = (await writing.read(posting, outcome.ledger_id))[outcome.ledger_id]
            assert differences(posting, found) == (), kind
            nobody = replace(posting, lines=(posting.lines[0], replace(posting.lines[1], customer=None)))
            assert differences(nobody, found) == (
                "customers that it is for: as chosen for 1 line here, otherwise, for 2 lines in the ledger",
            )
            unbilled = replace(posting, lines=(replace(billed, is_billable=False), posting.lines[1]))
            assert differences(unbilled, found) != ()

    async def test_kinds_of_one_route_go_out_in_one_call(self, writing: WritingFarEnd) -> None:
        routes: dict[str, list[Posting]] = {}
        for number, kind in enumerate((*self.KINDS, *self.KINDS)):
            posting = writing.a_posting(kind, f"N-{number}")
            routes.setdefault(writing.provider.route(posting), []).append(posting)

        for postings in routes.values():
            outcomes = await writing.create(*postings)
            assert [type(outcome) for outcome in outcomes] == [Accepted] * len(postings)

    async def test_a_file_hangs_on_a_document_of_each_kind_and_is_found_by_its_name(
        self, writing: WritingFarEnd
    ) -> None:
        if writing.provider.profile.files is None:
            return
        takes_files = [kind for kind in self.KINDS if kind in writing.provider.profile.attaches]
        assert takes_files
        for place, kind in enumerate(takes_files):
            posting = writing.a_posting(kind, f"K{place}-1")
            (outcome,) = await writing.create(posting)
            assert isinstance(outcome, Accepted)
            file, other = (self._a_file(posting, outcome.ledger_id, name) for name in ("B-1 é & co.pdf", "B-2.pdf"))

            attached = await writing.attach(file, b"%PDF-1.7", key=f"{kind}")
            again = await writing.attach(file, b"%PDF-1.7", key=f"{kind}")

            assert isinstance(attached, Accepted), (kind, attached)
            assert attached.record is not None
            assert differences(file, attached.record) == ()
            assert again == attached
            route = writing.provider.route(file)
            since = writing.clock.now() - timedelta(minutes=5)
            found = await writing.provider.find(writing.access, route, [file, other], since=since)
            assert found == {file.marker: attached.record}
            assert await writing.provider.read(writing.access, route, [attached.ledger_id]) == {
                attached.ledger_id: attached.record
            }

    async def test_a_payment_of_a_document_of_each_kind_is_written_found_and_reads_back(
        self, writing: WritingFarEnd
    ) -> None:
        for place, kind in enumerate(self.PAID):
            posting = replace(writing.a_posting(kind, f"P{place}-1"), status=PaymentStatus.PAID)
            (outcome,) = await writing.create(posting)
            assert isinstance(outcome, Accepted), (kind, outcome)
            payment, other = (self._a_payment(writing, posting, outcome.ledger_id, marker) for marker in ("B-1", "B-2"))

            (paid,) = await writing.create(payment, key=f"{kind}")
            (again,) = await writing.create(payment, key=f"{kind}")
            (twice,) = await writing.create(other)

            assert isinstance(paid, Accepted), (kind, paid)
            assert again == paid
            assert isinstance(twice, Refused)
            assert twice.problem.code in (ProblemCode.PAYMENT_SETTLED, ProblemCode.PAYMENT_NOT_OPEN)
            read = await writing.read(payment, paid.ledger_id)
            assert differences(payment, read[paid.ledger_id]) == (), kind
            document = await writing.read(posting, outcome.ledger_id)
            assert differences(posting, document[outcome.ledger_id]) == (), kind
            found = await writing.find(payment, other)
            assert {marker: record.ledger_id for marker, record in found.items()} == {payment.marker: paid.ledger_id}

    async def test_a_payment_from_no_bank_account_is_refused(self, writing: WritingFarEnd) -> None:
        for kind in self.PAID[:1]:
            approved = replace(writing.a_posting(kind, "approved"), status=PaymentStatus.PAID)
            (outcome,) = await writing.create(approved)
            assert isinstance(outcome, Accepted)
            from_nowhere = replace(
                self._a_payment(writing, approved, outcome.ledger_id, "B-2"), bank_account=str(uuid4())
            )

            (refused,) = await writing.create(from_nowhere)

            assert isinstance(refused, Refused)
            assert refused.problem.code is ProblemCode.BANK_ACCOUNT_NOT_TAKEN

    async def test_a_draft_is_not_paid(self, writing: WritingFarEnd) -> None:
        if Capability.DRAFT_BILLS not in writing.provider.profile.capabilities:
            return
        for kind in self.PAID[:1]:
            draft = replace(writing.a_posting(kind, "draft"), status=PaymentStatus.DRAFT)
            (outcome,) = await writing.create(draft)
            assert isinstance(outcome, Accepted)

            (refused,) = await writing.create(self._a_payment(writing, draft, outcome.ledger_id, "B-1"))

            assert isinstance(refused, Refused)
            assert refused.problem.code is ProblemCode.PAYMENT_NOT_OPEN

    def test_payments_are_taken_of_what_the_profile_says(self, writing: WritingFarEnd) -> None:
        profile = writing.provider.profile
        if Capability.PAYMENTS in profile.capabilities and self.PAID:
            assert set(self.PAID) == set(self.KINDS) & profile.pays

    @staticmethod
    def _a_payment(writing: WritingFarEnd, posting: Posting, document_id: str, marker: str) -> Payment:
        return Payment(
            item_id=posting.item_id,
            kind=posting.kind,
            document_id=document_id,
            marker=marker,
            bank_account=writing.bank_account(),
            paid_on=posting.issued_on,
            amount=posting.gross,
            currency=posting.currency,
        )

    @staticmethod
    def _a_file(posting: Posting, document_id: str, name: str) -> Attachment:
        return Attachment(
            item_id=posting.item_id,
            kind=posting.kind,
            document_id=document_id,
            file_id=FileId(uuid4()),
            name=name,
            media_type="application/pdf",
            size=8,
        )

    async def test_each_bill_has_its_own_outcome_in_the_order_sent(self, writing: WritingFarEnd) -> None:
        cause = next(iter(self.REFUSED))
        good, bad, last = writing.a_bill("A"), writing.refusal(cause, writing.a_bill("B")), writing.a_bill("C")

        outcomes = await writing.create(good, bad, last)

        assert [type(outcome) for outcome in outcomes] == [Accepted, Refused, Accepted]
        assert writing.standing() == ["A", "C"]

    async def test_the_same_key_gives_the_first_answer_and_writes_nothing_more(self, writing: WritingFarEnd) -> None:
        bills = writing.a_bill("A"), writing.a_bill("B")
        first = await writing.create(*bills, key="k")

        again = await writing.create(*bills, key="k")

        assert list(again) == list(first)
        assert writing.standing() == ["A", "B"]

    async def test_every_known_refusal_is_a_problem_of_its_own(self, writing: WritingFarEnd) -> None:
        found = {}
        for place, cause in enumerate(self.REFUSED):
            (outcome,) = await writing.create(writing.refusal(cause, writing.a_bill(f"R-{place}")))
            found[cause] = outcome.problem.code if isinstance(outcome, Refused) else outcome

        assert found == self.REFUSED
        assert writing.standing() == []

    async def test_what_was_dropped_from_a_draft_is_said_and_seen_in_what_is_read_back(
        self, writing: WritingFarEnd
    ) -> None:
        if not self.DROPS:
            return
        bill = writing.a_bill("A", status=PaymentStatus.DRAFT)
        bill = replace(bill, lines=(replace(bill.lines[0], account_code="999"),))

        (outcome,) = await writing.create(bill)

        assert isinstance(outcome, Accepted)
        assert "999" in outcome.warnings[0]
        read = await writing.read(bill, outcome.ledger_id)
        assert [words.partition(":")[0] for words in differences(bill, read[outcome.ledger_id])] == ["category"]

    async def test_an_expired_token_says_so_and_writes_nothing(self, writing: WritingFarEnd) -> None:
        writing.expire_access()

        with pytest.raises(AccessExpiredError):
            await writing.create(writing.a_bill("A"))

        assert writing.standing() == []

    async def test_a_connection_that_was_withdrawn_asks_for_a_person(self, writing: WritingFarEnd) -> None:
        """At once; or, where all that is said is that access ended, by the refresh that comes next."""
        writing.withdraw()

        with pytest.raises((AccessExpiredError, ReconnectNeededError)) as refused:
            await writing.create(writing.a_bill("A"))

        if isinstance(refused.value, AccessExpiredError):
            assert writing.refresh_token is not None
            with pytest.raises(ReconnectNeededError) as refused:
                await writing.provider.refresh(writing.refresh_token)
        assert refused.value.problem.code in (ProblemCode.RECONNECT_NEEDED, ProblemCode.ACCESS_REMOVED)
        assert writing.standing() == []

    async def test_a_limit_says_when_to_come_back_and_writes_nothing(self, writing: WritingFarEnd) -> None:
        seconds = writing.be_busy(30)

        with pytest.raises(TryLaterError) as refused:
            await writing.create(writing.a_bill("A"))

        assert refused.value.problem.code is ProblemCode.LEDGER_BUSY
        assert refused.value.after_seconds == seconds
        assert writing.standing() == []

    async def test_a_lost_answer_leaves_exactly_one_to_be_found(self, writing: WritingFarEnd) -> None:
        for way in self.LOST:
            bill = writing.a_bill(way)
            writing.lose_answer(way)

            with pytest.raises(OutcomeUnknownError):
                await writing.create(bill)

            assert list(await writing.find(bill)) == [bill.marker], way
            assert writing.standing().count(way) == 1

    async def test_the_same_bytes_after_a_lost_answer_write_no_second_one(self, writing: WritingFarEnd) -> None:
        for way in self.LOST:
            bill = writing.a_bill(way)
            writing.lose_answer(way)
            with pytest.raises(OutcomeUnknownError):
                await writing.create(bill, key=way)

            (outcome,) = await writing.create(bill, key=way)

            assert isinstance(outcome, Accepted), way
            assert writing.standing().count(way) == 1

    async def test_a_call_that_broke_off_before_it_was_done_can_be_sent_again(self, writing: WritingFarEnd) -> None:
        bill = writing.a_bill("A")
        writing.drop_before()
        with pytest.raises(OutcomeUnknownError):
            await writing.create(bill, key="k")
        assert await writing.find(bill) == {}

        await writing.create(bill, key="k")

        assert writing.standing() == ["A"]

    def test_a_record_has_an_address_of_its_own(self, writing: WritingFarEnd) -> None:
        books = Books(provider_id="t", name="Northwind", base_currency="GBP", short_code="!n")

        address = writing.provider.record_url(books, PostingKind.BILL, "an-id")

        assert address.startswith(("http://", "https://"))
        assert "an-id" in address
