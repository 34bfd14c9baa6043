"""Whether a file that was dropped is a statement of a bank, by its first words: nothing of it is read for that."""

import csv

from bot.statements.ofx import HEAD, is_ofx
from bot.statements.table import is_statement

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS = (",", ";", "\t", "|")
LONGEST_HEADER = 2000


def is_statement_file(content: bytes) -> bool:
    """OFX in either syntax, or a list whose header is that of bank lines."""
    head = content[:HEAD]
    text = head.decode("utf-16" if head.startswith(_UTF_16) else "utf-8-sig", "replace")
    if is_ofx(text):
        return True
    header = text.partition("\n")[0].strip()
    return len(header) <= LONGEST_HEADER and "\0" not in header and any(map(is_statement, _split(header)))


def _split(header: str) -> list[tuple[str, ...]]:
    return [tuple(next(csv.reader([header], delimiter=each), ())) for each in _SEPARATORS]
