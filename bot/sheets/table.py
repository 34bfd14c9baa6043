"""A list by its columns: cells, and the rows of one document read as typed values, with what is wrong written down."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.domain.documents import ItemKind, LineAmounts
from bot.domain.inert import unescaped
from bot.domain.money import to_stored
from bot.domain.texts import cleaned
from bot.sheets.columns import Column, Columns, Template
from bot.sheets.sheet import Row, Sheet
from bot.sheets.values import DayOrder, Decimals, day_of, decimals_of, needs_order, number_of, order_of

LONGEST_TEXT, LONGEST_NOTE, LONGEST_CODE = 500, 2000, 200
_AMOUNTS = (Column.NET, Column.TAX, Column.TOTAL, Column.UNIT_PRICE, Column.LINE_NET, Column.LINE_TAX)
_NOT_AMOUNTS = frozenset(
    {Column.CURRENCY_RATE, Column.QUANTITY, Column.UNIT_PRICE, Column.DISCOUNT, Column.LINE_TAX_PERCENT}
)


class UnsureOrderError(Exception):
    """Dates such as 03/04/2026 have two meanings, and nothing in the list says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a list is to be read, where it does not say so itself."""

    order: DayOrder | None = None
    line_amounts: LineAmounts | None = None
    currency: str | None = None
    """Of documents that name none."""
    kind: ItemKind = ItemKind.COST


@dataclass(slots=True)
class Table:
    """`percent_of` knows the percent of a tax rate by what the list calls it.

    Raises:
        UnsureOrderError: when it is made.
    """

    sheet: Sheet
    columns: Columns
    reading: Reading
    percent_of: Callable[[str], Decimal | None]
    order: DayOrder | None = field(init=False)
    decimals: Decimals | None = field(init=False)

    def __post_init__(self) -> None:
        days = list(self._cells(Column.ISSUED_ON, Column.DUE_ON))
        self.order = self.reading.order or order_of(days)
        if self.order is None and needs_order(days):
            raise UnsureOrderError
        known = None if self.columns.template is Template.GENERAL else Decimals.POINT
        self.decimals = decimals_of(self._cells(*_AMOUNTS)) or known

    def _cells(self, *wanted: Column) -> Iterator[str]:
        for row in self.sheet.rows:
            yield from filter(None, (self.cell(row, column) for column in wanted))

    def cell(self, row: Row, column: Column) -> str:
        place = self.columns.places.get(column)
        return "" if place is None else self.at(row, place)

    def at(self, row: Row, place: int) -> str:
        return unescaped(row.cells[place].strip())

    def grouped(self) -> tuple[tuple[Row, ...], ...]:
        """The rows of each document: of one id, or of one supplier and number; a row with neither stands alone."""
        groups: dict[tuple[str, ...], list[Row]] = {}
        for row in self.sheet.rows:
            groups.setdefault(self._same(row), []).append(row)
        return tuple(map(tuple, groups.values()))

    def _same(self, row: Row) -> tuple[str, ...]:
        if found := self.cell(row, Column.ID):
            return ("id", found)
        who, number = self.cell(row, Column.SUPPLIER) or self.cell(row, Column.CUSTOMER), self.cell(row, Column.NUMBER)
        return ("number", who.casefold(), number.casefold()) if number else ("row", str(row.number))


@dataclass(slots=True)
class Rows:
    """The rows of one document. What cannot be read is None, and a complaint."""

    table: Table
    rows: tuple[Row, ...]
    complaints: list[str] = field(default_factory=list)

    def text(self, column: Column, longest: int = LONGEST_TEXT) -> str | None:
        """A value of the whole document: on its first row at least, and the same wherever it is repeated."""
        cells = dict.fromkeys(cell for row in self.rows if (cell := self.table.cell(row, column)))
        if len(cells) > 1:
            self.complain(self.rows[0], f"its rows have different values under {column.words}")
        raw = next(iter(cells), "")
        return "\n".join(text for part in raw.splitlines() if (text := cleaned(part, longest)))[:longest] or None

    def code(self, column: Column) -> str | None:
        """A number or code, which is whole or refused."""
        text = self.text(column, LONGEST_CODE + 1)
        if text is None or len(text) <= LONGEST_CODE:
            return text
        self.complain(self.rows[0], f"its {column.words} is longer than any")
        return None

    def common(self, column: Column) -> str | None:
        """What all rows that say something of it say; None where they say several things, each of its own line."""
        found = {cleaned(self.table.cell(row, column), LONGEST_CODE) for row in self.rows} - {None}
        return found.pop() if len(found) == 1 else None

    def day(self, column: Column) -> date | None:
        cell = self.text(column)
        try:
            return None if cell is None else day_of(cell, self.table.order)
        except ValueError as error:
            self.complain(self.rows[0], str(error))
            return None

    def amount(self, column: Column) -> Decimal | None:
        cell = self.text(column)
        return None if cell is None else self._number(self.rows[0], cell, column)

    def number_at(self, row: Row, column: Column) -> Decimal | None:
        cell = self.table.cell(row, column).removesuffix("%").strip()
        return None if not cell else self._number(row, cell, column)

    def _number(self, row: Row, cell: str, column: Column) -> Decimal | None:
        try:
            number = number_of(cell, self.table.decimals)
            if column not in _NOT_AMOUNTS:
                to_stored(number)  # raises where it is finer or larger than is kept
        except ValueError as error:
            self.complain(row, str(error))
            return None
        return number

    def complain(self, row: Row, what: str) -> None:
        self.complaints.append(f"Line {row.number}: {what.removesuffix('.')}.")
