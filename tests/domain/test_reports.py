"""A report comes to what its receipts come to, to the cent, whatever they are booked to and in whichever currency."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.book_rules import BookRules
from bot.domain.booking import posting_of
from bot.domain.closing import Closed, ClosedEffect, Closing, Locks, in_the_way
from bot.domain.coding import CodedValue, Coding, LineCoding, Source
from bot.domain.documents import DocumentType, Door, FactField, Facts, ItemKind, Line, LineAmounts, Party
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.money import WIDE, to_cents
from bot.domain.questions import Question, QuestionKind
from bot.domain.reports import Claim, at_rate, lacks_rate, report_of, why_not

SAM = UserId("U0SAM")
TODAY = date(2026, 3, 31)
CENTS = st.integers(0, 10_000_00).map(lambda cents: Decimal(cents) / 100)


def an_item(number: int = 1, facts: Facts | None = None, **more: object) -> Item:
    usual = Facts(
        supplier=Party(name="Paper Ltd"),
        number=f"R-{number}",
        issued_on=date(2026, 3, 1),
        currency="GBP",
        net=Decimal("10.00"),
        tax=Decimal("2.00"),
        gross=Decimal("12.00"),
    )
    item = Item(
        id=ItemId(UUID(int=number)),
        workspace_id=WorkspaceId(UUID(int=1)),
        organisation_id=OrganisationId(UUID(int=2)),
        kind=ItemKind.COST,
        state=ItemState.IN_APPROVAL,
        version=1,
        facts=facts or usual,
        coding=Coding(account=chosen("429"), tax_rate=chosen("INPUT2")),
        door=Door.FORM,
        submitted_by=SAM,
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
        reference=f"B-{1000 + number}",
    )
    return replace(item, **more)  # type: ignore[arg-type]  # of whatever field


def chosen(code: str) -> CodedValue:
    return CodedValue(value=code, source=Source.PERSON, by=SAM)


@st.composite
def receipts(draw: st.DrawFn) -> Item:
    """Of several lines or none, each booked somewhere, in the books' currency or at a rate to it."""
    lines = draw(st.lists(st.tuples(CENTS, CENTS, st.sampled_from(("429", "461"))), max_size=4))
    net = sum((net for net, _, _ in lines), Decimal(0)) if lines else draw(CENTS)
    tax = sum((tax for _, tax, _ in lines), Decimal(0)) if lines else draw(CENTS)
    currency = draw(st.sampled_from(("GBP", "EUR")))
    rate = None if currency == "GBP" else draw(st.decimals("0.01", "900", places=6))
    facts = Facts(
        supplier=Party(name="Paper Ltd"),
        issued_on=date(2026, 3, 1),
        currency=currency,
        currency_rate=rate,
        rate_currency=None if rate is None else "GBP",
        net=net,
        tax=tax,
        gross=net + tax,
        lines=tuple(Line(description="x", unit_price=each, net=each, tax=its_tax) for each, its_tax, _ in lines),
    )
    codes = tuple(LineCoding(account=chosen(account)) for _, _, account in lines)
    return an_item(
        draw(st.integers(1, 900)), facts, coding=Coding(tax_rate=chosen("INPUT2"), account=chosen("429"), lines=codes)
    )


def converted(amount: Decimal, item: Item) -> Decimal:
    rate = item.facts.currency_rate
    return to_cents(amount if rate is None else WIDE.divide(amount, rate))


@given(st.lists(receipts(), min_size=1, max_size=6))
def test_its_total_and_tax_are_the_sums_of_its_receipts_to_the_cent_and_of_its_lines(found: list[Item]) -> None:
    facts, coding = report_of(found, Claim(receipts=(), claimant="Sam"), own="GBP", today=TODAY, by=SAM)

    assert facts.gross == sum(converted(item.facts.gross or Decimal(0), item) for item in found)
    assert facts.tax == sum(converted(item.facts.tax or Decimal(0), item) for item in found)
    assert facts.is_bookable
    assert sum((line.tax or 0) for line in facts.lines) == facts.tax
    assert len(coding.lines) == len(facts.lines) >= len(found)
    report = an_item(999, replace(facts, number="B-1"), kind=ItemKind.EXPENSE_REPORT, coding=coding)
    posting = posting_of(report, marker="m", own_currency="GBP")
    assert [(line.net, line.tax) for line in posting.lines] == [(line.net, line.tax) for line in facts.lines]


def test_a_receipt_that_is_booked_to_several_things_has_a_line_for_each() -> None:
    lines = tuple(Line(description="x", unit_price=Decimal(5), net=Decimal("5.00")) for _ in range(3))
    facts = replace(an_item().facts, net=Decimal("15.00"), tax=Decimal("3.00"), gross=Decimal("18.00"), lines=lines)
    coding = Coding(
        account=chosen("429"), tax_rate=chosen("INPUT2"), lines=(LineCoding(), LineCoding(account=chosen("461")))
    )

    made, codes = report_of(
        [an_item(1, facts, coding=coding)], Claim(receipts=(), claimant="Sam"), own="GBP", today=TODAY, by=SAM
    )

    assert [line.net for line in made.lines] == [Decimal("10.00"), Decimal("5.00")]
    assert [line.account.value for line in codes.lines] == ["429", "461"]
    assert made.lines[0].description == "1 Mar 2026 · Paper Ltd · R-1 · part 1 of 2"
    assert codes.lines[1].account == chosen("461"), "with who chose it"


