"""What the entries of imported lists are found by: an index that both databases serve alike.

A select that searches has to answer from 50,000 contacts as quickly as from a thousand. `LIKE '%text%'` reads them all.
What finds the middle of a word by an index is an extension on PostgreSQL (pg_trgm, which hosts withhold) and a module on
SQLite (FTS5 with trigrams), and the two cut and rank in their own ways; PostgreSQL's own GIN reads all entries that
begin with "s" before it gives the first hundred. So every word has a row here, in the order of the primary key, and a
search reads about as many rows as it shows. `python -m benchmarks.finding` has the figures.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Exact, table_of
from bot.db.connections import ListEntryRow
from bot.db.unit_of_work import Tx, insert_into
from bot.domain.books import ListKind
from bot.domain.finding import Place, terms
from bot.domain.ids import OrganisationId, WorkspaceId


class ListTermRow(Base):
    """One term of one entry that is offered: its code, its name, or a word of them; see `bot.domain.finding`.

    On SQLite the table is the tree of its primary key: half the size, and one look for what were two.
    """

    __tablename__ = "list_terms"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it from the class

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(Exact, primary_key=True)
    key: Mapped[str] = mapped_column(Exact, primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    search: Mapped[str]
    """The entry's, with each of its words: what else was typed is looked for in it, without a look at the entry."""


ENTRIES, TERMS = table_of(ListEntryRow), table_of(ListTermRow)

_BEFORE = (
    select(ENTRIES.c.key, ENTRIES.c.search, ENTRIES.c.is_active)
    .where(
        ENTRIES.c.workspace_id == bindparam("workspace_id"),
        ENTRIES.c.organisation_id == bindparam("organisation_id"),
        ENTRIES.c.kind == bindparam("kind"),
        ENTRIES.c.key.in_(bindparam("keys", expanding=True)),
    )
    .with_for_update()
)
_DROP = TERMS.delete().where(
    TERMS.c.workspace_id == bindparam("workspace_id"),
    TERMS.c.organisation_id == bindparam("organisation_id"),
    TERMS.c.kind == bindparam("kind"),
    TERMS.c.place == bindparam("place"),
    TERMS.c.term == bindparam("term"),
    TERMS.c.key == bindparam("key"),
)

Term = tuple[Place, str, str, str]
"""Place, term, key and search text."""


@cache
def _new(is_sqlite: bool) -> Any:  # noqa: FBT001 - a key of the cache
    return insert_into(ListTermRow, is_sqlite=is_sqlite).on_conflict_do_nothing()


async def follow(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    kind: ListKind,
    entries: Sequence[Mapping[str, Any]],
) -> None:
    """Make terms what they will be when these rows of `list_entries` are written; to be called before they are.

    What is there says what it is found by, so that nothing is looked for and an entry that did not change costs a look.
    """
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": kind}
    keys = [entry["key"] for entry in entries]
    before = (await tx.execute(_BEFORE, {**of, "keys": keys})).all()
    old = _terms_of((row.key, row.search, row.is_active) for row in before)
    new = _terms_of((entry["key"], entry["search"], entry["is_active"]) for entry in entries)
    if gone := old - new:
        await tx.execute(_DROP, [_row(of, term) for term in gone])
    if fresh := new - old:
        await tx.execute(_new(tx.is_sqlite), [_row(of, term) for term in fresh])


async def drop(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, keys: Sequence[str]
) -> None:
    """As `follow`, for entries that are offered no more."""
    gone = [{"key": key, "search": "", "is_active": False} for key in keys]
    await follow(tx, workspace_id, organisation_id, kind, gone)


def _terms_of(entries: Iterable[tuple[str, str, bool]]) -> set[Term]:
    return {
        (place, term, key, search if place is Place.WORD else "")
        for key, search, is_active in entries
        if is_active
        for place, term in terms(search)
    }


def _row(of: Mapping[str, Any], term: Term) -> dict[str, Any]:
    place, text, key, search = term
    return {**of, "place": place, "term": text, "key": key, "search": search}
