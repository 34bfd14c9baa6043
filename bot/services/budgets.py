"""Calls that an organisation may still make, shared by all processes through our database.

A minute window, a day window, calls at once, and a pause that the vendor asked for. Every call counts: documents,
lists, look-ups and retries. A place that a crashed process never gave back expires.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from bot.clock import Clock
from bot.db.base import table_of
from bot.db.connections import BudgetRow
from bot.db.unit_of_work import Database, Tx
from bot.delivery import BusyError
from bot.domain.problems import Problem, ProblemCode
from providers.base import RateLimits
from providers.errors import TryLaterError

BUDGETS = table_of(BudgetRow)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PLACE_LIFE = timedelta(minutes=2)
"""A place held for longer belongs to a process that died: no call takes that long."""
LONGEST_WAIT_SECONDS = 10.0
POLL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class SharedBudget:
    """`providers.base.Budget` of one provider over the table `call_budgets`."""

    db: Database
    clock: Clock
    provider: str
    limits: RateLimits

    @asynccontextmanager
    async def call(self, tenant_id: str | None) -> AsyncIterator[None]:
        tenant = tenant_id or ""
        await self._acquire(tenant)
        try:
            yield
        finally:
            await self._give_back(tenant)

    async def _give_back(self, tenant: str) -> None:
        """A place that cannot be given back now expires by itself; the call's own answer must not be lost over it."""
        with suppress(BusyError):
            async with self.db.write() as tx:
                await tx.execute(
                    BUDGETS.update()
                    .where(self._row(tenant), BUDGETS.c.at_once > 0)
                    .values(at_once=BUDGETS.c.at_once - 1)
                )

    async def observe(self, tenant_id: str | None, *, minute_left: int | None, day_left: int | None) -> None:
        """The vendor counts too: what it says is left corrects our own count, downwards only."""
        used = {}
        if minute_left is not None and self.limits.per_minute is not None and minute_left <= 1:
            used["minute_used"] = self.limits.per_minute
        if day_left is not None and self.limits.per_day is not None and day_left <= 1:
            used["day_used"] = self.limits.per_day
        if used:
            async with self.db.write() as tx:
                await tx.execute(BUDGETS.update().where(self._row(tenant_id or "")).values(**used))

    async def pause(self, tenant_id: str | None, seconds: float) -> None:
        async with self.db.write() as tx:
            until = tx.now + timedelta(seconds=seconds)
            await self._ensure(tx, tenant_id or "")
            await tx.execute(BUDGETS.update().where(self._row(tenant_id or "")).values(paused_until=until))

    async def _acquire(self, tenant: str) -> None:
        waited = 0.0
        while True:
            async with self.db.write() as tx:
                wait = await self._try(tx, tenant)
            if wait is None:
                return
            seconds = max(wait.total_seconds(), POLL_SECONDS)
            waited += seconds
            if waited > LONGEST_WAIT_SECONDS:
                raise TryLaterError(Problem(code=ProblemCode.LEDGER_BUSY), after_seconds=wait.total_seconds())
            await self.clock.sleep(seconds)

    async def _try(self, tx: Tx, tenant: str) -> timedelta | None:
        """Take a place; or answer how long there is none."""
        await self._ensure(tx, tenant)
        row = (await tx.execute(select(BUDGETS).where(self._row(tenant)).with_for_update())).one()
        if row.paused_until is not None and row.paused_until > tx.now:
            return timedelta(seconds=(row.paused_until - tx.now).total_seconds())
        values, wait = self._windows(row, tx)
        if wait is not None:
            return wait
        stale = row.at_once_from is None or tx.now - row.at_once_from > PLACE_LIFE
        at_once = 0 if stale else row.at_once
        if at_once >= self.limits.at_once:
            return timedelta(seconds=POLL_SECONDS)
        # counted from when nobody held a place: counted from the last call, steady traffic would keep a dead one for ever
        since = tx.now if at_once == 0 else row.at_once_from
        await tx.execute(
            BUDGETS.update().where(self._row(tenant)).values(**values, at_once=at_once + 1, at_once_from=since)
        )
        return None

    def _windows(self, row: Row[Any], tx: Tx) -> tuple[dict[str, Any], timedelta | None]:
        values: dict[str, Any] = {}
        for name, length, limit in (("minute", MINUTE, self.limits.per_minute), ("day", DAY, self.limits.per_day)):
            start, used = getattr(row, f"{name}_from"), getattr(row, f"{name}_used")
            if start is None or tx.now - start >= length:
                start, used = tx.now, 0
            if limit is not None and used >= limit:
                return values, start + length - tx.now
            values |= {f"{name}_from": start, f"{name}_used": used + 1}
        return values, None

    async def _ensure(self, tx: Tx, tenant: str) -> None:
        new = tx.insert(BudgetRow).values(
            provider=self.provider, tenant_id=tenant, minute_used=0, day_used=0, at_once=0
        )
        await tx.execute(new.on_conflict_do_nothing())

    def _row(self, tenant: str) -> Any:
        return (BUDGETS.c.provider == self.provider) & (BUDGETS.c.tenant_id == tenant)
