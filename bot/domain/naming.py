"""What the entries of a ledger's lists are called by people who write them down: by code, by number, by name, or by both.

What is surest counts: a number that is also the name of something else is the number. What several are called is nobody's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.domain.books import Account, Contact, Product, TaxRate, TrackingCategory, TrackingOption
from bot.domain.texts import folded

MOST_TOLD = 8
"""Names that are told in place of one that there is not."""
LONGEST_SAID = 60

Entry = TypeVar("Entry", Account, TaxRate, Product, Contact, TrackingCategory, TrackingOption)


def names_of(entry: Account | TaxRate | Product | Contact | TrackingCategory | TrackingOption) -> tuple[str, ...]:
    """All that it is called, the surest first; empty where it has no such name. What the ledger alone knows it by is last, and
    then in a form that nothing else is called by.
    """
    if isinstance(entry, TrackingCategory | TrackingOption):
        return "", "", "", entry.name, entry.provider_id, by_code(entry)
    if isinstance(entry, Contact):
        whole = "" if entry.within is None else f"{entry.within}:{entry.name}"
        return "", whole, "" if entry.within is None else entry.label, entry.name, entry.provider_id, by_code(entry)
    number = entry.code if isinstance(entry, TaxRate) else entry.known_as
    return number, f"{number} - {entry.name}" if number else "", entry.label, entry.name, entry.code, by_code(entry)


def key_of(entry: Account | TaxRate | Product | Contact | TrackingCategory | TrackingOption) -> str:
    """What items refer to."""
    return entry.provider_id if isinstance(entry, TrackingCategory | TrackingOption | Contact) else entry.code


def by_code(entry: Account | TaxRate | Product | Contact | TrackingCategory | TrackingOption) -> str:
    return f"code {key_of(entry)}"


@dataclass(frozen=True, slots=True)
class Called(Generic[Entry]):
    """Entries of one list, found by what they are called."""

    by_name: dict[str, dict[int, list[Entry]]] = field(default_factory=dict)
    """By their folded names, then by how sure such a name is, the surest being 0."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Called[Entry]":
        called = cls()
        for entry in entries:
            for rank, name in enumerate(names_of(entry)):
                if name:
                    called.by_name.setdefault(folded(name), {}).setdefault(rank, []).append(entry)
        return called

    def all_called(self, named: str) -> Sequence[Entry]:
        """Those that are called so as surely as any."""
        ranked = self.by_name.get(folded(named), {})
        return ranked[min(ranked)] if ranked else ()

    def called(self, named: str) -> Entry | None:
        """The one that is called so; None where there is none, or several."""
        found = self.all_called(named)
        return found[0] if len(found) == 1 else None

    def name_for(self, entry: Entry) -> str:
        """The surest name that leads to it and to no other one."""
        return next((name for name in names_of(entry) if name and not self._others(name, entry)), by_code(entry))

    def _others(self, name: str, entry: Entry) -> list[Entry]:
        return [each for each in self.all_called(name) if key_of(each) != key_of(entry)]

    def entries(self) -> Iterator[Entry]:
        """Each once."""
        found = (entry for ranks in self.by_name.values() for entries in ranks.values() for entry in entries)
        yield from {key_of(entry): entry for entry in found}.values()


def label_of(entry: Account | TaxRate | Product | Contact | TrackingCategory | TrackingOption) -> str:
    return entry.name if isinstance(entry, TrackingCategory | TrackingOption) else entry.label


def not_there(what: str, said: str, same: Sequence[Entry], there: Sequence[Entry]) -> str:
    """Why nothing is meant by what was said, with what there is instead: all of a few, of many those that begin most like it."""
    named = f"“{said[:LONGEST_SAID]}”"
    if same:
        return f"Which {what} is {named}? {len(same)} are called so: write one of {_listed([by_code(each) for each in same])}."
    nearest = sorted(there, key=lambda entry: _likeness(entry, folded(said)), reverse=True)
    known = list(dict.fromkeys(map(label_of, nearest if len(nearest) > MOST_TOLD else there)))
    is_there = "There is" if len(known) < 2 else "There are"
    return f"No {what} is called {named}. {is_there} {_listed(known)}."


def _listed(known: Sequence[str]) -> str:
    if len(known) < 2:
        return f"only {known[0]}" if known else "none"
    if len(known) <= MOST_TOLD:
        return f"{', '.join(known[:-1])} and {known[-1]}"
    return f"{len(known)}, such as {', '.join(known[:MOST_TOLD])}"


def _likeness(entry: Account | TaxRate | Product | Contact | TrackingCategory | TrackingOption, said: str) -> int:
    """In how many characters it begins as what was said, by any of its names."""
    return max(_begins_alike(folded(name), said) for name in names_of(entry))


def _begins_alike(name: str, said: str) -> int:
    pairs = enumerate(zip(name, said, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(name), len(said)))
