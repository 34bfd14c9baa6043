"""Reading a ledger's lists again by itself: once every `DEXT_SYNC_HOURS`, and sooner what could not be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, func, or_, select

from bot.clock import Clock
from bot.db.base import table_of
from bot.db.connections import ConnectionRow, ListSyncRow
from bot.db.publications import USABLE
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import is_installed
from bot.domain.books import ListKind
from bot.domain.ids import ConnectionId, OrganisationId, WorkspaceId
from bot.loops import guarded
from bot.services.homes import redraw_homes_of
from bot.services.importing import UNDER_WAY, start_import
from bot.services.jobs import Jobs
from providers.base import AccountingProvider

CONNECTIONS, SYNCS = table_of(ConnectionRow), table_of(ListSyncRow)

SPREAD = 0.1
"""Of the interval: organisations that were connected in one hour are not all read in one hour for ever."""
FAILED_SOONER = 4
"""A list that could not be read is tried so many times in one interval."""


@dataclass(frozen=True, slots=True)
class Syncing:
    db: Database
    clock: Clock
    jobs: Jobs
    providers: Mapping[str, AccountingProvider]
    every: timedelta

    async def start_due(self) -> int:
        """Begin to read what is due, of connections that work and of which nothing is being read; answers of how many."""
        return sum([await self._begun(row) for row in await self._candidates()])

    async def _begun(self, row: Row[Any]) -> bool:
        """What goes wrong over one costs no other its turn."""
        of = str(row.organisation_id)
        return await guarded(partial(self._start, row), "beginning to read lists", organisation=of)

    async def _candidates(self) -> Sequence[Row[Any]]:
        """Those whose time may have come. A look writes nothing, because it comes often and SQLite has one writer."""
        now, failed = self.clock.now(), case((SYNCS.c.state == "failed", SYNCS.c.started_at))
        failed_at = case((func.min(failed) <= now - self.every / FAILED_SOONER, func.min(failed)))
        newest = func.max(SYNCS.c.started_at)
        statement = (
            select(CONNECTIONS.c.id, CONNECTIONS.c.workspace_id, CONNECTIONS.c.organisation_id, CONNECTIONS.c.provider)
            .add_columns(newest.label("newest"), failed_at.label("failed_at"))
            .join(SYNCS, SYNCS.c.organisation_id == CONNECTIONS.c.organisation_id)
            .where(
                CONNECTIONS.c.health.in_(USABLE),
                CONNECTIONS.c.provider.in_(tuple(self.providers)),
                is_installed(CONNECTIONS.c.workspace_id),
            )
            .group_by(CONNECTIONS.c.id)
            .having(func.max(case((SYNCS.c.state.in_(UNDER_WAY), 1), else_=0)) == 0)
            .having(or_(newest <= now - self.every, failed_at.is_not(None)))
            .order_by(newest)
        )
        async with self.db.read() as tx:
            return (await tx.execute(statement)).all()

    async def _start(self, row: Row[Any]) -> bool:
        if row.failed_at is None and not self._is_whole_due(row.newest, row.organisation_id, self.clock.now()):
            return False
        async with self.db.write() as tx:
            # two workers may have seen the same one due
            await tx.execute(select(CONNECTIONS.c.id).where(CONNECTIONS.c.id == row.id).with_for_update())
            kinds = self._due(await _syncs(tx, row), tx.now, row)
            if not kinds:
                return False
            await start_import(tx, self.jobs, ConnectionId(row.id), kinds)
            await redraw_homes_of(tx, WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id))
        return True

    def _due(self, syncs: Sequence[Row[Any]], now: datetime, connection: Row[Any]) -> tuple[ListKind, ...]:
        """All lists together when their time has come; before then, those that failed."""
        if any(sync.state in UNDER_WAY for sync in syncs):
            return ()
        newest = max((sync.started_at for sync in syncs if sync.started_at is not None), default=now)
        if self._is_whole_due(newest, connection.organisation_id, now):
            return self.providers[connection.provider].profile.lists
        sooner = now - self.every / FAILED_SOONER
        failed = (sync for sync in syncs if sync.state == "failed")
        return tuple(ListKind(sync.kind) for sync in failed if sync.started_at is None or sync.started_at <= sooner)

    def _is_whole_due(self, newest: datetime, organisation_id: object, now: datetime) -> bool:
        later = self.every * SPREAD * (UUID(str(organisation_id)).int % 1000 / 1000)
        return newest <= now - self.every - later


async def _syncs(tx: Tx, connection: Row[Any]) -> Sequence[Row[Any]]:
    statement = select(SYNCS.c.kind, SYNCS.c.state, SYNCS.c.started_at).where(
        SYNCS.c.organisation_id == connection.organisation_id, SYNCS.c.workspace_id == connection.workspace_id
    )
    return (await tx.execute(statement)).all()
