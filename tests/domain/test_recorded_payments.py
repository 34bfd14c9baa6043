"""Which lines of a statement were booked already: one payment is of one line, and an item's own is of its own line."""

from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bank_lines import BankLine, RecordedPayment
from bot.domain.recorded_payments import paired
from tests.domain.test_bank_match import ISSUED, OTHER, a_line, days


def a_payment(on: date = ISSUED, amount: str = "-120.00", one: str = "p") -> RecordedPayment:
    return RecordedPayment(ledger_id=one, dated_on=on, amount=Decimal(amount))


def test_a_payment_is_of_the_nearest_line_of_its_amount_and_of_none_that_is_days_away() -> None:
    near, far, other = a_line(ISSUED + days(1)), a_line(ISSUED - days(2)), a_line(ISSUED, "120.00")

    assert paired((far, near, other), (a_payment(),)) == {near.id: "p"}
    assert paired((far, near), (a_payment(), a_payment(one="q"))) == {near.id: "p", far.id: "q"}
    assert paired((a_line(ISSUED + days(3)),), (a_payment(),))
    assert not paired((a_line(ISSUED + days(4)),), (a_payment(),))


def test_what_an_item_has_booked_on_its_line_is_not_taken_for_the_payment_of_another_line_of_that_day() -> None:
    own, others = a_line(item_id=OTHER), [a_line() for _ in range(8)]

    assert paired((*others, own), (a_payment(),)) == {own.id: "p"}


def test_a_line_that_an_item_has_not_booked_yet_keeps_nobody_from_seeing_that_the_next_days_was() -> None:
    own, others = a_line(item_id=OTHER), a_line(ISSUED + days(1))

    assert paired((own, others), (a_payment(ISSUED + days(1)),)) == {others.id: "p"}


SOME_DAYS = st.dates(date(2026, 3, 1), date(2026, 3, 9))
AMOUNTS = st.sampled_from(["-120.00", "120.00", "-9.99"])
LINES = st.lists(st.builds(a_line, SOME_DAYS, AMOUNTS, item_id=st.sampled_from([None, OTHER])), max_size=9)
PAYMENTS = st.lists(st.tuples(SOME_DAYS, AMOUNTS), max_size=9).map(
    lambda found: [a_payment(day, amount, f"p{number}") for number, (day, amount) in enumerate(found)]
)


@given(LINES, PAYMENTS, st.randoms())
def test_whatever_was_booked_one_payment_is_of_one_line_of_its_amount_and_its_days_in_any_order(
    lines: list[BankLine], payments: list[RecordedPayment], shuffled: Random
) -> None:
    found = paired(lines, payments)

    assert len(set(found.values())) == len(found)
    by_id, by_payment = {line.id: line for line in lines}, {each.ledger_id: each for each in payments}
    for line_id, ledger_id in found.items():
        line, payment = by_id[line_id], by_payment[ledger_id]
        assert line.amount == payment.amount
        assert abs(line.dated_on - payment.dated_on) <= days(3)
    left = [line for line in lines if line.id not in found]
    unused = [each for each in payments if each.ledger_id not in found.values()]
    assert not paired(left, unused)
    for each in (lines, payments):
        shuffled.shuffle(each)
    assert paired(lines, payments) == found


@given(LINES, PAYMENTS)
def test_an_items_own_payment_of_its_lines_day_never_marks_a_line_that_nobody_booked(
    lines: list[BankLine], payments: list[RecordedPayment]
) -> None:
    own = [
        a_payment(line.dated_on, str(line.amount), f"own{number}") for number, line in enumerate(lines) if line.item_id
    ]
    free = {line.id for line in lines if line.item_id is None}

    assert not free & set(paired(lines, own))
    assert len(free & set(paired(lines, [*own, *payments]))) <= len(payments)
