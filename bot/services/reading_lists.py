"""One reading of a ledger's lists: page by page, each list by itself, into entries that can be looked through."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Row, and_, func, select

from bot.db.base import dump, load, table_of
from bot.db.connections import ConnectionRow, ListEntryRow, ListSyncRow, OrganisationRow
from bot.db.unit_of_work import Database, Nudge, Tx
from bot.domain.books import Account, Contact, Currency, ListEntry, ListKind, ListPage, TaxRate, TrackingCategory
from bot.domain.ids import ConnectionId
from bot.services.access import Tokens
from bot.services.homes import redraw_homes_of
from bot.services.messages import Subject, redraw
from providers.base import Access, AccountingProvider
from providers.errors import (
    AccessExpiredError,
    ProviderChangedError,
    ProviderError,
    ReconnectNeededError,
    TryLaterError,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")

ENTRIES, SYNCS = table_of(ListEntryRow), table_of(ListSyncRow)
CONNECTIONS, ORGANISATIONS = table_of(ConnectionRow), table_of(OrganisationRow)

MOVING_FOR = timedelta(seconds=60)
"""An import that wrote nothing for this long is started again."""
ROWS_AT_ONCE = 100
"""Rows of one transaction. A page of a thousand contacts in one held the only writer for 1.2 s row by row, 0.2 s as ten
statements; parted, people's clicks go in between."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One run over one connection's lists."""

    db: Database
    tokens: Tokens
    connection: Row[Any]
    run: int
    provider: AccountingProvider

    async def all(self) -> None:
        await self._books()
        for kind in self.provider.profile.lists:
            await self._list(kind)
        async with self.db.write() as tx:
            await tx.execute(
                CONNECTIONS.update()
                .where(CONNECTIONS.c.id == self.connection.id, CONNECTIONS.c.health == "importing")
                .values(health="healthy")
            )
            await self._redraw(tx)
            await self._redraw_homes(tx)
            tx.nudge(Nudge.PLANNER)

    async def _books(self) -> None:
        try:
            books = await self._call(self.provider.books)
        except (ReconnectNeededError, TryLaterError):
            raise
        except ProviderError as error:
            logger.warning("the books could not be read again", extra={"problem": str(error.problem.code)})
            return
        async with self.db.write() as tx:
            await tx.execute(
                ORGANISATIONS.update()
                .where(
                    ORGANISATIONS.c.id == self.connection.organisation_id,
                    ORGANISATIONS.c.workspace_id == self.connection.workspace_id,
                )
                .values(books=dump(books), name=books.name)
            )

    async def _list(self, kind: ListKind) -> None:
        async with self.db.read() as tx:
            sync = (await tx.execute(select(SYNCS).where(self._sync(kind)))).one_or_none()
        if sync is None or sync.state in ("done", "failed"):
            return
        since = sync.since if kind in self.provider.profile.incremental else None
        try:
            if sync.next_page is None:
                await self._begin(kind)
            await self._pages(kind, sync.next_page, since)
        except (ReconnectNeededError, TryLaterError):
            raise
        except ProviderError as error:
            await self._failed(kind, error)

    async def _begin(self, kind: ListKind) -> None:
        """Noted before the first page is asked for: what changes in the ledger from here on is the next run's."""
        async with self.db.write() as tx:
            await tx.execute(SYNCS.update().where(self._sync(kind)).values(started_at=tx.now))

    async def _pages(self, kind: ListKind, page: str | None, since: datetime | None) -> None:
        before: ListPage | None = None
        while True:
            read = await self._page(kind, page, since)
            if before is not None and read.entries and read.entries == before.entries:
                raise ProviderChangedError("Every page of this list is the same")  # else it would be read for ever
            before = read
            await self._store(kind, read)
            async with self.db.write() as tx:
                await self._keep(tx, kind, read, page=page, since=since)
            page = read.next_page
            if page is None:
                return

    async def _page(self, kind: ListKind, page: str | None, since: datetime | None) -> ListPage:
        async def read(access: Access) -> ListPage:
            return await self.provider.list_page(access, kind, page, since=since)

        return await self._call(read)

    async def _call(self, call: Callable[[Access], Awaitable[T]]) -> T:
        connection_id = ConnectionId(self.connection.id)
        access = await self.tokens.access(connection_id)
        try:
            return await call(access)
        except AccessExpiredError:
            await self.tokens.forget(connection_id, access)
            try:
                return await call(await self.tokens.access(connection_id))
            except AccessExpiredError as error:
                raise ReconnectNeededError(error.problem) from error

    async def _store(self, kind: ListKind, page: ListPage) -> None:
        """The page's entries, before the note that it was read: a page stored twice is stored once."""
        by_key = {_key_of(entry)[0]: entry for entry in page.entries}  # one statement takes a key once
        entries = list(by_key.values())
        for start in range(0, len(entries), ROWS_AT_ONCE):
            async with self.db.write() as tx:
                await self._upsert(tx, kind, entries[start : start + ROWS_AT_ONCE])

    async def _keep(self, tx: Tx, kind: ListKind, read: ListPage, *, page: str | None, since: datetime | None) -> None:
        """That this page was read, and where the next one begins."""
        sync = (await tx.execute(select(SYNCS).where(self._sync(kind)).with_for_update())).one()
        unreadable = [*load(sync.unreadable, list[str]), *read.unreadable][:50]
        is_last = read.next_page is None
        before = 0 if page is None else sync.read
        values = {
            "state": "done" if is_last else "reading",
            "next_page": read.next_page,
            "read": before + len(read.entries) if since is None else sync.read,
            "unreadable": dump(unreadable),
            "due_at": None if is_last else tx.now + MOVING_FOR,
        }
        if is_last:
            values["synced_at"] = tx.now
            if since is None:
                await self._retire_unseen(tx, kind)
            else:
                values["read"] = await self._count(tx, kind)
        await tx.execute(SYNCS.update().where(self._sync(kind)).values(**values))
        await self._redraw(tx)

    async def _upsert(self, tx: Tx, kind: ListKind, entries: Sequence[ListEntry]) -> None:
        new = tx.insert(ListEntryRow).values([self._values(kind, entry) for entry in entries])
        fresh = {name: new.excluded[name] for name in ("search", "is_active", "entry", "seen_in")}
        await tx.execute(new.on_conflict_do_update(index_elements=["organisation_id", "kind", "key"], set_=fresh))

    def _values(self, kind: ListKind, entry: ListEntry) -> dict[str, Any]:
        key, search, is_active = _key_of(entry)
        return {
            "organisation_id": self.connection.organisation_id,
            "workspace_id": self.connection.workspace_id,
            "kind": kind,
            "key": key,
            "search": search.casefold()[:250],
            "is_active": is_active,
            "entry": dump(entry),
            "seen_in": self.run,
        }

    async def _count(self, tx: Tx, kind: ListKind) -> int:
        """What a list of changes brings is no count of the list."""
        statement = select(func.count()).where(
            ENTRIES.c.workspace_id == self.connection.workspace_id,
            ENTRIES.c.organisation_id == self.connection.organisation_id,
            ENTRIES.c.kind == kind,
        )
        counted: int = (await tx.execute(statement)).scalar_one()
        return counted

    async def _retire_unseen(self, tx: Tx, kind: ListKind) -> None:
        await tx.execute(
            ENTRIES.update()
            .where(
                ENTRIES.c.workspace_id == self.connection.workspace_id,
                ENTRIES.c.organisation_id == self.connection.organisation_id,
                ENTRIES.c.kind == kind,
                ENTRIES.c.seen_in < self.run,
            )
            .values(is_active=False)
        )

    async def _failed(self, kind: ListKind, error: ProviderError) -> None:
        async with self.db.write() as tx:
            await tx.execute(
                SYNCS.update().where(self._sync(kind)).values(state="failed", due_at=None, trouble=dump(error.problem))
            )
            await self._redraw(tx)

    def _sync(self, kind: ListKind) -> Any:
        return and_(
            SYNCS.c.organisation_id == self.connection.organisation_id,
            SYNCS.c.workspace_id == self.connection.workspace_id,
            SYNCS.c.kind == kind,
            SYNCS.c.run == self.run,
        )

    async def _redraw(self, tx: Tx) -> None:
        await redraw(tx, self.connection.workspace_id, Subject.CONNECTION, self.connection.organisation_id)
        await redraw(tx, self.connection.workspace_id, Subject.HOME, self.connection.connected_by)

    async def _redraw_homes(self, tx: Tx) -> None:
        """Once at the end, for everybody who follows this organisation; a Home for each page would be a flood."""
        await redraw_homes_of(tx, self.connection.workspace_id, self.connection.organisation_id)


def _key_of(entry: ListEntry) -> tuple[str, str, bool]:
    """What items refer to, what pickers look through, and whether it can be used."""
    match entry:
        case Account():
            return entry.code or entry.provider_id, f"{entry.code} {entry.name}", entry.is_active
        case TaxRate():
            return entry.code, entry.name, entry.is_active
        case Contact():
            return entry.provider_id, entry.name, entry.is_active
        case TrackingCategory():
            return entry.provider_id, entry.name, entry.is_active
        case Currency():
            return entry.code, f"{entry.code} {entry.name}", True
