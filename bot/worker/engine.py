"""Works the jobs in line, behind the one interface that services know (`bot.services.jobs.Jobs`).

A job is put in line in the transaction that decided it, and claimed by whoever has room: a lease that is renewed while it
runs, so that what a dead process held is had by another one when that ends. A job may run twice; our other rows say what
there is to do, and the reconciler starts again what stopped.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from bot.db import jobs, wrong_clocks
from bot.db.jobs import Job
from bot.db.unit_of_work import Database, Nudge, Tx
from bot.loops import guarded
from bot.services.jobs import JobKind

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
AT_ONCE = 6
"""Of one kind in one process: a hundred would all wait for the one connection that writes, and people who press a button
with them.
"""
MOST_TRIES = 5
"""What the process has died of so often is left lying: whoever put it there counts an attempt, and may make another."""
SHORTEST_SECONDS = 0.05
"""Between two renewals, however short a lease is."""
STOP_SECONDS = 20.0
FORGOTTEN_AT_ONCE = 1000

Handler = Callable[[str, str], Awaitable[None]]


@dataclass(slots=True)
class Engine:
    """One process's. `enqueue` works without `launch`; a process without the worker's lock only enqueues."""

    db: Database
    poll_seconds: float = 1.0
    """Between two looks for what other processes put in line; what this one did is known at once."""
    lease: timedelta = LEASE
    me: str = field(default_factory=lambda: uuid4().hex)
    _running: dict[int, tuple[str, asyncio.Task[None]]] = field(default_factory=dict)
    _over: list[int] = field(default_factory=list)
    """Places of jobs that ran, not written yet: that is done with the next claim."""
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)
    _is_stopping: bool = False
    _is_in_step: bool = True
    """With the database's clock, when last looked."""

    async def enqueue(self, tx: Tx, kind: JobKind, key: str, partition: str) -> None:
        await jobs.put_in_line(tx, kind, key, partition)
        tx.nudge(Nudge.JOBS)

    async def open_of(self, tx: Tx, kind: JobKind, keys: Collection[str]) -> frozenset[str]:
        return await jobs.open_of(tx, kind, keys)

    async def launch(self, handler: Handler) -> None:
        """Begin to work jobs on the running loop."""
        self._is_stopping = False
        self.db.on_nudge(Nudge.JOBS, self._woken.set)
        self._loops = [asyncio.create_task(self._work(handler)), asyncio.create_task(self._keep())]

    async def stop(self) -> None:
        """Let what runs finish; what does not in time is cut off, and had at once by whoever works on."""
        self._is_stopping = True
        self._woken.set()
        for loop in self._loops[1:]:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops = []
        running = [task for _, task in self._running.values()]
        if running:
            _, late = await asyncio.wait(running, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await guarded(self._let_go, "letting go of jobs")

    async def delete_finished(self, before: datetime) -> int:
        """Forget a thousand that ended before then; answers how many. The caller asks again."""
        async with self.db.write() as tx:
            return await jobs.forget(tx, before, FORGOTTEN_AT_ONCE)

    async def _work(self, handler: Handler) -> None:
        while not self._is_stopping:
            self._woken.clear()
            claimed = await guarded(lambda: self._claim(handler), "claiming jobs")
            if not claimed:
                await self._wait()

    async def _wait(self) -> None:
        waiting = asyncio.create_task(self._woken.wait())
        sleeping = asyncio.create_task(self.db.clock.sleep(self.poll_seconds))
        try:
            await asyncio.wait((waiting, sleeping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            sleeping.cancel()

    async def _claim(self, handler: Handler) -> int:
        """Write what ended, and take what there is room for; looked at first, because looking holds up nobody. What runs here
        is not taken again, though its lease may have run out while the process was frozen.
        """
        mine, running = list(self._running), Counter(kind for kind, _ in self._running.values())
        kinds = [kind.value for kind in JobKind if running[kind] < AT_ONCE]
        async with self.db.read() as tx:
            is_any = await jobs.is_any_free(tx, kinds, without=mine)
        if not is_any and not self._over:
            return 0
        over = list(self._over)
        room = AT_ONCE - max((running[kind] for kind in kinds), default=AT_ONCE)
        async with self.db.write() as tx:
            await jobs.end(tx, over, me=self.me)
            until = tx.now + self.lease
            may_take = room > 0 and await self._is_in_time(tx)
            taken = await jobs.take(tx, kinds, most=room, me=self.me, until=until, without=mine) if may_take else ()
        self._over = [place for place in self._over if place not in over]
        for job in taken:
            self._running[job.place] = (job.kind, asyncio.create_task(self._run(handler, job)))
        return len(taken)

    async def _is_in_time(self, tx: Tx) -> bool:
        """What a wrong clock holds, others take for left behind, and they do it a second time meanwhile."""
        is_right = await wrong_clocks.is_right(tx)
        if self._is_in_step and not is_right:
            logger.error("no jobs are taken: the clocks of this machine and of the database differ; set them, by NTP")
        self._is_in_step = is_right
        return is_right

    async def _run(self, handler: Handler, job: Job) -> None:
        try:
            if job.tries > MOST_TRIES:
                logger.error("a job is left lying: the process died of it again and again", extra={"job": job.key})
            else:
                await handler(job.kind, job.key)
            self._over.append(job.place)
        finally:
            self._running.pop(job.place, None)
            self._woken.set()

    async def _keep(self) -> None:
        while True:
            await self.db.clock.sleep(max(self.lease.total_seconds() / 3, SHORTEST_SECONDS))
            if self._running:
                await guarded(self._renew, "keeping jobs")

    async def _renew(self) -> None:
        async with self.db.write() as tx:
            await jobs.renew(tx, list(self._running), me=self.me, until=tx.now + self.lease)

    async def _let_go(self) -> None:
        async with self.db.write() as tx:
            await jobs.end(tx, self._over, me=self.me)
            await jobs.let_go(tx, me=self.me)
        self._over = []
