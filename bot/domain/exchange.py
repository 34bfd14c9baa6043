"""Exchange rates: what a document's currency is in the books' own.

A rate counts units of the document's currency for one of the other. It is told with the currency that it is to, so that
one to the supplier's own, or of books that an item was moved from, is never taken for these books'.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, localcontext

from bot.domain.documents import Facts
from bot.domain.money import WIDE

PLACES = Decimal("0.000001")
"""As ledgers keep rates: Xero rounds one to six decimals, https://developer.xero.com/documentation/api/accounting/invoices"""
MOST = Decimal(1_000_000)
FAR = Decimal("1.5")
"""Times more, or less, than the last one: a currency seldom moves so far, and a rate turned upside down does."""


def kept(rate: Decimal) -> Decimal:
    """As a ledger keeps it."""
    with localcontext(WIDE):
        return rate.quantize(PLACES)


def inverse(rate: Decimal) -> Decimal:
    """What is so many units of one for the other, the other way round; `rate` is more than 0."""
    with localcontext(WIDE):
        return (1 / rate).quantize(Decimal(10) ** -10)


def is_plausible(rate: Decimal) -> bool:
    return 0 < rate <= MOST and kept(rate) > 0


def towards(facts: Facts, own: str) -> Facts:
    """With the currency that a rate is to, where whoever stated it meant the books' own."""
    is_open = facts.currency_rate is not None and facts.rate_currency is None
    return replace(facts, rate_currency=own) if is_open else facts


def rate_to(facts: Facts, own: str) -> Decimal | None:
    """The rate that it is booked at in books kept in `own`. None: it needs none, or states none to that one, and the ledger
    takes its own; or it states one that cannot be, with which it is not booked (`bot.domain.checks`).
    """
    if facts.currency_rate is None or facts.currency in (None, own) or facts.rate_currency not in (None, own):
        return None
    return kept(facts.currency_rate) if is_plausible(facts.currency_rate) else None


def in_words(facts: Facts) -> str | None:
    """Such as "1 GBP = 1.17 EUR"; None where no rate is stated, or one that says nothing."""
    rate, other = facts.currency_rate, facts.rate_currency
    if rate is None or other is None or facts.currency in (None, other):
        return None
    return f"1 {other} = {rate.normalize(WIDE):f} {facts.currency}"


def far_off(facts: Facts, before: Sequence[Facts]) -> str | None:
    """A sentence where the rate is far from the last one that is known of the same two currencies, newest first."""
    rate = facts.currency_rate
    same = (
        earlier.currency_rate
        for earlier in before
        if (earlier.currency, earlier.rate_currency) == (facts.currency, facts.rate_currency)
    )
    last = next((earlier for earlier in same if earlier is not None and earlier > 0), None)
    if rate is None or last is None or rate <= 0 or last / FAR < rate < last * FAR:
        return None
    said = f"Its exchange rate is {in_words(facts)}; on the document before it was {last.normalize(WIDE):f}."
    return said if facts.rate_currency is not None else None
