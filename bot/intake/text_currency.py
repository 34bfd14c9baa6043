"""The currency of a document: the code or sign that stands at its amounts, else the only one it mentions."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from bot.intake.pdf_text import Row

_SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "zł": "PLN", "Kč": "CZK", "US$": "USD", "R$": "BRL", "Fr.": "CHF"}
"""Signs of one currency each. A bare dollar, krone or yen may be of several countries and says nothing."""
_ISO_4217 = """
    EUR GBP USD CHF SEK NOK DKK PLN CZK HUF RON BGN CAD AUD NZD SGD HKD JPY CNY INR ZAR MYR THB IDR PHP AED SAR ILS
    TRY MXN BRL ARS CLP COP KRW TWD VND KES NGN EGP UAH RSD ISK
"""
CODE = "|".join(_ISO_4217.split())
"""A pattern of the codes that documents here are in."""
_MARK = "|".join(
    [rf"(?<![A-Za-z]){code}(?![A-Za-z])" for code in _ISO_4217.split()] + [re.escape(sign) for sign in _SIGNS]
)
_ANYWHERE = re.compile(_MARK)
_AT_AMOUNT = re.compile(rf"({_MARK})\s?[-−]?\d|\d\s?({_MARK})")
_BARE = r"(?<![A-Za-z])(?:\$|¥|[Kk]r)(?![A-Za-z])"
_BARE_AT_AMOUNT = re.compile(rf"({_BARE})\.?\s?[-−]?\d|\d\s?({_BARE})")
_CLEARLY = 2


def currency_of(rows: Sequence[Row]) -> str | None:
    """The currency; None when several are mentioned alike."""
    texts = [row.text for row in rows]
    at_amounts = [before or after for text in texts for before, after in _AT_AMOUNT.findall(text)]
    return _clearest(at_amounts or [mark for text in texts for mark in _ANYWHERE.findall(text)])


def bare_sign(rows: Sequence[Row]) -> str | None:
    """The sign at its amounts that may be of several countries; None where there is none, or more than one."""
    found = {before or after for row in rows for before, after in _BARE_AT_AMOUNT.findall(row.text)}
    texts = " ".join(row.text for row in rows)
    return found.pop().lower() if len(found) == 1 and not _ANYWHERE.search(texts) else None


def has_dollars(rows: Sequence[Row]) -> bool:
    return any("$" in row.text for row in rows)


def _clearest(marks: Iterable[str]) -> str | None:
    counted = Counter(_SIGNS.get(mark, mark) for mark in marks)
    found = sorted(counted, key=lambda code: -counted[code])
    if not found or (len(found) > 1 and counted[found[0]] < _CLEARLY * counted[found[1]]):
        return None
    return found[0]
