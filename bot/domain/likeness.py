"""How like two companies' names are: which of a ledger's contacts a document means that writes its name in another way.

Of names, letters are counted that are the same where the other has them, word by word, in whatever order, or with the
words written as one. Numbers in names have to be the same, and another legal form, where both say one, is another company
(`bot.domain.parties`). Nothing is taken for granted: what is found is suggested, with how like it is.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import floor

from bot.domain.books import Contact
from bot.domain.coding import Likeness
from bot.domain.documents import Party
from bot.domain.parties import CompanyName, TaxNumber

APART = 3
"""Percent by which the likest contact is liker than the next; where it is not, neither is suggested."""


class Strictness(StrEnum):
    """How like a name has to be before its contact is suggested."""

    STRICT = "strict"
    USUAL = "usual"
    LOOSE = "loose"

    @property
    def least(self) -> int:
        """Percent."""
        return _LEAST[self]


_LEAST = {Strictness.STRICT: 95, Strictness.USUAL: 88, Strictness.LOOSE: 78}


@dataclass(frozen=True, slots=True)
class Match:
    contact: Contact
    likeness: Likeness


def likeness(one: CompanyName, other: CompanyName) -> int:
    """Percent; 100 is the same name."""
    if one.forms and other.forms and one.forms != other.forms:
        return 0
    words, others = one.core.split(), other.core.split()
    if not words or not others or _numbers(words) != _numbers(others):
        return 0
    if sorted(words) == sorted(others) or one.core.replace(" ", "") == other.core.replace(" ", ""):
        return 100
    return min(99, floor(100 * max(_word_by_word(words, others), _as_one("".join(words), "".join(others)))))


def could_be_like(name: CompanyName, least: int) -> Callable[[str], bool]:
    """Whether a name in words, which is asked of many, may be like this one: by the letters that both have, in whatever order.
    What takes longer is asked of few.
    """
    letters = Counter(name.core.replace(" ", ""))
    number, counted = letters.total(), letters.items()
    # as like as can be: a name of fewer letters, each of which is one of these
    enough = number * least / (200 - least)

    def could_be(text: str) -> bool:
        common = sum([min(times, text.count(letter)) for letter, times in counted])
        if common < enough:
            return False
        other = CompanyName.of(text).core.replace(" ", "")
        common = sum([min(times, other.count(letter)) for letter, times in counted])
        return 200 * common >= least * (number + len(other))

    return could_be


def nearest(party: Party, contacts: Iterable[Contact], strictness: Strictness) -> Match | None:
    """The one contact that a document's party is likely to be: of the same tax number, else of the likest name. None where
    none is like enough, or two are as near as makes no difference.
    """
    known = list({contact.provider_id: contact for contact in contacts}.values())
    ours = None if party.tax_number is None else TaxNumber.of(party.tax_number)
    same = [contact for contact in known if ours is not None and _has(contact, ours)]
    if same:
        return Match(same[0], Likeness(has_same_tax_number=True)) if len(same) == 1 else None
    if party.name is None:
        return None
    name = CompanyName.of(party.name)
    near = sorted(
        ((likeness(name, CompanyName.of(contact.name)), contact) for contact in known if not _excludes(contact, ours)),
        key=lambda found: found[0],
        reverse=True,
    )
    if not near or near[0][0] < strictness.least or (len(near) > 1 and near[0][0] - near[1][0] < APART):
        return None
    percent, contact = near[0]
    return Match(contact, Likeness(percent=percent))


def _has(contact: Contact, ours: TaxNumber) -> bool:
    theirs = None if contact.tax_number is None else TaxNumber.of(contact.tax_number)
    return theirs is not None and theirs.is_same_as(ours)


def _excludes(contact: Contact, ours: TaxNumber | None) -> bool:
    theirs = None if contact.tax_number is None else TaxNumber.of(contact.tax_number)
    return ours is not None and theirs is not None and theirs.excludes(ours)


def _numbers(words: list[str]) -> list[str]:
    return sorted(word for word in words if any(map(str.isdigit, word)))


def _word_by_word(words: list[str], others: list[str]) -> float:
    """Letters that are the same, of all: each word beside the likest that is left of the other name, likest first."""
    pairs = sorted(
        ((_as_one(word, other), place, at) for place, word in enumerate(words) for at, other in enumerate(others)),
        reverse=True,
    )
    taken: tuple[set[int], set[int]] = set(), set()
    same = 0.0
    for alike, place, at in pairs:
        if place not in taken[0] and at not in taken[1]:
            taken[0].add(place)
            taken[1].add(at)
            same += alike * (len(words[place]) + len(others[at]))
    return same / (sum(map(len, words)) + sum(map(len, others)))


def _as_one(one: str, other: str) -> float:
    """Of the longer one, how much is left when those letters are counted off that differ, are missing or change places."""
    longest = max(len(one), len(other))
    return 1 - _distance(one, other) / longest if longest else 1


def _distance(one: str, other: str) -> int:
    """Letters to be changed, put in, left out, or exchanged with the next, to make one of the other."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, other_letter in enumerate(other, start=1):
            is_other = letter != other_letter
            least = min(above[column] + 1, line[column - 1] + 1, above[column - 1] + is_other)
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == other_letter:
                least = min(least, before[column - 2] + 1)
            line.append(least)
        before, above = above, line
    return above[-1]
