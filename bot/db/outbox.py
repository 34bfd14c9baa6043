"""The outbox's rows as the messenger moves them: due, claimed under a lease, taken by Slack, or due again later.

The messenger sends for all workspaces, so what it looks for is whose turn it is; everything after that goes by the id
of a row it has claimed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, func, or_, select

from bot.db.base import table_of
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Tx
from bot.db.workspaces import is_installed
from bot.domain.ids import WorkspaceId

MESSAGES = table_of(MessageRow)
_PLACE = func.coalesce(MESSAGES.c.channel_id, MESSAGES.c.user_id, "")
"""`Message.place`, for the database."""

SHARED_OUTSIDE = "shared_outside"
"""Our word, in Slack's place, for a channel that another company reads."""
CLOSED = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "is_inactive",
        "restricted_action",
        "user_not_in_channel",
        SHARED_OUTSIDE,
    }
)
"""Slack's words for a place that is there for others; somebody can open it for us, or choose another one."""

LEASE = timedelta(seconds=30)
"""Longer than a call of Slack may take, so that a second process never posts what the first is posting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A row of the outbox, as drawers see it. `parent_ts` is the thread it hangs in."""

    id: UUID
    workspace_id: WorkspaceId
    subject: str
    subject_id: str
    role: str
    surface: str
    channel_id: str | None
    user_id: str | None
    parent_ts: str | None
    ts: str | None
    facts: str
    wanted: int
    attempts: int
    trouble: str | None

    @property
    def place(self) -> str:
        """Where it goes: messages of one place are sent one after another."""
        return self.channel_id or self.user_id or ""


async def due(tx: Tx, subjects: Collection[str], busy: Collection[str], limit: int) -> list[Message]:
    """The longest waiting of each place that is not being sent to. A reply waits until its parent stands.

    One a place, so that a channel with thousands of messages in line keeps no other place, and no other company, waiting.
    """
    parents = MESSAGES.alias("parents")
    order = (MESSAGES.c.due_at, MESSAGES.c.created_at)
    turns = (
        select(MESSAGES.c.id, func.row_number().over(partition_by=_PLACE, order_by=order).label("turn"))
        .outerjoin(parents, parents.c.id == MESSAGES.c.thread_of)
        .where(
            MESSAGES.c.is_waiting.is_(True),
            MESSAGES.c.due_at <= tx.now,
            MESSAGES.c.subject.in_(subjects),
            _PLACE.not_in(busy),
            is_installed(MESSAGES.c.workspace_id),
            or_(MESSAGES.c.leased_until.is_(None), MESSAGES.c.leased_until < tx.now),
            or_(MESSAGES.c.thread_of.is_(None), parents.c.ts.is_not(None)),
        )
        .subquery()
    )
    statement = (
        select(MESSAGES, parents.c.ts.label("parent_ts"))
        .join(turns, turns.c.id == MESSAGES.c.id)
        .outerjoin(parents, parents.c.id == MESSAGES.c.thread_of)
        .where(turns.c.turn == 1)
        .order_by(*order)
        .limit(limit)
    )
    return [_message_of(row) for row in (await tx.execute(statement)).all()]


async def claim(tx: Tx, message: Message) -> int | None:
    """Hold a row for this process; answers the version that is wanted now, None when another process was first."""
    statement = (
        MESSAGES.update()
        .where(
            MESSAGES.c.id == message.id,
            MESSAGES.c.is_waiting.is_(True),
            or_(MESSAGES.c.leased_until.is_(None), MESSAGES.c.leased_until < tx.now),
            is_installed(MESSAGES.c.workspace_id),
        )
        .values(leased_until=tx.now + LEASE)
        .returning(MESSAGES.c.wanted)
    )
    return (await tx.execute(statement)).scalar_one_or_none()


async def taken(
    tx: Tx,
    message: Message,
    *,
    channel_id: str | None,
    ts: str | None,
    is_last: bool = False,
    again_at: datetime | None = None,
) -> None:
    """Slack has the version that was drawn; if more was wanted meanwhile, the row stays due. After the last, it goes."""
    if is_last and await _finished(tx, message):
        return
    again: dict[str, Any] = {"is_waiting": MESSAGES.c.wanted > message.wanted}
    if again_at is not None:
        is_due = MESSAGES.c.wanted > message.wanted
        again = {"is_waiting": True, "due_at": case((is_due, MESSAGES.c.due_at), else_=again_at)}
    await tx.execute(
        MESSAGES.update()
        .where(MESSAGES.c.id == message.id)
        .values(
            **again,
            channel_id=channel_id,
            ts=ts,
            sent=message.wanted,
            leased_until=None,
            attempts=0,
            trouble=None,
        )
    )


async def _finished(tx: Tx, message: Message) -> bool:
    """False when it was told anew meanwhile."""
    last = MESSAGES.delete().where(MESSAGES.c.id == message.id, MESSAGES.c.workspace_id == message.workspace_id)
    return (await tx.execute(last.where(MESSAGES.c.wanted == message.wanted))).rowcount > 0


async def put_off(tx: Tx, message: Message, reason: str, wait: timedelta, *, is_anew: bool = False) -> None:
    """Due again later. `is_anew` forgets what was posted before, because it is there no more."""
    values: dict[str, Any] = {"ts": None} if is_anew else {}
    await tx.execute(
        MESSAGES.update()
        .where(MESSAGES.c.id == message.id)
        .values(
            due_at=tx.now + wait,
            leased_until=None,
            attempts=MESSAGES.c.attempts + 1,
            trouble=reason[:200],
            **values,
        )
    )


async def drop(tx: Tx, message: Message, reason: str) -> None:
    """Nobody is there to see it any more; a later change of the subject tries again."""
    await tx.execute(
        MESSAGES.update()
        .where(MESSAGES.c.id == message.id)
        .values(is_waiting=False, leased_until=None, trouble=reason[:200])
    )


async def forget(tx: Tx, message: Message) -> None:
    """It is drawn no more; what stands in Slack is left there."""
    await tx.execute(
        MESSAGES.delete().where(MESSAGES.c.id == message.id, MESSAGES.c.workspace_id == message.workspace_id)
    )


def _message_of(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        workspace_id=WorkspaceId(row.workspace_id),
        subject=row.subject,
        subject_id=row.subject_id,
        role=row.role,
        surface=row.surface,
        channel_id=row.channel_id,
        user_id=row.user_id,
        parent_ts=row.thread_ts or row.parent_ts,
        ts=row.ts,
        facts=row.facts,
        wanted=row.wanted,
        attempts=row.attempts,
        trouble=row.trouble,
    )
