"""Whether a file that was dropped is a statement of a bank, by its first words: nothing of it is read for that."""

from bot.sheets.sheet import lines_above
from bot.statements.ofx import HEAD, is_ofx
from bot.statements.table import is_statement

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def is_statement_file(content: bytes) -> bool:
    """OFX in either syntax, or a list whose header, wherever it begins, is that of bank lines."""
    head = content[:HEAD]
    text = head.decode("utf-16" if head.startswith(_UTF_16) else "utf-8-sig", "replace")
    if is_ofx(text):
        return True
    return "\0" not in text and lines_above(text, is_statement) is not None
