"""What is due and does not move. Whoever only waits in a long line keeps the place: nothing was tried yet."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Column, Table

from bot.db.unit_of_work import Database
from bot.services.jobs import JobKind, Jobs

T = TypeVar("T")

STUCK_AT_ONCE = 100
"""Of a kind in one pass: those that have been due for longest."""


async def only_stuck(
    db: Database,
    jobs: Jobs,
    kind: JobKind,
    due: Sequence[T],
    *,
    key: Callable[[T], str],
    of: Column[Any],
    again_in: timedelta,
) -> list[T]:
    """Of what is due, that which no job is open for: it is to have its next attempt. The others wait in line or are being
    worked on, and are looked at again later. `of` is the column, beside a `due_at`, by which a row's job finds it; what is
    due has the same under that name.
    """
    async with db.read() as tx:
        in_line = await jobs.open_of(tx, kind, [key(one) for one in due]) if due else frozenset()
    moving = [getattr(one, of.key) for one in due if key(one) in in_line]
    if moving:
        table: Table = of.table
        async with db.write() as tx:
            # of what ended, or was put off by its own job meanwhile, that stands
            later = table.update().where(of.in_(moving), table.c.due_at <= tx.now)
            await tx.execute(later.values(due_at=tx.now + again_in))
    return [one for one in due if key(one) not in in_line]
