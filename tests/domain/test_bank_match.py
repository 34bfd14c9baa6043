"""Which bank lines may have paid a cost: of its total and currency, near its day, and nobody else's."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bank_lines import BankLine, BankLineId, taken
from bot.domain.bank_match import keeps_its_line, looked_back_to, matches
from bot.domain.documents import DocumentType, ItemKind
from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.settings import Destination
from tests.domain.test_booking import an_item

ISSUED, TODAY = date(2026, 3, 1), date(2026, 3, 31)
OTHER = ItemId(uuid4())


def a_cost(*, due_on: date | None = None) -> Item:
    """Of 120.00 pounds."""
    item = an_item()
    facts = replace(item.facts, gross=Decimal("120.00"), currency="GBP", issued_on=ISSUED, due_on=due_on)
    return replace(item, facts=facts)


def a_line(on: date = ISSUED, amount: str = "-120.00", **changes: object) -> BankLine:
    line = BankLine(
        id=BankLineId(uuid4()),
        bank_account="bank",
        dated_on=on,
        amount=Decimal(amount),
        currency="GBP",
        text="PAPER AND INK",
    )
    return replace(line, **changes)  # type: ignore[arg-type]  # each by its own name


def days(count: int) -> timedelta:
    return timedelta(days=count)


@pytest.mark.parametrize(
    ("line", "is_match"),
    [
        (a_line(ISSUED + days(30)), True),
        (a_line(ISSUED - days(30)), True),
        (a_line(ISSUED + days(31)), False),
        (a_line(amount="120.00"), False),
        (a_line(amount="-120.01"), False),
        (a_line(currency="EUR"), False),
        (a_line(is_recorded=True), False),
        (a_line(item_id=OTHER), False),
    ],
)
def test_a_line_fits_by_total_currency_and_date_while_nobody_has_it(line: BankLine, *, is_match: bool) -> None:
    assert bool(matches(a_cost(), (line,), TODAY).candidates) is is_match


@pytest.mark.parametrize(("after", "is_match"), [(-10, True), (10, True), (11, False), (-11, False)])
def test_what_says_when_it_is_due_was_paid_within_ten_days_of_that(after: int, *, is_match: bool) -> None:
    due = ISSUED + days(60)

    found = matches(a_cost(due_on=due), (a_line(due + days(after)),), due + days(30))

    assert bool(found.candidates) is is_match


def test_lines_of_more_than_six_months_ago_are_not_looked_at() -> None:
    line = a_line(date(2026, 2, 28))

    assert matches(a_cost(), (line,), date(2026, 8, 28)).candidates == (line,)
    assert matches(a_cost(), (line,), date(2026, 8, 29)).candidates == (line,)  # February has no such day
    assert matches(a_cost(), (line,), date(2026, 9, 1)).candidates == ()


def test_what_a_supplier_gives_back_comes_in() -> None:
    item = a_cost()
    credit = replace(item, facts=replace(item.facts, document_type=DocumentType.CREDIT_NOTE))

    assert matches(credit, (a_line(), a_line(amount="120.00")), TODAY).candidates[0].amount == Decimal("120.00")
    assert matches(replace(item, kind=ItemKind.SALE), (a_line(amount="120.00"),), TODAY).candidates == ()


def test_a_payment_that_is_recorded_is_a_possible_duplicate_and_the_items_own_line_is_none() -> None:
    item = a_cost()
    recorded, anothers, own = a_line(is_recorded=True), a_line(item_id=OTHER), a_line(item_id=item.id)

    found = matches(item, (recorded, anothers, own), TODAY)

    assert found.candidates == ()
    assert set(found.recorded) == {recorded, anothers}


def test_the_items_own_line_of_a_statement_is_a_possible_duplicate_once_somebody_booked_it_by_hand() -> None:
    item = a_cost()
    own = a_line(item_id=item.id, is_recorded=True)

    assert matches(item, (own,), TODAY).recorded == (own,)
    assert matches(item, (replace(own, ledger_id="1"),), TODAY).recorded == ()


@pytest.mark.parametrize(
    ("change", "is_kept"),
    [
        ({}, True),
        ({"publish_to": Destination.PURCHASES}, False),
        ({"kind": ItemKind.SALE}, False),
        ({"gross": Decimal("120.01")}, False),
        ({"currency": "EUR"}, False),
        ({"document_type": DocumentType.CREDIT_NOTE}, False),
        ({"issued_on": date(2020, 1, 1)}, True),
    ],
)
def test_a_line_is_kept_while_the_item_is_what_the_bank_says(change: dict[str, object], *, is_kept: bool) -> None:
    item = replace(a_cost(), publish_to=Destination.BANK_ACCOUNTS, bank_line=taken(a_line()))
    of_item = {name: value for name, value in change.items() if name in ("publish_to", "kind")}
    facts = replace(item.facts, **{name: value for name, value in change.items() if name not in of_item})  # type: ignore[arg-type]

    assert keeps_its_line(replace(item, facts=facts, **of_item)) is is_kept  # type: ignore[arg-type]


LINES = st.builds(
    a_line,
    st.dates(date(2025, 6, 1), date(2026, 12, 31)),
    st.sampled_from(["-120.00", "120.00", "-119.99"]),
    currency=st.sampled_from(["GBP", "EUR"]),
    is_recorded=st.booleans(),
    item_id=st.sampled_from([None, OTHER]),
)


@given(st.lists(LINES, max_size=12), st.dates(date(2025, 9, 1), date(2026, 9, 30)), st.booleans(), st.randoms())
def test_whatever_the_bank_says_only_free_lines_are_offered_nearest_first_in_any_order(
    lines: list[BankLine],
    today: date,
    is_due: bool,  # noqa: FBT001 - Hypothesis hands it in
    shuffled: Random,
) -> None:
    item = a_cost(due_on=ISSUED + days(14) if is_due else None)
    day, within = (ISSUED + days(14), 10) if is_due else (ISSUED, 30)

    found = matches(item, lines, today)

    far = [abs((line.dated_on - day).days) for line in found.candidates]
    assert far == sorted(far)
    assert all(line.item_id is None and not line.is_recorded for line in found.candidates)
    assert all(not line.is_free for line in found.recorded)
    for line in (*found.candidates, *found.recorded):
        assert (line.amount, line.currency) == (Decimal("-120.00"), "GBP")
        assert abs(line.dated_on - day) <= days(within)
        assert line.dated_on >= looked_back_to(today)
    mixed = list(lines)
    shuffled.shuffle(mixed)
    assert matches(item, mixed, today) == found


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_six_months_back_is_a_day_of_the_calendar_six_months_before(today: date) -> None:
    back = looked_back_to(today)

    assert (today.year * 12 + today.month) - (back.year * 12 + back.month) == 6
    assert back.day <= today.day
    assert back.day == today.day or (back + days(1)).day == 1
