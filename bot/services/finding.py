"""Finding entries of an imported list by what a person typed: nearest first, then last used, and never all rows read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, String, Table, bindparam, func, select, tuple_

from bot.db.base import table_of
from bot.db.connections import ListEntryRow, ListSyncRow
from bot.db.list_terms import ListTermRow
from bot.db.unit_of_work import Tx
from bot.domain.books import ListKind
from bot.domain.finding import LEAST_INSIDE, Place, Query
from bot.domain.ids import OrganisationId, WorkspaceId

ENTRIES, SYNCS, TERMS = table_of(ListEntryRow), table_of(ListSyncRow), table_of(ListTermRow)

MOST_CHOICES = 100
"""Slack shows no more options than this."""
COMMON = 400
"""A word that so many entries have is common; which of two common ones is rarer makes no difference any more."""
SHORT_LIST = 2000
"""Entries that are read in a millisecond. A list of no more is looked into for the middle of words too: a chart of
accounts nearly always is one, and "phone" means Telephone there.
"""
LAST = "\U0010ffff"
"""Behind all other signs: what begins with a text lies between it and it with this."""

_FROM = tuple_(bindparam("text", type_=String), bindparam("after", type_=String))
_FOUND = (ENTRIES.c.key, ENTRIES.c.search, ENTRIES.c.used_at, ENTRIES.c.entry)


class Found(NamedTuple):
    """An entry that has what was typed; `entry` is its JSON."""

    key: str
    search: str
    used_at: datetime | None
    entry: str


def _of(table: Table) -> tuple[ColumnElement[bool], ...]:
    """Rows of one list."""
    return (
        table.c.workspace_id == bindparam("workspace_id"),
        table.c.organisation_id == bindparam("organisation_id"),
        table.c.kind == bindparam("kind"),
    )


_IS_OFFERED = (ENTRIES.c.is_active.is_(True), ENTRIES.c.search != "")
_READ = select(SYNCS.c.read).where(*_of(SYNCS))
_USED = (
    select(*_FOUND)
    .where(*_of(ENTRIES), *_IS_OFFERED, ENTRIES.c.used_at.is_not(None))
    .order_by(ENTRIES.c.used_at.desc())
    .limit(MOST_CHOICES)
)
_AT_PLACE = (TERMS.c.place == bindparam("place"), TERMS.c.term < bindparam("end"))


@cache
def _how_many() -> Select[Any]:
    """Entries that have a word that begins so, as far as `COMMON`."""
    # in the index's order, or PostgreSQL may begin to count anywhere in the table
    some = select(TERMS.c.key).where(*_of(TERMS), *_AT_PLACE, TERMS.c.term >= bindparam("text"))
    return select(func.count()).select_from(some.order_by(TERMS.c.term, TERMS.c.key).limit(COMMON).subquery())


@cache
def _page(others: int) -> Select[Any]:
    """Entries by what they begin with, from a term and key on; `others` is how many words more they have to have."""
    keys = (
        select(TERMS.c.term, TERMS.c.key)
        .where(*_of(TERMS), *_AT_PLACE, tuple_(TERMS.c.term, TERMS.c.key) > _FROM)
        .where(*(TERMS.c.search.like(bindparam(f"other{number}")) for number in range(others)))
        .order_by(TERMS.c.term, TERMS.c.key)
        .limit(MOST_CHOICES)
        .subquery()
    )
    entries = select(keys.c.term, *_FOUND).join(ENTRIES, ENTRIES.c.key == keys.c.key).where(*_of(ENTRIES))
    return entries.order_by(keys.c.term, keys.c.key)


@cache
def _inside(parts: int) -> Select[Any]:
    """All entries that have these parts anywhere."""
    has_all = (ENTRIES.c.search.like(bindparam(f"part{number}")) for number in range(parts))
    return select(*_FOUND).where(*_of(ENTRIES), *_IS_OFFERED, *has_all)


async def find(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, typed: str
) -> tuple[Found, ...]:
    """At most `MOST_CHOICES` entries: codes that begin so, then names, then words; of each those last used first."""
    query = Query.of(typed)
    if not query.words and not query.is_blank:
        return ()
    search = _Search(tx, {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": kind}, query)
    found = {row.key: row for row in await search.used() if query.place_in(row.search) is not None}
    found |= await search.begins()
    if not found:
        found = await search.inside()
    near = sorted(found.values(), key=lambda row: _nearness(query, row))
    return tuple(near[:MOST_CHOICES])


def _found(row: Row[Any]) -> Found:
    return Found(row.key, row.search, row.used_at, row.entry)


def _nearness(query: Query, row: Found) -> tuple[int, float, str]:
    place = query.place_in(row.search)
    used = 0.0 if row.used_at is None else -row.used_at.timestamp()
    return (len(Place) if place is None else place, used, row.search)


class _Search(NamedTuple):
    """One look into one list; `of` says which."""

    tx: Tx
    of: dict[str, Any]
    query: Query

    async def used(self) -> Iterable[Found]:
        return (_found(row) for row in (await self.tx.execute(_USED, self.of)).all())

    async def begins(self) -> dict[str, Found]:
        """Enough of those that begin so, or all of them."""
        found = await self._pages(Place.CODE, self.query.text)
        if len(found) < MOST_CHOICES:
            found |= await self._pages(Place.NAME, self.query.text)
        if len(found) < MOST_CHOICES and self.query.words:
            rarest, *others = await self._rarest_first()
            found |= await self._pages(Place.WORD, rarest, others)
        return found

    async def inside(self) -> dict[str, Found]:
        """Those of a short list that have the words typed anywhere."""
        parts = self.query.words
        if not parts or min(map(len, parts)) < LEAST_INSIDE or not await self._is_short():
            return {}
        like = {f"part{number}": f"%{part}%" for number, part in enumerate(parts)}
        rows = (await self.tx.execute(_inside(len(parts)), {**self.of, **like})).all()
        return {row.key: _found(row) for row in rows}

    async def _is_short(self) -> bool:
        read = (await self.tx.execute(_READ, self.of)).scalar_one_or_none()
        return read is not None and read <= SHORT_LIST

    async def _pages(self, place: Place, text: str, others: Sequence[str] = ()) -> dict[str, Found]:
        """An entry can have several words that begin so; pages are read until there are entries enough."""
        found: dict[str, Found] = {}
        like = {f"other{number}": f"% {word}%" for number, word in enumerate(others)}
        of = {**self.of, **like, "place": place, "text": text, "after": "", "end": text + LAST}
        while len(found) < MOST_CHOICES:
            rows = (await self.tx.execute(_page(len(others)), of)).all()
            found |= {row.key: _found(row) for row in rows}
            if len(rows) < MOST_CHOICES:
                break
            of |= {"text": rows[-1].term, "after": rows[-1].key}
        return found

    async def _rarest_first(self) -> list[str]:
        """The words typed, begun with the one that leads to the fewest entries."""
        words = sorted(set(self.query.words), key=len, reverse=True)
        if len(words) == 1:
            return words
        numbers = {}
        for word in words:
            of = {**self.of, "place": Place.WORD, "text": word, "end": word + LAST}
            numbers[word] = (await self.tx.execute(_how_many(), of)).scalar_one()
        return sorted(words, key=numbers.__getitem__)
