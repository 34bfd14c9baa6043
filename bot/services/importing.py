"""The ledger's lists here: imported page by page.

Each page is a transaction that also keeps where the next one begins, so a killed import goes on where it was. One list
that cannot be read does not stop the others; what could not be read is said at the end.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, and_, func, select

from bot.db.base import dump, load, table_of
from bot.db.connections import ConnectionRow, ListEntryRow, ListSyncRow, OrganisationRow
from bot.db.unit_of_work import Database, Nudge, Tx
from bot.db.workspaces import is_installed
from bot.domain.books import Account, Contact, Currency, ListEntry, ListKind, ListPage, TaxRate, TrackingCategory
from bot.domain.ids import ConnectionId
from bot.services.access import Tokens
from bot.services.homes import redraw_homes_of
from bot.services.jobs import JobKind, Jobs
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
OVERLAP = timedelta(minutes=5)
"""The ledger's clock is not ours, and its lists may be late: what changed just before is asked for once more."""
WHOLE_EVERY = 7
"""Of so many runs one reads everything."""
ROWS_AT_ONCE = 100
"""Rows of one transaction. A page of a thousand contacts in one held the only writer for 1.2 s row by row, 0.2 s as ten
statements; parted, people's clicks go in between."""


async def start_import(tx: Tx, jobs: Jobs, connection_id: ConnectionId, kinds: tuple[ListKind, ...]) -> None:
    """Begin to read these lists again; what is there stays in use meanwhile.

    A list that was read whole is asked for what changed since that reading began. Every seventh run reads everything,
    because what was deleted in the ledger is told by no list of changes.
    """
    connection = (await tx.execute(select(CONNECTIONS).where(CONNECTIONS.c.id == connection_id))).one()
    last = select(func.max(SYNCS.c.run)).where(SYNCS.c.organisation_id == connection.organisation_id)
    run = ((await tx.execute(last)).scalar_one() or 0) + 1
    sinces = {} if run % WHOLE_EVERY == 0 else await _sinces(tx, connection)
    for kind in kinds:
        new = tx.insert(ListSyncRow).values(
            organisation_id=connection.organisation_id,
            kind=kind,
            workspace_id=connection.workspace_id,
            run=run,
            state="waiting",
            read=0,
            unreadable="[]",
            attempt=1,
            due_at=tx.now + MOVING_FOR,
            since=sinces.get(kind),
        )
        fresh = {name: new.excluded[name] for name in ("run", "state", "unreadable", "attempt", "due_at", "since")}
        await tx.execute(
            new.on_conflict_do_update(
                index_elements=["organisation_id", "kind"],
                set_={**fresh, "next_page": None, "started_at": None, "trouble": None},
            )
        )
    await jobs.enqueue(
        tx, JobKind.SYNC_LISTS, f"{connection_id}:{run}:1", f"{connection.provider}:{connection.tenant_id}"
    )


async def _sinces(tx: Tx, connection: Row[Any]) -> dict[str, datetime | None]:
    """From when the next reading of each list has to ask. One that did not end is begun where it began; None is the
    beginning of time.
    """
    statement = select(SYNCS.c.kind, SYNCS.c.state, SYNCS.c.since, SYNCS.c.started_at).where(
        SYNCS.c.organisation_id == connection.organisation_id, SYNCS.c.workspace_id == connection.workspace_id
    )
    return {row.kind: _since(row) for row in (await tx.execute(statement)).all()}


def _since(row: Row[Any]) -> datetime | None:
    if row.state != "done":
        since: datetime | None = row.since
        return since
    return None if row.started_at is None else row.started_at - OVERLAP


