"""Closed periods: which day is closed by whom, and what becomes of a document that is dated there."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.booking import posting_of
from bot.domain.books import Books
from bot.domain.closing import (
    Closed,
    Closing,
    Locks,
    answers_for,
    closed_for,
    crossed,
    in_the_way,
    locks_of,
)
from bot.domain.closing import ClosedAnswer as A
from bot.domain.closing import ClosedEffect as E
from bot.domain.closing import ClosedPolicy as P
from bot.domain.documents import ItemKind
from tests.domain.test_booking import an_item

FEBRUARY, MARCH, APRIL = date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)
COST, SALE = ItemKind.COST, ItemKind.SALE


@pytest.mark.parametrize(
    ("policy", "kind", "can_be_draft", "answer", "effect"),
    [
        (P.STOP, COST, True, None, E.STOPPED),
        (P.STOP, COST, True, A.NEXT_OPEN_DAY, E.STOPPED),
        (P.NEXT_OPEN_DAY, COST, True, None, E.MOVED),
        (P.NEXT_OPEN_DAY, COST, True, A.AS_DRAFT, E.MOVED),
        (P.NEXT_OPEN_DAY, SALE, True, None, E.STOPPED),
        (P.AS_DRAFT, COST, True, None, E.DRAFTED),
        (P.AS_DRAFT, COST, False, None, E.STOPPED),
        (P.ASK, COST, True, None, E.ASKED),
        (P.ASK, COST, True, A.NEXT_OPEN_DAY, E.MOVED),
        (P.ASK, COST, True, A.AS_DRAFT, E.DRAFTED),
        (P.ASK, COST, False, A.AS_DRAFT, E.ASKED),
        (P.ASK, SALE, True, A.NEXT_OPEN_DAY, E.ASKED),
        (P.ASK, SALE, False, None, E.STOPPED),
        (P.LEDGER, COST, True, None, E.STOPPED),
        (P.LEDGER, COST, True, A.NEXT_OPEN_DAY, E.STOPPED),
    ],
)
def test_what_becomes_of_a_date_that_our_own_day_closes(
    policy: P, kind: ItemKind, answer: A | None, effect: E, *, can_be_draft: bool
) -> None:
    closing = Closing(until=MARCH, costs=policy, sales=policy)

    found = closed_for(
        MARCH,
        kind,
        closing=closing,
        locks=Locks(own=MARCH),
        can_move=kind is not SALE,
        can_be_draft=can_be_draft,
        answer=answer,
    )

    moved_to = date(2026, 4, 1) if effect is E.MOVED else None
    assert found == Closed(until=MARCH, is_ours=True, effect=effect, booked_on=moved_to)
    assert (
        closed_for(
            date(2026, 4, 1),
            kind,
            closing=closing,
            locks=Locks(own=MARCH),
            can_move=kind is not SALE,
            can_be_draft=True,
        )
        is None
    )


def test_what_is_left_to_the_ledger_is_its_own_matter_until_somebody_chooses_after_its_refusal() -> None:
    closing, locks = Closing(), Locks(ledger=MARCH)

    left = closed_for(MARCH, COST, closing=closing, locks=locks, can_move=True, can_be_draft=True)
    moved = closed_for(
        MARCH, COST, closing=closing, locks=locks, can_move=True, can_be_draft=True, answer=A.NEXT_OPEN_DAY
    )

    assert left is None
    assert moved == Closed(until=MARCH, is_ours=False, effect=E.MOVED, booked_on=date(2026, 4, 1))


@given(
    day=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    own=st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    ledger=st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    decided=st.tuples(st.sampled_from(P), st.none() | st.sampled_from(A)),
    kind=st.sampled_from(ItemKind),
    can_be_draft=st.booleans(),
)
def test_whatever_is_let_go_is_not_in_the_way_of_itself_and_a_sale_is_never_moved(
    day: date,
    own: date | None,
    ledger: date | None,
    decided: tuple[P, A | None],
    kind: ItemKind,
    *,
    can_be_draft: bool,
) -> None:
    policy, answer = decided
    closing, locks = Closing(until=own, costs=policy, sales=policy), Locks(own=own, ledger=ledger)

    found = closed_for(
        day, kind, closing=closing, locks=locks, can_move=kind is not SALE, can_be_draft=can_be_draft, answer=answer
    )

    if found is None:
        assert in_the_way(day, kind, closing=closing, locks=locks) is None
    elif found.effect is E.MOVED:
        assert (kind is not SALE, found.booked_on) == (True, max(filter(None, (own, ledger))) + timedelta(days=1))
        assert in_the_way(found.booked_on, kind, closing=closing, locks=locks) is None
    elif found.effect is E.DRAFTED:
        assert can_be_draft
    for offered in answers_for(
        day, kind, closing=closing, locks=locks, can_move=kind is not SALE, can_be_draft=can_be_draft
    ):
        chosen = closed_for(
            day,
            kind,
            closing=closing,
            locks=locks,
            can_move=kind is not SALE,
            can_be_draft=can_be_draft,
            answer=offered,
        )
        assert chosen is not None
        assert chosen.effect is (E.MOVED if offered is A.NEXT_OPEN_DAY else E.DRAFTED)


def test_the_later_of_both_days_counts_and_a_ledger_that_tells_nothing_is_no_open_ledger() -> None:
    books = Books(provider_id="1", name="Acme", base_currency="GBP", period_locked_to=APRIL, year_locked_to=FEBRUARY)

    known = locks_of(Closing(until=MARCH), books)
    unknown = locks_of(Closing(until=MARCH), replace(books, lock_dates_known=False, period_locked_to=None))

    assert known == Locks(own=MARCH, ledger=APRIL)
    assert known.until == APRIL
    assert (unknown.is_known, unknown.until) == (False, MARCH)


def test_a_move_names_the_tax_periods_that_it_crosses() -> None:
    assert crossed(date(2026, 2, 3), date(2026, 2, 28)) is None
    assert crossed(date(2026, 2, 3), date(2026, 3, 1)) == "from February to March 2026, in the same quarter"
    assert crossed(date(2026, 3, 31), date(2026, 4, 1)) == "from Jan–Mar 2026 to Apr–Jun 2026, another quarter"
    assert crossed(date(2025, 2, 3), date(2026, 2, 3)) == "from Jan–Mar 2025 to Jan–Mar 2026, another quarter"


def test_what_is_moved_keeps_its_own_dates_in_its_description_and_is_not_due_before_it() -> None:
    moved = Closed(until=MARCH, is_ours=True, effect=E.MOVED, booked_on=date(2026, 4, 1))
    item = replace(an_item(due_on=date(2026, 3, 20)), closed=moved)

    posting = posting_of(item, marker="http://here/i/1")

    assert (posting.issued_on, posting.due_on) == (date(2026, 4, 1), date(2026, 4, 1))
    assert posting.lines[0].description.startswith("Dated 2026-02-20, due 2026-03-20: Paper Ltd")
    assert posting_of(replace(item, closed=None), marker="http://here/i/1").due_on == date(2026, 3, 20)
