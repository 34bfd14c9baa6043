"""What may go wrong between a client and a ledger, on demand: each fault is for the next N calls that match.

A vendor gives nothing: what it says in each case is in its `serving.Front`, and its lists ask for `late_list_seconds`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase


class Fault(StrEnum):
    """`before` means that nothing was done; all the others come after the work was committed."""

    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    UNAVAILABLE = "unavailable"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    HANG_BEFORE = "hang_before"
    HANG_AFTER = "hang_after"
    HALF_ANSWER = "half_answer"
    HTML = "html"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    SLOW = "slow"

    @property
    def is_before(self) -> bool:
        return self in (
            Fault.ERROR_BEFORE,
            Fault.UNAVAILABLE,
            Fault.RESET_BEFORE,
            Fault.HANG_BEFORE,
            Fault.TOO_MANY,
            Fault.TOO_LARGE,
        )

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    Fault.ERROR_BEFORE: "500, nothing done",
    Fault.ERROR_AFTER: "500 after it was done",
    Fault.UNAVAILABLE: "503 unavailable",
    Fault.RESET_BEFORE: "connection reset, nothing done",
    Fault.RESET_AFTER: "connection reset after it was done",
    Fault.HANG_BEFORE: "no answer, nothing done",
    Fault.HANG_AFTER: "no answer after it was done",
    Fault.HALF_ANSWER: "half an answer",
    Fault.HTML: "a web page with status 200",
    Fault.TOO_MANY: "429 too many calls",
    Fault.TOO_LARGE: "413 too large, nothing done",
    Fault.SLOW: "slow answer",
}


@dataclass(slots=True)
class Planned:
    fault: Fault
    method: str
    path: str
    times: int
    seconds: float
    holding: bytes = b""
    """Only calls whose body has this in it."""


@dataclass(slots=True)
class Misbehaviour:
    """The switches. `late_list_seconds` hides new documents from lists, as a lagging index does."""

    outage: bool = False
    late_list_seconds: float = 0
    planned: list[Planned] = field(default_factory=list)

    def plan(self, fault: Fault, *, times: int, method: str, path: str, seconds: float, holding: bytes = b"") -> None:
        self.planned.append(Planned(fault, method.upper(), path, times, seconds, holding))

    def calm(self) -> None:
        """Behave."""
        self.outage, self.late_list_seconds = False, 0
        self.planned.clear()

    def next_for(self, method: str, path: str, body: bytes = b"") -> Planned | None:
        """The first fault that matches this call; it counts as used."""
        for found in self.planned:
            if fnmatchcase(method, found.method) and fnmatchcase(path, found.path) and found.holding in body:
                found.times -= 1
                if found.times <= 0:
                    self.planned.remove(found)
                return found
        return None
