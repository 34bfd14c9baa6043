"""From rows to documents.

A document that lacks something, or says something twice in different words, is not brought in; each of its complaints
names the line of the file. What stands in its rows but is not needed is not judged here: that is what review is for.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256

from bot.domain.documents import DocumentType, Facts, ItemKind, Line, LineAmounts, Party
from bot.sheets.columns import Column, Columns
from bot.sheets.lines import Names, UnsureAmountsError, lines_of, names_of
from bot.sheets.sheet import Row, Sheet
from bot.sheets.table import LONGEST_NOTE, Reading, Rows, Table, UnsureOrderError

__all__ = ["Names", "Reading", "SheetDocument", "UnsureAmountsError", "UnsureOrderError", "documents_of"]

FINISHED = frozenset(
    {"published", "archived", "exported", "claimed", "approved"}
    | {"being sent", "being checked in the ledger", "being withdrawn"}
)
"""Statuses of documents that are in somebody's books, or on their way there; once more would be a double booking."""
_TYPES = {each.value.replace("_", ""): each for each in DocumentType} | {
    "bill": DocumentType.INVOICE,
    "creditmemo": DocumentType.CREDIT_NOTE,
    "expenseclaim": DocumentType.OTHER,
    "proformainvoice": DocumentType.PRO_FORMA,
    "purchaseorder": DocumentType.ORDER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDocument:
    """One document of a list. `key` is the same each time the list is read. `names` are of the whole document,
    `line_names` of each line.
    """

    row_numbers: tuple[int, ...]
    key: str
    id: str | None
    kind: ItemKind
    facts: Facts
    names: Names
    line_names: tuple[Names, ...]
    is_finished: bool
    complaints: tuple[str, ...]

    @property
    def all_names(self) -> tuple[Names, ...]:
        return (self.names, *self.line_names)


def documents_of(
    sheet: Sheet, columns: Columns, reading: Reading, percent_of: Callable[[str], Decimal | None]
) -> tuple[SheetDocument, ...]:
    """The documents in the order of the list. `percent_of` knows the percent of a tax rate by what the list calls it.

    Raises:
        UnsureOrderError, UnsureAmountsError: `reading` has to say it.
    """
    table = Table(sheet, columns, reading, percent_of)
    seen: Counter[str] = Counter()
    documents = []
    for rows in table.grouped():
        document = _document(table, rows)
        seen[document.key] += 1
        documents.append(replace(document, key=f"{document.key}:{seen[document.key]}"))
    return tuple(documents)


def _document(table: Table, of: tuple[Row, ...]) -> SheetDocument:
    rows = Rows(table, of)
    kind, lines = _kind(rows), lines_of(rows)
    facts = _with_lines(rows, _facts(rows, kind), [line for line, _ in lines])
    _require(rows, facts, kind)
    found = table.cell(of[0], Column.ID) or None
    return SheetDocument(
        row_numbers=tuple(row.number for row in of),
        key=f"id:{found}" if found else _fingerprint(facts, kind),
        id=found,
        kind=kind,
        facts=facts,
        names=names_of(rows, lines),
        line_names=tuple(names for _, names in lines),
        is_finished=(rows.text(Column.STATUS) or "").casefold() in FINISHED,
        complaints=tuple(dict.fromkeys(rows.complaints)),
    )


def _kind(rows: Rows) -> ItemKind:
    stated = (rows.text(Column.KIND) or "").casefold()
    if stated in (ItemKind.COST, ItemKind.SALE):
        return ItemKind(stated)
    has_customer_only = rows.text(Column.SUPPLIER) is None and rows.text(Column.CUSTOMER) is not None
    return ItemKind.SALE if has_customer_only else rows.table.reading.kind


def _facts(rows: Rows, kind: ItemKind) -> Facts:
    supplier, customer = _parties(rows)
    if kind is ItemKind.SALE and customer.name is None:  # the templates have one column for either
        supplier, customer = Party(), supplier
    notes = (rows.text(Column.DESCRIPTION, LONGEST_NOTE), rows.text(Column.NOTE, LONGEST_NOTE))
    return Facts(
        document_type=_type(rows),
        supplier=supplier,
        buyer=customer,
        number=rows.code(Column.NUMBER),
        issued_on=rows.day(Column.ISSUED_ON),
        due_on=rows.day(Column.DUE_ON),
        currency=_currency(rows, Column.CURRENCY, rows.table.reading.currency),
        currency_rate=rows.amount(Column.CURRENCY_RATE),
        rate_currency=_currency(rows, Column.RATE_CURRENCY),
        net=rows.amount(Column.NET),
        tax=rows.amount(Column.TAX),
        gross=rows.amount(Column.TOTAL),
        line_amounts=_line_amounts(rows),
        note="\n".join(dict.fromkeys(note for note in notes if note))[:LONGEST_NOTE] or None,
    )


def _parties(rows: Rows) -> tuple[Party, Party]:
    supplier = Party(
        name=rows.text(Column.SUPPLIER),
        tax_number=rows.code(Column.SUPPLIER_TAX_NUMBER),
        country=rows.code(Column.SUPPLIER_COUNTRY),
        bank_account=rows.code(Column.PAYABLE_TO),
    )
    return supplier, Party(name=rows.text(Column.CUSTOMER), tax_number=rows.code(Column.CUSTOMER_TAX_NUMBER))


def _type(rows: Rows) -> DocumentType:
    stated = (rows.text(Column.TYPE) or "invoice").casefold()
    found = _TYPES.get("".join(filter(str.isalpha, stated)))
    if found is None:
        rows.complain(rows.rows[0], f"{stated[:30]} is no document type that is known")
    return found or DocumentType.OTHER


def _currency(rows: Rows, column: Column, otherwise: str | None = None) -> str | None:
    currency = (rows.code(column) or otherwise or "").upper()
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        rows.complain(rows.rows[0], f"{currency[:20]} is no currency; write it as GBP")
    return currency or None


def _line_amounts(rows: Rows) -> LineAmounts:
    stated = rows.text(Column.LINE_AMOUNTS)
    if stated is None or not rows.table.columns.has_lines:
        return (rows.table.reading.line_amounts if rows.table.columns.has_lines else None) or LineAmounts.EXCLUSIVE
    if stated in list(LineAmounts):
        return LineAmounts(stated)
    rows.complain(rows.rows[0], f"{stated[:20]} is none of {', '.join(LineAmounts)}")
    return LineAmounts.EXCLUSIVE


def _with_lines(rows: Rows, facts: Facts, lines: Sequence[Line]) -> Facts:
    """What a list leaves to be added up: the amounts of the whole document."""
    net, tax, gross = facts.net, facts.tax, facts.gross
    if tax is None and Column.TAX not in rows.table.columns.places and any(line.tax is not None for line in lines):
        tax = sum((line.tax or Decimal(0) for line in lines), Decimal(0))
    if net is None and lines:
        net = sum((line.net for line in lines), Decimal(0))
    if net is None and gross is not None and tax is not None:
        net = gross - tax
    if gross is None and net is not None and lines:
        gross = net + (tax or Decimal(0))
    return replace(facts, net=net, tax=tax, gross=gross, lines=tuple(lines))


def _require(rows: Rows, facts: Facts, kind: ItemKind) -> None:
    who = facts.buyer.name if kind is ItemKind.SALE else facts.supplier.name
    needed = (
        ("customer" if kind is ItemKind.SALE else "supplier", who),
        ("date", facts.issued_on),
        ("total", facts.gross),
        ("currency", facts.currency),
    )
    missing = [name for name, value in needed if value is None]
    if missing and not rows.complaints:
        rows.complain(rows.rows[0], f"it has no {' and no '.join(missing)}")


def _fingerprint(facts: Facts, kind: ItemKind) -> str:
    """Of a document without an id: the same list read again gives the same."""
    who = facts.buyer if kind is ItemKind.SALE else facts.supplier
    said = (kind, who.name, facts.number, facts.issued_on, facts.gross, facts.currency, facts.document_type)
    return "said:" + sha256("\x1f".join(str(part).casefold() for part in said).encode()).hexdigest()
