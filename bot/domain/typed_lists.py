"""Lists that people type or paste, for software that is not called: a line an entry, its code first."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.domain.book_rules import BookRules
from bot.domain.booking import taken_by
from bot.domain.books import (
    Account,
    AccountClass,
    Capability,
    Contact,
    ListEntry,
    ListKind,
    Product,
    TaxRate,
    TrackingCategory,
    TrackingOption,
    Usually,
)
from bot.domain.inert import escaped, unescaped
from bot.domain.texts import cleaned

TYPED: Mapping[ListKind, Capability | None] = {
    ListKind.ACCOUNTS: None,
    ListKind.TAX_RATES: None,
    ListKind.CONTACTS: None,
    ListKind.BANK_ACCOUNTS: Capability.BANK_TRANSACTIONS,
    ListKind.PRODUCTS: Capability.PRODUCTS,
    ListKind.TRACKING_CATEGORIES: Capability.TRACKING,
}
"""Those that can be typed, with what books must be able to do for them."""
LONGEST_CODE, LONGEST_NAME = 60, 200
MOST_LINES = 5000
"""That are typed, or changed, at once."""
MOST_IN_FILE = 20_000
MOST_PERCENT = 100
MOST_TOLD = 5
"""Lines that one answer names."""
GONE = "-"
HEADS = ("code", "name")
"""What a first line begins with that names the columns."""
COLUMNS: Mapping[ListKind, Sequence[str]] = {
    ListKind.ACCOUNTS: ("Code", "Name", "Class"),
    ListKind.TAX_RATES: ("Code", "Name", "Percentage"),
    ListKind.CONTACTS: ("Code", "Name"),
    ListKind.BANK_ACCOUNTS: ("Code", "Name", "Currency"),
    ListKind.PRODUCTS: ("Code", "Name"),
    ListKind.TRACKING_CATEGORIES: ("Name", "Options"),
}
_CLASSES = {"expense": AccountClass.EXPENSE, "cost": AccountClass.EXPENSE, "asset": AccountClass.ASSET}
_CLASSES |= {"revenue": AccountClass.REVENUE, "income": AccountClass.REVENUE, "sale": AccountClass.REVENUE}
_CLASSES |= {"liability": AccountClass.LIABILITY, "equity": AccountClass.EQUITY}


_ONE_CELL = frozenset({ListKind.ACCOUNTS, ListKind.TAX_RATES, ListKind.BANK_ACCOUNTS})
"""Of which a code with figures and words behind it, with nothing between them, is a code and a name. Elsewhere it may be a name."""
_CODE_AND_NAME = re.compile(r"(?=[^\s%]*\d)[^\s%]+\s+\S")


class TypedListError(Exception):
    """Lines that cannot be read; a sentence each names it and says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedList:
    """What is there from now on, and the codes of what is not any more."""

    entries: tuple[ListEntry, ...] = ()
    gone: frozenset[str] = frozenset()
    lines: int = 0
    """That said so, and were all understood."""
    is_whole: bool = False
    """What it does not name is not there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """What a list of lines would do to the one that there is."""

    added: tuple[ListEntry, ...] = ()
    changed: tuple[tuple[ListEntry, ListEntry], ...] = ()
    """As each is, and as it would be."""
    removed: tuple[ListEntry, ...] = ()
    same: int = 0
    """Entries that stay as they are."""

    @property
    def count(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)

    def typed(self) -> TypedList:
        """Only what is other than before."""
        return TypedList(
            entries=(*self.added, *(after for _, after in self.changed)),
            gone=frozenset(code_of(entry) for entry in self.removed),
        )


def lists_typed(capabilities: frozenset[Capability], rules: BookRules) -> tuple[ListKind, ...]:
    """Those of these books; none where software is called, which has its own."""
    if Capability.DOWNLOADS not in capabilities:
        return ()
    can = taken_by(capabilities, rules)
    return tuple(kind for kind, needed in TYPED.items() if needed is None or needed in can)


def typed_list(kind: ListKind, text: str) -> TypedList:
    """Cells stand apart by commas, semicolons or tabs; a line that begins with `- ` takes its code away.

    Raises:
        TypedListError: of every line that cannot be read, and of how many can be. None is taken then, so that nothing is lost.
    """
    if text.count("\n") > MOST_LINES:
        raise TypedListError(f"At most {MOST_LINES:,} lines are taken at once. Part the list.")
    return _understood(kind, _lines(text))


def list_in_file(kind: ListKind, text: str, *, is_whole: bool) -> TypedList:
    """As `typed_list`. Where the file begins with the names of its columns, what stands between these stands between all cells.

    Raises:
        TypedListError: as `typed_list`.
    """
    if text.count("\n") > MOST_IN_FILE:
        raise TypedListError(f"A file has at most {MOST_IN_FILE:,} lines here.")
    return replace(_understood(kind, _rows(text)), is_whole=is_whole)


def file_of(kind: ListKind, entries: Iterable[ListEntry]) -> str:
    """A list as a CSV file with the names of its columns; `list_in_file` makes the same of it. No cell is one that a
    spreadsheet would run.
    """
    found = io.StringIO()
    writer = csv.writer(found)
    writer.writerow(COLUMNS[kind])
    for entry in entries:
        writer.writerow([escaped(cell or "") for cell in _AS_TYPED[type(entry)](entry)])
    return found.getvalue()


def what_changes(before: Mapping[str, ListEntry], typed: TypedList) -> ListChange:
    """`before` is all that there is, by code. What a line says of an entry as it stands changes nothing of it."""
    named = {code_of(entry): entry for entry in typed.entries}
    known = {code: entry for code, entry in named.items() if code in before}
    changed = {code: entry for code, entry in known.items() if as_typed(entry) != as_typed(before[code])}
    gone = before.keys() - named.keys() if typed.is_whole else typed.gone & before.keys()
    return ListChange(
        added=tuple(entry for code, entry in named.items() if code not in before),
        changed=tuple((before[code], entry) for code, entry in changed.items()),
        removed=tuple(before[code] for code in sorted(gone)),
        same=len(before) - len(changed) - len(gone),
    )


def code_of(entry: ListEntry) -> str:
    """What its line begins with, which is what it is known by."""
    return str(_AS_TYPED[type(entry)](entry)[0])


def _understood(kind: ListKind, lines: Iterable[tuple[int, Sequence[str]]]) -> TypedList:
    entries: dict[str, ListEntry] = {}
    gone: set[str] = set()
    understood, wrong = 0, []
    for number, cells in lines:
        code, is_gone = cells[0], cells[0].startswith(f"{GONE} ")
        if number == 1 and code.casefold() in HEADS:
            continue
        try:
            if is_gone:
                gone.add(code.removeprefix(GONE).strip())
            else:
                entries[code] = _entry(kind, number, cells)
            understood += 1
        except TypedListError as error:
            wrong.append(str(error))
    if wrong:
        raise TypedListError(_said(wrong, understood))
    return TypedList(entries=tuple(entries.values()), gone=frozenset(gone - entries.keys()), lines=understood)


def as_typed(entry: ListEntry) -> str:
    """The line that says an entry; `typed_list` makes the same of it, where it was typed."""
    cells = [cell for cell in _AS_TYPED[type(entry)](entry) if cell is not None]
    if not any(mark in cell for cell in cells for mark in ('"', ",", ";", "\t")):
        return ", ".join(cells)
    line = io.StringIO()
    csv.writer(line, delimiter=next((mark for mark in "\t;" if any(mark in cell for cell in cells)), ",")).writerow(
        cells
    )
    return line.getvalue().rstrip()


def _said(wrong: Sequence[str], understood: int) -> str:
    count, more = understood + len(wrong), len(wrong) - MOST_TOLD
    told = [f"Understood {understood} of {count} lines; nothing is saved yet.", *wrong[:MOST_TOLD]]
    return " ".join([*told, f"So are {more} more."] if more > 0 else told)


def could_be_code(text: str) -> str | None:
    """What somebody has typed, as a code; None: it is none."""
    code = cleaned(text, LONGEST_CODE + 1)
    return None if code is None or len(code) > LONGEST_CODE else code


def new_entry(kind: ListKind, code: str, name: str = "") -> ListEntry:
    """Of a code that was typed where it was needed."""
    return _READERS[kind](1, [code, name])


def _entry(kind: ListKind, number: int, cells: Sequence[str]) -> ListEntry:
    code = cells[0]
    if not code:
        raise TypedListError(f"Line {number} has no code: begin it with one.")
    if kind in _ONE_CELL and len(cells) == 1 and _CODE_AND_NAME.match(code):
        raise TypedListError(
            f"Line {number}, “{code[:LONGEST_CODE]}”: write a comma between its code and its name. If all of it is the code, end it "
            "with a comma."
        )
    if len(code) > LONGEST_CODE and kind is not ListKind.CONTACTS:
        raise TypedListError(f"Line {number}: a code has at most {LONGEST_CODE} characters.")
    return _READERS[kind](number, cells)


def _lines(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        mark = next((mark for mark in "\t;," if mark in line), ",")
        cells = [cleaned(cell, LONGEST_NAME) or "" for cell in next(csv.reader(io.StringIO(line), delimiter=mark), [])]
        if any(cells):
            yield number, cells


def _rows(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Of a file: each as a spreadsheet has it. One without the names of its columns is read as what is typed.

    Raises:
        TypedListError: the cells cannot be told apart.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = next((mark for mark in "\t;," if mark in first), None)
    if mark is None or first.split(mark)[0].strip().strip('"').casefold() not in HEADS:
        yield from ((number, [unescaped(cell) for cell in cells]) for number, cells in _lines(text))
        return
    reader, is_past_heads = csv.reader(io.StringIO(text, newline=""), delimiter=mark), False
    begun = 1
    try:
        for row in reader:
            if any("\n" in cell or "\r" in cell for cell in row):
                raise TypedListError(f"Line {begun}: a quotation mark begins there and does not end.")
            cells = [cleaned(unescaped(cell), LONGEST_NAME) or "" for cell in row]
            if any(cells) and is_past_heads:
                yield begun, cells
            is_past_heads = is_past_heads or any(cells)
            begun = reader.line_num + 1
    except csv.Error:
        raise TypedListError(f"Line {begun}: its cells cannot be told apart.") from None


def _account(number: int, cells: Sequence[str]) -> Account:
    code, name, kind = _cells(cells)
    if kind and kind.casefold() not in _CLASSES:
        raise TypedListError(f"Line {number}: the third is {', '.join(sorted(_CLASSES))}, or nothing.")
    return Account(
        provider_id=code,
        code=code,
        name=name or code,
        account_class=_CLASSES.get(kind.casefold(), AccountClass.EXPENSE),
    )


def _tax_rate(number: int, cells: Sequence[str]) -> TaxRate:
    code, name, percent = _cells(cells)
    if not percent and name.endswith("%"):
        name, percent = f"{code} {name}", name
    try:
        rate = Decimal(percent.removesuffix("%").strip()) if percent else None
    except InvalidOperation:
        raise TypedListError(f"Line {number}: write the percentage as a number, such as 20 or 5.5.") from None
    if rate is not None and not (rate.is_finite() and 0 <= rate <= MOST_PERCENT):
        raise TypedListError(f"Line {number}: a percentage is a number from 0 to {MOST_PERCENT}.")
    return TaxRate(code=code, name=name or code, percent=rate)


def _contact(_: int, cells: Sequence[str]) -> Contact:
    code, name, _account_code = _cells(cells)
    return Contact(provider_id=code, name=name or code, is_supplier=True)


def _bank_account(number: int, cells: Sequence[str]) -> Account:
    code, name, currency = _cells(cells)
    if currency and not re.fullmatch(r"[A-Za-z]{3}", currency, re.ASCII):
        raise TypedListError(f"Line {number}: the third is its currency, in three letters, or nothing.")
    return Account(
        provider_id=code,
        code=code,
        name=name or code,
        account_class=AccountClass.ASSET,
        is_bank=True,
        currency=currency.upper() or None,
    )


def _product(_: int, cells: Sequence[str]) -> Product:
    code, name, _more = _cells(cells)
    return Product(provider_id=code, code=code, name=name or code, bought=Usually(), sold=Usually())


def _tracking(number: int, cells: Sequence[str]) -> TrackingCategory:
    """Its name and those of its options are what files call them."""
    name, _, first = (said.strip() for said in cells[0].partition(":"))
    options = tuple(dict.fromkeys(cell for cell in (first, *cells[1:]) if cell))
    if not (name and options):
        raise TypedListError(f"Line {number}: after its name come its options, such as Region, North, South.")
    if ":" in first or any(len(each) > LONGEST_CODE for each in options):
        raise TypedListError(
            f"Line {number}: an option has at most {LONGEST_CODE} characters, and no colon stands in a name."
        )
    found = tuple(TrackingOption(provider_id=option, name=option) for option in options)
    return TrackingCategory(provider_id=name, name=name, options=found)


def _cells(cells: Sequence[str]) -> tuple[str, str, str]:
    code, name, third = (*cells, "", "")[:3]
    return code, name, third


_READERS: Mapping[ListKind, Callable[[int, Sequence[str]], ListEntry]] = {
    ListKind.ACCOUNTS: _account,
    ListKind.TAX_RATES: _tax_rate,
    ListKind.CONTACTS: _contact,
    ListKind.BANK_ACCOUNTS: _bank_account,
    ListKind.PRODUCTS: _product,
    ListKind.TRACKING_CATEGORIES: _tracking,
}


def _account_cells(entry: Account) -> tuple[str | None, ...]:
    if entry.is_bank:
        return entry.code, entry.name if entry.currency else _other(entry.name, entry.code), entry.currency
    kind = None if entry.account_class is AccountClass.EXPENSE else entry.account_class.value
    return entry.code, entry.name if kind else _other(entry.name, entry.code), kind


def _tax_rate_cells(entry: TaxRate) -> tuple[str | None, ...]:
    if entry.percent is None:
        return entry.code, _other(entry.name, entry.code)
    return entry.code, entry.name, f"{entry.percent.normalize():f}"


def _other(name: str, code: str) -> str | None:
    return None if name == code else name


_AS_TYPED: Mapping[type[ListEntry], Callable[[Any], tuple[str | None, ...]]] = {
    Account: _account_cells,
    TaxRate: _tax_rate_cells,
    Contact: lambda entry: (entry.provider_id, _other(entry.name, entry.provider_id)),
    Product: lambda entry: (entry.code, _other(entry.name, entry.code)),
    TrackingCategory: lambda entry: (entry.name, *(option.name for option in entry.options if option.is_active)),
}
