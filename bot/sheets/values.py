"""Dates and amounts as spreadsheets write them. What can be read two ways is asked about, never guessed."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})[-/. ]+([a-z]{3})[a-z]*[-/. ,]+(\d{4}|\d{2})", re.ASCII | re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})", re.ASCII)
_CENTURY = 2000
_LAST_MONTH = 12
_SYMBOLS = re.compile(r"[£$€¥\s\u00a0\u202f']")
_AMOUNT = re.compile(r"[-+]?(?:\d{1,15}|\d{1,3}([.,])\d{3}(?:\1\d{3}){0,3})(?:(?!\1)[.,]\d{1,10})?", re.ASCII)
"""One mark stands between the thousands, the other one before the decimals."""
_MARKS = re.compile(r"[.,]")


class DayOrder(StrEnum):
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Decimals(StrEnum):
    POINT = "."
    COMMA = ","


def order_of(cells: Iterable[str]) -> DayOrder | None:
    """Which way round days and months are, by those that can only be one way. None: nothing says, or both do."""
    found = set()
    for match in (_NUMBERS.fullmatch(cell.strip()) for cell in cells):
        if match and int(match[1]) > _LAST_MONTH:
            found.add(DayOrder.DAY_FIRST)
        if match and int(match[2]) > _LAST_MONTH:
            found.add(DayOrder.MONTH_FIRST)
    return found.pop() if len(found) == 1 else None


def needs_order(cells: Iterable[str]) -> bool:
    """Whether any date changes with the order."""
    matches = (_NUMBERS.fullmatch(cell.strip()) for cell in cells)
    return any(match and match[1] != match[2] for match in matches)


def day_of(cell: str, order: DayOrder | None) -> date:
    """Raises:
    ValueError: a sentence for the person.
    """
    text = cell.strip()
    year, month, day = _parts(text, order)
    try:
        return date(_CENTURY + year if year < 100 else year, month, day)
    except ValueError:
        raise ValueError(f"{text[:30]} is no date.") from None


def _parts(text: str, order: DayOrder | None) -> tuple[int, int, int]:
    if found := _ISO.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if (found := _NAMED.fullmatch(text)) and found[2].lower() in _MONTHS:
        return int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1])
    if found := _NUMBERS.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if order is None and first != second and max(first, second) <= _LAST_MONTH:
            raise ValueError(f"{text} may be two dates. Say --dates day-first or --dates month-first.")
        is_month_first = order is DayOrder.MONTH_FIRST or (order is None and second > _LAST_MONTH)
        return (year, first, second) if is_month_first else (year, second, first)
    raise ValueError(f"{text[:30]} is no date. Write it as 2026-08-31.")


def decimals_of(cells: Iterable[str]) -> Decimals | None:
    """The decimal mark, by those amounts that can only be read one way. None: nothing says, or both do."""
    found = {mark for cell in cells if (mark := _mark(_bare(cell)[0]))}
    return found.pop() if len(found) == 1 else None


def number_of(cell: str, decimals: Decimals | None) -> Decimal:
    """An amount, price or quantity: `1,234.56`, `1.234,56`, `(12.00)` and `12.00-` for less than nothing, `£12`.

    Raises:
        ValueError: a sentence for the person.
    """
    bare, is_negative = _bare(cell)
    is_signed_twice = is_negative and bare.startswith(("-", "+"))
    if is_signed_twice or not _AMOUNT.fullmatch(bare):
        raise ValueError(f"{cell.strip()[:30]} is no amount. Write it as 1234.50.")
    mark = _mark(bare) or decimals
    if mark is None and _MARKS.search(bare):
        raise ValueError(f"{cell.strip()[:30]} can be read in two ways. Write it as 1234.50.")
    other = "," if mark is Decimals.POINT else "."
    number = Decimal(bare.replace(other, "").replace(",", "."))
    return -number if is_negative else number


def _bare(cell: str) -> tuple[str, bool]:
    text = _SYMBOLS.sub("", cell)
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1], True
    return (text[:-1], True) if text.endswith("-") and len(text) > 1 else (text, False)


def _mark(bare: str) -> Decimals | None:
    """What the amount itself says about its decimal mark."""
    marks = _MARKS.findall(bare)
    if not marks or not _AMOUNT.fullmatch(bare):
        return None
    last, behind = marks[-1], len(bare) - bare.rindex(marks[-1]) - 1
    if len(set(marks)) == 2 or (len(marks) == 1 and (behind != 3 or bare.lstrip("+-").startswith("0"))):
        return Decimals(last)
    if len(marks) > 1:
        return Decimals.COMMA if last == "." else Decimals.POINT
    return None
