"""What is done every so often is done once, however many processes work, and restarts begin nothing before its time.

A process that dies in a round loses it when its lease ends, and another one does all of it: whatever is done in rounds is
safe to do twice.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from uuid import uuid4

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import CLOCK_SLACK
from bot.db import rounds, wrong_clocks
from bot.db.unit_of_work import Database
from bot.delivery import BusyError
from bot.loops import guarded

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
SHORTEST_SECONDS = 0.05
"""Between two renewals, however short a lease is."""


class Round(StrEnum):
    CLOCKS = "putting right what a wrong clock wrote"
    LISTS = "reading lists again"
    TYPED_LISTS = "looking for what was taken off lists"
    WAITING = "looking whether what waits can go out"
    QUEUES = "telling what is held up"
    DIGESTS = "telling what was published"
    REMOVALS = "asking whether the app is still installed"
    SIGN_INS = "the round over sign-ins"
    SWEEP = "the sweep"
    PURGE = "forgetting workspaces"


@dataclass(slots=True)
class Rounds:
    """One process's part in them."""

    db: Database
    lease: timedelta = LEASE
    me: str = field(default_factory=lambda: uuid4().hex)
    _not_before: dict[Round, datetime] = field(default_factory=dict)
    """As the row said when it was looked at: until then nobody has to look again."""

    async def do(self, name: Round, every: timedelta, part: Callable[[], Awaitable[object]]) -> bool:
        """Do it if its time has come and nobody has it in hand; answers whether it was done. What fails is logged."""
        return await guarded(partial(self._do, name, every, part), name)

    async def _do(self, name: Round, every: timedelta, part: Callable[[], Awaitable[object]]) -> bool:
        if not await self._begin(name, every):
            return False
        try:
            async with self._kept(name):
                await part()
        except BusyError:
            raise  # its lease ends soon, and then it is tried again
        except asyncio.CancelledError:
            await self._hold(name, self.db.clock.now())  # whoever works on has it at once
            raise
        except Exception:
            await self._hold(name, None)
            raise
        await self._hold(name, None)
        return True

    @asynccontextmanager
    async def _kept(self, name: Round) -> AsyncIterator[None]:
        """Ours however long it takes."""
        keeping = asyncio.create_task(self._keep(name))
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _begin(self, name: Round, every: timedelta) -> bool:
        """Looked at first, because looking holds up nobody."""
        now = self.db.clock.now()
        # said by a clock that was ahead, it is not believed for longer than a period
        if now < self._not_before.get(name, now) <= now + max(every, self.lease) + CLOCK_SLACK:
            return False
        async with self.db.read() as tx:
            free_at = await rounds.free_at(tx, name, every)
        if free_at is not None and free_at > now:
            self._not_before[name] = free_at
            return False
        async with self.db.write() as tx:
            if not await wrong_clocks.is_right(tx):
                return False
            return await rounds.take(tx, name, every, me=self.me, until=tx.now + self.lease)

    async def _keep(self, name: Round) -> None:
        """Until it is cancelled, or the round turns out to be another's."""
        is_ours = True
        while is_ours:
            await self.db.clock.sleep(max(self.lease.total_seconds() / 3, SHORTEST_SECONDS))
            try:
                is_ours = await self._hold(name, self.db.clock.now() + self.lease)
            except (BusyError, SQLAlchemyError, OSError):
                logger.warning("a round was not kept; again a little later", exc_info=True)

    async def _hold(self, name: Round, until: datetime | None) -> bool:
        async with self.db.write() as tx:
            return await rounds.hold(tx, name, me=self.me, until=until)
