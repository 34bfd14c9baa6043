"""The stored entries of one list: only what changed is written, and in pieces, so that people's clicks go in between."""

from collections.abc import AsyncIterator, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Row, and_, func, select

from bot.db import list_terms
from bot.db.base import load, table_of
from bot.db.connections import ListEntryRow, ListSyncRow
from bot.db.unit_of_work import Database, Tx, insert_into
from bot.domain.books import Account, Contact, Currency, ListEntry, ListKind, Product, TaxRate, TrackingCategory
from bot.domain.finding import found_by
from bot.domain.ids import OrganisationId, WorkspaceId

T = TypeVar("T")

ENTRIES, SYNCS = table_of(ListEntryRow), table_of(ListSyncRow)

KEYS_AT_ONCE = 1000
ROWS_AT_ONCE = 100
"""Rows of one transaction. A page of a thousand contacts in one held the only writer for 1.2 s row by row, 0.2 s as ten
statements; parted, people's clicks go in between."""
ENCODER = msgspec.json.Encoder(order="deterministic")
"""The same entry is the same text in every process, so that it can be seen whether it changed."""


class OutdatedError(Exception):
    """Another reading was begun, or the lists were forgotten: this one writes nothing more."""


@cache
def _upsert(is_sqlite: bool) -> Any:  # noqa: FBT001 - a key of the cache
    """Built and compiled once; its rows go as one call of the driver. A statement with a hundred rows written into it
    would be compiled anew each time, on the loop that clicks wait for.
    """
    new = insert_into(ListEntryRow, is_sqlite=is_sqlite)
    fresh = {name: new.excluded[name] for name in ("search", "is_active", "entry", "seen_in")}
    return new.on_conflict_do_update(index_elements=["organisation_id", "kind", "key"], set_=fresh)


