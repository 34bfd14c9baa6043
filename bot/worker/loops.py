"""The planner's and reconciler's loops: woken by a commit, or by the clock when a wake-up was lost."""

import asyncio
import logging
from dataclasses import dataclass, field
from uuid import UUID

from bot.clock import Clock
from bot.db import publications as rows
from bot.db.unit_of_work import Database, Nudge
from bot.delivery import BusyError
from bot.domain.ids import BatchId
from bot.services.arrivals import Arrivals
from bot.services.jobs import JobKind
from bot.services.lists import ListImport
from bot.services.publishing import Publishing
from bot.worker.engine import Engine
from bot.worker.tasks import Tasks

logger = logging.getLogger(__name__)

CANCEL_EVERY_SECONDS = 60.0


@dataclass(slots=True)
class Worker:
    """Plans, reconciles and runs jobs until it is stopped."""

    db: Database
    clock: Clock
    engine: Engine
    tasks: Tasks
    publishing: Publishing
    lists: ListImport
    arrivals: Arrivals
    poll_seconds: float
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        self.db.on_nudge(Nudge.PLANNER, self._woken.set)
        self.engine.launch(self.tasks.run)
        self._loops = [asyncio.create_task(self._plan()), asyncio.create_task(self._cancel_old())]

    async def stop(self) -> None:
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self.engine.stop()

    async def _plan(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self.pass_once()
            except BusyError:
                logger.warning("the database was busy; planning again soon")
            except Exception:
                logger.exception("planning failed; again soon")
            await self._wait()

    async def pass_once(self) -> None:
        """Freeze what is due, and start again what stopped moving."""
        await self.publishing.plan()
        await self.publishing.reconcile()
        await self.lists.restart_stuck()
        await self.arrivals.restart_stuck()

    async def _wait(self) -> None:
        waiting = asyncio.create_task(self._woken.wait())
        sleeping = asyncio.create_task(self.clock.sleep(self.poll_seconds))
        try:
            await asyncio.wait((waiting, sleeping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            sleeping.cancel()

    async def _cancel_old(self) -> None:
        """Workflows of attempts that are no longer current keep their organisation's place in line; end them."""
        while True:
            await self.clock.sleep(CANCEL_EVERY_SECONDS)
            try:
                await self.cancel_old()
            except Exception:
                logger.exception("cancelling earlier attempts failed; again soon")

    async def cancel_old(self) -> None:
        keys = await self.engine.unfinished(JobKind.PUBLISH_BATCH)
        async with self.db.read() as tx:
            current = await rows.current_attempts(tx, [_batch_of(key) for key in keys])
        old = [key for key in keys if current.get(_batch_of(key)) != int(key.rpartition(":")[2])]
        await self.engine.cancel(JobKind.PUBLISH_BATCH, old)


def _batch_of(key: str) -> BatchId:
    return BatchId(UUID(key.partition(":")[0]))
