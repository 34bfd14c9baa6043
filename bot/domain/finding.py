"""What a person types into a select that searches, and which entries of a list that means.

All words typed have to begin words of the entry, in any order; accents, case and signs do not count, so that "muller
sohne" finds "Müller & Söhne". An entry is known by its terms, which the database keeps in an index (`bot.db.list_terms`),
and they alone decide: an entry is found there exactly when `Query.place_in` says so here.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from bot.domain.books import Account, Contact, Currency, ListEntry, Product, TaxRate, TrackingCategory

LETTERS = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "þ": "th", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
    | dict.fromkeys("'’ʼ`´", "")
)
"""Letters that Unicode does not take apart, and signs that part no words: O'Brien is found as obrien."""
UNSEEN = frozenset({"Mn", "Mc", "Me", "Cf", "Cs"})
"""Accents, and what has no shape: a name that hides a mark between its letters is found by them."""
WORD = re.compile(r"[^\W_]+")

TERM_LENGTH = 64
SEARCH_LENGTH = 250
MOST_WORDS = 8
"""Nobody types more to find one entry; the rest is not looked at."""
LEAST_DIGITS = 5
LEAST_INSIDE = 3
"""Letters, below which the middle of a word is not looked into."""


class Place(IntEnum):
    """Where what was typed begins. The order is how near it is to what was meant."""

    CODE = 0
    NAME = 1
    WORD = 2


def words(text: str) -> tuple[str, ...]:
    """The words of a text, without accents, case and signs: é is e, ß is ss, Ł is l."""
    if text.isascii():  # nearly all, and six times as quick
        return tuple(WORD.findall(text.lower().replace("'", "").replace("`", "")))
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(sign for sign in folded.translate(LETTERS) if unicodedata.category(sign) not in UNSEEN)
    return tuple(WORD.findall(plain))


def search_text(code: str, name: str, number: str = "") -> str:
    """An entry as it is looked through: the words of its code, a tab, the words of its name, a space before each. Behind
    another tab the number that is a word of it, too, and nothing of its name.
    """
    texts = (code, name, number) if number else (code, name)
    return "\t".join("".join(f" {word}" for word in words(text)) for text in texts)[:SEARCH_LENGTH]


def numbered(tax_number: str | None) -> str:
    """What contacts of one tax number are found by, however it is written: its digits, where they are enough for one."""
    digits = "".join(filter(str.isdigit, unicodedata.normalize("NFKC", tax_number or "")))
    return digits if len(digits) >= LEAST_DIGITS else ""


def found_by(entry: ListEntry) -> str:
    """The search text of an entry; empty for what no form offers."""
    match entry:
        case Account():
            return search_text(entry.known_as, entry.name) if entry.is_codable else ""
        case TaxRate():
            return search_text("", entry.name) if entry.goes_with_costs else ""
        case Contact():
            name = entry.name if entry.within is None else f"{entry.name} {entry.within}"
            return search_text("", name, numbered(entry.tax_number))
        case TrackingCategory():
            return search_text("", entry.name)
        case Product():
            return search_text(entry.known_as, entry.name)
        case Currency():
            return search_text(entry.code, entry.name)


def terms(search: str) -> frozenset[tuple[Place, str]]:
    """What an entry with this search text is found by. Of an empty one, which is never offered, nothing."""
    if not search:
        return frozenset()
    code, name, *_ = (*search.split("\t"), "")
    found = {(Place.WORD, word[:TERM_LENGTH]) for word in search.split()} | {(Place.NAME, name.strip()[:TERM_LENGTH])}
    return frozenset(found | {(Place.CODE, code.strip()[:TERM_LENGTH])} if code else found)


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, as it is compared with terms."""

    words: tuple[str, ...]
    is_blank: bool = False
    """Nothing was typed: whatever is offered may be meant. A sign alone is not nothing, and means no entry."""

    @classmethod
    def of(cls, typed: str) -> "Query":
        found = tuple(word[:TERM_LENGTH] for word in words(typed)[:MOST_WORDS])
        return cls(found, is_blank=not typed.strip())

    @property
    def text(self) -> str:
        """As one term: what a code or a name would begin with."""
        return " ".join(self.words)[:TERM_LENGTH]

    def place_in(self, search: str) -> Place | None:
        """Where an entry has it, nearest first; None where it has not."""
        if not search or not (self.words or self.is_blank):
            return None
        code, _, name = search.partition("\t")
        if code and code.startswith(self.text, 1):
            return Place.CODE
        if name.startswith(self.text, 1) or not self.text:
            return Place.NAME
        return Place.WORD if all(f" {word}" in search for word in self.words) else None
