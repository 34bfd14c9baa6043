"""Numbers of documents, tax numbers and accounts on a page, known by their form."""

import re
from collections.abc import Iterator, Sequence

from bot.intake.pdf_text import Cell, Row
from bot.intake.text_dates import DayMonth, dates_in
from bot.intake.text_words import COLLECTS, THEIRS, folded

LONGEST_NUMBER = 40
"""Characters. A longer one is no document's number, and a part of it would be another's."""
_NUMBER_PARTS = re.compile(r"(?:[A-Za-z]{1,5} )?[A-Za-z0-9](?:[\w./-]*[\w])?(?: ?/ ?\d+)?")
_VAT_NUMBER = re.compile(
    r"(?<![A-Z0-9])(?:ATU\d{8}|BE[01]\d{9}|BG\d{9,10}|CHE\d{9}(?:MWST|TVA|IVA)?|CY\d{8}[A-Z]|CZ\d{8,10}|DE\d{9}|DK\d{8}|EE\d{9}|EL\d{9}"
    r"|ES(?:[A-Z]\d{8}|[A-Z]\d{7}[A-Z]|\d{8}[A-Z])|FI\d{8}|FR[A-HJ-NP-Z0-9]{2}\d{9}|GB(?:\d{12}|\d{9})|HR\d{11}|HU\d{8}"
    r"|IE\d[A-Z0-9]\d{5}[A-Z]{1,2}|IT\d{11}|LT(?:\d{12}|\d{9})|LU\d{8}|LV\d{11}|MT\d{8}|NL\d{9}B\d{2}|PL\d{10}|PT\d{9}"
    r"|RO\d{2,10}|SE\d{12}|SI\d{8}|SK\d{10}|XI\d{9})(?![A-Z0-9])"
)
"""https://taxation-customs.ec.europa.eu/vat-identification-numbers_en, written without spaces."""
_LABELLED = re.compile(
    r"(?<![a-z])(?:vat(?: reg(?:istration|\.)?)?(?: no| number| nr| id)?[.:# ]*(\d{3} ?\d{4} ?\d{2})"
    r"|p\.? ?iva[.: ]*(\d{11})|(?:cif|nif)[.: ]*([a-z]\d{8}|[a-z]\d{7}[a-z]|\d{8}[a-z])|abn[.: ]*(\d{2} ?\d{3} ?\d{3} ?\d{3}))(?![a-z0-9])"
)
"""Numbers that are written without their country at home: British, Italian, Spanish, Australian."""
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}[A-Z0-9]{11,30}(?![A-Z0-9])")
_PARTED = re.compile(r"(?<=[A-Z0-9])[ .\-](?=[A-Z0-9])")


def as_number(text: str) -> str | None:
    """The number that a text begins with: letters may stand in it, a figure has to, and a date is none."""
    match = _NUMBER_PARTS.match(text)
    if match is None or len(match[0]) > LONGEST_NUMBER or any(dates_in(match[0], order) for order in DayMonth):
        return None
    found = match[0]
    if not any(character.isdigit() for character in found.split(" ")[0]):
        letters, _, figures = found.partition(" ")
        if not (figures[:1].isdigit() and letters.isupper()):
            return None
    return found.rstrip("./-") or None


def tax_numbers(rows: Sequence[Row], theirs: set[Cell]) -> tuple[str | None, str | None]:
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
        yield from ("".join(parts).replace(" ", "").upper() for parts in _LABELLED.findall(folded(text)))


def _joined(text: str, pattern: re.Pattern[str]) -> str:
    """The text with the numbers in it written together, as far as that makes such a number of them."""
    return text if pattern.search(text) else _PARTED.sub("", text)


def account(rows: Sequence[Row], theirs: set[Cell]) -> str | None:
    """The only account with right check digits that is neither the buyer's nor collected from. None where several are
    left, as nothing says which of them is to be paid to.
    """
    ours: list[str] = []
    others: list[str] = []
    for row in rows:
        is_collected = COLLECTS.search(folded(row.text)) is not None
        for cell in row.cells:
            (others if is_collected or cell in theirs else ours).extend(_ibans(cell.text))
    own = list(dict.fromkeys(iban for iban in ours if iban not in others))
    return own[0] if len(own) == 1 else None


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
