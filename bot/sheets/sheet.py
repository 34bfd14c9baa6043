"""A CSV file as a table: in whatever encoding and with whatever separator a spreadsheet gave it, held to limits."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

LARGEST_SHEET = 10 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 5000, 100, 32 * 1024
_SEPARATORS = (",", ";", "\t", "|")
MOST_ABOVE, LONGEST_HEADER = 30, 2000
"""Lines that may stand above a header, and characters that one has that is looked for."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class SheetError(Exception):
    """The file is no table that can be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`number` is the line of the file that it begins on, as an editor counts."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    header: tuple[str, ...]
    rows: tuple[Row, ...]


IsHeader = Callable[[tuple[str, ...]], bool]


def read_sheet(content: bytes, is_header: IsHeader | None = None) -> Sheet:
    """The header and the rows that are not empty, each as wide as the header, which is the first line, or the first of the top ones
    that `is_header` says is one.

    Raises:
        SheetError: no CSV, or more of something than a list of documents has.
    """
    if len(content) > LARGEST_SHEET:
        raise SheetError(f"The file is larger than {LARGEST_SHEET // 1024**2} MiB. Split it.")
    if content.startswith(_WORKBOOKS):
        raise SheetError("This is an Excel workbook. Save it as CSV, and import that.")
    text = _decoded(content)
    above = 0 if is_header is None else lines_above(text, is_header) or 0
    text = "".join(islice(io.StringIO(text, newline=""), above, None))
    separator = _separator(text)
    header, *rows = _records(text, separator, above + 1) or [Row(number=1, cells=())]
    names = tuple(name.strip() for name in header.cells)
    while names and not names[-1]:
        names = names[:-1]
    if len(names) > MOST_COLUMNS:
        raise SheetError(f"It has more than {MOST_COLUMNS} columns.")
    if len(rows) > MOST_ROWS:
        raise SheetError(f"It has more than {MOST_ROWS} rows. Split it, with the header on top of each part.")
    return Sheet(header=names, rows=tuple(_fitted(row, len(names)) for row in rows))


def lines_above(text: str, is_header: IsHeader) -> int | None:
    """How many lines stand above the first that is a header, cut at any separator, as banks put an account and its balance there,
    and spreadsheets `sep=;`; None where none of the top ones is.
    """
    top = enumerate(islice(io.StringIO(text, newline=""), MOST_ABOVE))
    return next((above for above, line in top if any(map(is_header, _ways_to_cut(line)))), None)


def _ways_to_cut(line: str) -> Iterator[tuple[str, ...]]:
    if len(line) <= LONGEST_HEADER:
        yield from (tuple(next(csv.reader([line], delimiter=each), ())) for each in _SEPARATORS)


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith(_UTF_16) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise SheetError("It is not text. Save it as CSV in UTF-8, and import that.")


def _separator(text: str) -> str:
    """The one that cuts the header into most columns."""
    top = io.StringIO(text, newline="").readline()
    widths = {separator: len(next(csv.reader([top], delimiter=separator), ())) for separator in _SEPARATORS}
    best = max(widths, key=lambda separator: widths[separator])
    if widths[best] < 2:
        raise SheetError("Its first line is no header with several columns. Save the list as CSV with its header.")
    return best


def _records(text: str, separator: str, first: int) -> list[Row]:
    """`first` is the line of the file with which the text begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    records, number = [], first
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append(Row(number=number, cells=tuple(cells)))
            number = reader.line_num + first
    except csv.Error as error:
        raise SheetError(f"It cannot be read from line {number} on: {error}.") from error
    return records


def _fitted(row: Row, width: int) -> Row:
    if any(len(cell) > LONGEST_CELL for cell in row.cells):
        raise SheetError(f"A cell on line {row.number} is longer than {LONGEST_CELL // 1024} KiB.")
    if any(cell.strip() for cell in row.cells[width:]):
        raise SheetError(f"Line {row.number} has more cells than the header has columns.")
    cells = (*row.cells, *("",) * width)[:width]
    return Row(number=row.number, cells=cells)