@dataclass(frozen=True, slots=True)
class StoredList:
    """One list of one organisation, for one run over it."""

    db: Database
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    kind: ListKind
    run: int

    def _sync(self) -> Any:
        return and_(
            SYNCS.c.organisation_id == self.organisation_id,
            SYNCS.c.workspace_id == self.workspace_id,
            SYNCS.c.kind == self.kind,
            SYNCS.c.run == self.run,
        )

    def _entries(self) -> Any:
        return and_(
            ENTRIES.c.organisation_id == self.organisation_id,
            ENTRIES.c.workspace_id == self.workspace_id,
            ENTRIES.c.kind == self.kind,
        )

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """A transaction of this run.

        Raises:
            OutdatedError: it is no longer the list's run.
        """
        async with self.db.write() as tx:
            current = select(SYNCS.c.run).where(self._sync()).with_for_update()
            if (await tx.execute(current)).first() is None:
                raise OutdatedError
            yield tx

    async def sync(self) -> Row[Any] | None:
        """How far this run is; None where another one took its place."""
        async with self.db.read() as tx:
            return (await tx.execute(select(SYNCS).where(self._sync()))).one_or_none()

    async def note(self, tx: Tx, **values: Any) -> None:
        """Of how far this run is."""
        await tx.execute(SYNCS.update().where(self._sync()).values(**values))

    async def unreadable(self, tx: Tx) -> list[str]:
        """What was noted of entries that could not be read."""
        return load((await tx.execute(select(SYNCS.c.unreadable).where(self._sync()))).scalar_one(), list[str])

    async def store(self, rows: Sequence[dict[str, Any]], *, is_noted: bool) -> None:
        """Write what is new or other than it was. `is_noted`: note of the rest too that this run met it, so that a
        reading of many pages knows it after a kill.
        """
        for piece in _pieces(rows):
            known = await self._known([row["key"] for row in piece])
            changed = [row for row in piece if known.get(row["key"]) != _content(row)]
            same = {row["key"] for row in piece}.difference(row["key"] for row in changed) if is_noted else set()
            if changed or same:
                async with self.write() as tx:
                    await self._upsert(tx, changed)
                    await self._meet(tx, same)
                await self._let_others_in()

    async def retire(self, met: AbstractSet[str]) -> None:
        """What the ledger has no more is offered no more; its name stays for what was coded to it."""
        gone = [key async for key in self._keys(ENTRIES.c.is_active.is_(True)) if key not in met]
        for keys in _pieces(gone):
            async with self.write() as tx:
                await list_terms.drop(tx, self.workspace_id, self.organisation_id, self.kind, keys)
                old = ENTRIES.update().where(self._entries(), ENTRIES.c.key.in_(keys))
                await tx.execute(old.values(is_active=False))
            await self._let_others_in()

    async def met(self) -> set[str]:
        """The keys that this run met and noted, before it was killed."""
        return {key async for key in self._keys(ENTRIES.c.seen_in == self.run)}

    async def _keys(self, condition: ColumnElement[bool]) -> AsyncIterator[str]:
        """In pieces, each a look of its own: fifty thousand at once would hold the loop for 0.1 s."""
        statement = select(ENTRIES.c.key).where(self._entries(), condition).order_by(ENTRIES.c.key).limit(KEYS_AT_ONCE)
        keys: Sequence[str] = ("",)
        while keys:
            async with self.db.read() as tx:
                keys = (await tx.execute(statement.where(ENTRIES.c.key > keys[-1]))).scalars().all()
            for key in keys:
                yield key

    async def has_live(self) -> bool:
        async with self.db.read() as tx:
            statement = select(ENTRIES.c.key).where(self._entries(), ENTRIES.c.is_active.is_(True)).limit(1)
            return (await tx.execute(statement)).first() is not None

    async def count_active(self) -> int:
        """What can be chosen: one that is archived in the ledger stays stored for the items that name it."""
        async with self.db.read() as tx:
            statement = select(func.count()).select_from(ENTRIES).where(self._entries(), ENTRIES.c.is_active.is_(True))
            counted: int = (await tx.execute(statement)).scalar_one()
            return counted

    async def rows(self, entries: Sequence[ListEntry]) -> list[dict[str, Any]]:
        """One row a key. Of two entries with one key the one in use counts, else the later one."""
        found: dict[str, dict[str, Any]] = {}
        for piece in _pieces(entries):
            for row in map(self._row, piece):
                before = found.get(row["key"])
                if before is None or row["is_active"] or not before["is_active"]:
                    found[row["key"]] = row
            await self._let_others_in()
        return list(found.values())

    async def _let_others_in(self) -> None:
        """Whoever waits for the loop or for the database: clicks."""
        await self.db.clock.sleep(0)

    def _row(self, entry: ListEntry) -> dict[str, Any]:
        return row_of(self.workspace_id, self.organisation_id, self.kind, entry, run=self.run)

    async def _known(self, keys: Sequence[str]) -> dict[str, tuple[str, bool, str]]:
        async with self.db.read() as tx:
            columns = (ENTRIES.c.key, ENTRIES.c.search, ENTRIES.c.is_active, ENTRIES.c.entry)
            found = await tx.execute(select(*columns).where(self._entries(), ENTRIES.c.key.in_(keys)))
            return {row.key: (row.search, row.is_active, row.entry) for row in found}

    async def _upsert(self, tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
        await put_rows(tx, self.workspace_id, self.organisation_id, self.kind, rows)

    async def _meet(self, tx: Tx, keys: AbstractSet[str]) -> None:
        if keys:
            met = ENTRIES.update().where(self._entries(), ENTRIES.c.key.in_(sorted(keys)))
            await tx.execute(met.values(seen_in=self.run))


def row_of(
    workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, entry: ListEntry, *, run: int
) -> dict[str, Any]:
    """As it is stored, seen in this run."""
    key, is_active = key_of(entry)
    return {
        "organisation_id": organisation_id,
        "workspace_id": workspace_id,
        "kind": kind,
        "key": key,
        "search": found_by(entry),
        "is_active": is_active,
        "entry": ENCODER.encode(entry).decode(),
        "seen_in": run,
    }


async def put_rows(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, rows: Sequence[dict[str, Any]]
) -> None:
    """Write these, each with another key."""
    if rows:
        await list_terms.follow(tx, workspace_id, organisation_id, kind, rows)
        await tx.execute(_upsert(tx.is_sqlite), rows)


def key_of(entry: ListEntry) -> tuple[str, bool]:
    """What items refer to, and whether it can be used."""
    match entry:
        case Account():
            return entry.code or entry.provider_id, entry.is_active
        case TaxRate() | Product():
            return entry.code, entry.is_active
        case Contact() | TrackingCategory():
            return entry.provider_id, entry.is_active
        case Currency():
            return entry.code, True


def _content(row: dict[str, Any]) -> tuple[str, bool, str]:
    return row["search"], row["is_active"], row["entry"]


def _pieces(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + ROWS_AT_ONCE] for start in range(0, len(values), ROWS_AT_ONCE))
