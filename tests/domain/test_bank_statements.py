"""The same statement again, and one that overlaps it, come to the same lines."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bank_statements import Statement, StatementLine, account_key, lines_of
from bot.domain.ids import OrganisationId

LINES = st.builds(
    StatementLine,
    dated_on=st.dates(date(2026, 3, 1), date(2026, 3, 5)),
    amount=st.decimals(-20, 20, places=2).filter(bool),
    text=st.sampled_from(["PAPER", "paper", "Ink  Ltd", ""]),
    fitid=st.sampled_from([None, None, "1", "2"]),
)


def keys(*lines: StatementLine) -> list[str]:
    return [line.key for line in lines_of(Statement(lines=lines))]


@given(st.lists(LINES, max_size=12))
def test_reading_a_statement_again_adds_nothing(lines: list[StatementLine]) -> None:
    assert keys(*lines) == keys(*lines)


@given(st.lists(LINES, min_size=1, max_size=12), st.integers(0, 5))
def test_whole_days_of_another_statement_come_to_the_same_lines(lines: list[StatementLine], since: int) -> None:
    """Banks give whole days: what is before the first of them is missing, and what says the same is counted anew."""
    ordered = sorted(lines, key=lambda line: line.dated_on)
    first = date(2026, 3, since + 1)
    later = [line for line in ordered if line.dated_on >= first]

    assert keys(*later) == [key for key, line in zip(keys(*ordered), ordered, strict=True) if line.dated_on >= first]


@given(st.lists(LINES, max_size=12))
def test_lines_without_an_id_of_the_bank_are_all_kept(lines: list[StatementLine]) -> None:
    unnamed = [StatementLine(dated_on=each.dated_on, amount=each.amount, text=each.text) for each in lines]

    assert len(set(keys(*unnamed))) == len(unnamed)


def test_two_that_say_the_same_are_two_and_an_id_that_a_bank_uses_again_is_another() -> None:
    line = StatementLine(dated_on=date(2026, 3, 1), amount=Decimal("-5.00"), text="COFFEE")
    named = StatementLine(dated_on=date(2026, 3, 1), amount=Decimal("-5.00"), text="COFFEE", fitid="0")
    other = StatementLine(dated_on=date(2026, 3, 2), amount=Decimal("-5.00"), text="COFFEE", fitid="0")

    assert len(set(keys(line, line))) == 2
    assert len(set(keys(named, named, other))) == 2


def test_an_account_is_known_by_its_number_in_its_own_books_alone() -> None:
    books, others = OrganisationId(uuid4()), OrganisationId(uuid4())
    spaced, plain = Statement(lines=(), account="20-40-10 1234 5678"), Statement(lines=(), account="20401012345678")

    assert account_key(books, spaced) == account_key(books, plain)
    assert account_key(books, plain) != account_key(others, plain)
    assert "12345678" not in str(account_key(books, plain))
    assert account_key(books, Statement(lines=())) is None
