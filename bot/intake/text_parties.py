"""Who sells and who buys, by the text of a document, with tax numbers and the account to pay to.

A sender names itself in its letterhead, in its footer, in its addresses on the web and in front of its tax number;
whoever stands under "Bill to" is the other side.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from bot.domain.documents import Party
from bot.intake.pdf_text import Cell, Row
from bot.intake.text_labels import below
from bot.intake.text_words import BUYER, COLLECTS, RECEIVER, SELLER, THEIRS, folded, words

LEGAL_FORM = words(
    r"limited|ltd|llc|llp|inc(?:orporated)?|corp(?:oration)?|plc|pty|co\.?",
    r"g?gmbh(?: & co\.? kgaa?)?|ag|kg|ohg|e\.? ?k|ug|gbr|e\.? ?v|se",
    r"s\.?a\.?r\.?l|s\.?a\.?s\.?u?|e\.?u\.?r\.?l|s\.?n\.?c|s\.?p\.?r\.?l",
    r"s\.?r\.?l\.?s?|s\.?p\.?a|s\.?a\.?s|s\.?n\.?c|s\.?l\.?u?|s\.?a|s\.?c\.?p",
    r"b\.?v\.?(?:b\.?a)?|n\.?v|v\.?o\.?f|c\.?v|oy|ab|a/?s|aps|sp\.? z o\.?o|s\.?r\.?o|kft",
)
_VAT_NUMBER = re.compile(
    r"(?<![A-Z0-9])(?:ATU\d{8}|BE[01]\d{9}|BG\d{9,10}|CHE\d{9}|CY\d{8}[A-Z]|CZ\d{8,10}|DE\d{9}|DK\d{8}|EE\d{9}|EL\d{9}"
    r"|ES(?:[A-Z]\d{8}|[A-Z]\d{7}[A-Z]|\d{8}[A-Z])|FI\d{8}|FR[A-HJ-NP-Z0-9]{2}\d{9}|GB(?:\d{12}|\d{9})|HR\d{11}|HU\d{8}"
    r"|IE\d[A-Z0-9]\d{5}[A-Z]{1,2}|IT\d{11}|LT(?:\d{12}|\d{9})|LU\d{8}|LV\d{11}|MT\d{8}|NL\d{9}B\d{2}|PL\d{10}|PT\d{9}"
    r"|RO\d{2,10}|SE\d{12}|SI\d{8}|SK\d{10}|XI\d{9})(?![A-Z0-9])"
)
"""https://taxation-customs.ec.europa.eu/vat-identification-numbers_en, written without spaces."""
_BARE_VAT = re.compile(
    r"(?<![a-z])vat(?: reg(?:istration|\.)?)?(?: no| number| nr| id)?[.:# ]*(\d{3} ?\d{4} ?\d{2})(?!\d)"
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}[A-Z0-9]{11,30}(?![A-Z0-9])")
_PARTED = re.compile(r"(?<=[A-Z0-9])[ .\-](?=[A-Z0-9])")
_ADDRESS_PART = re.compile(r"\s+[-–·•|]\s+|\s*[|·•]\s*|,\s+")
_NAME_LABEL = words("name|firma|company|ragione sociale|denominazione|nom|nombre|naam|societe")
_WEB = re.compile(r"(?:@|www\.|https?://)(?:www\.)?([a-z0-9-]{3,})\.")
_MAIL_HOSTS = frozenset(
    {"gmail", "outlook", "hotmail", "yahoo", "icloud", "gmx", "web", "aol", "orange", "libero", "mail"}
)
_BUYER_ROWS = 6
_LONGEST_NAME = 80
_SURE = 3
_HEAD = 0.4
_SMALL = 0.8
_CLOSE = 2.5
"""Heights of letters between the lines of one address, at most."""


def parties_of(rows: Sequence[Row]) -> tuple[Party, Party]:
    """Seller and buyer, as far as they are clear."""
    sender, addressed = _window(rows)
    theirs = _buyer_cells(rows) | set(addressed)
    seller_number, buyer_number = _tax_numbers(rows, theirs)
    seller = Party(name=sender or _seller(rows, theirs), tax_number=seller_number, bank_account=_account(rows))
    buyer = _labelled(rows, BUYER) or _first_name(addressed) or _labelled(rows, RECEIVER)
    return seller, Party(name=buyer, tax_number=buyer_number)


def _first_name(cells: Iterable[Cell]) -> str | None:
    return next((_first_part(cell.text) for cell in cells if _may_be_a_name(cell.text)), None)


