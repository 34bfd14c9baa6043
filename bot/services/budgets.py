"""Calls that an organisation may still make, shared by all processes through our database.

Each call is one short transaction before it leaves: a place is taken, and what ended since the last one is given back
with it. A process that dies gives nothing back; its places expire, and its calls count until then. `bot.domain.budgets`
says how is counted. The whole app has one limit too, which is not counted by us, as every call of all organisations would
wait for one row: what the vendor says is left of it is kept an eye on.
"""

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, and_, bindparam, or_, select, tuple_

from bot.clock import Clock
from bot.db.base import dump, load, table_of
from bot.db.connections import BudgetRow
from bot.db.unit_of_work import Database, Tx
from bot.delivery import BusyError
from bot.domain.budgets import LONGEST_PAUSE, LOOK_AGAIN, Allowance, Tally, Told, furthest_pause, paused_seconds
from bot.domain.problems import Problem, ProblemCode
from providers.base import RateLimits
from providers.errors import TryLaterError

BUDGETS = table_of(BudgetRow)
APP = ""
"""What calls that belong to no organisation are counted under."""

LONGEST_WAIT_SECONDS = 10.0
SHORTEST_WAIT_SECONDS = 0.01
APP_AT_ONCE = 50
APP_PAUSE_SECONDS = 2.0
OURS = "budget"
"""The scope of a wait that no vendor asked for."""

_of_app = BUDGETS.alias()
_PAUSED = (
    select(_of_app.c.paused_until)
    .where(_of_app.c.provider == bindparam("of_provider"), _of_app.c.tenant_id == APP)
    .scalar_subquery()
)
_IS_ROW = and_(BUDGETS.c.provider == bindparam("of_provider"), BUDGETS.c.tenant_id == bindparam("of_tenant"))
_HELD = (
    select(BUDGETS.c.tally, BUDGETS.c.paused_until, _PAUSED.label("app_paused_until"))
    .where(_IS_ROW)
    .with_for_update(of=BUDGETS)
)
_APPS = _of_app.c.provider == BUDGETS.c.provider, _of_app.c.tenant_id == APP
_ASKED = select(
    BUDGETS.c.provider,
    BUDGETS.c.tenant_id,
    BUDGETS.c.tally,
    BUDGETS.c.paused_until,
    select(_of_app.c.paused_until).where(*_APPS).correlate(BUDGETS).scalar_subquery().label("app_paused_until"),
)
_TALLY = select(BUDGETS.c.tally).where(_IS_ROW)
_KEEP = BUDGETS.update().where(_IS_ROW).values(tally=bindparam("new_tally"))
_IS_SHORTER = or_(
    BUDGETS.c.paused_until.is_(None),
    BUDGETS.c.paused_until < bindparam("until"),
    BUDGETS.c.paused_until > bindparam("furthest"),
)
_PAUSE = BUDGETS.update().where(_IS_ROW, _IS_SHORTER).values(paused_until=bindparam("until"))
"""Statements of every call, built once."""


@dataclass(slots=True)
class _Since:
    """What this process has not written yet of an organisation: places that it gives back, and what the vendor told."""

    ended: list[tuple[str, float]] = field(default_factory=list)
    told: tuple[Told, float] | None = None

    def written(self, other: "_Since") -> None:
        """Forget what `other` had of it: nothing that came since."""
        self.ended = [each for each in self.ended if each not in other.ended]
        self.told = None if self.told is other.told else self.told


