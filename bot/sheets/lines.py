"""Rows as the lines of a document, and their tax where a list only names a tax rate."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.coding import Billable
from bot.domain.documents import Line, LineAmounts
from bot.domain.money import to_cents
from bot.domain.texts import cleaned
from bot.sheets.columns import TRACKING, Column, Template
from bot.sheets.sheet import Row
from bot.sheets.table import LONGEST_CODE, LONGEST_TEXT, Rows

ONE, NONE = Decimal(1), Decimal(0)


class UnsureAmountsError(Exception):
    """Lines have tax rates: whether their amounts are with or without their tax has to be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a list calls that which something is booked to."""

    category: str | None = None
    tax_rate: str | None = None
    product: str | None = None
    customer: str | None = None
    """Whom a cost is for."""
    billable: Billable | None = None
    tracking: tuple[tuple[str, str], ...] = ()
    """Tracking categories and the options chosen of them."""
    row_number: int = field(default=0, compare=False)
    """The line of the file that says so."""


def lines_of(rows: Rows) -> tuple[tuple[Line, Names], ...]:
    """A line for each row that has an amount; none where the list has no lines.

    Raises:
        UnsureAmountsError: the list's reading has to say it.
    """
    if not rows.table.columns.has_lines:
        return ()
    return tuple(line for row in rows.rows if (line := _line(rows, row)) is not None)


def names_of(rows: Rows, lines: Iterable[tuple[Line, Names]]) -> Names:
    """What the whole document is booked to; of tracking, what stands in rows that are no line."""
    of_lines = {names.row_number for _, names in lines}
    others = [row for row in rows.rows if row.number not in of_lines]
    tracking = dict(pair for row in reversed(others) for pair in _tracking(rows, row))
    return Names(
        category=rows.code(Column.CATEGORY),
        tax_rate=rows.code(Column.TAX_RATE),
        product=rows.common(Column.ITEM_CODE),
        customer=rows.common(Column.FOR_CUSTOMER),
        billable=_billable(rows, rows.rows[0], rows.common(Column.BILLABLE)),
        tracking=tuple(sorted(tracking.items())),
        row_number=rows.rows[0].number,
    )


def _line(rows: Rows, row: Row) -> tuple[Line, Names] | None:
    names = _names(rows, row)
    quantity, price = rows.number_at(row, Column.QUANTITY), rows.number_at(row, Column.UNIT_PRICE)
    amount = _amount(rows, row, ONE if quantity is None else quantity, price)
    if amount is None:
        return None
    net, tax = _net_and_tax(rows, row, amount, names.tax_rate)
    line = Line(
        description=cleaned(rows.table.cell(row, Column.LINE_DESCRIPTION), LONGEST_TEXT) or "",
        quantity=ONE if quantity is None or price is None else quantity,
        unit_price=amount if price is None else price,
        net=net,
        tax=tax,
        tax_percent=rows.number_at(row, Column.LINE_TAX_PERCENT),
    )
    return line, names


def _names(rows: Rows, row: Row) -> Names:
    billable = _own(rows, row, Column.LINE_BILLABLE, Column.BILLABLE)
    return Names(
        category=_named(rows, row, Column.LINE_CATEGORY),
        tax_rate=_named(rows, row, Column.LINE_TAX_RATE),
        product=_own(rows, row, Column.LINE_ITEM_CODE, Column.ITEM_CODE),
        customer=_own(rows, row, Column.LINE_FOR_CUSTOMER, Column.FOR_CUSTOMER),
        billable=_billable(rows, row, billable),
        tracking=_tracking(rows, row),
        row_number=row.number,
    )


def _own(rows: Rows, row: Row, of_line: Column, of_all: Column) -> str | None:
    """What a line says of its own, be it in a column of the document's, where its rows differ."""
    said = _named(rows, row, of_line)
    return _named(rows, row, of_all) if said is None and rows.common(of_all) is None else said


def _billable(rows: Rows, row: Row, said: str | None) -> Billable | None:
    if said is None:
        return None
    found = next((answer for answer, words in _ANSWERS.items() if said.casefold() in words), None)
    if found is None:
        rows.complain(row, f"{said[:30]} under billable is neither yes nor no")
    return found


_ANSWERS = {
    Billable.YES: ("yes", "y", "true", "1", "x", "billable"),
    Billable.NO: ("no", "n", "false", "0", "not billable", "notbillable"),
}


def _tracking(rows: Rows, row: Row) -> tuple[tuple[str, str], ...]:
    """By columns of categories and options, and by columns that are called as a category."""
    paired = ((_named(rows, row, category), _named(rows, row, option)) for category, option in TRACKING)
    called = (
        (name, cleaned(rows.table.at(row, place), LONGEST_CODE)) for name, place in rows.table.columns.options.items()
    )
    return tuple((category, option) for category, option in (*paired, *called) if category and option)


def _named(rows: Rows, row: Row, column: Column) -> str | None:
    return cleaned(rows.table.cell(row, column), LONGEST_CODE)


def _amount(rows: Rows, row: Row, quantity: Decimal, price: Decimal | None) -> Decimal | None:
    stated = rows.number_at(row, Column.LINE_NET)
    if stated is not None or price is None:
        return stated
    return to_cents(quantity * price * (ONE - (rows.number_at(row, Column.DISCOUNT) or NONE) / 100))


def _net_and_tax(rows: Rows, row: Row, amount: Decimal, tax_rate: str | None) -> tuple[Decimal, Decimal | None]:
    """Dext's lists and ours have net amounts, and a tax that may be empty; the templates have either, and say not which."""
    tax = rows.number_at(row, Column.LINE_TAX)
    if tax_rate is None or rows.table.columns.template is Template.DEXT:
        return amount, tax
    percent = rows.table.percent_of(tax_rate)
    if tax is None and percent is None:
        rows.complain(
            row, f"the tax rate {tax_rate[:60]} is not in the ledger's list with a percentage, so its tax is not known"
        )
        return amount, None
    if rows.table.reading.line_amounts is None and (tax or percent):
        raise UnsureAmountsError
    if rows.table.reading.line_amounts is LineAmounts.INCLUSIVE:
        tax = to_cents(amount - amount / (ONE + (percent or NONE) / 100)) if tax is None else tax
        return amount - tax, tax
    return amount, to_cents(amount * (percent or NONE) / 100) if tax is None else tax
