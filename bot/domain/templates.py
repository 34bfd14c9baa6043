"""Descriptions as rules write them: words of the organisation, with what stands on each document in their places."""

import re

from bot.domain.items import Item
from bot.domain.texts import cleaned, dated

LONGEST_TEMPLATE = 200
LONGEST_DESCRIPTION = 500
PLACEHOLDERS = ("supplier", "customer", "number", "date", "month", "year", "reference")
_PLACE = re.compile(r"\{(\w+)\}")
_NAMED = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)


def wrong_with(template: str) -> str | None:
    """What cannot be filled in, as a sentence that says what can."""
    unknown = [name for name in _PLACE.findall(template) if name not in PLACEHOLDERS]
    if unknown:
        return f"I cannot fill in {{{unknown[0]}}}. What I can: {_NAMED}."
    if {"{", "}"} & set(_PLACE.sub("", template)):
        return f"Write a place to be filled in with both its brackets: {_NAMED}."
    if cleaned(template, LONGEST_TEMPLATE + 1) is None:
        return "Write what the description is to be."
    if len(template) > LONGEST_TEMPLATE:
        return f"Write at most {LONGEST_TEMPLATE} characters."
    return None


def filled_in(template: str, item: Item) -> str | None:
    """What is not known of the document is left out; None where nothing is left."""
    facts = item.facts
    known = {
        "supplier": facts.supplier.name,
        "customer": facts.buyer.name,
        "number": facts.number,
        "date": None if facts.issued_on is None else dated(facts.issued_on),
        "month": None if facts.issued_on is None else f"{facts.issued_on:%B %Y}",
        "year": None if facts.issued_on is None else str(facts.issued_on.year),
        "reference": item.reference,
    }
    return cleaned(_PLACE.sub(lambda place: known.get(place[1]) or "", template), LONGEST_DESCRIPTION)
