"""What is suggested from what was approved before of the same supplier or customer, and what that rests on.

A value is suggested where at least `LEAST` of the newest `NEWEST` documents have it, and three quarters of them do; where a
supplier is booked otherwise since a while, of the newest `LATELY`. One that none of the newest `RECENT` has any more is
past. A value that is not there, and lines that are booked to several, count as another one; so nothing is suggested in a tie.
How a value came to be there counts for nothing: whatever was approved was looked at.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from bot.domain.coding import CodedValue, Codes, Coding, Evidence, Source, Tracked
from bot.domain.documents import DocumentType
from bot.domain.ids import ItemId
from bot.domain.items import Item

NEWEST, LATELY, RECENT, LEAST = 20, 5, 3, 2
MOST_DUE_DAYS = 365

T = TypeVar("T", str, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A document that was approved: what all of it was booked to, and in how many days it was due."""

    item_id: ItemId
    reference: str
    approved_on: date
    document_type: DocumentType = DocumentType.INVOICE
    codes: Codes = field(default_factory=Codes)
    contact: str | None = None
    due_days: int | None = None

    def option(self, category: str) -> str | None:
        """What it was tracked by."""
        return next((track.option for track in self.codes.tracking if track.category == category), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """What the past comes to, field by field; `tracking` by category."""

    account: CodedValue | None = None
    tax_rate: CodedValue | None = None
    product: CodedValue | None = None
    contact: CodedValue | None = None
    due_days: CodedValue | None = None
    tracking: Mapping[str, CodedValue] = field(default_factory=dict)


def common_codes(coding: Coding, lines: int) -> Codes:
    """What all of a document's so many lines are booked to."""
    first, *others = [coding.codes_at(place) for place in range(lines)] or [coding.codes]
    tracking = set(first.tracking).intersection(*(each.tracking for each in others))
    return Codes(
        account=first.account if all(each.account == first.account for each in others) else None,
        tax_rate=first.tax_rate if all(each.tax_rate == first.tax_rate for each in others) else None,
        product=first.product if all(each.product == first.product for each in others) else None,
        tracking=tuple(sorted(tracking)),
    )


def due_days_of(issued_on: date | None, due_on: date | None) -> int | None:
    if issued_on is None or due_on is None:
        return None
    days = (due_on - issued_on).days
    return days if 0 <= days <= MOST_DUE_DAYS else None


def suggested(pasts: Sequence[Past], document_type: DocumentType) -> Suggested:
    """What these, newest first, say of another document. Those of its type say it, where there are `LEAST` of them; when
    it is due, nothing else.
    """
    alike = [past for past in pasts if past.document_type is document_type]
    told = alike if len(alike) >= LEAST else pasts
    categories = sorted({track.category for past in told for track in past.codes.tracking})
    tracking = {category: _agreed(told, _option_of(category)) for category in categories}
    return Suggested(
        account=_agreed(told, lambda past: past.codes.account),
        tax_rate=_agreed(told, lambda past: past.codes.tax_rate),
        product=_agreed(told, lambda past: past.codes.product),
        contact=_agreed(told, lambda past: past.contact),
        due_days=_agreed(alike, lambda past: past.due_days),
        tracking={category: found for category, found in tracking.items() if found is not None},
    )


def _option_of(category: str) -> Callable[[Past], str | None]:
    return lambda past: past.option(category)


def _agreed(pasts: Sequence[Past], value_of: Callable[[Past], T | None]) -> CodedValue | None:
    for looked_at in (NEWEST, LATELY):
        found = _most(pasts[:looked_at], value_of)
        if found is not None:
            return found
    return None


def _most(pasts: Sequence[Past], value_of: Callable[[Past], T | None]) -> CodedValue | None:
    """The value that enough of them have."""
    values = [value_of(past) for past in pasts]
    if not values:
        return None
    ((value, alike),) = Counter(values).most_common(1)
    if value is None or alike < LEAST or 4 * alike < 3 * len(values) or value not in values[:RECENT]:
        return None
    last = pasts[values.index(value)]
    evidence = Evidence(
        alike=alike, of=len(values), item_id=last.item_id, reference=last.reference, on=last.approved_on
    )
    return CodedValue(value=str(value), source=Source.SUGGESTION, evidence=evidence)


def with_suggestions(item: Item, found: Suggested) -> Item:
    """The item with what is suggested where nothing else is; what was suggested so before and is not any more is taken back.
    What is the same keeps what it rested on when it was suggested first.
    """
    coding, lines = item.coding, range(len(item.facts.lines))
    own = [coding.own_codes(place) for place in lines]

    def lacks(name: str) -> bool:
        """Whether a line, or the document without any, is booked by what the item has."""
        return not own or any(getattr(codes, name) is None for codes in own)

    return replace(
        item,
        coding=replace(
            coding,
            account=_filled(coding.account, found.account if lacks("account") else None),
            tax_rate=_filled(coding.tax_rate, found.tax_rate if lacks("tax_rate") else None),
            product=_filled(coding.product, found.product if lacks("product") else None),
            contact=_filled(coding.contact, found.contact),
            tracking=_tracked(coding.tracking, found.tracking),
        ),
    )


def is_empty(value: CodedValue) -> bool:
    """Whether nothing but what was approved before set it."""
    return value.source is Source.NOTHING or (value.source is Source.SUGGESTION and value.evidence is not None)


def _filled(standing: CodedValue, found: CodedValue | None) -> CodedValue:
    if not is_empty(standing) or (found is not None and found.value == standing.value):
        return standing
    return CodedValue(beaten=standing.beaten) if found is None else replace(found, beaten=standing.beaten)


def _tracked(standing: tuple[Tracked, ...], found: Mapping[str, CodedValue]) -> tuple[Tracked, ...]:
    options = {each.category: each.option for each in standing}
    filled = {
        category: _filled(options.get(category, CodedValue()), found.get(category))
        for category in sorted({*options, *found})
    }
    return tuple(
        Tracked(category=category, option=option)
        for category, option in filled.items()
        if option != CodedValue() or options.get(category) == option
    )
