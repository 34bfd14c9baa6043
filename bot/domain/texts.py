"""Texts from strangers, made harmless the same way at every door; and the one way in which our own say a date."""

import unicodedata
from datetime import date

_JOINERS = "\u200c\u200d"


def cleaned(raw: str, longest: int) -> str | None:
    """On one line and cut to `longest` characters; None when nothing is left.

    Control characters and lone surrogates become spaces. Invisible ones go, as they can reorder or hide text, except
    the two that join letters of some scripts.
    """
    harmless = "".join(map(_harmless, raw[: 2 * longest]))
    return " ".join(harmless.split())[:longest].rstrip() or None


def _harmless(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Cs":
            return " "
        case "Cf" if character not in _JOINERS:
            return ""
        case _:
            return character


def folded(name: str) -> str:
    """What two ways of writing one name have in common: capitals and the width of spaces say nothing."""
    return " ".join(name.split()).casefold()


def dated(on: date) -> str:
    """A day as every sentence of ours says it."""
    return f"{on.day} {on:%b %Y}"
