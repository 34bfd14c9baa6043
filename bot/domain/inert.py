"""Cells that a spreadsheet would run as a formula when it opens the list (CWE-1236).

A text that begins like a formula is written with an apostrophe in front, which spreadsheets show as plain text. So is what
follows a separator within the text: where lists are cut at semicolons, as in German and French, it would begin a cell. A
text that has such an apostrophe itself gets another, so that reading takes away exactly what writing has put there. Numbers
stay numbers.
"""

import re

STARTS = "=+-@\t\r\n\0＝＋－＠'"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_DANGEROUS = re.compile(rf"(^|[;|\t])(?=[{re.escape(STARTS)}])")
_ESCAPED = re.compile(rf"(^|[;|\t])'(?=[{re.escape(STARTS)}])")


def escaped(text: str) -> str:
    return text if _NUMBER.fullmatch(text) else _DANGEROUS.sub(r"\1'", text)


def unescaped(cell: str) -> str:
    """What `escaped` was given. An apostrophe before anything else belongs to the text."""
    return _ESCAPED.sub(r"\1", cell)
