"""Once a day, what nobody will ask for again is thrown away: every click leaves a row, every job a workflow."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Table, select

from bot.clock import Clock
from bot.db.base import table_of
from bot.db.connections import ConnectFlowRow
from bot.db.drafts import DRAFTS
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Database
from bot.db.workspaces import DeliveryRow
from bot.services.connect_stops import STOPPED
from bot.services.messages import Subject
from bot.services.purging import Purge
from bot.services.tokens import TokenKeeper
from bot.worker.loops import guarded

DELIVERIES, FLOWS, MESSAGES = table_of(DeliveryRow), table_of(ConnectFlowRow), table_of(MessageRow)

EVERY = timedelta(days=1)
DELIVERIES_FOR = timedelta(days=2)
"""Slack delivers a thing again for hours at most."""
FLOWS_FOR = timedelta(days=30)
"""Also what was told of them, and whatever else was told once: it stands in Slack, and nothing draws it again."""
TOLD_ONCE = (Subject.NOTE, Subject.CONNECT_CODE, Subject.ARRIVAL)
DRAFTS_FOR = timedelta(days=2)
"""A form that was closed cannot be gone back to, and nobody has one open for so long."""
WORKFLOWS_FOR = timedelta(days=7)
AT_ONCE = 1000
"""Rows of one transaction, so that clicks get their turn in between."""


class FinishedWorkflows(Protocol):
    async def delete_finished(self, before: datetime) -> int:
        """Forget workflows that ended before then; answers how many."""
        ...


@dataclass(slots=True)
class Sweeper:
    db: Database
    clock: Clock
    tokens: TokenKeeper
    workflows: FinishedWorkflows
    purge: Purge
    _swept_at: datetime | None = None
    _is_purging: bool = False

    async def sweep_daily(self) -> bool:
        """Sweep if a day has passed since this process did; answers whether it did. A purge goes on a little each time,
        so that the jobs' turn comes in between.
        """
        if self._is_purging:
            self._is_purging = await guarded(self.purge.go_on, "forgetting workspaces")
        now = self.clock.now()
        if self._swept_at is not None and now < self._swept_at + EVERY:
            return False
        self._swept_at = now
        self._is_purging = True
        await self._delete(DELIVERIES, DELIVERIES.c.name, DELIVERIES.c.at < now - DELIVERIES_FOR)
        await self._delete(FLOWS, FLOWS.c.id, FLOWS.c.expires_at < now - FLOWS_FOR)
        was_told = MESSAGES.c.subject.in_(TOLD_ONCE) | (MESSAGES.c.role == STOPPED)
        is_old = was_told & MESSAGES.c.is_waiting.is_(False) & (MESSAGES.c.created_at < now - FLOWS_FOR)
        await self._delete(MESSAGES, MESSAGES.c.id, is_old)
        await self._delete(DRAFTS, DRAFTS.c.form_id, DRAFTS.c.at < now - DRAFTS_FOR)
        async with self.db.write() as tx:
            await self.tokens.sweep(tx)
        while await self.workflows.delete_finished(now - WORKFLOWS_FOR) >= AT_ONCE:
            pass
        return True

    async def _delete(self, table: Table, key: ColumnElement[Any], is_old: ColumnElement[bool]) -> None:
        deleted = AT_ONCE
        while deleted >= AT_ONCE:
            old = select(key).where(is_old).limit(AT_ONCE)
            async with self.db.write() as tx:
                deleted = (await tx.execute(table.delete().where(key.in_(old)))).rowcount
