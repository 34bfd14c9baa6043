"""Which of the ledger's contacts a document's supplier or customer is likely to be, where none has just that name.

Found through the terms of the contacts (`bot.db.list_terms`), of which some thousands are read at most, however many contacts
there are: who has a word of the name, a word that begins as one of its words does and is about as long, a name that begins as
it does, or its tax number. Who is like it but for the first letters of every word is not found. `python -m benchmarks.alike` has
the figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    bindparam,
    func,
    select,
    union_all,
)

from bot.db.base import table_of
from bot.db.connections import ListEntryRow
from bot.db.list_terms import ListTermRow
from bot.db.unit_of_work import Tx
from bot.domain.book_rules import BookRules
from bot.domain.books import Contact, ListKind
from bot.domain.documents import ItemKind, Party
from bot.domain.finding import TERM_LENGTH, Place, numbered, words
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.likeness import Match, Strictness, could_be_like, likeness, nearest
from bot.domain.parties import CompanyName
from bot.domain.texts import folded
from bot.services.finding import LAST

TERMS, ENTRIES = table_of(ListTermRow), table_of(ListEntryRow)

MOST_WORDS = 3
"""Of a name, the longest ones."""
SAME, LIKE = 300, 800
"""Contacts with the same word, and with one that begins alike, that are compared for each of these words."""
COMPARED = 12
"""The likest, whose entries are read."""
BEGINNING, OF_NAME = 2, 4
"""Letters by which words, and names, begin alike."""
ODD = 2
"""Letters by which a word that is like another one is longer or shorter at most."""
EXTRA = 32
"""Signs of a search text that are no name's own: spaces, the legal form, and a tax number."""
ROUGHLY = 3
"""Percent by which a search text may be less like a name than the name that it was made of."""

_CONTACT = msgspec.json.Decoder(Contact)


def _some(most: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    """In the index's order, or PostgreSQL may begin to look anywhere in the table."""
    found = select(TERMS.c.key, TERMS.c.place, TERMS.c.term, TERMS.c.search).where(
        TERMS.c.workspace_id == bindparam("workspace_id"),
        TERMS.c.organisation_id == bindparam("organisation_id"),
        TERMS.c.kind == ListKind.CONTACTS,
        *conditions,
    )
    return select(found.order_by(TERMS.c.term, TERMS.c.key).limit(most).subquery())


def _number(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer)


def _begin(name: str, place: Place, length: ColumnElement[int]) -> ColumnElement[bool]:
    """Terms between two texts, of some lengths."""
    between = (TERMS.c.term >= bindparam(f"{name}_from")) & (TERMS.c.term < bindparam(f"{name}_to"))
    return (TERMS.c.place == place) & between & length.between(_number(f"{name}_least"), _number(f"{name}_most"))


@cache
def _candidates(number: int) -> CompoundSelect[Any]:
    """Of so many words of a name. One statement, because each costs more than what it reads."""
    is_as_long = func.length(TERMS.c.search).between(_number("shortest"), _number("longest"))
    parts = [
        _some(SAME, TERMS.c.place == Place.NAME, TERMS.c.term == bindparam("name")),
        _some(SAME, TERMS.c.place == Place.WORD, TERMS.c.term == bindparam("number")),
        _some(SAME, _begin("name", Place.NAME, func.length(TERMS.c.term))),
    ]
    for place in range(number):
        word = f"word{place}"
        parts += [
            _some(SAME, TERMS.c.place == Place.WORD, TERMS.c.term == bindparam(word), is_as_long),
            _some(LIKE, _begin(word, Place.WORD, func.length(TERMS.c.term)), is_as_long),
        ]
    return union_all(*parts)


_ENTRIES = select(ENTRIES.c.entry).where(
    ENTRIES.c.workspace_id == bindparam("workspace_id"),
    ENTRIES.c.organisation_id == bindparam("organisation_id"),
    ENTRIES.c.kind == ListKind.CONTACTS,
    ENTRIES.c.key.in_(bindparam("keys", expanding=True)),
    ENTRIES.c.is_active.is_(True),
)


@dataclass(frozen=True, slots=True)
class ContactsAlike:
    """Looks through one organisation's contacts."""

    tx: Tx
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    rules: BookRules
    strictness: Strictness

    async def match(self, party: Party, kind: ItemKind) -> Match | None:
        """None where no contact is like it enough, or one has just its name, so that the ledger knows whom it means."""
        contacts = [contact for contact in await self._read(party) if self._is_meant(contact, kind)]
        if any(party.name is not None and folded(contact.name) == folded(party.name) for contact in contacts):
            return None
        return nearest(party, contacts, self.strictness)

    def _is_meant(self, contact: Contact, kind: ItemKind) -> bool:
        return contact.within is None and contact.is_of(kind, self.rules)

    async def _read(self, party: Party) -> list[Contact]:
        """The likest by what they are found by."""
        of = {"workspace_id": self.workspace_id, "organisation_id": self.organisation_id}
        written, name = " ".join(words(party.name or ""))[:TERM_LENGTH], CompanyName.of(party.name or "")
        some = sorted(set(name.core.split()), key=len, reverse=True)[:MOST_WORDS]
        number = numbered(party.tax_number)
        if not some and not number:
            return []
        found = (await self.tx.execute(_candidates(len(some)), of | _sought(written, name, some, number))).all()
        sure = {row.key for row in found if row.term in (written, number)}
        names = {row.key: row.search.split("\t")[1] if row.place == Place.WORD else row.term for row in found}
        keys = [*sure, *_likest(name, names, self.strictness.least - ROUGHLY)][: 2 * COMPARED]
        rows = (await self.tx.execute(_ENTRIES, {**of, "keys": keys})).scalars() if keys else ()
        return [_CONTACT.decode(entry) for entry in rows]


def _sought(written: str, name: CompanyName, some: Sequence[str], number: str) -> dict[str, Any]:
    length = len(name.core)
    shortest, longest = length * 2 // 3, length * 3 // 2 + EXTRA
    values: dict[str, Any] = {"name": written, "number": number, "shortest": shortest, "longest": longest}
    values |= _beginning("name", name.core[:OF_NAME], (shortest, longest))
    for place, word in enumerate(some):
        values |= {f"word{place}": word}
        values |= _beginning(f"word{place}", word[:BEGINNING], (len(word) - ODD, len(word) + ODD))
    return values


def _beginning(name: str, text: str, lengths: tuple[int, int]) -> dict[str, Any]:
    return {f"{name}_from": text, f"{name}_to": text + LAST, f"{name}_least": lengths[0], f"{name}_most": lengths[1]}


def _likest(name: CompanyName, names: Mapping[str, str], least: int) -> list[str]:
    """Keys, the likest first."""
    could_be = could_be_like(name, least)
    near = [(likeness(name, CompanyName.of(text)), key) for key, text in names.items() if could_be(text)]
    return [key for percent, key in sorted(near, reverse=True)[:COMPARED] if percent >= least]
