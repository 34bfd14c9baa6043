"""What the product relies on in sums: whatever a document is, as whatever it is sent, every line is booked to the cent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain.books import Capability
from bot.domain.documents import ItemKind, LineAmounts
from bot.domain.ledger_documents import Found, LedgerDocument, differences
from bot.domain.lines import a_line, priced, tax_in
from bot.domain.money import to_cents
from bot.domain.postings import Payment, Posting, PostingKind, PostingLine
from bot.domain.publishing import Accepted, Outcome
from bot.domain.settings import PaymentStatus, statuses_for
from bot.domain.tax_policies import TaxMethod, TaxPolicy
from bot.domain.taxing import LedgerRates, worked_out
from tests.contract.far_end import Codes
from tests.contract.writing import WritingFarEnd

D = Decimal
NOTHING = D(0)
RATE = D("1.17")
BREATH = timedelta(seconds=3)
"""Between calls, so that no limit is reached."""
STATUS_WORDS = {PaymentStatus.AWAITING_APPROVAL: "for approval", PaymentStatus.AWAITING_PAYMENT: "approved"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of booking a document: a cell of the table. `rate` is None for the ledger's own."""

    kind: PostingKind
    status: PaymentStatus
    amounts: LineAmounts
    currency: str
    rate: Decimal | None = None

    @property
    def row(self) -> str:
        status = "" if self.kind.is_of_bank else f", {STATUS_WORDS.get(self.status, self.status)}"
        return f"{self.kind.words}{status}"

    @property
    def column(self) -> tuple[str, str]:
        return self.amounts.replace("_", " "), self.currency + ("" if self.rate is None else f" at {self.rate}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a line says, as the document writes it; `rate` counts through the tax rates."""

    quantity: Decimal
    price: Decimal
    rate: int
    off: Decimal = NOTHING
    """By how much the document's tax differs from what the rate makes, as documents do."""


HARD = (
    Row(quantity=D(3), price=D("33.3333"), rate=0),
    Row(quantity=D("0.3333"), price=D("1.25"), rate=1),
    Row(quantity=D(3), price=D("0.755"), rate=0),
    Row(quantity=D(1), price=D("0.03"), rate=0),
    Row(quantity=D("12.5"), price=D("7.9999"), rate=2),
    Row(quantity=D(1), price=D("99.99"), rate=0, off=D("0.01")),
    Row(quantity=D(1), price=D("-10.01"), rate=0),
)
"""Sums that are half a cent, fewer than one, or not what the rate makes; and a discount."""


def posting_by(way: Way, rows: Sequence[Row], number: str, writing: WritingFarEnd) -> Posting:
    codes = writing.codes
    # what is entered by its sums has one tax rate
    lines = tuple(_line(way, replace(row, rate=rows[0].rate) if way.kind.is_quick else row, codes) for row in rows)
    net, tax = (
        sum((each for each in found), D(0)) for found in zip(*((one.net, one.tax) for one in lines), strict=True)
    )
    posting = writing.a_posting(way.kind, number)
    return replace(
        posting,
        status=way.status,
        line_amounts=way.amounts,
        currency=way.currency,
        contact_name=codes.contact(way.kind, way.currency),
        currency_rate=way.rate,
        bank_account=writing.bank_account(way.currency) if way.kind.is_of_bank else None,
        lines=lines,
        net=net,
        tax=tax,
        gross=net + tax,
    )


def _line(way: Way, row: Row, codes: Codes) -> PostingLine:
    """As the product works a line out that somebody types."""
    rates = codes.rates(way.kind)
    code, percent = list(rates.items())[row.rate % len(rates)]
    amount = priced(row.quantity, row.price)
    tax = tax_in(amount, percent, way.amounts)
    tax += row.off if tax > abs(row.off) else 0
    line = a_line(
        description="Paper", quantity=row.quantity, unit_price=row.price, amount=amount, tax=tax, amounts=way.amounts
    )
    return PostingLine(
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        net=line.net,
        tax=tax,
        account_code=codes.account(way.kind),
        tax_code=None if way.amounts is LineAmounts.NO_TAX else code,
        item_code=codes.product(way.kind),
    )


def exactly(posting: Posting) -> Posting:
    """As what stood on the document, so that no cent is the ledger's own way to round."""
    return replace(posting, lines=tuple(replace(line, is_tax_left=False) for line in posting.lines))


async def booked(writing: WritingFarEnd, postings: Iterable[Posting]) -> dict[str, tuple[str, ...]]:
    """By number, what the ledger has otherwise than it was sent; nothing, where it agrees. What is to be paid is paid."""
    found: dict[str, tuple[str, ...]] = {}
    for batch in _calls(writing, postings):
        outcomes = await _written(writing, batch)
        ids = {number: outcome.ledger_id for number, outcome in outcomes.items() if isinstance(outcome, Accepted)}
        payments = [
            _payment_of(posting, ids[posting.number], writing)
            for posting in batch
            if posting.status is PaymentStatus.PAID and posting.gross and posting.number in ids
        ]
        paid = await _written(writing, payments)
        refused = {name: told for name, told in (*outcomes.items(), *paid.items()) if not _is_taken(told)}
        read = await writing.read(batch[0], *ids.values())
        for posting in batch:
            number = posting.number
            is_there = number not in refused
            found[number] = (
                _differences(exactly(posting), read[ids[number]]) if is_there else (f"not taken: {refused[number]}",)
            )
    return found


def _is_taken(outcome: Outcome) -> bool:
    return isinstance(outcome, Accepted) and not outcome.warnings


async def _written(writing: WritingFarEnd, works: Sequence[Posting | Payment]) -> dict[str, Outcome]:
    """One call; what became of each, by number or marker."""
    if not works:
        return {}
    writing.clock.move_to(writing.clock.now() + BREATH)
    outcomes = await writing.create(*works)
    names = [work.number if isinstance(work, Posting) else work.marker for work in works]
    return dict(zip(names, outcomes, strict=True))


def _payment_of(posting: Posting, document_id: str, writing: WritingFarEnd) -> Payment:
    return Payment(
        item_id=posting.item_id,
        kind=posting.kind,
        document_id=document_id,
        marker=posting.number,
        bank_account=writing.bank_account(posting.currency),
        paid_on=posting.issued_on,
        amount=posting.gross,
        currency=posting.currency,
        currency_rate=posting.currency_rate,
    )


def _differences(posting: Posting, found: Found) -> tuple[str, ...]:
    """A document that was paid in full says so itself."""
    is_to_be_paid = posting.status is PaymentStatus.PAID and posting.gross
    open_still = is_to_be_paid and isinstance(found, LedgerDocument) and found.status != PaymentStatus.PAID
    return differences(posting, found) + (("it is not paid",) if open_still else ())


def _calls(writing: WritingFarEnd, postings: Iterable[Posting]) -> Iterator[list[Posting]]:
    by_route: dict[str, list[Posting]] = {}
    for posting in postings:
        by_route.setdefault(writing.provider.route(posting), []).append(posting)
    size = writing.provider.profile.batch_size
    for found in by_route.values():
        yield from (found[start : start + size] for start in range(0, len(found), size))


def drawn(cells: Mapping[Way, bool]) -> str:
    """Kinds and statuses down, tax modes and currencies across."""
    columns = list(dict.fromkeys(way.column for way in cells))
    agrees = {(way.row, way.column): "equal" if is_equal else "DIFFERS" for way, is_equal in cells.items()}
    rows = dict.fromkeys(way.row for way in cells)
    lines = [
        *(("", *words) for words in zip(*columns, strict=True)),
        *((row, *(agrees.get((row, column), "") for column in columns)) for row in rows),
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(f"{cell:{wide}}" for cell, wide in zip(line, widths, strict=True)) for line in lines)


HTTP = settings(
    # each package's class inherits the same test, and its fixture is made anew for each
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    # each try is several calls, so what is found is told as it is, and not made smaller for minutes
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
PLACES = st.integers(0, 4)
QUANTITIES = st.builds(lambda digits, places: D(digits).scaleb(-places), st.integers(0, 99_999), PLACES)
PRICES = st.builds(lambda digits, places: D(digits).scaleb(-places), st.integers(0, 9_999_999), PLACES)
ROWS = st.builds(
    Row, quantity=QUANTITIES, price=PRICES, rate=st.integers(0, 2), off=st.sampled_from([D(0), D("0.01"), D("-0.01")])
)


def discounted(rows: list[Row], percent: int) -> list[Row]:
    """With so much off its first line, at that one's rate, as documents take it off."""
    amount = priced(rows[0].quantity, rows[0].price)
    off = to_cents(amount * percent / 100)
    return [*rows, Row(quantity=D(1), price=-off, rate=rows[0].rate)] if off else rows


ON_DOCUMENTS = st.builds(discounted, st.lists(ROWS, min_size=1, max_size=6), st.sampled_from([0, 0, 3, 10, 50]))
DOCUMENTS = st.lists(st.tuples(st.integers(0, 10_000), ON_DOCUMENTS), min_size=1, max_size=10)


def statuses_of(kind: PostingKind, capabilities: frozenset[Capability]) -> tuple[PaymentStatus, ...]:
    """Those that a document of this kind is published with."""
    if kind.is_of_bank:
        return (PaymentStatus.AWAITING_PAYMENT,)
    found = statuses_for(ItemKind.SALE if kind.is_sale else ItemKind.COST, capabilities)
    return tuple(status for status in found if status.is_approved) if kind.is_quick else found


class TableContract:
    KINDS: ClassVar[tuple[PostingKind, ...]]
    PAID: ClassVar[tuple[PostingKind, ...]]
    TAX_MODES: ClassVar[tuple[LineAmounts, ...]] = tuple(LineAmounts)
    """How lines may be written."""
    CURRENCIES: ClassVar[tuple[str, ...]]
    """Those of documents, the books' own first."""
    HOME_ONLY: ClassVar[tuple[PostingKind, ...]] = ()
    """What is booked in the books' own currency only: its currency is that of a bank account, and no other is told."""
    NEVER_NOTHING: ClassVar[tuple[PostingKind, ...]] = ()
    """What has to come to something there."""
    WORKS_TAX_OUT: ClassVar[TaxMethod | None] = None
    """As its books say (`BookRules`)."""

    def ways(self, capabilities: frozenset[Capability]) -> list[Way]:
        foreign = [(code, rate) for code in self.CURRENCIES[1:] for rate in (None, RATE)]
        return [
            Way(kind=kind, status=status, amounts=amounts, currency=currency, rate=rate)
            for kind in self.KINDS
            for status in statuses_of(kind, capabilities)
            if status is not PaymentStatus.PAID or kind in self.PAID
            for amounts, (currency, rate) in product(self.TAX_MODES, [(self.CURRENCIES[0], None), *foreign])
            if currency == self.CURRENCIES[0] or kind not in self.HOME_ONLY
        ]

    async def test_documents_statuses_tax_modes_and_currencies_are_read_back_equal_to_the_cent(
        self, writing: WritingFarEnd, record_property: Any
    ) -> None:
        ways = self.ways(writing.provider.profile.capabilities)
        postings = [posting_by(way, HARD, f"T-{number}", writing) for number, way in enumerate(ways)]

        found = await booked(writing, postings)

        cells = {way: found[posting.number] == () for way, posting in zip(ways, postings, strict=True)}
        record_property("table", f"{writing.provider.profile.name}\n{drawn(cells)}")
        assert {number: words for number, words in found.items() if words} == {}

    async def test_tax_that_is_left_to_the_ledger_is_what_people_were_told_to_the_cent(
        self, writing: WritingFarEnd
    ) -> None:
        """Of every line, and of those of one document in two."""
        if self.WORKS_TAX_OUT is None:
            pytest.skip("an amount of tax has to be sent")
        home = [way for way in self.ways(writing.provider.profile.capabilities) if way.currency == self.CURRENCIES[0]]
        postings = []
        for number, way in enumerate(home):
            rates = LedgerRates(
                percents=writing.codes.rates(way.kind), of_categories={writing.codes.account(way.kind): D(20)}
            )
            for policy in (TaxPolicy.LEDGER, TaxPolicy.EXCEPTIONS):
                posting = posting_by(way, HARD, f"L-{number}-{policy}"[:20], writing)
                postings.append(worked_out(posting, policy, self.WORKS_TAX_OUT, rates))

        found = await booked(writing, postings)

        assert any(line.is_tax_left for line in postings[0].lines)
        assert {number: words for number, words in found.items() if words} == {}

    @settings(HTTP, max_examples=15)
    @given(documents=DOCUMENTS)
    async def test_whatever_stands_on_lines_is_booked_to_the_cent(
        self, writing: WritingFarEnd, documents: list[tuple[int, list[Row]]]
    ) -> None:
        ways = self.ways(writing.provider.profile.capabilities)
        self._numbers = getattr(self, "_numbers", 0) + 1
        postings = [
            posting_by(ways[way % len(ways)], rows, f"H-{self._numbers}-{place}", writing)
            for place, (way, rows) in enumerate(documents)
        ]
        postings = [posting for posting in postings if posting.gross or posting.kind not in self.NEVER_NOTHING]

        found = await booked(writing, postings)

        assert {number: words for number, words in found.items() if words} == {}
