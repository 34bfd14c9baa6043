"""Cells of a file: texts that no spreadsheet runs, amounts and days as the package reads them."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from bot.domain.inert import escaped
from bot.domain.money import CENT, WIDE
from bot.domain.texts import cleaned

LONGEST = 4000


Cell = str | Decimal


def text(said: str | None, longest: int = LONGEST) -> str:
    """What somebody wrote: on one line, and never a formula."""
    return escaped(cleaned(said or "", longest) or "")[:longest]


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """CSV as RFC 4180 has it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return out.getvalue()


def _written(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    of_cents = cell.quantize(CENT, context=WIDE)
    return f"{of_cents if cell == of_cents else cell:f}"


def day_first(on: date | None) -> str:
    return "" if on is None else f"{on:%d/%m/%Y}"


def month_first(on: date | None) -> str:
    return "" if on is None else f"{on:%m/%d/%Y}"
