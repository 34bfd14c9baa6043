"""What a select that searches offers of one of the ledger's lists, and how old that list is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered(Generic[Entry]):
    """`used` is what somebody chose last, latest first, and empty once something was typed: then what is nearest to that comes
    first. `age` says in words how long ago the list was read to the end, or typed; None where it never was.
    """

    used: tuple[Entry, ...] = ()
    others: tuple[Entry, ...] = ()
    age: str | None = None

    def but(self, is_unwanted: Callable[[Entry], bool]) -> "Offered[Entry]":
        """Without those."""
        return replace(
            self,
            used=tuple(entry for entry in self.used if not is_unwanted(entry)),
            others=tuple(entry for entry in self.others if not is_unwanted(entry)),
        )
