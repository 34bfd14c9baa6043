"""A CSV file as a table: in whatever encoding and with whatever separator a spreadsheet gave it, held to limits."""

import csv
import io
from dataclasses import dataclass

LARGEST_SHEET = 10 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 5000, 100, 32 * 1024
_SEPARATORS = (",", ";", "\t", "|")
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


def read_sheet(content: bytes) -> Sheet:
    """The header and the rows that are not empty, each as wide as the header.

    Raises:
        SheetError: no CSV, or more of something than a list of documents has.
    """
    if len(content) > LARGEST_SHEET:
        raise SheetError(f"The file is larger than {LARGEST_SHEET // 1024**2} MiB. Split it.")
    if content.startswith(_WORKBOOKS):
        raise SheetError("This is an Excel workbook. Save it as CSV, and import that.")
    text = _decoded(content)
    separator = _separator(text)
    header, *rows = _records(text, separator) or [Row(number=1, cells=())]
    names = tuple(name.strip() for name in header.cells)
    while names and not names[-1]:
        names = names[:-1]
    if len(names) > MOST_COLUMNS:
        raise SheetError(f"It has more than {MOST_COLUMNS} columns.")
    if len(rows) > MOST_ROWS:
        raise SheetError(f"It has more than {MOST_ROWS} rows. Split it, with the header on top of each part.")
    return Sheet(header=names, rows=tuple(_fitted(row, len(names)) for row in rows))


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


def _records(text: str, separator: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    records, number = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append(Row(number=number, cells=tuple(cells)))
            number = reader.line_num + 1
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
