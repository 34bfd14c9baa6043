"""Whether this process can do its work: its database, what waits in it, and its clock."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import CLOCK_SLACK
from bot.db import wrong_clocks
from bot.db.base import table_of
from bot.db.messages import MessageRow
from bot.db.outbox import is_held
from bot.db.places import PAUSES, PLACES, is_ahead_of_pace, leaves_alone, limits
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import AuditRow, is_installed
from bot.delivery import BusyError

MESSAGES, AUDIT = table_of(MessageRow), table_of(AuditRow)

LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Health:
    db: Database

    async def check(self) -> dict[str, str]:
        """`ok` for each part, or what is wrong with it."""
        try:
            async with self.db.read() as tx:
                return {"database": "ok", "queue": await _queue(tx), "clock": await _clock(tx)}
        except (SQLAlchemyError, BusyError, OSError) as error:
            return {"database": type(error).__name__}


async def _queue(tx: Tx) -> str:
    """Messages that were never tried: those that Slack did not take have their trouble written down. What waits while
    Slack is left alone, or behind many others that go out one a second, is not stuck.
    """
    late = tx.now - LATE
    paused = PAUSES.c.workspace_id == MESSAGES.c.workspace_id
    place = func.coalesce(MESSAGES.c.channel_id, MESSAGES.c.user_id)
    moving = PLACES.c.workspace_id == MESSAGES.c.workspace_id, PLACES.c.place == place
    statement = (
        select(MESSAGES.c.id)
        .where(
            MESSAGES.c.is_waiting.is_(True),
            MESSAGES.c.due_at < late,
            or_(MESSAGES.c.not_before.is_(None), MESSAGES.c.not_before < late),
            ~is_held(),
            MESSAGES.c.trouble.is_(None),
            MESSAGES.c.thread_of.is_(None),
            is_installed(MESSAGES.c.workspace_id),
            ~exists().where(paused, leaves_alone(late)),
            ~exists().where(*moving, is_ahead_of_pace(late)),
        )
        .limit(1)
    )
    stuck = (await tx.execute(statement, limits(tx.now))).one_or_none()
    return "ok" if stuck is None else "messages have waited for more than a quarter of an hour"


async def _clock(tx: Tx) -> str:
    if not await wrong_clocks.is_right(tx):
        return "this machine's clock and the database's differ, so nothing is worked on here"
    newest = (await tx.execute(select(func.max(AUDIT.c.sequence)))).scalar_one()
    if newest is None:
        return "ok"
    at = (await tx.execute(select(AUDIT.c.at).where(AUDIT.c.sequence == newest))).scalar_one()
    return "ok" if at <= tx.now + CLOCK_SLACK else "this machine's clock is behind what was already recorded"
