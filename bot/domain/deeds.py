"""What somebody did about an item, as half a sentence: by name where it was one thing, so that a fix is told as what it was."""

from collections.abc import Callable

from bot.domain.documents import FactField
from bot.domain.editing import fields_changed, what_changed
from bot.domain.items import Item
from bot.domain.settings import PaymentStatus

CHOSEN = frozenset({"category", "tax rate", "product", "payment method", "destination", "tracking option"})
"""What somebody chooses another one of."""
_CODES = {"account": "category", "tax_rate": "tax rate", "product": "product", "tracking": "tracking option"} | {
    "customer": "customer it is for",
    "billable": "whether it is billable",
}
_BY_CODE = {"category": "account", "tax rate": "tax_rate"}
_FACTS = {FactField.NUMBER: "number", FactField.ISSUED_ON: "date", FactField.DUE_ON: "due date"}
_OF_CONTACT = frozenset({"contact", FactField.SUPPLIER, FactField.BUYER})


def deed(before: Item, after: Item, label: Callable[[str, str], str | None] = lambda _name, _code: None) -> str | None:
    """None where nothing changed. `label` names what a field is booked to by its code, where one was chosen by name."""
    changed = _names(before, after)
    if not changed:
        return None
    if len(changed) > 1 and not ("contact" in changed and changed <= _OF_CONTACT):
        return "edited it"
    name = "contact" if "contact" in changed else next(iter(changed))
    if name in CHOSEN:
        code = _chosen(name, before, after)
        named = None if code is None else label(name, code)
        return f"chose another {name}" if named is None else f"chose {named}"
    return _of_one(name, before, after)


def _of_one(name: str, before: Item, after: Item) -> str:
    match name:
        case "contact":
            return "chose a contact of the ledger" if before.coding.contact.value is None else "chose another contact"
        case "status":
            return (
                "had it sent as a draft"
                if after.coding.publish_as.value == PaymentStatus.DRAFT
                else "chose another status"
            )
        case "customer it is for":
            return "chose whom it is for"
        case "whether it is billable":
            return "changed whether it is billable"
        case "closed period" if (answer := after.closed_answer) is not None:
            return answer.deed
        case _ if name in _FACTS.values():
            return f"changed the {name}"
        case _:
            return "edited it"


def _chosen(name: str, before: Item, after: Item) -> str | None:
    """The one code that a field has now wherever it had another; None where there are several, or it has no codes."""
    if name not in _BY_CODE:
        return None
    places = range(max(len(before.coding.lines), len(after.coding.lines)))
    pairs = [(before.coding.codes, after.coding.codes)]
    pairs += [(before.coding.own_codes(place), after.coding.own_codes(place)) for place in places]
    field = _BY_CODE[name]
    found = {getattr(now, field) for was, now in pairs if getattr(was, field) != getattr(now, field)}
    return found.pop() if len(found) == 1 else None


def _names(before: Item, after: Item) -> frozenset[str]:
    """Of lines, what of their coding; of facts, which of them."""
    found = set(what_changed(before, after))
    if "tracking" in found:
        found = found - {"tracking"} | {"tracking option"}
    if "lines" in found:
        found = found - {"lines"} | {_CODES[name] for name in _of_lines(before, after)}
    if "facts" in found:
        changed = fields_changed(before.facts, after.facts)
        found = found - {"facts"} | ({_FACTS.get(field, str(field)) for field in changed} or {"facts"})
    return frozenset(found)


def _of_lines(before: Item, after: Item) -> set[str]:
    count = max(len(before.coding.lines), len(after.coding.lines))
    pairs = [(before.coding.own_codes(place), after.coding.own_codes(place)) for place in range(count)]
    return {name for name in _CODES for was, now in pairs if getattr(was, name) != getattr(now, name)}
