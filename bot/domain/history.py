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

from bot.domain.coding import CodedValue, Codes, Coding, Evidence, Source, Tracked
from bot.domain.documents import DocumentType, FactField, Facts, Party
from bot.domain.due import Due, DueKind
from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.parties import is_same_company

NEWEST, LATELY, RECENT, LEAST = 20, 5, 3, 2
MOST_DUE_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A document that was approved: what all of it was booked to, and in how many days it was due."""

    item_id: ItemId
    reference: str
    approved_on: date
    party: Party = field(default_factory=Party)
    """Who it was from, or to."""
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
    due: CodedValue | None = None
    """A `Due`, so many days after its date."""
    tracking: Mapping[str, CodedValue] = field(default_factory=dict)


def of_company(pasts: Sequence[Past], party: Party) -> tuple[Past, ...]:
    """Without those that are surely another company's of that name: of another legal form, or another tax number."""
    return tuple(past for past in pasts if is_same_company(past.party, party) is not False)


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


def suggested(pasts: Sequence[Past], document_type: DocumentType | None = None) -> Suggested:
    """What these, newest first, say of another document, of a type or of any. Those of its type say it, where there are `LEAST` of them; when
    it is due, no others.
    """
    alike = [past for past in pasts if document_type in (None, past.document_type)]
    told = alike if len(alike) >= LEAST else pasts
    categories = sorted({track.category for past in told for track in past.codes.tracking})
    tracking = {category: _agreed(told, _option_of(category)) for category in categories}
    return Suggested(
        account=_agreed(told, lambda past: past.codes.account),
        tax_rate=_agreed(told, lambda past: past.codes.tax_rate),
        product=_agreed(told, lambda past: past.codes.product),
        contact=_agreed(told, lambda past: past.contact),
        due=_agreed(alike, lambda past: None if past.due_days is None else Due(DueKind.AFTER_DATE, past.due_days).code),
        tracking={category: found for category, found in tracking.items() if found is not None},
    )


def _option_of(category: str) -> Callable[[Past], str | None]:
    return lambda past: past.option(category)


def _agreed(pasts: Sequence[Past], value_of: Callable[[Past], str | None]) -> CodedValue | None:
    for looked_at in (NEWEST, LATELY):
        found = _most(pasts[:looked_at], value_of)
        if found is not None:
            return found
    return None


def _most(pasts: Sequence[Past], value_of: Callable[[Past], str | None]) -> CodedValue | None:
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
    return CodedValue(value=value, source=Source.SUGGESTION, evidence=evidence)


def with_suggestions(item: Item, found: Suggested) -> Item:
    """The item with what is suggested where nothing else is; what was suggested so before and is not any more is taken back.
    What is the same keeps what it rested on when it was suggested first.
    """
    item = replace(item, facts=_as_stated(item))
    coding, lines = item.coding, range(len(item.facts.lines))
    own = [coding.own_codes(place) for place in lines]

    def lacks(name: str) -> bool:
        """Whether a line, or the document without any, is booked by what the item has."""
        return not own or any(getattr(codes, name) is None for codes in own)

    coded = replace(
        item,
        coding=replace(
            coding,
            account=_filled(coding.account, found.account if lacks("account") else None),
            tax_rate=_filled(coding.tax_rate, found.tax_rate if lacks("tax_rate") else None),
            product=_filled(coding.product, found.product if lacks("product") else None),
            contact=_filled(coding.contact, found.contact),
            due=_filled(coding.due, found.due if is_undated(item.facts) else None),
            tracking=_tracked(coding.tracking, found.tracking),
        ),
    )
    return replace(coded, facts=_dated(coded))


def is_undated(facts: Facts) -> bool:
    """Whether it could be said when it is due: neither the document, nor a rule, nor a person says it."""
    is_said = facts.due_on is not None or FactField.DUE_ON in facts.edited or facts.issued_on is None
    return not is_said and facts.document_type is not DocumentType.CREDIT_NOTE


def _as_stated(item: Item) -> Facts:
    """Without the due date that was suggested."""
    facts = item.facts
    if item.coding.due.source is not Source.SUGGESTION or FactField.DUE_ON not in facts.ruled:
        return facts
    return replace(facts, due_on=None, ruled=facts.ruled - {FactField.DUE_ON})


def _dated(item: Item) -> Facts:
    """With the due date that is suggested."""
    facts, due = item.facts, item.coding.due
    if due.source is not Source.SUGGESTION or due.value is None or facts.issued_on is None or not is_undated(facts):
        return facts
    on = Due.of(due.value).on(facts.issued_on)
    return facts if on is None else replace(facts, due_on=on, ruled=facts.ruled | {FactField.DUE_ON})


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
