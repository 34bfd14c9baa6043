"""What is wrong with a field of a sent item, and what to send instead: msgspec's messages, for who writes the sender.

https://jcristharif.com/msgspec/usage.html#validation
"""

import re

from bot.domain.documents import DocumentType

COUNTRY, CURRENCY = "^[A-Z]{2}$", "^[A-Z]{3}$"
AMOUNT, NUMBER = r"^-?[0-9]{1,14}(\.[0-9]{1,4})?$", r"^-?[0-9]{1,14}(\.[0-9]{1,10})?$"
PERCENT = r"^[0-9]{1,3}(\.[0-9]{1,4})?$"
LONGEST = {COUNTRY: 2, CURRENCY: 3, AMOUNT: 20, NUMBER: 26, PERCENT: 8}

DECIDED_HERE = frozenset(
    {"id", "state", "status", "version", "reference", "organisation", "organisation_id", "workspace", "workspace_id"}
    | {"submitted_by", "approved_by", "decided_by", "edited_by", "approvers", "published_at", "ledger_url", "door"}
)
"""Fields that somebody may well hope to set."""
LONGEST_NAMED = 100
_NOT_OURS = "An item has no such field. Leave it out."
_OURS = "This is decided in Dext and cannot be sent. Leave it out."
_AS_A_STRING = "Send it as a string: a JSON number is not exact for everybody who reads it."

_WANTED = {
    COUNTRY: "two capital letters (ISO 3166), such as GB",
    CURRENCY: "three capital letters (ISO 4217), such as GBP",
    AMOUNT: "a string of at most 14 digits, a point and at most four decimals, such as 1234.50",
    NUMBER: "a string of at most 14 digits, a point and at most ten decimals, such as 2.5",
    PERCENT: "a string such as 20 or 5.5",
}
_BY_LENGTH = {LONGEST[form]: wanted for form, wanted in _WANTED.items()}
_ONE_OF = {"kind": "cost, sale", "document_type": ", ".join(DocumentType)}
_KINDS = {"object": "an object", "array": "a list", "str": "a string", "date": "a date as 2026-03-31"}
_PATH = re.compile(r" - at `\$\.?(.*)`$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`$", re.DOTALL)
_FORM = re.compile(r"Expected `str` matching regex '(.*)'$", re.DOTALL)
_LENGTH = re.compile(r"Expected `(\w+)[^`]*` of length (<=|>=) (\d+)$")
_KIND = re.compile(r"Expected `(\w+)[^`]*`, got `(\w+)`$")


def told(message: str) -> dict[str, str]:
    """A sentence by field, such as `lines[0].net`."""
    at = _PATH.search(message)
    place, words = ("", message) if at is None else (at[1], message[: at.start()])
    if found := _UNKNOWN.match(words):
        name = found[1][:LONGEST_NAMED]
        return {_within(place, name): _OURS if name in DECIDED_HERE else _NOT_OURS}
    if found := _MISSING.match(words):
        return {_within(place, found[1]): "It is missing. Send it."}
    return {place[: 2 * LONGEST_NAMED]: _instead(place.rpartition(".")[2], words)}


def _within(place: str, name: str) -> str:
    return f"{place}.{name}".lstrip(".")[: 2 * LONGEST_NAMED]


def _instead(name: str, words: str) -> str:
    if found := _FORM.match(words):
        form = found[1].replace("\\\\", "\\")
        return f"Send {_WANTED[form]}."
    if found := _LENGTH.match(words):
        return _of_length(found[1], found[2], int(found[3]))
    if found := _KIND.match(words):
        if found[1] == "str" and found[2] in ("int", "float"):
            return _AS_A_STRING
        return f"Send {_KINDS.get(found[1], found[1])}{', not null' if found[2] == 'null' else ''}."
    if words.startswith("Invalid RFC3339"):
        return "Send a date as 2026-03-31."
    if words.startswith("Invalid enum value"):
        return f"Send one of: {_ONE_OF[name]}."
    return f"{words[: 2 * LONGEST_NAMED]}."


def _of_length(kind: str, sign: str, length: int) -> str:
    if kind == "array":
        return f"Send at most {length} of them."
    if sign == ">=":
        return "It is empty. Send a text, or leave the field out."
    if length in _BY_LENGTH:
        return f"Send {_BY_LENGTH[length]}."
    return f"It is too long: send at most {length} characters."
