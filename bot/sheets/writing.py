"""Items as rows of a list that can be read back: the columns that Dext's export has, and those that it lacks.

An item with lines has a row for each. The amounts of the whole document stand on its first row only, so that a column
can be added up.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain

from bot.domain.billing import of_kind
from bot.domain.coding import NO_CODES, Codes, Track
from bot.domain.documents import Line
from bot.domain.inert import escaped
from bot.domain.items import Item
from bot.sheets.columns import TRACKING

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
    "Item Code",
    "For Customer",
    "Billable",
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
    "Line Item Code",
    "Line For Customer",
    "Line Billable",
    *(f"{name}{at}" for at in range(1, len(TRACKING) + 1) for name in ("TrackingName", "TrackingOption")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the ledger's codes are called in a list, in use or not, so that they are found by it again. A code that is not here is
    written as it is; an option of a tracking category that is not here, not at all.
    """

    accounts: Mapping[str, str] = field(default_factory=dict)
    tax_rates: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)
    customers: Mapping[str, str] = field(default_factory=dict)
    tracking: Mapping[Track, tuple[str, str]] = field(default_factory=dict)

    def codes(self, codes: Codes) -> tuple[str, ...]:
        """Category, tax rate, product, and whom it is for."""
        account, tax_rate, product = codes.account or "", codes.tax_rate or "", codes.product or ""
        customer = codes.customer or ""
        return (
            self.accounts.get(account, account),
            self.tax_rates.get(tax_rate, tax_rate),
            self.products.get(product, product),
            self.customers.get(customer, customer),
            codes.billable or "",
        )


def header() -> str:
    return written([HEADER])


def written(rows: Iterable[Iterable[str]]) -> str:
    """CSV as RFC 4180 has it, in which no cell is a formula."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([escaped(cell) for cell in row] for row in rows)
    return out.getvalue()


def rows_of(item: Item, names: Written) -> Iterator[tuple[str, ...]]:
    """A row for each line, or the one of a document without any."""
    always, once = _of_the_document(item, names), _once(item)
    for place, line in enumerate(item.facts.lines or (None,)):
        own = NO_CODES if line is None else of_kind(item.kind, item.coding.own_codes(place))
        tracked = item.coding.codes_at(place).tracking if line is not None else item.coding.codes.tracking
        named = [names.tracking[track] for track in tracked if track in names.tracking][: len(TRACKING)]
        cells = [*chain.from_iterable(named), *("",) * (2 * (len(TRACKING) - len(named)))]
        yield (*always, *(once if place == 0 else ("",) * len(once)), *_of_the_line(line), *names.codes(own), *cells)


def _of_the_document(item: Item, names: Written) -> tuple[str, ...]:
    facts = item.facts
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
        *names.codes(of_kind(item.kind, item.coding.codes)),
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
