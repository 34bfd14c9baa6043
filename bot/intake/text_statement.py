"""What a statement of account says of itself. It lists bills, and their numbers, dates and amounts are none of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.domain.documents import Facts
from bot.intake.pdf_text import Cell, Row
from bot.intake.text_amounts import places_in
from bot.intake.text_dates import DayMonth, dates_in
from bot.intake.text_labels import above, behind
from bot.intake.text_numbers import as_number
from bot.intake.text_words import OPEN_BALANCE, RUNNING_BALANCE, STATEMENT_DATE, STATEMENT_NUMBER, folded


def of_statement(facts: Facts, rows: Sequence[Row], order: DayMonth) -> Facts:
    """The facts with its own number and date, and what is owed in all as its total; what is not certain is None."""
    return replace(
        facts,
        number=next(behind(rows, STATEMENT_NUMBER, as_number), None),
        issued_on=_date(rows, order),
        due_on=None,
        net=None,
        tax=None,
        gross=balance_of(rows),
    )


def balance_of(rows: Sequence[Row]) -> Decimal | None:
    """By words for what is open on the amount's own row, which have to say one amount; else where a column of balances ends."""
    said = {
        value for index in range(len(rows)) for label, value in _labelled(rows, index) if OPEN_BALANCE.search(label)
    }
    if said:
        return said.pop() if len(said) == 1 else None
    return next((value for index in reversed(range(len(rows))) for value in _in_column(rows, index)), None)


def _labelled(rows: Sequence[Row], index: int) -> Iterator[tuple[str, Decimal]]:
    """Each amount that follows words on its row, with those."""
    places = places_in(rows[index])
    amounts = {cell for cell, _, _ in places}
    for cell, start, value in places:
        before = [other.text for other in rows[index].cells if other.right <= cell.left and other not in amounts]
        yield folded(" ".join([*before, cell.text[:start]])), value


def _in_column(rows: Sequence[Row], index: int) -> Iterator[Decimal]:
    for cell, _, value in places_in(rows[index]):
        if any(RUNNING_BALANCE.search(folded(over.text)) for over in _headings(rows, index, cell)):
            yield value


def _headings(rows: Sequence[Row], index: int, cell: Cell) -> Iterator[Cell]:
    amounts = {other for row in rows[:index] for other, _, _ in places_in(row)}
    return (over for over in above(rows, index, cell) if over not in amounts)


def _date(rows: Sequence[Row], order: DayMonth) -> date | None:
    """By its label; else the only date there is."""

    def first(text: str) -> date | None:
        return next(iter(dates_in(text, order)), None)

    labelled = next(behind(rows, STATEMENT_DATE, first), None)
    every = {day for row in rows for day in dates_in(row.text, order)}
    return labelled or (every.pop() if len(every) == 1 else None)
