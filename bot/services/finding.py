"""Finding entries of an imported list by what a person typed: nearest first, then last used, and never all rows read."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    String,
    Table,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)

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

MOST_PAGES = 20
"""As far as is looked for what is kept; who types more comes to it."""

Entry = TypeVar("Entry")
Keeps = Callable[[str], bool]

USED = -1
"""Stands for a place in what was found because it was used last."""
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


def _named(name: str, place: Place) -> str:
    """A parameter of one place, where a statement looks at several."""
    return f"{name}_{place.name.lower()}"


def _begins(place: Place) -> tuple[ColumnElement[bool], ...]:
    """Terms of this place that begin so, as far as their end is concerned; where they begin is the caller's."""
    return (TERMS.c.place == place, TERMS.c.term < bindparam(_named("end", place)))


@cache
def _how_many() -> Select[Any]:
    """Entries that have a word that begins so, as far as `COMMON`."""
    # in the index's order, or PostgreSQL may begin to count anywhere in the table
    at = TERMS.c.term >= bindparam(_named("text", Place.WORD))
    some = (
        select(TERMS.c.key)
        .where(*_of(TERMS), *_begins(Place.WORD), at)
        .order_by(TERMS.c.term, TERMS.c.key)
        .limit(COMMON)
    )
    return select(func.count()).select_from(some.subquery())


@cache
def _page(place: Place, others: int = 0) -> Select[Any]:
    """Entries by what they begin with, from a term and key on; `others` is how many words more they have to have."""
    start = tuple_(*(bindparam(_named(name, place), type_=String) for name in ("text", "after")))
    keys = (
        select(TERMS.c.term, TERMS.c.key)
        .where(*_of(TERMS), *_begins(place), tuple_(TERMS.c.term, TERMS.c.key) > start)
        .where(*(TERMS.c.search.like(bindparam(f"other{number}")) for number in range(others)))
        .order_by(TERMS.c.term, TERMS.c.key)
        .limit(MOST_CHOICES)
        .subquery()
    )
    found = select(literal_column(str(int(place))).label("place"), keys.c.term, *_FOUND)
    return found.join(ENTRIES, ENTRIES.c.key == keys.c.key).where(*_of(ENTRIES))


@cache
def _first(others: int | None) -> CompoundSelect[Any]:
    """What was used last, and the first page of each place; of words only where there are some. One statement, because
    each costs more than what it reads.
    """
    used = _USED.subquery()
    pages = [_page(Place.CODE), _page(Place.NAME), *([] if others is None else [_page(Place.WORD, others)])]
    of_used: tuple[ColumnElement[Any], ...] = (
        literal_column(str(USED)).label("place"),
        literal_column("''").label("term"),
    )
    return union_all(select(*of_used, used), *pages)


@cache
def _inside(parts: int) -> Select[Any]:
    """All entries that have these parts anywhere."""
    has_all = (ENTRIES.c.search.like(bindparam(f"part{number}")) for number in range(parts))
    return select(*_FOUND).where(*_of(ENTRIES), *_IS_OFFERED, *has_all)


