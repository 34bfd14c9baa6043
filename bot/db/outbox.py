"""The outbox's rows as the messenger moves them: claimed under a lease, taken by Slack, or due again later.

`bot.db.turns` says whose turn it is, for all workspaces. A row is claimed together with its place, and both are let go
together. Whatever is written of a try is written only while the claim is still its own: a process that was stopped for
longer than the lease finds the row in other hands, and leaves it there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, exists, not_, or_, select

from bot.db import places
from bot.db.base import table_of
from bot.db.messages import MessageRow
from bot.db.places import ALL, LEASE, PAUSES, is_free, limits, may_be_called
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
    held_until: datetime | None = None
    """Until when it is this process's to send, and by what it is known as claimed by it; None before."""
    paced_until: datetime | None = None
    """Until when its place is ahead of Slack's pace; known once it is claimed."""

    @property
    def where(self) -> tuple[WorkspaceId, str]:
        """Its place, among those of all workspaces."""
        return self.workspace_id, self.place

    @property
    def place(self) -> str:
        """Where it goes: messages of one place are sent one after another."""
        return self.channel_id or self.user_id or ""


def is_held() -> ColumnElement[bool]:
    """Whether it is news for a channel that hears none yet. What a clock wrote that was far ahead counts as over."""
    is_new = and_(MESSAGES.c.ts.is_(None), MESSAGES.c.surface == "channel")
    is_quiet = and_(MESSAGES.c.not_before > bindparam("now"), MESSAGES.c.not_before <= bindparam("furthest_quiet"))
    return and_(is_new, MESSAGES.c.not_before.is_not(None), is_quiet)


class Heard(Enum):
    """What a try has told of Slack itself."""

    ANSWER = auto()
    NOTHING = auto()
    """Slack was not asked."""
    TROUBLE = auto()


class MovedError(Exception):
    """It belongs elsewhere since it was looked at; nothing of the transaction is to stand."""


def message_of(row: Row[Any], parent_ts: str | None, **known: Any) -> Message:
    """`known` is what the row itself does not tell."""
    return Message(
        id=row.id,
        workspace_id=WorkspaceId(row.workspace_id),
        subject=row.subject,
        subject_id=row.subject_id,
        role=row.role,
        surface=row.surface,
        channel_id=row.channel_id,
        user_id=row.user_id,
        parent_ts=row.thread_ts or parent_ts,
        ts=row.ts,
        facts=row.facts,
        wanted=row.wanted,
        attempts=row.attempts,
        trouble=row.trouble,
        **known,
    )


async def claim(tx: Tx, seen: Message) -> Message | None:
    """Hold a row and its place for this process; answers it as it is now, which may be newer than what was `seen`. None
    when another process was first with the row, or has heard meanwhile that Slack is to be left alone.

    Raises:
        HeldError: another process sends to that place.
        MovedError: it goes to another place now, or by another call, and takes its turn there.
    """
    until = tx.now + LEASE
    statement = (
        MESSAGES.update()
        .where(
            MESSAGES.c.id == seen.id,
            MESSAGES.c.is_waiting.is_(True),
            MESSAGES.c.due_at <= tx.now,
            is_free(MESSAGES.c.leased_until),
            ~is_held(),
            is_installed(MESSAGES.c.workspace_id),
            ~exists().where(PAUSES.c.workspace_id == MESSAGES.c.workspace_id, _holds_back(seen)),
        )
        .values(leased_until=until)
        .returning(MESSAGES)
    )
    row = (await tx.execute(statement, limits(tx.now))).one_or_none()
    if row is None:
        return None
    parent_ts = await _parent_ts(tx, row) if row.thread_of is not None else None
    if row.thread_of is not None and parent_ts is None:
        raise MovedError
    paced_until = await places.hold(tx, seen.workspace_id, seen.place)
    if seen.is_probe:
        await places.probe(tx, seen.workspace_id)
    known = {name: getattr(seen, name) for name in ("method", "line", "is_counted", "is_probe", "tries")}
    message = message_of(row, parent_ts, **known, held_until=until, paced_until=paced_until)
    if _way(message) != _way(seen):
        raise MovedError
    return message


def _holds_back(message: Message) -> ColumnElement[bool]:
    """Of a pause of its workspace. While Slack is away, only a probe is sent, and `places.probe` says which."""
    is_silent = and_(PAUSES.c.method == message.method, not_(may_be_called(PAUSES.c.until, PAUSES.c.since)))
    is_away = and_(PAUSES.c.method == ALL, PAUSES.c.until.is_not(None))
    return is_silent if message.is_probe else or_(is_silent, is_away)


async def _parent_ts(tx: Tx, row: Row[Any]) -> str | None:
    of = MESSAGES.c.id == row.thread_of, MESSAGES.c.workspace_id == row.workspace_id
    return (await tx.execute(select(MESSAGES.c.ts).where(*of))).scalar_one_or_none()