@dataclass(frozen=True, slots=True)
class SharedBudget:
    """`providers.base.Budget` of one provider over the table `call_budgets`."""

    db: Database
    clock: Clock
    provider: str
    limits: RateLimits
    _of_kinds: dict[str, "SharedBudget"] = field(default_factory=dict)
    _since: dict[str, _Since] = field(default_factory=dict)
    _left: dict[str, Told] = field(default_factory=dict)
    """What is left by our own count, as of the last call of each organisation."""

    @asynccontextmanager
    async def call(
        self, tenant_id: str | None, *, can_wait: bool = False, kind: str | None = None
    ) -> AsyncIterator[None]:
        async with self._call(tenant_id, can_wait=can_wait):
            of_kind = self._of_kind(kind)
            async with nullcontext() if of_kind is None else of_kind.call(tenant_id, can_wait=can_wait):
                yield

    def _of_kind(self, kind: str | None) -> "SharedBudget | None":
        """What else these calls are counted by: rows of their own."""
        if kind is None or kind not in self.limits.per_minute_of:
            return None
        new = SharedBudget(self.db, self.clock, _counted_as(self.provider, kind), _limits_of(self.limits, kind))
        return self._of_kinds.setdefault(kind, new)

    @asynccontextmanager
    async def _call(self, tenant_id: str | None, *, can_wait: bool) -> AsyncIterator[None]:
        tenant, place = tenant_id or APP, uuid4().hex[:12]
        is_tight = await self._acquire(tenant, place, can_wait=can_wait)
        try:
            yield
        finally:
            self._of(tenant).ended.append((place, self.clock.now().timestamp()))
            if is_tight:
                await self._write(tenant)

    async def observe(
        self, tenant_id: str | None, *, minute_left: int | None, day_left: int | None, app_left: int | None = None
    ) -> None:
        """The vendor counts too. What it says is written with the next call, and at once where others use its limits."""
        tenant, app_limit = tenant_id or APP, self.limits.per_minute_of_app
        told = Told(minute_left=minute_left, day_left=day_left)
        self._of(tenant).told = (told, self.clock.now().timestamp())
        ours = self._left.get(tenant, Told())
        if _is_less(minute_left, ours.minute_left) or _is_less(day_left, ours.day_left):
            await self._write(tenant)
        if app_left is not None and app_limit is not None and app_left < app_limit // 50:
            await self.pause(None, APP_PAUSE_SECONDS)

    async def pause(self, tenant_id: str | None, seconds: float) -> None:
        """A little longer than was asked for, and not for all the same: those who wait together do not come together. A
        longer pause that was asked for before stays.
        """
        wait = min(seconds * (1 + random.random() / 20), LONGEST_PAUSE.total_seconds())  # noqa: S311 - spreads load, guards nothing
        async with self.db.write() as tx:
            until = tx.now + timedelta(seconds=wait)
            await self._ensure(tx, tenant_id or APP)
            pause = {"until": until, "furthest": furthest_pause(tx.now)}
            await tx.execute(_PAUSE, {**self._row(tenant_id or APP), **pause})

    async def _acquire(self, tenant: str, place: str, *, can_wait: bool) -> bool:
        """Take a place; answers whether places are scarce.

        Raises:
            TryLaterError: as `providers.base.Budget.call`.
        """
        waited = 0.0
        while True:
            async with self._written(tenant) as tx:
                wait, is_tight = await self._try(tx, tenant, place, can_wait=can_wait)
            if wait <= 0:
                return is_tight
            seconds = max(wait, SHORTEST_WAIT_SECONDS)
            waited += seconds
            if waited > LONGEST_WAIT_SECONDS:
                raise TryLaterError(Problem(code=ProblemCode.LEDGER_BUSY), after_seconds=wait, scope=OURS)
            await self.clock.sleep(seconds)

    async def _try(self, tx: Tx, tenant: str, place: str, *, can_wait: bool) -> tuple[float, bool]:
        """Take a place, or answer how many seconds there is none; and whether places are scarce."""
        row = await self._held(tx, tenant)
        paused = max(paused_seconds(row.paused_until, tx.now), paused_seconds(row.app_paused_until, tx.now))
        limits, now = self._limits(tenant), tx.now.timestamp()
        tally = self._caught_up(tenant, load(row.tally, Tally), now)
        wait = max(paused, tally.wait(limits, now, can_wait=can_wait))
        if wait <= 0:
            tally = tally.begun(place, now)
        await self._keep(tx, tenant, tally)
        return wait, len(tally.places) >= limits.at_once - 1

    async def _write(self, tenant: str) -> None:
        """What cannot be written now is written with the next call; the call's own answer must not be lost over it."""
        with suppress(BusyError):
            async with self._written(tenant) as tx:
                row = await self._held(tx, tenant)
                await self._keep(tx, tenant, self._caught_up(tenant, load(row.tally, Tally), tx.now.timestamp()))

    @asynccontextmanager
    async def _written(self, tenant: str) -> AsyncIterator[Tx]:
        """A transaction that writes what ended until now; it is forgotten here once that is committed."""
        since = self._of(tenant)
        until_now = _Since(list(since.ended), since.told)
        async with self.db.write() as tx:
            yield tx
        since.written(until_now)

    def _caught_up(self, tenant: str, tally: Tally, now: float) -> Tally:
        """With what ended here. What was told is about then, when more of our calls counted than count now."""
        since, tally = self._of(tenant), tally.put_right(now)
        for place, at in since.ended:
            tally = tally.ended((place,), min(at, now))
        if since.told is not None:
            told, at = since.told[0], min(since.told[1], now)
            tally = tally.at(at).told(told, self._limits(tenant), at)
        return tally.at(now)

    async def _keep(self, tx: Tx, tenant: str, tally: Tally) -> None:
        await tx.execute(_KEEP, {**self._row(tenant), "new_tally": dump(tally)})
        limits, (of_minute, of_day) = self._limits(tenant), tally.used()
        self._left[tenant] = Told(
            minute_left=None if limits.per_minute is None else limits.per_minute - of_minute,
            day_left=None if limits.per_day is None else limits.per_day - of_day,
        )

    async def _held(self, tx: Tx, tenant: str) -> Any:
        """The organisation's row, locked."""
        row = (await tx.execute(_HELD, self._row(tenant))).one_or_none()
        if row is None:
            await self._ensure(tx, tenant)
            row = (await tx.execute(_HELD, self._row(tenant))).one()
        return row

    async def _ensure(self, tx: Tx, tenant: str) -> None:
        new = tx.insert(BudgetRow).values(provider=self.provider, tenant_id=tenant, tally="{}")
        await tx.execute(new.on_conflict_do_nothing())

    def _limits(self, tenant: str) -> Allowance:
        if tenant != APP:
            return self.limits
        return Allowance(per_minute=self.limits.per_minute_of_app, per_day=None, at_once=APP_AT_ONCE)

    def _of(self, tenant: str) -> _Since:
        return self._since.setdefault(tenant, _Since())

    def _row(self, tenant: str) -> dict[str, str]:
        return {"of_provider": self.provider, "of_tenant": tenant}


