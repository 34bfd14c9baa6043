"""Reading what was sent: each field as what it is; whatever is wrong is collected, and told at once.

Words that FreeAgent does not know are passed over (unverified; its examples of a batch send `created_at` along). Another record is
named by its address or by its bare id, as the sandbox took both of dinoconstantinou87/FreeAgent, whose tests (2026) ran against it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from providers.freeagent.simulated.books import Books
from providers.freeagent.simulated.refusals import BLANK, INVALID, NOT_A_NUMBER, InvalidError, one_of
from providers.simulating.numbers import Json, number

LONGEST = 255
"""Of a line of text; unverified."""
DIGITS = 15
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a character, which no page can show."""
_ID = re.compile(r"[\w-]{1,40}")
_ADDRESS = re.compile(r"(?:https?://[^?#\s]*)?(/v2/\w+/[\w.-]+)")


def path_of(value: Any) -> str | None:
    """The path of an address of the API, wherever it is served."""
    match = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def address_of(kind: str, value: Any) -> str | None:
    """The path of a record of a kind, named by its address or its id."""
    path = path_of(value)
    if path is not None:
        return path if path.startswith(f"/v2/{kind}/") else None
    is_id = isinstance(value, str | int) and not isinstance(value, bool) and _ID.fullmatch(str(value))
    return f"/v2/{kind}/{value}" if is_id else None


def amount_of(value: Any) -> Decimal:
    """
    Raises:
        ValueError: it is no number, or one that nobody's books have; where that begins is unverified.
    """  # noqa: D212
    found = number(value)
    if found and not -DIGITS <= found.adjusted() < DIGITS:
        raise ValueError(f"{value!r} is too large or too small")
    return found


def goes(sent: Json) -> bool:
    """Whether a part of a record is to be removed by this change."""
    return str(sent.get("_destroy", "")).lower() in ("1", "true")


@dataclass(slots=True)
class Fields:
    books: Books
    sent: Json
    prefix: str = ""
    problems: list[str] = field(default_factory=list)

    def say(self, name: str, words: str) -> None:
        self.problems.append(f"{self.prefix}{name} {words}")

    def check(self) -> None:
        """
        Raises:
            InvalidError: something was wrong.
        """  # noqa: D212
        if self.problems:
            raise InvalidError(self.problems)

    def within(self, name: str, sent: Json) -> "Fields":
        """Of an item of a list."""
        return Fields(self.books, sent, f"{self.prefix}{name}.", self.problems)

    def has(self, name: str) -> bool:
        return self.sent.get(name) not in (None, "")

    def text(self, name: str, *, is_needed: bool = False, longest: int = LONGEST) -> str | None:
        if not self.has(name):
            if is_needed:
                self.say(name, BLANK)
            return None
        found = str(self.sent[name])
        if isinstance(self.sent[name], dict | list) or _HALF.search(found):
            self.say(name, INVALID)
            return None
        if len(found) > longest:
            self.say(name, f"is too long (maximum is {longest} characters)")
        return found

    def day(self, name: str, *, is_needed: bool = False) -> str | None:
        """A date; of a moment its day, as examples send it."""
        found = self.text(name, is_needed=is_needed)
        if found is None:
            return None
        try:
            return date.fromisoformat(found[:10]).isoformat()
        except ValueError:
            self.say(name, INVALID)
            return None

    def amount(self, name: str, *, is_needed: bool = False) -> Decimal | None:
        if not self.has(name):
            if is_needed:
                self.say(name, BLANK)
            return None
        try:
            return amount_of(self.sent[name])
        except ValueError:
            self.say(name, NOT_A_NUMBER)
            return None

    def whole(self, name: str, *, is_needed: bool = False) -> int | None:
        found = self.amount(name, is_needed=is_needed)
        if found is not None and (found != int(found) or found < 0):
            self.say(name, "must be an integer")
            return None
        return None if found is None else int(found)

    def flag(self, name: str, *, default: bool) -> bool:
        if not self.has(name):
            return default
        return self.sent[name] in (True, "true", 1, "1")

    def choice(self, name: str, options: Sequence[str], default: str | None = None) -> str | None:
        if not self.has(name):
            return default
        if self.sent[name] not in options:
            self.say(name, one_of(options))
            return default
        return str(self.sent[name])

    def link(
        self, name: str, kind: str, *, is_needed: bool = False, is_fit: Callable[[Json], bool] = lambda _: True
    ) -> Json | None:
        """The record that an address, or an id, names."""
        if not self.has(name):
            if is_needed:
                self.say(name, BLANK)
            return None
        found = self.books.at(address_of(kind, self.sent[name]))
        if found is None or not is_fit(found):
            self.say(name, INVALID)
            return None
        return found

    def currency(self, options: Sequence[str]) -> str:
        return self.choice("currency", options, self.books.home) or self.books.home