def _way(message: Message) -> tuple[object, ...]:
    return message.surface, message.channel_id, message.user_id, message.ts is None


def _is_ours(message: Message) -> ColumnElement[bool]:
    return and_(
        MESSAGES.c.id == message.id,
        MESSAGES.c.workspace_id == message.workspace_id,
        MESSAGES.c.leased_until == message.held_until,
    )


async def taken(
    tx: Tx,
    message: Message,
    *,
    channel_id: str | None,
    ts: str | None,
    is_last: bool = False,
    again_at: datetime | None = None,
) -> bool:
    """Slack has the version that was drawn; if more was wanted meanwhile, the row stays due. After the last, it goes.

    False where the row is this process's no more, so that another one may send the same.
    """
    if is_last and await _finished(tx, message):
        return True
    again: dict[str, Any] = {"is_waiting": MESSAGES.c.wanted > message.wanted}
    if again_at is not None:
        is_due = MESSAGES.c.wanted > message.wanted
        again = {"is_waiting": True, "due_at": case((is_due, MESSAGES.c.due_at), else_=again_at)}
    # where it was sent away from here meanwhile, what stands here is not what the row is about any more
    is_still_here = and_(
        MESSAGES.c.surface == message.surface, MESSAGES.c.channel_id.is_not_distinct_from(message.channel_id)
    )
    written = await tx.execute(
        MESSAGES.update()
        .where(_is_ours(message))
        .values(
            **again,
            channel_id=case((is_still_here, channel_id), else_=MESSAGES.c.channel_id),
            ts=case((is_still_here, ts), else_=MESSAGES.c.ts),
            sent=message.wanted,
            leased_until=None,
            attempts=0,
            trouble=None,
        )
    )
    return written.rowcount > 0


async def _finished(tx: Tx, message: Message) -> bool:
    """False when it was told anew meanwhile, or is this process's no more."""
    last = MESSAGES.delete().where(_is_ours(message), MESSAGES.c.wanted == message.wanted)
    return (await tx.execute(last)).rowcount > 0


async def put_off(tx: Tx, message: Message, reason: str, wait: timedelta, *, is_anew: bool = False) -> bool:
    """Due again later. `is_anew` forgets what was posted before, because it is there no more. False where the row is this
    process's no more.
    """
    values: dict[str, Any] = {"ts": None} if is_anew else {}
    written = await tx.execute(
        MESSAGES.update()
        .where(_is_ours(message))
        .values(
            due_at=tx.now + wait,
            leased_until=None,
            attempts=MESSAGES.c.attempts + 1,
            trouble=reason[:200],
            **values,
        )
    )
    return written.rowcount > 0


async def put_back(tx: Tx, message: Message, reason: str, *, tries: int) -> None:
    """Slack could not take it, whatever it says: it keeps its turn. So many `tries` count as tries of this message."""
    await tx.execute(
        MESSAGES.update()
        .where(_is_ours(message))
        .values(
            leased_until=None,
            attempts=MESSAGES.c.attempts + tries,
            trouble=reason[:200],
        )
    )


async def let_go(tx: Tx, message: Message, heard: Heard, posted_at: datetime | None) -> None:
    """Its place is free for the next; where Slack could not be reached, what was heard is heeded."""
    if message.held_until is None:
        return
    paced_until = message.paced_until
    if posted_at is not None:
        # no further ahead than bursts go: a clock that was wrong for a moment would silence the place
        ahead = min(max(paced_until or posted_at, posted_at), posted_at + (BURST - 1) * SPACING)
        paced_until = ahead + SPACING
    held = places.Held(message.workspace_id, message.place, message.held_until)
    await places.let_go(tx, held, paced_until=paced_until, is_through=message.line <= 1)
    if message.is_probe and heard is Heard.ANSWER:
        await places.end_outage(tx, held)
    elif message.is_probe and heard is Heard.NOTHING:
        await places.probe_again(tx, held)


async def drop(tx: Tx, message: Message, reason: str) -> None:
    """Nobody is there to see it any more; a later change of the subject tries again."""
    await tx.execute(
        MESSAGES.update().where(_is_ours(message)).values(is_waiting=False, leased_until=None, trouble=reason[:200])
    )


async def forget(tx: Tx, message: Message) -> None:
    """It is drawn no more, unless another process has it by now; what stands in Slack is left there."""
    of = MESSAGES.c.id == message.id, MESSAGES.c.workspace_id == message.workspace_id
    is_in_no_other_hands = or_(MESSAGES.c.leased_until.is_(None), MESSAGES.c.leased_until == message.held_until)
    await tx.execute(MESSAGES.delete().where(*of, is_in_no_other_hands))