async def leaves_files(tx: Tx, provider: str, tenant_id: str, limits: Allowance) -> bool:
    """Whether what is left of the day is enough for more than documents."""
    of = {"of_provider": provider, "of_tenant": tenant_id}
    found = (await tx.execute(_TALLY, of)).scalar_one_or_none()
    if found is None or limits.per_day is None:
        return True
    _, of_day = load(found, Tally).put_right(tx.now.timestamp()).at(tx.now.timestamp()).used()
    return of_day < limits.per_day - limits.spare - limits.day_kept


def _counted_as(provider: str, kind: str) -> str:
    """What calls of a kind are counted under, beside all others."""
    return f"{provider}/{kind}"


def _limits_of(limits: RateLimits, kind: str) -> RateLimits:
    most = limits.per_minute_of[kind]
    return RateLimits(per_minute=most, per_day=None, at_once=limits.at_once, spare=limits.spare)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What an organisation's ledger still takes: when the next call of each kind may be made, and how many today; None: no
    limit.
    """

    until: datetime | None
    is_paused: bool
    is_full: bool
    """The calls that it takes within a minute or an hour, of some kind at least, are used up."""
    of_day: int | None


async def lefts_of(tx: Tx, limits: Mapping[tuple[str, str], RateLimits]) -> dict[tuple[str, str], Left]:
    """By provider and tenant, in one statement. Whoever was never called has its whole allowance."""
    of_kinds = {
        (provider, tenant): {
            (_counted_as(provider, kind), tenant): _limits_of(allowance, kind) for kind in allowance.per_minute_of
        }
        for (provider, tenant), allowance in limits.items()
    }
    wanted = [*limits, *(of for kinds in of_kinds.values() for of in kinds)]
    asked = _ASKED.where(tuple_(BUDGETS.c.provider, BUDGETS.c.tenant_id).in_(wanted))
    rows = {(row.provider, row.tenant_id): row for row in (await tx.execute(asked)).all()}
    return {
        of: _with(
            _left(rows.get(of), allowance, tx.now),
            [_left(rows.get(kind), most, tx.now) for kind, most in of_kinds[of].items()],
        )
        for of, allowance in limits.items()
    }


def _with(left: Left, of_kinds: Sequence[Left]) -> Left:
    """What goes next may be of any kind."""
    every = (left, *of_kinds)
    return replace(
        left,
        until=max((each.until for each in every if each.until is not None), default=None),
        is_full=any(each.is_full for each in every),
    )


def _left(row: Row[Any] | None, limits: Allowance, now: datetime) -> Left:
    tally = Tally() if row is None else load(row.tally, Tally).put_right(now.timestamp()).at(now.timestamp())
    paused = 0.0 if row is None else max(paused_seconds(at, now) for at in (row.paused_until, row.app_paused_until))
    wait = max(paused, tally.wait(limits, now.timestamp()))
    _, of_day = tally.used()
    return Left(
        until=now + timedelta(seconds=wait) if wait > LONGEST_WAIT_SECONDS else None,
        is_paused=paused > 0,
        is_full=wait > max(paused, LOOK_AGAIN),
        of_day=None if limits.per_day is None else max(limits.per_day - limits.spare - of_day, 0),
    )


def _is_less(told: int | None, ours: int | None) -> bool:
    return told is not None and ours is not None and told < ours
