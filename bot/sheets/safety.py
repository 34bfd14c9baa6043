"""Cells that a spreadsheet would run as a formula when it opens the list (CWE-1236).

A text that begins like a formula is written with an apostrophe in front, which spreadsheets show as plain text; so is a
text that begins with an apostrophe, so that reading takes away exactly what writing has put there. Numbers stay numbers.
"""

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "'")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def escaped(text: str) -> str:
    return f"'{text}" if text.startswith(_STARTS) and not _NUMBER.fullmatch(text) else text


def unescaped(cell: str) -> str:
    """What `escaped` was given. An apostrophe before anything else belongs to the text."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_STARTS) else cell
