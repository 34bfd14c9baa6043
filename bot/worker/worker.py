"""The loop that plans, reconciles and has jobs run, woken by a commit or by the clock."""

import asyncio
import logging
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.db.unit_of_work import Database, Nudge
from bot.loops import guarded
from bot.worker.engine import Engine
from bot.worker.lock import WorkerLock
from bot.worker.planner import Planner
from bot.worker.reconciler import Reconciler
from bot.worker.sweeper import Sweeper
from bot.worker.tasks import Tasks
from bot.worker.upkeep import Upkeep

logger = logging.getLogger(__name__)

SHORTEST_WAIT_SECONDS = 0.02
"""So that a poll of zero seconds means at once, and not all the time."""

PASS_SECONDS = 10.0
"""The longest that stopping waits for a pass to end by itself."""


@dataclass(slots=True)
class Worker:
    """Plans, reconciles and runs jobs until it is stopped. On SQLite one process does; others wait for its lock."""

    db: Database
    clock: Clock
    engine: Engine
    lock: WorkerLock
    tasks: Tasks
    planner: Planner
    reconciler: Reconciler
    poll_seconds: float
    sweeper: Sweeper | None = None
    upkeep: Upkeep | None = None
    is_working: bool = False
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Work, if this process may; else serve and enqueue only, and take over when the lock is free."""
        self.db.on_nudge(Nudge.PLANNER, self._woken.set)
        if self.lock.take():
            await self._launch()
        else:
            logger.warning(
                "another process works the jobs of this database; this one serves and enqueues only, and takes over "
                "when that one ends",
                extra={"lock": str(self.lock.path)},
            )
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Let the pass and what runs finish, then let go of the lock."""
        self._stopping.set()
        self._woken.set()
        if self._loop is not None:
            _, late = await asyncio.wait((self._loop,), timeout=PASS_SECONDS)
            for loop in late:
                loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        await self.engine.stop()
        self.lock.release()
        self.is_working = False

    async def _launch(self) -> None:
        await self.engine.launch(self.tasks.run)
        self.is_working = True

    async def _run(self) -> None:
        while not self.is_working and not self._stopping.is_set():
            await self._wait(max(self.poll_seconds, 1.0))
            self._woken.clear()
            if not self._stopping.is_set() and self.lock.take():
                logger.info("the lock is free; this process works jobs from now on")
                await guarded(self._launch, "taking over")
        beside = [asyncio.create_task(loop.run()) for loop in (self.upkeep, self.sweeper) if loop is not None]
        try:
            await self._work()
        finally:
            for loop in beside:
                loop.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _work(self) -> None:
        restarted_at: float | None = None
        while not self._stopping.is_set():
            self._woken.clear()
            await guarded(self.planner.pass_once, "planning")
            # a commit wakes this loop to plan; to look at everything that may have stopped each time would cost more
            if restarted_at is None or self.clock.monotonic() - restarted_at >= self.poll_seconds:
                restarted_at = self.clock.monotonic()
                await guarded(self.reconciler.restart, "starting again what stopped")
            if not self._stopping.is_set():
                await self._wait(max(self.poll_seconds, SHORTEST_WAIT_SECONDS))

    async def _wait(self, seconds: float) -> None:
        waiting = asyncio.create_task(self._woken.wait())
        sleeping = asyncio.create_task(self.clock.sleep(seconds))
        try:
            await asyncio.wait((waiting, sleeping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            sleeping.cancel()
