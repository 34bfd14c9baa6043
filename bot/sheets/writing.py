"""Items as rows of a list that can be read back: the columns that Dext's export has, and those that it lacks.

An item with lines has a row for each. The amounts of the whole document stand on its first row only, so that a column
can be added up.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from bot.domain.coding import Codes, Track
from bot.domain.documents import Line
from bot.domain.items import Item
from bot.sheets.safety import escaped

HEADER = (
    "Receipt ID",
    "Type",
    "Kind",
    "Date",
    "Due Date",
    "Invoice Number",
    "Supplier",
    "Supplier Tax Number",
    "Supplier Country",
    "Payable To",
    "Customer",
    "Customer Tax Number",
    "Category",
    "Tax Rate",
    "Currency",
    "Currency Rate",
    "Rate Currency",
    "Status",
    "Owner",
    "Reference",
    "Link",
    "Net",
    "Tax",
    "Total",
    "Line Amounts",
    "Description",
    "Line Description",
    "Line Quantity",
    "Line Unit Price",
    "Line Net",
    "Line Tax",
    "Line Tax Percent",
    "Line Category",
    "Line Tax Rate",
    "TrackingName1",
    "TrackingOption1",
    "TrackingName2",
    "TrackingOption2",
)
MOST_TRACKED = 2
"""Tracking categories of a line, as Xero has them."""


def header() -> str:
    return written([HEADER])


def written(rows: Iterable[Iterable[str]]) -> str:
    """CSV as RFC 4180 has it, in which no cell is a formula."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([escaped(cell) for cell in row] for row in rows)
    return out.getvalue()


def rows_of(item: Item, names: Mapping[Track, tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    """`names` are those of a tracking category and its option."""
    always, once = _of_the_document(item), _once(item)
    for place, line in enumerate(item.facts.lines or (None,)):
        codes = item.coding.own_codes(place).over(Codes(tracking=item.coding.codes.tracking))
        tracking = [named for track in codes.tracking[:MOST_TRACKED] for named in names.get(track, ("", ""))]
        own = () if line is None else (codes.account or "", codes.tax_rate or "")
        line_cells = (*_of_the_line(line), *(own or ("", "")), *tracking, *("",) * (2 * MOST_TRACKED - len(tracking)))
        yield (*always, *(once if place == 0 else ("",) * len(once)), *line_cells)


def _of_the_document(item: Item) -> tuple[str, ...]:
    facts, coding = item.facts, item.coding
    return (
        str(item.id),
        facts.document_type,
        item.kind,
        _day(facts.issued_on),
        _day(facts.due_on),
        facts.number or "",
        facts.supplier.name or "",
        facts.supplier.tax_number or "",
        facts.supplier.country or "",
        facts.supplier.bank_account or "",
        facts.buyer.name or "",
        facts.buyer.tax_number or "",
        coding.account.value or "",
        coding.tax_rate.value or "",
        facts.currency or "",
        _number(facts.currency_rate),
        "" if facts.currency_rate is None else facts.rate_currency or "",
        item.state.words,
        item.submitted_by,
        item.reference,
        item.ledger_url or "",
    )


def _once(item: Item) -> tuple[str, ...]:
    facts = item.facts
    line_amounts = facts.line_amounts if facts.lines else ""
    return (_number(facts.net), _number(facts.tax), _number(facts.gross), line_amounts, facts.note or "")


def _of_the_line(line: Line | None) -> tuple[str, ...]:
    if line is None:
        return ("",) * 6
    return (
        line.description,
        _number(line.quantity),
        _number(line.unit_price),
        _number(line.net),
        _number(line.tax),
        _number(line.tax_percent),
    )


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _number(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
