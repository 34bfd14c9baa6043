"""The outbox's rows as the messenger moves them: claimed under a lease, taken by Slack, or due again later.

`bot.db.turns` says whose turn it is, for all workspaces; everything after that goes by the id of a row that is claimed. A row is claimed together with its place, and both are let go together.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import case, or_

from bot.db import places
from bot.db.base import table_of
from bot.db.messages import MessageRow
from bot.db.places import LEASE
from bot.db.unit_of_work import Tx
from bot.db.workspaces import is_installed
from bot.domain.ids import WorkspaceId

MESSAGES = table_of(MessageRow)
POST = "chat.postMessage"

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

BURST, SPACING = 3, timedelta(seconds=1)
"""Slack takes one post a second in a channel, with short bursts."""
PATIENCE = 3
"""Tries of one message that Slack has trouble with, before another one is tried whether it is Slack's trouble or its own."""


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
    method: str = ""
    """What Slack calls the call."""
    line: int = 0
    """How many that were never posted are due in its channel, with this one."""
    is_counted: bool = False
    """People know already how many those are."""
    is_probe: bool = False
    """Slack could not be reached: what becomes of this one says whether it can be now."""
    tries: int = 0
    """Of probes before this one."""
    paced_until: datetime | None = None
    """Until when its place is ahead of Slack's pace; known once it is claimed."""

    @property
    def place(self) -> str:
        """Where it goes: messages of one place are sent one after another."""
        return self.channel_id or self.user_id or ""


class Heard(Enum):
    """What a try has told of Slack itself."""

    ANSWER = auto()
    NOTHING = auto()
    """Slack was not asked."""
    TROUBLE = auto()


async def claim(tx: Tx, message: Message) -> Message | None:
    """Hold a row and its place for this process; answers it with the version that is wanted now. None when another
    process was first with the row.

    Raises:
        HeldError: another process sends to that place.
    """
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
    wanted = (await tx.execute(statement)).scalar_one_or_none()
    if wanted is None:
        return None
    paced_until = await places.hold(tx, message.workspace_id, message.place)
    if message.is_probe:
        await places.probe(tx, message.workspace_id)
    return replace(message, wanted=wanted, paced_until=paced_until)


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


async def put_back(tx: Tx, message: Message, reason: str, *, was_sent: bool) -> None:
    """Slack could not take it, whatever it says: it keeps its turn. Only what `was_sent` counts as a try of this message."""
    await tx.execute(
        MESSAGES.update()
        .where(MESSAGES.c.id == message.id)
        .values(
            leased_until=None,
            attempts=MESSAGES.c.attempts + int(was_sent),
            trouble=reason[:200],
        )
    )


async def let_go(tx: Tx, message: Message, heard: Heard, posted_at: datetime | None) -> None:
    """Its place is free for the next; where Slack could not be reached, what was heard is heeded."""
    paced_until = message.paced_until
    if posted_at is not None:
        paced_until = max(paced_until or posted_at, posted_at) + SPACING
    of = message.workspace_id, message.place
    await places.let_go(tx, *of, paced_until=paced_until, is_through=message.line <= 1)
    if message.is_probe and heard is Heard.ANSWER:
        await places.end_outage(tx, message.workspace_id)
    elif message.is_probe and heard is Heard.NOTHING:
        await places.probe_again(tx, message.workspace_id)


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
