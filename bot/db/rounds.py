"""What is done once for all processes and all workspaces, every so often: when it was last begun, and who has it in hand.

A round that ended has no lease, and its time comes a period after it was begun. One that has a lease goes on; where that
ran out, whoever had it is dead, and anybody may begin it anew. What a clock wrote that was far ahead, and was put right
since, holds nothing up: it is free at once, and begun by one.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import CLOCK_SLACK
from bot.db.base import Base, table_of
from bot.db.leases import furthest
from bot.db.unit_of_work import Tx, insert_into


class RoundRow(Base):
    __tablename__ = "rounds"

    name: Mapped[str] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    held_by: Mapped[str]


ROUNDS = table_of(RoundRow)
_OURS = (ROUNDS.c.name == bindparam("round"), ROUNDS.c.held_by == bindparam("me"))
_LEASE = ROUNDS.update().where(*_OURS, ROUNDS.c.leased_until.is_not(None)).values(leased_until=bindparam("until"))
_KNOWN = select(ROUNDS.c.begun_at, ROUNDS.c.leased_until).where(ROUNDS.c.name == bindparam("round"))


@cache
def _take(is_sqlite: bool) -> Any:  # noqa: FBT001 - a key of the cache
    new = insert_into(RoundRow, is_sqlite=is_sqlite)
    was_ahead = ROUNDS.c.begun_at > bindparam("latest")
    is_due = and_(ROUNDS.c.leased_until.is_(None), or_(ROUNDS.c.begun_at <= bindparam("due_before"), was_ahead))
    is_dead = or_(ROUNDS.c.leased_until <= bindparam("now"), ROUNDS.c.leased_until > bindparam("furthest"))
    return new.on_conflict_do_update(
        index_elements=["name"],
        set_={name: new.excluded[name] for name in ("begun_at", "leased_until", "held_by")},
        where=or_(is_due, is_dead),
    )


async def free_at(tx: Tx, name: str, every: timedelta) -> datetime | None:
    """When it may be begun as things stand; None for one that may be now."""
    row = (await tx.execute(_KNOWN, {"round": name})).one_or_none()
    if row is None:
        return None
    if row.leased_until is None:
        return None if row.begun_at > tx.now + CLOCK_SLACK else row.begun_at + every
    return None if row.leased_until > furthest(tx.now) else row.leased_until


async def take(tx: Tx, name: str, every: timedelta, *, me: str, until: datetime) -> bool:
    """Begin it, if it is free: of all who try, one does."""
    row = {"name": name, "begun_at": tx.now, "leased_until": until, "held_by": me}
    when = {"now": tx.now, "due_before": tx.now - every}
    when |= {"latest": tx.now + CLOCK_SLACK, "furthest": furthest(tx.now)}
    return (await tx.execute(_take(tx.is_sqlite), {**row, **when})).rowcount == 1


async def hold(tx: Tx, name: str, *, me: str, until: datetime | None) -> bool:
    """Until then; None: it is over. False when it is not ours any more."""
    return (await tx.execute(_LEASE, {"round": name, "me": me, "until": until})).rowcount == 1
