"""What is looked through, and what is looked for, in one form."""

import unicodedata

LONGEST = 250


def searchable(text: str) -> str:
    """Without case, and without what cannot be seen: a name that hides a mark between its letters is found by them."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_visible, unicodedata.normalize("NFC", text)))
    return " ".join(text.split()).casefold()[:LONGEST]


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    return "" if unicodedata.category(char) in ("Cf", "Cs") else " "
