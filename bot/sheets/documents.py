"""From rows to documents: rows of one id, or of one supplier and number, are the lines of one document.

A document that lacks something, or says something twice in different words, is not brought in; each of its complaints
names the line of the file. What stands in its rows but is not needed is not judged here: that is what review is for.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from bot.domain.documents import DocumentType, Facts, ItemKind, Line, Party
from bot.domain.money import to_cents
from bot.domain.texts import cleaned
from bot.sheets.columns import Column, Columns, Template
from bot.sheets.safety import unescaped
from bot.sheets.sheet import Row, Sheet
from bot.sheets.values import DayOrder, Decimals, day_of, decimals_of, needs_order, number_of, order_of

LONGEST_TEXT, LONGEST_NOTE, LONGEST_CODE = 500, 2000, 200
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
_AMOUNTS = (Column.NET, Column.TAX, Column.TOTAL, Column.UNIT_PRICE, Column.LINE_NET, Column.LINE_TAX)
_OF_THE_DOCUMENT = tuple(
    column
    for column in Column
    if not column.value.startswith("line-") and column not in (Column.QUANTITY, Column.UNIT_PRICE, Column.DISCOUNT)
)


class LineAmounts(StrEnum):
    """Whether the amounts of lines have their tax in them. A list does not say it itself."""

    EXCLUSIVE = "exclusive"
    INCLUSIVE = "inclusive"


class UnsureOrderError(Exception):
    """Dates such as 03/04/2026 have two meanings, and nothing in the list says which."""


class UnsureAmountsError(Exception):
    """Lines have tax rates and no tax: whether their amounts are with or without it has to be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a list is to be read, where it does not say so itself."""

    order: DayOrder | None = None
    line_amounts: LineAmounts | None = None
    currency: str | None = None
    """Of documents that name none."""
    kind: ItemKind = ItemKind.COST


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCodes:
    category: str | None = None
    tax_rate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDocument:
    """One document of a list. `key` is the same each time the list is read. `codes` are the item's category and tax rate
    as the list names them, `line_codes` those of each line.
    """

    row_numbers: tuple[int, ...]
    key: str
    id: str | None
    kind: ItemKind
    facts: Facts
    codes: LineCodes
    line_codes: tuple[LineCodes, ...]
    is_finished: bool
    complaints: tuple[str, ...]


def documents_of(
    sheet: Sheet, columns: Columns, reading: Reading, percent_of: Callable[[str], Decimal | None]
) -> tuple[SheetDocument, ...]:
    """The documents in the order of the list. `percent_of` knows the percent of a tax rate by what the list calls it.

    Raises:
        UnsureOrderError, UnsureAmountsError: `reading` has to say it.
    """
    table = _Table(sheet, columns, reading, percent_of)
    made = [table.document(rows) for rows in _grouped(table)]
    seen: Counter[str] = Counter()
    documents = []
    for document in made:
        seen[document.key] += 1
        documents.append(replace(document, key=f"{document.key}:{seen[document.key]}"))
    return tuple(documents)


def _grouped(table: "_Table") -> Iterator[tuple[Row, ...]]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in table.sheet.rows:
        groups.setdefault(table.same(row), []).append(row)
    yield from map(tuple, groups.values())


@dataclass(slots=True)
class _Table:
    sheet: Sheet
    columns: Columns
    reading: Reading
    percent_of: Callable[[str], Decimal | None]
    order: DayOrder | None = field(init=False)
    decimals: Decimals | None = field(init=False)

    def __post_init__(self) -> None:
        days = [cell for row in self.sheet.rows for cell in self._cells(row, (Column.ISSUED_ON, Column.DUE_ON))]
        self.order = self.reading.order or order_of(days)
        if self.order is None and needs_order(days):
            raise UnsureOrderError
        known = None if self.columns.template is Template.GENERAL else Decimals.POINT
        self.decimals = decimals_of(cell for row in self.sheet.rows for cell in self._cells(row, _AMOUNTS)) or known

    def _cells(self, row: Row, wanted: tuple[Column, ...]) -> Iterator[str]:
        for column in wanted:
            if cell := self.cell(row, column):
                yield cell

    def cell(self, row: Row, column: Column) -> str:
        place = self.columns.places.get(column)
        return "" if place is None else unescaped(row.cells[place].strip())

    def same(self, row: Row) -> tuple[str, ...]:
        """What makes rows lines of one document; a row that has neither id nor number stands alone."""
        if found := self.cell(row, Column.ID):
            return ("id", found)
        who, number = self.cell(row, Column.SUPPLIER) or self.cell(row, Column.CUSTOMER), self.cell(row, Column.NUMBER)
        return ("number", who.casefold(), number.casefold()) if number else ("row", str(row.number))

    def document(self, rows: tuple[Row, ...]) -> SheetDocument:
        reader = _Reader(self, rows)
        kind = reader.kind()
        facts = reader.facts(kind)
        lines, line_codes = reader.lines()
        facts = reader.with_lines(facts, lines)
        reader.require(facts, kind)
        found = self.cell(rows[0], Column.ID) or None
        return SheetDocument(
            row_numbers=tuple(row.number for row in rows),
            key=f"id:{found}" if found else _fingerprint(facts, kind),
            id=found,
            kind=kind,
            facts=facts,
            codes=reader.codes(),
            line_codes=line_codes,
            is_finished=(reader.text(Column.STATUS) or "").casefold() in FINISHED,
            complaints=tuple(dict.fromkeys(reader.complaints)),
        )


@dataclass(slots=True)
class _Reader:
    """Reads the rows of one document, and writes down what is wrong with them."""

    table: _Table
    rows: tuple[Row, ...]
    complaints: list[str] = field(default_factory=list)

    def text(self, column: Column, longest: int = LONGEST_TEXT) -> str | None:
        """A value of the whole document: on its first row at least, and the same wherever it is repeated."""
        cells = dict.fromkeys(cell for row in self.rows if (cell := self.table.cell(row, column)))
        if len(cells) > 1:
            self._complain(self.rows[0], f"its rows have different values under {column.value.replace('-', ' ')}")
        raw = next(iter(cells), "")
        return "\n".join(text for part in raw.splitlines() if (text := cleaned(part, longest)))[:longest] or None

    def code(self, column: Column) -> str | None:
        text = self.text(column, LONGEST_CODE + 1)
        if text is not None and len(text) > LONGEST_CODE:
            self._complain(self.rows[0], f"its {column.value.replace('-', ' ')} is longer than any")
            return None
        return text

    def day(self, column: Column) -> date | None:
        cell = self.text(column)
        try:
            return None if cell is None else day_of(cell, self.table.order)
        except ValueError as error:
            self._complain(self.rows[0], str(error))
            return None

    def amount(self, column: Column) -> Decimal | None:
        cell = self.text(column)
        return None if cell is None else self._number(self.rows[0], cell, column)

    def kind(self) -> ItemKind:
        stated = (self.text(Column.KIND) or "").casefold()
        if stated in (ItemKind.COST, ItemKind.SALE):
            return ItemKind(stated)
        has_customer_only = self.text(Column.SUPPLIER) is None and self.text(Column.CUSTOMER) is not None
        return ItemKind.SALE if has_customer_only else self.table.reading.kind

    def facts(self, kind: ItemKind) -> Facts:
        them = Party(
            name=self.text(Column.SUPPLIER),
            tax_number=self.code(Column.SUPPLIER_TAX_NUMBER),
            country=self.code(Column.SUPPLIER_COUNTRY),
            bank_account=self.code(Column.PAYABLE_TO),
        )
        customer = Party(name=self.text(Column.CUSTOMER), tax_number=self.code(Column.CUSTOMER_TAX_NUMBER))
        is_swapped = kind is ItemKind.SALE and customer.name is None  # the templates have one column for either
        currency = (self.code(Column.CURRENCY) or self.table.reading.currency or "").upper()
        if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            self._complain(self.rows[0], f"{currency[:20]} is no currency; write it as GBP")
        notes = (self.text(Column.DESCRIPTION, LONGEST_NOTE), self.text(Column.NOTE, LONGEST_NOTE))
        return Facts(
            document_type=self._type(),
            supplier=Party() if is_swapped else them,
            buyer=them if is_swapped else customer,
            number=self.code(Column.NUMBER),
            issued_on=self.day(Column.ISSUED_ON),
            due_on=self.day(Column.DUE_ON),
            currency=currency or None,
            net=self.amount(Column.NET),
            tax=self.amount(Column.TAX),
            gross=self.amount(Column.TOTAL),
            note="\n".join(dict.fromkeys(note for note in notes if note))[:LONGEST_NOTE] or None,
        )

    def _type(self) -> DocumentType:
        stated = (self.text(Column.TYPE) or "invoice").casefold()
        found = _TYPES.get("".join(filter(str.isalpha, stated)))
        if found is None:
            self._complain(self.rows[0], f"{stated[:30]} is no document type that is known")
        return found or DocumentType.OTHER

    def codes(self) -> LineCodes:
        return LineCodes(category=self.code(Column.CATEGORY), tax_rate=self.code(Column.TAX_RATE))

    def lines(self) -> tuple[tuple[Line, ...], tuple[LineCodes, ...]]:
        if not self.table.columns.has_lines:
            return (), ()
        found = [each for row in self.rows if (each := self._line(row)) is not None]
        return tuple(line for line, _ in found), tuple(codes for _, codes in found)

    def _line(self, row: Row) -> tuple[Line, LineCodes] | None:
        cell = self.table.cell
        codes = LineCodes(
            category=cleaned(cell(row, Column.LINE_CATEGORY), LONGEST_CODE),
            tax_rate=cleaned(cell(row, Column.LINE_TAX_RATE), LONGEST_CODE),
        )
        quantity, price = self._of_line(row, Column.QUANTITY), self._of_line(row, Column.UNIT_PRICE)
        amount = self._of_line(row, Column.LINE_NET)
        if amount is None and price is None:
            return None
        if amount is None and price is not None:
            kept = Decimal(1) - (self._of_line(row, Column.DISCOUNT) or Decimal(0)) / 100
            amount = to_cents((Decimal(1) if quantity is None else quantity) * price * kept)
        net, tax = self._net_and_tax(row, amount or Decimal(0), codes.tax_rate)
        line = Line(
            description=cleaned(cell(row, Column.LINE_DESCRIPTION), LONGEST_TEXT) or "",
            quantity=Decimal(1) if quantity is None or price is None else quantity,
            unit_price=net if price is None or net != amount else price,
            net=net,
            tax=tax,
            tax_percent=self._of_line(row, Column.LINE_TAX_PERCENT),
        )
        return line, codes

    def _net_and_tax(self, row: Row, amount: Decimal, tax_rate: str | None) -> tuple[Decimal, Decimal | None]:
        tax = self._of_line(row, Column.LINE_TAX)
        has_own_net = self.table.columns.template in (Template.DEXT, Template.GENERAL)
        if tax_rate is None or (tax is not None and has_own_net):
            return amount, tax
        percent = self.table.percent_of(tax_rate)
        if tax is None and percent is None:
            self._complain(row, f"the tax rate {tax_rate[:60]} is not in the ledger's list, so its tax is not known")
            return amount, None
        if self.table.reading.line_amounts is None and (tax or percent):
            raise UnsureAmountsError
        if self.table.reading.line_amounts is LineAmounts.INCLUSIVE:
            tax = to_cents(amount - amount / (1 + (percent or Decimal(0)) / 100)) if tax is None else tax
            return amount - tax, tax
        return amount, to_cents(amount * (percent or Decimal(0)) / 100) if tax is None else tax

    def with_lines(self, facts: Facts, lines: tuple[Line, ...]) -> Facts:
        """What a list of lines leaves to be added up: the amounts of the whole document."""
        if not lines:
            net = (
                facts.gross - facts.tax
                if facts.net is None and facts.gross is not None and facts.tax is not None
                else facts.net
            )
            return replace(facts, net=net)
        net = sum((line.net for line in lines), Decimal(0)) if facts.net is None else facts.net
        tax = facts.tax
        if tax is None and any(line.tax is not None for line in lines):
            tax = sum((line.tax or Decimal(0) for line in lines), Decimal(0))
        gross = net + (tax or Decimal(0)) if facts.gross is None else facts.gross
        return replace(facts, net=net, tax=tax, gross=gross, lines=lines)

    def require(self, facts: Facts, kind: ItemKind) -> None:
        who = facts.buyer.name if kind is ItemKind.SALE else facts.supplier.name
        missing = [
            name
            for name, value in (
                ("customer" if kind is ItemKind.SALE else "supplier", who),
                ("date", facts.issued_on),
                ("total", facts.gross),
                ("currency", facts.currency),
            )
            if value is None
        ]
        if missing and not self.complaints:
            self._complain(self.rows[0], f"it has no {' and no '.join(missing)}")

    def _of_line(self, row: Row, column: Column) -> Decimal | None:
        cell = self.table.cell(row, column).removesuffix("%").strip()
        return None if not cell else self._number(row, cell, column)

    def _number(self, row: Row, cell: str, column: Column) -> Decimal | None:
        try:
            number = number_of(cell, self.table.decimals)
        except ValueError as error:
            self._complain(row, str(error))
            return None
        is_amount = column not in (Column.QUANTITY, Column.UNIT_PRICE, Column.DISCOUNT, Column.LINE_TAX_PERCENT)
        if is_amount and number != number.quantize(Decimal("0.0001")):
            self._complain(row, f"{cell[:30]} has more than four decimals")
            return None
        return number

    def _complain(self, row: Row, what: str) -> None:
        self.complaints.append(f"Line {row.number}: {what.removesuffix('.')}.")


def _fingerprint(facts: Facts, kind: ItemKind) -> str:
    """Of a document without an id: the same list read again gives the same."""
    who = facts.buyer if kind is ItemKind.SALE else facts.supplier
    said = (kind, who.name, facts.number, facts.issued_on, facts.gross, facts.currency, facts.document_type)
    return "said:" + sha256("\x1f".join(str(part).casefold() for part in said).encode()).hexdigest()
