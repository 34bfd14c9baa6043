"""Who sells and who buys, by the text of a document.

Whoever stands under "Bill to", or in the window of the envelope, is the buyer; the seller is named beside its label, over
that window, or by what `bot.intake.text_names` knows of senders.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from bot.domain.documents import Party
from bot.intake.pdf_text import Cell, Row
from bot.intake.text_labels import below
from bot.intake.text_names import ADDRESS_PART, first_part, likely_sender, may_be_a_name
from bot.intake.text_numbers import account, tax_numbers
from bot.intake.text_words import BUYER, RECEIVER, SELLER, folded, words

_NAME_LABEL = words("name|firma|company|ragione sociale|denominazione|nom|nombre|naam|societe")
_BUYER_ROWS = 6
_HEAD = 0.4
_SMALL = 0.8
_CLOSE = 2.5
"""Heights of letters between the lines of one address, at most."""


def parties_of(rows: Sequence[Row]) -> tuple[Party, Party]:
    """Seller and buyer, as far as they are clear."""
    sender, addressed = _window(rows)
    theirs = _buyer_cells(rows) | set(addressed)
    seller_number, buyer_number = tax_numbers(rows, theirs)
    seller = Party(
        name=sender or _labelled(rows, SELLER) or likely_sender(rows, theirs),
        tax_number=seller_number,
        bank_account=account(rows, theirs | _cells_under_values(rows)),
    )
    buyer = _labelled(rows, BUYER) or _first_name(addressed) or _labelled(rows, RECEIVER)
    return seller, Party(name=buyer, tax_number=buyer_number)


def _first_name(cells: Iterable[Cell]) -> str | None:
    return next((first_part(cell.text) for cell in cells if may_be_a_name(cell.text)), None)


def _window(rows: Sequence[Row]) -> tuple[str | None, list[Cell]]:
    """The sender of a letter for an envelope with a window, and the lines of the address in it (DIN 5008): the sender
    is written on one line of small letters, straight over the address.
    """
    usual = median([cell.size for row in rows for cell in row.cells] or [0])
    for index, row in enumerate(rows):
        for cell in row.cells:
            under = [other for other in below(rows, index, cell) if abs(other.left - cell.left) < cell.size]
            parts = ADDRESS_PART.split(cell.text)
            is_address = len(parts) > 2 and any(character.isdigit() for character in cell.text)
            if row.page == 0 and row.depth < _HEAD and is_address and under and cell.size < _SMALL * usual:
                return _name_or_none(parts[0]), _addressed(rows, index, cell)
    return None, []


def _name_or_none(text: str) -> str | None:
    name = text.strip(" ,:;|")
    return name if may_be_a_name(name) else None


def _addressed(rows: Sequence[Row], index: int, sender: Cell) -> list[Cell]:
    return [
        cell
        for row in rows[index + 1 : index + 1 + _BUYER_ROWS]
        for cell in row.cells
        if cell.page == sender.page and abs(cell.left - sender.left) < sender.size
    ]


def _buyer_cells(rows: Sequence[Row]) -> set[Cell]:
    """Cells under a label of the buyer, down to the next label of the seller."""
    theirs: set[Cell] = set()
    for index, row in enumerate(rows):
        for cell in row.cells:
            if _is_label(cell.text, BUYER) or _is_label(cell.text, RECEIVER):
                theirs.add(cell)
                theirs.update(_block_under(rows, index, cell))
    return theirs


def _block_under(rows: Sequence[Row], index: int, label: Cell) -> Iterator[Cell]:
    """What stands beside the label; where nothing does, the lines under it, as far as they stand close together."""
    value = _beside(rows[index], label)
    if value is not None:
        yield value
    if value is not None or label.text.partition(":")[2]:
        return
    yield from _lines_under(rows, index, label)


def _cells_under_values(rows: Sequence[Row]) -> set[Cell]:
    """Lines under a buyer's name that stands in or beside its label. They may be anybody's: good enough to doubt an
    account, too little to take something from.
    """
    return {
        under
        for index, row in enumerate(rows)
        for cell in row.cells
        if _is_label(cell.text, BUYER) or _is_label(cell.text, RECEIVER)
        for under in _lines_under(rows, index, _beside(row, cell) or cell)
    }


def _lines_under(rows: Sequence[Row], index: int, label: Cell) -> Iterator[Cell]:
    """As far as they stand close together, down to the seller's label."""
    last = label
    for row in rows[index + 1 : index + 1 + _BUYER_ROWS]:
        under = [cell for cell in row.cells if cell.overlaps(label) or _is_value_of(row, cell, label)]
        is_apart = row.page != label.page or last.middle - row.cells[0].middle > _CLOSE * label.size
        if is_apart or any(_is_label(cell.text, SELLER) for cell in row.cells):
            return
        yield from under
        last = row.cells[0]


def _beside(row: Row, label: Cell) -> Cell | None:
    """The value that follows a label with a colon on its row; another label is none."""
    after = next((cell for cell in row.cells if cell.left > label.left), None)
    is_value = after is not None and label.text.endswith(":") and ":" not in after.text
    return after if is_value else None


def _is_value_of(row: Row, cell: Cell, label: Cell) -> bool:
    """Whether it stands beside a label of the same column, as in a table of two columns."""
    first = row.cells[0]
    return cell is not first and first.text.endswith(":") and abs(first.left - label.left) < label.size


def _is_label(text: str, label: re.Pattern[str]) -> bool:
    """Whether it is such a label, alone or before its value, and not a sentence with the word in it."""
    found = label.match(folded(text))
    rest = text[found.end() :].lstrip(" .") if found else ""
    return found is not None and (not rest or rest[0] in ":/(" or rest.casefold() in {"details", "address", "to"})


def _labelled(rows: Sequence[Row], label: re.Pattern[str]) -> str | None:
    """The name beside or below a label of a party, through a second label "Name:" where there is one."""
    for index, row in enumerate(rows):
        for cell in row.cells:
            if _is_label(cell.text, label):
                found = next(filter(may_be_a_name, map(first_part, _values(rows, index, cell))), None)
                if found:
                    return found
    return None


def _values(rows: Sequence[Row], index: int, label: Cell) -> list[str]:
    """What a label is followed by: in its cell, else beside it, else below it."""
    rest, beside = label.text.partition(":")[2].strip(), _beside(rows[index], label)
    if rest or beside is not None:
        return [rest or (beside.text if beside else "")]
    return [_named(rows, index, other) for other in below(rows, index, label)]


def _named(rows: Sequence[Row], index: int, cell: Cell) -> str:
    """What a cell says, or what the label "Name:" in its place says."""
    for row in rows[index + 1 : index + 5]:
        for position, other in enumerate(row.cells[:-1]):
            if abs(other.left - cell.left) < cell.size and _NAME_LABEL.fullmatch(folded(other.text).rstrip(": ")):
                return row.cells[position + 1].text
    return cell.text
