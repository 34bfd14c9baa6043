"""The form of what is sent: which parameters have to be there, and that each is text, a day, a number, a list.

Parameters that the vendor does not know are passed over, as are those that it works out itself (unverified).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from providers.sage.simulated.refusals import Problem, refused
from providers.simulating.numbers import Json, number

LONGEST = 255
"""Of texts: "a hard upper limit of 255 characters is imposed by the storage layer" (swagger, `reference` of payments)."""
LONGEST_NOTE = 65535
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LARGEST = Decimal("9999999999999.99")
"""Of an amount (unverified)."""


@dataclass(slots=True)
class Fields:
    """The parameters of one object, under its name; `problems` are those of the whole call."""

    sent: Json
    name: str
    problems: list[Problem] = field(default_factory=list)

    def has(self, key: str) -> bool:
        return self.sent.get(key) is not None

    def needs(self, *keys: str) -> None:
        for key in keys:
            if self.sent.get(key) in (None, "", []):
                self._say(key, "is missing")

    def text(self, key: str, longest: int = LONGEST) -> str | None:
        found = self.sent.get(key)
        if found is None or found == "":
            return None
        if not isinstance(found, str) or len(found) > longest:
            self._say(
                key, "is invalid" if not isinstance(found, str) else f"is too long (maximum is {longest} characters)"
            )
            return None
        return found

    def day(self, key: str) -> str | None:
        """ISO 8601; a day with a time is its day."""
        found = self.sent.get(key)
        if found is None or found == "":
            return None
        if isinstance(found, str) and _DAY.match(found):
            try:
                return date.fromisoformat(found[:10]).isoformat()
            except ValueError:
                pass
        self._say(key, "is invalid")
        return None

    def amount(self, key: str) -> Decimal | None:
        found = self.sent.get(key)
        if found is None or found == "":
            return None
        try:
            value = number(found)
        except ValueError:
            value = _LARGEST + 1
        if abs(value) > _LARGEST:
            self._say(key, "is invalid")
            return None
        return value

    def flag(self, key: str) -> bool | None:
        found = self.sent.get(key)
        if found is not None and not isinstance(found, bool):
            self._say(key, "is invalid")
            return None
        return found

    def objects(self, key: str) -> Iterator["Fields"]:
        """Each of a list of objects: `purchase_invoice[invoice_lines][0]`."""
        found = self.sent.get(key)
        if found is None:
            return
        if not isinstance(found, list):
            self._say(key, "is invalid")
            return
        for place, one in enumerate(found):
            name = f"{self.name}[{key}][{place}]"
            if isinstance(one, dict):
                yield Fields(one, name, self.problems)
            else:
                self.problems.append(Problem("Validation", f"{name} is invalid", name))

    def ids(self, key: str) -> list[str]:
        """Of a list of ids, bare or in objects: the guide shows one, the swagger the other."""
        found = self.sent.get(key)
        if found is None:
            return []
        listed = found if isinstance(found, list) else [found]
        ids = [one.get("id") if isinstance(one, dict) else one for one in listed]
        if not isinstance(found, list) or not all(isinstance(one, str) for one in ids):
            self._say(key, "is invalid")
            return []
        return [str(one) for one in ids]

    def _say(self, key: str, words: str) -> None:
        source = f"{self.name}[{key}]"
        problem = Problem("Validation", f"{source} {words}", source)
        if problem not in self.problems:
            self.problems.append(problem)

    def done(self) -> None:
        """
        Raises:
            RefusalError: something is missing or has the wrong form; all of it is told.
        """  # noqa: D212
        if self.problems:
            raise refused(self.problems)


def unwrapped(body: Any, singular: str) -> Fields:
    """The object in `{"purchase_invoice": {…}}`.

    Raises:
        RefusalError: there is none.
    """
    found = body.get(singular) if isinstance(body, dict) else None
    if not isinstance(found, dict):
        words = "is missing" if found is None else "is invalid"
        raise refused([Problem("Validation", f"{singular} {words}", singular)])
    return Fields(found, singular)