async def find(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    kind: ListKind,
    typed: str,
    *,
    keeps: Keeps | None = None,
) -> tuple[Found, ...]:
    """At most `MOST_CHOICES` entries: codes that begin so, then names, then words; of each those last used first. `keeps`
    says of an entry's JSON whether it is wanted at all; of a long list not all are asked.
    """
    query = Query.of(typed)
    if not query.words and not query.is_blank:
        return ()
    search = _Search(tx, {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": kind}, query, keeps)
    found = await search.begins() or await search.inside()
    near = sorted(found.values(), key=lambda row: _nearness(query, row))
    return tuple(near[:MOST_CHOICES])


def nearest(query: Query, entries: Iterable[tuple[Entry, str, datetime | None]]) -> tuple[Entry, ...]:
    """Of entries that were read, with their search texts and when they were last used, those that have what was typed, in
    the order of `find`.
    """
    placed = [
        (_order(place, used_at, search), entry)
        for entry, search, used_at in entries
        if (place := query.place_in(search)) is not None
    ]
    return tuple(entry for _, entry in sorted(placed, key=lambda each: each[0])[:MOST_CHOICES])


def _found(row: Row[Any]) -> Found:
    return Found(row.key, row.search, row.used_at, row.entry)


def _from(place: Place, text: str, after: str) -> dict[str, str]:
    return {_named("text", place): text, _named("after", place): after}


def _nearness(query: Query, row: Found) -> tuple[int, float, str]:
    return _order(query.place_in(row.search), row.used_at, row.search)


def _order(place: Place | None, used_at: datetime | None, search: str) -> tuple[int, float, str]:
    used = 0.0 if used_at is None else -used_at.timestamp()
    return (len(Place) if place is None else place, used, search)


class _Search(NamedTuple):
    """One look into one list; `of` says which."""

    tx: Tx
    of: dict[str, Any]
    query: Query
    keeps: Keeps | None = None

    async def begins(self) -> dict[str, Found]:
        """What was used last of those that have it, and enough of the others that begin so, or all of them."""
        rarest, *others = await self._rarest_first() if self.query.words else ("",)
        texts = {Place.CODE: self.query.text, Place.NAME: self.query.text, Place.WORD: rarest}
        of = {**self.of, **{f"other{number}": f"% {word}%" for number, word in enumerate(others)}}
        for place, text in texts.items():
            of |= _from(place, text, "") | {_named("end", place): text + LAST}
        rows = (await self.tx.execute(_first(len(others) if self.query.words else None), of)).all()
        used = self._kept(row for row in rows if row.place == USED)
        found = {key: row for key, row in used.items() if self.query.place_in(row.search) is not None}
        for place in Place:
            page = sorted((row for row in rows if row.place == place), key=lambda row: (row.term, row.key))
            found |= self._kept(page)
            found |= await self._further(place, page, of, len(others) if place is Place.WORD else 0, len(found))
            if len(found) >= MOST_CHOICES:
                break
        return found

    async def _further(
        self, place: Place, page: Sequence[Row[Any]], of: dict[str, Any], others: int, known: int
    ) -> dict[str, Found]:
        """An entry can have several words that begin so; pages are read until there are entries enough."""
        found: dict[str, Found] = {}
        statement, pages = _page(place, others).order_by("term", ENTRIES.c.key), 1
        while len(page) == MOST_CHOICES and known + len(found) < MOST_CHOICES and pages < MOST_PAGES:
            page = (await self.tx.execute(statement, of | _from(place, page[-1].term, page[-1].key))).all()
            found |= self._kept(page)
            pages += 1
        return found

    def _kept(self, rows: Iterable[Row[Any]]) -> dict[str, Found]:
        return {row.key: _found(row) for row in rows if self.keeps is None or self.keeps(row.entry)}

    async def inside(self) -> dict[str, Found]:
        """Those of a short list that have the words typed anywhere."""
        parts = self.query.words
        if not parts or min(map(len, parts)) < LEAST_INSIDE or not await self._is_short():
            return {}
        like = {f"part{number}": f"%{part}%" for number, part in enumerate(parts)}
        rows = (await self.tx.execute(_inside(len(parts)), {**self.of, **like})).all()
        return self._kept(rows)

    async def _is_short(self) -> bool:
        read = (await self.tx.execute(_READ, self.of)).scalar_one_or_none()
        return read is not None and read <= SHORT_LIST

    async def _rarest_first(self) -> list[str]:
        """The words typed, begun with the one that leads to the fewest entries."""
        words = sorted(set(self.query.words), key=len, reverse=True)
        if len(words) == 1:
            return words
        numbers = {}
        for word in words:
            of = {**self.of, _named("text", Place.WORD): word, _named("end", Place.WORD): word + LAST}
            numbers[word] = (await self.tx.execute(_how_many(), of)).scalar_one()
        return sorted(words, key=numbers.__getitem__)
