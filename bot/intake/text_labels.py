"""What stands behind a label: in its own cell, in the next one, or below it."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from bot.intake.pdf_text import Cell, Row
from bot.intake.text_words import folded

T = TypeVar("T")
_ROWS_BELOW = 2
_BETWEEN = " \t:;.#°º-=|"


def behind(rows: Sequence[Row], label: re.Pattern[str], value: Callable[[str], T | None]) -> Iterator[T]:
    """The values of a label, in the order of the document. The first place where `value` finds one counts."""
    for index, row in enumerate(rows):
        for position, cell in enumerate(row.cells):
            for match in label.finditer(folded(cell.text)):
                found = _value(rows, index, position, cell.text[match.end() :], value)
                if found is not None:
                    yield found
                    break


def _value(rows: Sequence[Row], index: int, position: int, rest: str, value: Callable[[str], T | None]) -> T | None:
    cells = rows[index].cells
    rest = rest.lstrip(_BETWEEN)
    if rest and (found := value(rest)) is not None:
        return found
    beside = cells[position + 1].text.lstrip(_BETWEEN) if position + 1 < len(cells) else ""
    if beside and (found := value(beside)) is not None:
        return found
    under = next(below(rows, index, cells[position]), None)
    return None if under is None else value(under.text)


def below(rows: Sequence[Row], index: int, cell: Cell) -> Iterator[Cell]:
    """The cells under a cell, in the next rows of its page."""
    for row in rows[index + 1 : index + 1 + _ROWS_BELOW]:
        if row.page == cell.page:
            yield from (other for other in row.cells if other.overlaps(cell))


def above(rows: Sequence[Row], index: int, cell: Cell) -> Iterator[Cell]:
    """The cells over a cell, the nearest first."""
    for row in reversed(rows[max(0, index - 8) : index]):
        if row.page == cell.page:
            yield from (other for other in row.cells if other.overlaps(cell))
