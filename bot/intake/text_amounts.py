"""Amounts on a page, with the words that say what they are.

An amount has two decimals behind a point or a comma, or its currency beside it; other figures are quantities, years and
postcodes as well.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from bot.intake.pdf_text import Cell, Row
from bot.intake.text_currency import CODE
from bot.intake.text_labels import above
from bot.intake.text_words import BEFORE_TAX, GROSS, NET, TAX, TOTAL, folded

MOST_AMOUNTS = 2000
_MINUS = r"(?P<minus>[-−–(]\s?)?"
_INNER = r"(?P<inner>[-−–]\s?)?"
_FIGURES = r"(?P<whole>\d{1,3}(?:(?P<group>[.,'’  ])\d{3})(?:(?P=group)\d{3})*|\d{1,12})"
_SIGN = r"[€$£¥₹]"
_AMOUNTS = (
    re.compile(
        rf"(?<![\w.,/]){_MINUS}(?:{_SIGN}\s?|[A-Z]{{3}}\s?)?{_INNER}{_FIGURES}"
        r"(?P<mark>[.,])(?P<cents>\d{2})(?![\d%])(?![.,/]\d)(?!\s?%)(?P<after>-(?!\d))?"
    ),
    re.compile(
        rf"(?<![\w.,/]){_MINUS}(?:{_SIGN}|(?:{CODE})(?![A-Za-z]))\s?{_INNER}{_FIGURES}(?![\d%/]|[.,]\d|\s?%)(?P<after>-(?!\d))?"
    ),
    re.compile(rf"(?<![\w.,/]){_MINUS}{_FIGURES}(?P<after>-)?\s?(?:{_SIGN}|(?:{CODE})(?![A-Za-z]))(?!\s?\d)"),
)
"""With cents; without, behind its currency; without, before it."""
_PERCENT = re.compile(r"(?<![\w.,])(\d{1,2}(?:[.,]\d{1,3})?)\s?%")


class Meaning(Enum):
    """What the words at an amount say that it is."""

    GROSS = "gross"
    TOTAL = "total"
    NET = "net"
    TAX = "tax"


@dataclass(frozen=True, slots=True)
class Amount:
    value: Decimal
    meanings: frozenset[Meaning]
    row: int
    is_last: bool
    """Whether no other amount follows it on its row, as a sum stands behind what it is of."""


def amounts_in(rows: Sequence[Row]) -> list[Amount]:
    """The amounts of a document from its first to its last row; the last ones of a very long document."""
    found = [amount for index in range(len(rows)) for amount in _of_row(rows, index)]
    return found[-MOST_AMOUNTS:]


def _of_row(rows: Sequence[Row], index: int) -> Iterator[Amount]:
    places = places_in(rows[index])
    for number, (cell, start, value) in enumerate(places, start=1):
        yield Amount(value, _meanings(rows, index, cell, start), index, number == len(places))


def places_in(row: Row) -> list[tuple[Cell, int, Decimal]]:
    """The amounts of a row from left to right, with where in the text of its cell each begins."""
    return [(cell, start, value) for cell in row.cells for start, value in _in_text(cell.text)]


def _in_text(text: str) -> list[tuple[int, Decimal]]:
    """Amounts and where each begins, from left to right."""
    found: dict[int, tuple[int, Decimal]] = {}
    for pattern in _AMOUNTS:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            if parts["group"] is None or parts["group"] != parts.get("mark"):
                found.setdefault(match.start("whole"), (match.start(), _value(parts)))
    return [found[start] for start in sorted(found)]


def _value(parts: Mapping[str, str | None]) -> Decimal:
    digits = "".join(character for character in parts["whole"] or "" if character.isdecimal())
    value = Decimal(f"{digits}.{parts.get('cents') or ''}")
    return -value if value and (parts["minus"] or parts.get("inner") or parts["after"]) else value


def _meanings(rows: Sequence[Row], index: int, cell: Cell, start: int) -> frozenset[Meaning]:
    """By the nearest words before it on its row; where there are none that say anything, by the heading above it."""
    before = [other.text for other in rows[index].cells if other.right <= cell.left]
    for text in (cell.text[:start], *reversed(before)):
        if found := meanings_of(text):
            return found
    heading = next((over for over in above(rows, index, cell) if not _in_text(over.text)), None)
    return meanings_of(heading.text) if heading is not None else frozenset()


def meanings_of(label: str) -> frozenset[Meaning]:
    """What a label says. "Total excl. VAT" is a net amount, "Total VAT" a tax, "Total incl. VAT" what is to be paid."""
    text = folded(label)
    if GROSS.search(text) and not BEFORE_TAX.search(text):
        return frozenset({Meaning.GROSS})
    if NET.search(text) or BEFORE_TAX.search(text):
        return frozenset({Meaning.NET})
    if TAX.search(text):
        return frozenset({Meaning.TAX})
    return frozenset({Meaning.TOTAL}) if TOTAL.search(text) else frozenset()


def percents_in(rows: Sequence[Row]) -> frozenset[Decimal]:
    """The percentages that a document mentions."""
    return frozenset(Decimal(found.replace(",", ".")) for row in rows for found in _PERCENT.findall(row.text))
