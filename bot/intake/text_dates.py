"""Dates as documents write them: figures in three orders, and month names in six languages.

Figures with dots begin with the day. With strokes or dashes the day is first too, except where the document proves the
other order, by a month that cannot be one, or is in US dollars. What remains open is no date: a wrong one would be worse.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import Enum

from bot.intake.text_words import folded

_MONTHS = (
    "january februar march april may june july august september october november december",
    "januar february marz april mai juni juli august september oktober november dezember",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
)
_FIRST_YEAR, _LAST_YEAR = 1990, 2099
_YEAR_FIRST = re.compile(r"(?<![\d.,/-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/-])")
_FIGURES = re.compile(r"(?<![\d.,/-])(\d{1,2})(\. ?|/|-)(\d{1,2})(?:\2|\.)(\d{4}|\d{2})(?![\d/-])")
_DAY_NAME = re.compile(
    r"(?<![\d.,/-])(\d{1,2})(?:st|nd|rd|th|er|\.|º|°)?[ -](?:of |de |di )?([a-z]{3,11})\.?,?[ -](?:de |del |,)?(\d{4}|\d{2})(?!\d)"
)
_NAME_DAY = re.compile(r"(?<![a-z])([a-z]{3,11})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)")


class DayMonth(Enum):
    """In which order a document writes day and month where figures leave it open."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    OPEN = "open"


def _by_name() -> dict[str, int]:
    """Every beginning of a month's name that is of one month only, of three letters or more."""
    months: dict[str, set[int]] = defaultdict(set)
    for language in _MONTHS:
        for number, name in enumerate(language.split(), start=1):
            for end in range(3, len(name) + 1):
                months[name[:end]].add(number)
    return {name: min(numbers) for name, numbers in months.items() if len(numbers) == 1} | {"sept": 9}


MONTHS = _by_name()


def order_of(texts: Iterable[str], currency: str | None, *, has_dollars: bool) -> DayMonth:
    """The order of day and month in a document, from all its dates together."""
    firsts, seconds = [0], [0]
    for text in texts:
        for first, mark, second, _ in _FIGURES.findall(text):
            if not mark.startswith("."):
                firsts.append(int(first))
                seconds.append(int(second))
    if max(firsts) > 12:
        return DayMonth.DAY_FIRST if max(seconds) <= 12 else DayMonth.OPEN
    if max(seconds) > 12 or currency == "USD":
        return DayMonth.MONTH_FIRST
    return DayMonth.OPEN if has_dollars and currency is None else DayMonth.DAY_FIRST


def dates_in(text: str, order: DayMonth) -> Sequence[date]:
    """The dates in a text, from left to right; those that can be read in two ways are left out."""
    found = sorted(_found(folded(text), order), key=lambda place: place[0])
    return [day for _, day in found if day is not None]


def _found(text: str, order: DayMonth) -> Iterator[tuple[int, date | None]]:
    for match in _YEAR_FIRST.finditer(text):
        yield match.start(), _date(match[1], match[3], match[4])
    for match in _FIGURES.finditer(text):
        yield match.start(), _of_figures(match[1], match[3], match[4], DayMonth.DAY_FIRST if "." in match[2] else order)
    for match in _DAY_NAME.finditer(text):
        if match[2] in MONTHS:
            yield match.start(), _date(match[3], MONTHS[match[2]], match[1])
    for match in _NAME_DAY.finditer(text):
        if match[1] in MONTHS:
            yield match.start(), _date(match[3], MONTHS[match[1]], match[2])


def _of_figures(first: str, second: str, year: str, order: DayMonth) -> date | None:
    if first == second or int(first) > 12:
        return _date(year, second, first)
    if int(second) > 12 or order is DayMonth.MONTH_FIRST:
        return _date(year, first, second)
    return _date(year, second, first) if order is DayMonth.DAY_FIRST else None


def _date(year: str, month: str | int, day: str) -> date | None:
    whole = int(year) if len(year) == 4 else 2000 + int(year)
    try:
        found = date(whole, int(month), int(day))
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None
