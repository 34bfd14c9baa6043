"""What a document's amounts are in the books' own currency, for conversions and limits here.

The document goes out in its own currency, at the rate that it states or the ledger's (`bot.domain.exchange`). What is converted
here takes the document's rate, else the one of the ledger's list, else one that an admin typed. Where there is none, nothing is
converted, and every limit counts as exceeded: what a limit lets through has to be known to be small.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.domain.documents import FactField, Facts
from bot.domain.exchange import is_plausible, kept, rate_to
from bot.domain.ids import UserId
from bot.domain.money import WIDE, to_cents
from bot.domain.texts import dated

MOST_TYPED = 50
"""Rates of one organisation; a ledger with more tells them itself."""


MOST_DAYS = 7
"""Older than a document by more, a rate is pointed at."""


class RateFrom(StrEnum):
    DOCUMENT = "document"
    LEDGER = "ledger"
    """Its list of currencies."""
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRate:
    """What an admin typed: units of `currency` for one of the books' own."""

    currency: str
    rate: Decimal
    by: UserId
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRate:
    """A rate with where it is from, and of which day it is; a document that names no day has none."""

    currency: str
    rate: Decimal
    source: RateFrom
    on: date | None = None
    by: UserId | None = None

    def in_words(self, own: str) -> str:
        return f"1 {own} = {self.rate.normalize(WIDE):f} {self.currency}"

    def aged_in_words(self, document: date | None) -> str:
        """How much older it is than the document, where a rate may have moved meanwhile; else nothing."""
        days = 0 if self.on is None or document is None else (document - self.on).days
        return f"{days:,} days older than the document" if days > MOST_DAYS else ""

    def source_in_words(self, ledger: str) -> str:
        """Where from, and of which day."""
        whose = {
            RateFrom.DOCUMENT: "the document's own",
            RateFrom.LEDGER: f"from {ledger}'s list",
            RateFrom.PERSON: "typed by a person",
        }[self.source]
        return whose if self.on is None else f"{whose}, {dated(self.on)}"


def typed(rates: Iterable[TypedRate]) -> dict[str, KnownRate]:
    """By currency."""
    return {
        each.currency: KnownRate(currency=each.currency, rate=each.rate, source=RateFrom.PERSON, on=each.on, by=each.by)
        for each in rates
    }


def rate_for(facts: Facts, own: str, known: Mapping[str, KnownRate]) -> KnownRate | None:
    """The rate of a document in another currency: its own, else the known one of that currency. None: it needs none, or none
    is known.
    """
    if facts.currency is None or facts.currency == own:
        return None
    stated = rate_to(facts, own)
    if stated is None:
        return known.get(facts.currency)
    is_typed = FactField.CURRENCY in facts.edited
    return KnownRate(
        currency=facts.currency,
        rate=stated,
        source=RateFrom.PERSON if is_typed else RateFrom.DOCUMENT,
        on=None if is_typed else facts.issued_on,
    )


def in_own(amount: Decimal | None, facts: Facts, own: str | None, known: Mapping[str, KnownRate]) -> Decimal | None:
    """An amount of the document in the books' own currency, in cents. None: it is not known."""
    if amount is None or own is None or facts.currency is None:
        return None
    if facts.currency == own:
        return amount
    rate = rate_for(facts, own, known)
    return None if rate is None else to_cents(WIDE.divide(amount, rate.rate))


def is_within(amount: Decimal | None, limit: Decimal | None) -> bool:
    """Whether an amount in the books' own currency is no more than a limit; None, which is not known, never is, and without a
    limit nothing is.
    """
    return amount is not None and limit is not None and abs(amount) <= limit


def parsed(text: str) -> dict[str, Decimal]:
    """Rates as they are typed, one in a line: `EUR 1.168`.

    Raises:
        ValueError: a sentence for the person, which names the line.
    """
    found: dict[str, Decimal] = {}
    for line in filter(None, (each.strip() for each in text.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"{line[:40]}: write a currency and a rate, such as EUR 1.168, each in a line of its own.")
        currency, rate = match[1].upper(), Decimal(match[2].replace(",", "."))
        if not is_plausible(rate):
            raise ValueError(f"{line[:40]}: a rate is more than 0, and at most a million.")
        if currency in found:
            raise ValueError(f"{currency} is there twice.")
        found[currency] = kept(rate)
    if len(found) > MOST_TYPED:
        raise ValueError(f"{MOST_TYPED} rates are the most that can be typed.")
    return found


def as_typed(rates: Iterable[TypedRate]) -> str:
    """Such that `parsed` reads the same."""
    return "\n".join(f"{each.currency} {each.rate.normalize(WIDE):f}" for each in rates)


def retyped(
    before: Iterable[TypedRate], rates: Mapping[str, Decimal], *, by: UserId, on: date
) -> tuple[TypedRate, ...]:
    """As they are to be, by currency. Who typed a rate, and when, is of those that are other than before."""
    earlier = {each.currency: each for each in before}
    return tuple(
        earlier[currency]
        if currency in earlier and earlier[currency].rate == rate
        else TypedRate(currency=currency, rate=rate, by=by, on=on)
        for currency, rate in sorted(rates.items())
    )


_LINE = re.compile(r"([A-Za-z]{3})\s*[:=]?\s+([0-9]{1,7}(?:\.[0-9]{1,6}|,(?![0-9]{3}$)[0-9]{1,6})?)", re.ASCII)
"""A comma before three figures may divide thousands."""