@dataclass(frozen=True, slots=True)
class ListImport:
    db: Database
    jobs: Jobs
    tokens: Tokens
    providers: Mapping[str, AccountingProvider]

    async def run(self, key: str) -> None:
        """Read what this run has not read yet. Safe to run twice: every page says what it wrote."""
        connection_id, run, _ = key.split(":")
        connection = await self._connection(ConnectionId(UUID(connection_id)))
        if connection is None:
            return
        reading = _Reading(self, connection, int(run), self.providers[connection.provider])
        try:
            await reading.all()
        except ReconnectNeededError as error:
            await self.tokens.broken(ConnectionId(connection.id), error.problem)
        except TryLaterError:
            return  # the rows are due again by themselves

    async def restart_stuck(self) -> int:
        """Give imports that stopped moving another attempt; answers how many."""
        statement = (
            select(SYNCS.c.organisation_id, SYNCS.c.run, SYNCS.c.attempt, CONNECTIONS.c.id, CONNECTIONS.c.provider)
            .add_columns(CONNECTIONS.c.tenant_id)
            .join(CONNECTIONS, CONNECTIONS.c.organisation_id == SYNCS.c.organisation_id)
            .where(
                SYNCS.c.state.in_(("waiting", "reading")),
                CONNECTIONS.c.health.in_(("importing", "healthy", "at_risk")),
                is_installed(CONNECTIONS.c.workspace_id),
            )
        )
        async with self.db.read() as tx:
            stuck = (await tx.execute(statement.where(SYNCS.c.due_at <= tx.now).distinct())).all()
        for row in stuck:
            async with self.db.write() as tx:
                touched = await tx.execute(
                    SYNCS.update()
                    .where(
                        SYNCS.c.organisation_id == row.organisation_id,
                        SYNCS.c.run == row.run,
                        SYNCS.c.attempt == row.attempt,
                        SYNCS.c.state.in_(("waiting", "reading")),
                    )
                    .values(attempt=row.attempt + 1, due_at=tx.now + MOVING_FOR)
                )
                if touched.rowcount:
                    key = f"{row.id}:{row.run}:{row.attempt + 1}"
                    await self.jobs.enqueue(tx, JobKind.SYNC_LISTS, key, f"{row.provider}:{row.tenant_id}")
        return len(stuck)

    async def _connection(self, connection_id: ConnectionId) -> Row[Any] | None:
        async with self.db.read() as tx:
            statement = select(CONNECTIONS).where(
                CONNECTIONS.c.id == connection_id, is_installed(CONNECTIONS.c.workspace_id)
            )
            return (await tx.execute(statement)).one_or_none()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One run over one connection's lists."""

    service: ListImport
    connection: Row[Any]
    run: int
    provider: AccountingProvider

    async def all(self) -> None:
        await self._books()
        for kind in self.provider.profile.lists:
            await self._list(kind)
        async with self.service.db.write() as tx:
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
        async with self.service.db.write() as tx:
            await tx.execute(
                ORGANISATIONS.update()
                .where(
                    ORGANISATIONS.c.id == self.connection.organisation_id,
                    ORGANISATIONS.c.workspace_id == self.connection.workspace_id,
                )
                .values(books=dump(books), name=books.name)
            )

    async def _list(self, kind: ListKind) -> None:
        async with self.service.db.read() as tx:
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
        async with self.service.db.write() as tx:
            await tx.execute(SYNCS.update().where(self._sync(kind)).values(started_at=tx.now))

    async def _pages(self, kind: ListKind, page: str | None, since: datetime | None) -> None:
        before: ListPage | None = None
        while True:
            read = await self._page(kind, page, since)
            if before is not None and read.entries and read.entries == before.entries:
                raise ProviderChangedError("Every page of this list is the same")  # else it would be read for ever
            before = read
            await self._store(kind, read)
            async with self.service.db.write() as tx:
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
        access = await self.service.tokens.access(connection_id)
        try:
            return await call(access)
        except AccessExpiredError:
            await self.service.tokens.forget(connection_id, access)
            try:
                return await call(await self.service.tokens.access(connection_id))
            except AccessExpiredError as error:
                raise ReconnectNeededError(error.problem) from error

    async def _store(self, kind: ListKind, page: ListPage) -> None:
        """The page's entries, before the note that it was read: a page stored twice is stored once."""
        by_key = {_key_of(entry)[0]: entry for entry in page.entries}  # one statement takes a key once
        entries = list(by_key.values())
        for start in range(0, len(entries), ROWS_AT_ONCE):
            async with self.service.db.write() as tx:
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
        async with self.service.db.write() as tx:
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
