"""Once a day, what nobody will ask for again is thrown away: every click leaves a row, every job a row."""

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
from bot.worker.rounds import Round, Rounds

DELIVERIES, FLOWS, MESSAGES = table_of(DeliveryRow), table_of(ConnectFlowRow), table_of(MessageRow)

EVERY = timedelta(days=1)
LOOK_SECONDS = 60.0
PAUSE_SECONDS = 1.0
"""Between two portions of what is forgotten, so that the jobs' turn comes in between."""
DELIVERIES_FOR = timedelta(days=2)
"""Slack delivers a thing again for hours at most."""
FLOWS_FOR = timedelta(days=30)
"""Also what was told of them, and whatever else was told once: it stands in Slack, and nothing draws it again."""
TOLD_ONCE = (Subject.NOTE, Subject.CONNECT_CODE, Subject.ARRIVAL)
DRAFTS_FOR = timedelta(days=2)
"""A form that was closed cannot be gone back to, and nobody has one open for so long."""
JOBS_FOR = timedelta(days=7)
AT_ONCE = 1000
"""Rows of one transaction, so that clicks get their turn in between."""


class FinishedJobs(Protocol):
    async def delete_finished(self, before: datetime) -> int:
        """Forget jobs that ended before then; answers how many."""
        ...


@dataclass(slots=True)
class Sweeper:
    db: Database
    clock: Clock
    rounds: Rounds
    tokens: TokenKeeper
    jobs: FinishedJobs
    purge: Purge

    async def run(self) -> None:
        """Until it is cancelled. A loop of its own, because a workspace with a million rows takes a while to forget."""
        while True:
            await self.pass_once()
            await self.clock.sleep(LOOK_SECONDS)

    async def pass_once(self) -> None:
        """Sweep, and forget workspaces whose time has come, if nobody did within a day."""
        await self.rounds.do(Round.SWEEP, EVERY, self._sweep)
        await self.rounds.do(Round.PURGE, EVERY, self._purge)

    async def _purge(self) -> None:
        while await self.purge.go_on():
            await self.clock.sleep(PAUSE_SECONDS)

    async def _sweep(self) -> None:
        now = self.clock.now()
        await self._delete(DELIVERIES, DELIVERIES.c.name, DELIVERIES.c.at < now - DELIVERIES_FOR)
        await self._delete(FLOWS, FLOWS.c.id, FLOWS.c.expires_at < now - FLOWS_FOR)
        was_told = MESSAGES.c.subject.in_(TOLD_ONCE) | (MESSAGES.c.role == STOPPED)
        is_old = was_told & MESSAGES.c.is_waiting.is_(False) & (MESSAGES.c.created_at < now - FLOWS_FOR)
        await self._delete(MESSAGES, MESSAGES.c.id, is_old)
        await self._delete(DRAFTS, DRAFTS.c.form_id, DRAFTS.c.at < now - DRAFTS_FOR)
        async with self.db.write() as tx:
            await self.tokens.sweep(tx)
        while await self.jobs.delete_finished(now - JOBS_FOR) >= AT_ONCE:
            pass

    async def _delete(self, table: Table, key: ColumnElement[Any], is_old: ColumnElement[bool]) -> None:
        deleted = AT_ONCE
        while deleted >= AT_ONCE:
            old = select(key).where(is_old).limit(AT_ONCE)
            async with self.db.write() as tx:
                deleted = (await tx.execute(table.delete().where(key.in_(old)))).rowcount
