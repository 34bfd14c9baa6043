"""What a clock wrote that was far ahead, and was put right since: it counts as written just now, so that nothing waits for that
time to come, and nothing is looked for only since then.

Right or wrong is told by the database's clock where it has one of its own. Rows that are looked at all the time say for
themselves how far ahead they are believed (`bot.db.leases`, `bot.db.places`, `bot.domain.budgets`).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from bot.clock import CLOCK_SLACK
from bot.db.base import table_of
from bot.db.connections import TokenSetRow
from bot.db.leases import furthest
from bot.db.publications import BATCHES, OPEN, PUBLICATIONS, STEPS
from bot.db.unit_of_work import Tx
from bot.domain.publishing import BatchState, StepState

TOKENS = table_of(TokenSetRow)

LONGEST_PUT_OFF = timedelta(hours=26)
"""Of a batch: a ledger may ask for a day of silence. What is only looked for may wait for its key to be forgotten."""
LONGEST_WINDOW = timedelta(days=12)
"""Of a step: no undo window may be set to more (`bot.config`)."""
SEARCHED_BACK = timedelta(days=30)
"""Whoever was frozen at nobody knows what time is looked for in a ledger this far back."""
_OVER = (BatchState.DONE, BatchState.DISSOLVED)


async def is_right(tx: Tx) -> bool:
    """Whether our own clock is as the database's."""
    return abs(await time_of_database(tx) - tx.now) <= CLOCK_SLACK


async def time_of_database(tx: Tx) -> datetime:
    """SQLite's is ours."""
    if tx.is_sqlite:
        return tx.now
    now: datetime = (await tx.execute(select(func.clock_timestamp()))).scalar_one()
    return now


async def put_right(tx: Tx) -> int:
    """Of all workspaces; answers how many rows were written by a clock that was ahead."""
    found = await _open_batches(tx) + await _batches_that_are_over(tx) + await _waiting_steps(tx)
    if found:
        await _publications(tx)
    return found + await _sign_ins(tx)


async def _open_batches(tx: Tx) -> int:
    """One that somebody holds so long is in nobody's hands a minute from now, unless he lives and says so again."""
    batch, latest, soon = BATCHES.c, tx.now + CLOCK_SLACK, tx.now + CLOCK_SLACK
    instants = dict.fromkeys((batch.failing_since, batch.first_sent_at, batch.last_sent_at), tx.now)
    instants |= {batch.created_at: tx.now - SEARCHED_BACK}
    is_put_off = and_(batch.due_at > tx.now + LONGEST_PUT_OFF, batch.body_hash != "")
    is_held = batch.leased_until > furthest(tx.now)
    ahead = or_(*(instant > latest for instant in instants), is_held, is_put_off)
    put_right = {instant.name: _not_after(instant, latest, at) for instant, at in instants.items()}
    put_right |= {"due_at": _not_after(batch.due_at, soon, soon)}
    put_right |= {"leased_until": case((is_held, soon), else_=batch.leased_until)}
    statement = BATCHES.update().where(batch.state.in_(OPEN), ahead).values(**put_right)
    return (await tx.execute(statement)).rowcount


async def _batches_that_are_over(tx: Tx) -> int:
    """By what they were last, it is known whether a ledger takes anything."""
    batch, latest = BATCHES.c, tx.now + CLOCK_SLACK
    instants = batch.due_at, batch.failing_since, batch.last_sent_at
    put_right = {instant.name: _not_after(instant, latest, tx.now) for instant in instants}
    ahead = batch.state.in_(_OVER), batch.due_at > furthest(tx.now)
    return (await tx.execute(BATCHES.update().where(*ahead).values(**put_right))).rowcount


async def _waiting_steps(tx: Tx) -> int:
    """What was approved at nobody knows what time can be undone for a minute more."""
    latest = tx.now + CLOCK_SLACK
    made_ahead = select(PUBLICATIONS.c.id).where(
        PUBLICATIONS.c.workspace_id == STEPS.c.workspace_id,
        PUBLICATIONS.c.id == STEPS.c.publication_id,
        PUBLICATIONS.c.created_at > latest,
    )
    ahead = or_(STEPS.c.due_at > tx.now + LONGEST_WINDOW, made_ahead.exists())
    waiting = STEPS.c.state == StepState.WAITING, STEPS.c.due_at > latest
    return (await tx.execute(STEPS.update().where(*waiting, ahead).values(due_at=latest))).rowcount


async def _publications(tx: Tx) -> None:
    """Which of an item's is the last stays as it is."""
    ahead = select(PUBLICATIONS.c.id).where(PUBLICATIONS.c.created_at > tx.now + CLOCK_SLACK)
    found = (await tx.execute(ahead.order_by(PUBLICATIONS.c.created_at.desc()))).scalars().all()
    for earlier, publication_id in enumerate(found):
        at = tx.now - timedelta(microseconds=earlier)
        await tx.execute(PUBLICATIONS.update().where(PUBLICATIONS.c.id == publication_id).values(created_at=at))


async def _sign_ins(tx: Tx) -> int:
    free = TOKENS.update().where(TOKENS.c.held_until > furthest(tx.now)).values(held_until=None, held_by=None)
    return (await tx.execute(free)).rowcount


def _not_after(instant: ColumnElement[Any], latest: datetime, at: datetime) -> ColumnElement[Any]:
    return case((instant > latest, at), else_=instant)