def _window(rows: Sequence[Row]) -> tuple[str | None, list[Cell]]:
    """The sender of a letter for an envelope with a window, and the lines of the address in it (DIN 5008): the sender
    is written on one line of small letters, straight over the address.
    """
    usual = median([cell.size for row in rows for cell in row.cells] or [0])
    for index, row in enumerate(rows):
        for cell in row.cells:
            under = [other for other in below(rows, index, cell) if abs(other.left - cell.left) < cell.size]
            parts = _ADDRESS_PART.split(cell.text)
            is_address = len(parts) > 2 and any(character.isdigit() for character in cell.text)
            if row.page == 0 and row.depth < _HEAD and is_address and under and cell.size < _SMALL * usual:
                return _name_or_none(parts[0]), _addressed(rows, index, cell)
    return None, []


def _name_or_none(text: str) -> str | None:
    name = text.strip(" ,:;|")
    return name if _may_be_a_name(name) else None


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
                found = next(filter(_may_be_a_name, map(_first_part, _values(rows, index, cell))), None)
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


def _seller(rows: Sequence[Row], theirs: set[Cell]) -> str | None:
    labelled = _labelled(rows, SELLER)
    if labelled:
        return labelled
    candidates = [(cell, row) for row in rows for cell in row.cells if cell not in theirs and cell.page == 0]
    hosts = {host for row in rows for cell in row.cells if cell not in theirs for host in _hosts(cell.text)}
    texts = [_first_part(cell.text) for cell, _ in candidates]
    scored = [
        (_score(text, row, hosts, texts), -index, text)
        for index, ((_, row), text) in enumerate(zip(candidates, texts, strict=True))
        if _may_be_a_name(text)
    ]
    best = max(scored, default=None)
    return best[2] if best is not None and best[0] >= _SURE else None


def _score(text: str, row: Row, hosts: set[str], texts: Sequence[str]) -> int:
    joined = "".join(character for character in folded(text) if character.isalnum())
    bare = "".join(character for character in LEGAL_FORM.sub("", folded(text)) if character.isalnum())
    in_web = any(host.replace("-", "") in joined or (len(bare) > 3 and bare in host.replace("-", "")) for host in hosts)
    at_an_end = row.depth < 0.2 or row.depth > 0.85
    return 3 * bool(LEGAL_FORM.search(folded(text))) + 3 * in_web + at_an_end + (texts.count(text) > 1)


def _hosts(text: str) -> Iterator[str]:
    yield from (host for host in _WEB.findall(folded(text)) if host not in _MAIL_HOSTS)


def _first_part(text: str) -> str:
    """The name of "Name - Street - Town"."""
    return _ADDRESS_PART.split(text, maxsplit=1)[0].strip(" ,:;|")


def _may_be_a_name(text: str) -> bool:
    plain = folded(text)
    letters = sum(character.isalpha() for character in text)
    is_short = 2 <= len(text) <= _LONGEST_NAME and len(text.split()) <= 8
    return is_short and letters > len(text) / 2 and ":" not in text and "@" not in plain and not _WEB.search(plain)


def _tax_numbers(rows: Sequence[Row], theirs: set[Cell]) -> tuple[str | None, str | None]:
    """The seller's and the buyer's. A number of a seller stands in its own part, or before nobody's name."""
    ours: list[str] = []
    others: list[str] = []
    for row in rows:
        before = ""
        for cell in row.cells:
            for number in _numbers(cell.text):
                is_theirs = cell in theirs or THEIRS.search(folded(before + " " + cell.text))
                (others if is_theirs else ours).append(number)
            before = cell.text
    own = list(dict.fromkeys(number for number in ours if number not in others))
    return own[0] if len(own) == 1 else None, others[0] if others else None


def _numbers(text: str) -> Iterator[str]:
    found = _VAT_NUMBER.findall(_joined(text, _VAT_NUMBER))
    yield from found
    if not found:
        yield from (number.replace(" ", "") for number in _BARE_VAT.findall(folded(text)))


def _joined(text: str, pattern: re.Pattern[str]) -> str:
    """The text with the numbers in it written together, as far as that makes such a number of them."""
    return text if pattern.search(text) else _PARTED.sub("", text)


def _account(rows: Sequence[Row]) -> str | None:
    """The first account whose check digits are right, except one that is collected from."""
    for row in rows:
        if COLLECTS.search(folded(row.text)):
            continue
        for cell in row.cells:
            for found in _ibans(cell.text):
                return found
    return None


def _ibans(text: str) -> Iterator[str]:
    """ISO 13616: four characters to the back, letters as numbers from ten, remainder 1 of 97."""
    start = re.search(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?=[ A-Z0-9])", text)
    if start is None:
        return
    run = re.match(r"[A-Z0-9]+(?: [A-Z0-9]+)*", text[start.start() :])
    parts = run[0].split() if run else []
    for count in range(len(parts), 0, -1):
        joined = "".join(parts[:count])
        if _IBAN.fullmatch(joined) and _has_check_digits(joined):
            yield joined
            return


def _has_check_digits(iban: str) -> bool:
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1