def test_expenses_of_a_user_are_closed_by_the_first_receipts_day_and_keep_all_days_that_are_known_of_them() -> None:
    old, new = (replace(an_item().facts, issued_on=day) for day in (date(2025, 6, 2), date(2026, 2, 27)))
    made, codes = report_of(
        [an_item(1, new), an_item(2, old)], Claim(receipts=(), claimant="Sam"), own="GBP", today=TODAY, by=SAM
    )
    claimed = replace(codes, contact=chosen("users/4"))
    report = an_item(9, replace(made, number="B-1"), kind=ItemKind.EXPENSE_REPORT, coding=claimed)
    until = date(2025, 12, 31)
    moved = replace(
        report, closed=Closed(until=until, is_ours=True, effect=ClosedEffect.MOVED, booked_on=date(2026, 1, 1))
    )
    rules = BookRules(pays_users=True)

    days = [posting_of(each, marker="m", rules=rules).days for each in (report, moved)]

    assert report.dated_on == date(2025, 6, 2)
    assert in_the_way(report.booked_on, report.kind, closing=Closing(until=until), locks=Locks(own=until)) is not None
    assert made.issued_on is not None
    assert days == [(date(2025, 6, 2), max(made.issued_on, date(2026, 2, 27)))] * 2
    assert posting_of(report, marker="m").days == (), "a bill is of one day"


def test_receipts_without_tax_make_a_report_without() -> None:
    facts = replace(
        an_item().facts, net=Decimal("12.00"), tax=None, gross=Decimal("12.00"), line_amounts=LineAmounts.NO_TAX
    )

    made, _ = report_of([an_item(1, facts)], Claim(receipts=(), claimant="Sam"), own="GBP", today=TODAY, by=SAM)

    assert (made.line_amounts, made.tax) == (LineAmounts.NO_TAX, Decimal(0))


USUAL = an_item().facts


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (an_item(), None),
        (an_item(submitted_by=UserId("U0EVA")), "sent in by somebody else"),
        (an_item(kind=ItemKind.SALE), "no receipt or invoice of a cost"),
        (an_item(1, replace(USUAL, document_type=DocumentType.CREDIT_NOTE)), "no receipt or invoice of a cost"),
        (an_item(state=ItemState.APPROVED), "is approved by now"),
        (an_item(1, replace(USUAL, supplier=Party(), issued_on=None)), "lacks its supplier and date"),
        (an_item(1, replace(USUAL, currency=None)), "lacks its currency"),
        (an_item(1, replace(USUAL, gross=Decimal("13.00"))), "do not add up"),
        (an_item(1, replace(USUAL, currency="EUR")), None),
        (an_item(coding=Coding(payment_method=chosen("a card"))), "was paid by a payment method of the organisation"),
        (
            an_item(coding=Coding(payment_method=CodedValue(value="a card", source=Source.ORGANISATION_DEFAULT))),
            None,
        ),
        (
            an_item(questions=(Question(kind=QuestionKind.SENT_BACK, words="Which job?"),)),
            "waits for an answer on its card first: Which job?",
        ),
    ],
)
def test_what_cannot_be_claimed_is_told_with_what_to_do(item: Item, said: str | None) -> None:
    found = why_not(item, SAM)

    assert (found is None) if said is None else (found is not None and said in found)


@pytest.mark.parametrize(
    ("stated", "lacks"),
    [
        ({"currency": "GBP"}, False),
        ({"currency": "EUR"}, True),
        ({"currency": "EUR", "currency_rate": Decimal("1.2"), "rate_currency": "CHF"}, True),
        ({"currency": "EUR", "currency_rate": Decimal("1.2"), "rate_currency": "GBP"}, False),
        ({"currency": None}, False),
    ],
)
def test_a_rate_that_is_missing_can_be_typed_and_is_known_for_what_it_is(
    stated: dict[str, Any], *, lacks: bool
) -> None:
    item = an_item(1, replace(USUAL, **stated))
    assert lacks_rate(item, "GBP") is lacks

    rated = at_rate(replace(item, facts=replace(item.facts, currency="EUR")), Decimal("1.25"), "GBP", SAM)

    assert not lacks_rate(rated, "GBP")
    assert (rated.facts.currency_rate, rated.facts.rate_currency) == (Decimal("1.25"), "GBP")
    assert FactField.CURRENCY in rated.facts.edited
    assert rated.edited_by == (SAM,)
    made, _ = report_of([rated], Claim(receipts=(), claimant="Sam"), own="GBP", today=TODAY, by=SAM)
    assert (made.gross, made.lines[0].dated_on, made.lines[0].receipt) == (Decimal("9.60"), USUAL.issued_on, "B-1001")
