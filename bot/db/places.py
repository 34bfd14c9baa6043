"""What all processes know together of where messages go: who posts in a place, how fast, and for how long Slack is left alone.

A place is a channel, or a person. One process at a time sends to it, so that what is told there keeps its order, and
its row says when the next post is within Slack's pace. A pause is a workspace's: of one method, which Slack asked for,
or of all of them, because Slack cannot be reached. When that one is over, one message is tried before all others.

What a clock wrote that was far ahead, and was put right since, holds nothing up: it counts as over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, and_, bindparam, case, null, or_
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import CLOCK_SLACK
from bot.db.base import Base, table_of
from bot.db.unit_of_work import Tx, insert_into
from bot.domain.ids import WorkspaceId
from bot.domain.quiet import LONGEST
from bot.domain.slack import LONGEST_SILENCE


class PlaceRow(Base):
    __tablename__ = "places"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    held_until: Mapped[datetime | None]
    """A process sends to it until then at most; None while nobody does."""
    paced_until: Mapped[datetime | None]
    """Until when what was posted there takes at one post a second."""
    counted_at: Mapped[datetime | None]
    """When so much waited for it that one message was to say how much; None once all of that is through."""


class PauseRow(Base):
    __tablename__ = "pauses"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)
    """One of Slack's methods, or `ALL`."""
    until: Mapped[datetime | None]
    """When the next try is; None when it is over."""
    since: Mapped[datetime]
    """Of one method: when Slack asked for it last."""
    ended_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)


PLACES, PAUSES = table_of(PlaceRow), table_of(PauseRow)
ALL = ""
"""A pause of every method: Slack cannot be reached, or does not work."""

LEASE = timedelta(seconds=60)
"""Four times what a call of Slack may take: whether it is there, who reads along, and the post, with time to write down
what came of it.
"""
LONGEST_WAIT = timedelta(minutes=2)
"""So long at most it takes until it is seen that Slack is back."""


def limits(now: datetime) -> dict[str, datetime]:
    """What `is_free`, `may_be_tried` and the others compare with: the furthest that a clock writes that is right."""
    latest = now + CLOCK_SLACK
    return {
        "now": now,
        "latest": latest,
        "furthest_lease": latest + LEASE,
        "furthest_try": latest + LONGEST_WAIT,
        "furthest_silence": latest + LONGEST_SILENCE,
        "furthest_quiet": latest + LONGEST,
    }


def is_free(until: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether nobody has it in hand until then."""
    return or_(until.is_(None), until < bindparam("now"), until > bindparam("furthest_lease"))


def may_be_tried(until: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether an outage has lasted until its next try, or there is none."""
    return or_(until.is_(None), until <= bindparam("now"), until > bindparam("furthest_try"))


def may_be_called(until: ColumnElement[Any], since: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether Slack wants no silence of a method any more."""
    was_ahead = or_(since > bindparam("latest"), until > bindparam("furthest_silence"))
    return or_(until.is_(None), until <= bindparam("now"), was_ahead)


def leaves_alone(since: datetime) -> ColumnElement[bool]:
    """Whether a pause goes on, or went on after `since`, as written by a clock that was right as far as can be told."""
    of_all = and_(PAUSES.c.method == ALL, PAUSES.c.until <= bindparam("furthest_try"))
    is_asked = and_(PAUSES.c.since <= bindparam("latest"), PAUSES.c.until <= bindparam("furthest_silence"))
    return and_(PAUSES.c.until > since, or_(of_all, and_(PAUSES.c.method != ALL, is_asked)))


def is_ahead_of_pace(since: datetime) -> ColumnElement[bool]:
    """Whether as much was posted in a place as it takes, after `since`; likewise."""
    return and_(PLACES.c.paced_until > since, PLACES.c.paced_until <= bindparam("furthest_lease"))


class HeldError(Exception):
    """Another process sends to this place, or tries whether Slack is back; nothing of the transaction is to stand."""


@dataclass(frozen=True, slots=True)
class Held:
    """A place that this process sends to, `until` then; a later `until` in its row is another process's."""

    workspace_id: WorkspaceId
    place: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Slack could not be reached; `ended_at` is None while that goes on."""

    since: datetime
    ended_at: datetime | None


@cache
def _hold(is_sqlite: bool) -> Any:  # noqa: FBT001 - a key of the cache
    insert = insert_into(PlaceRow, is_sqlite=is_sqlite)
    held = insert.on_conflict_do_update(
        index_elements=["workspace_id", "place"],
        set_={"held_until": insert.excluded.held_until},
        where=is_free(PLACES.c.held_until),
    )
    return held.returning(PLACES.c.paced_until)


async def hold(tx: Tx, workspace_id: WorkspaceId, place: str) -> datetime | None:
    """Be the one that sends there; answers until when posts were made ahead of Slack's pace.

    Raises:
        HeldError: another process is.
    """
    values = {"workspace_id": workspace_id, "place": place, "held_until": tx.now + LEASE}
    held = (await tx.execute(_hold(tx.is_sqlite), values | limits(tx.now))).one_or_none()
    if held is None:
        raise HeldError
    until: datetime | None = held.paced_until
    return until


_LET_GO = (
    PLACES.update()
    .where(
        PLACES.c.workspace_id == bindparam("of_workspace"),
        PLACES.c.place == bindparam("of_place"),
        PLACES.c.held_until == bindparam("of_until"),
    )
    .values(
        held_until=None,
        paced_until=bindparam("until"),
        counted_at=case((bindparam("is_through"), null()), else_=PLACES.c.counted_at),
    )
)


async def let_go(tx: Tx, held: Held, *, paced_until: datetime | None, is_through: bool) -> None:
    """`is_through`: nothing waits behind what was sent."""
    of = {"of_workspace": held.workspace_id, "of_place": held.place, "of_until": held.until}
    await tx.execute(_LET_GO, {**of, "until": paced_until, "is_through": is_through})


async def count_once(tx: Tx, workspace_id: WorkspaceId, place: str) -> bool:
    """False when it was counted already what waits for this place."""
    insert = tx.insert(PlaceRow).values(workspace_id=workspace_id, place=place, counted_at=tx.now)
    counted = insert.on_conflict_do_update(
        index_elements=["workspace_id", "place"], set_={"counted_at": tx.now}, where=PLACES.c.counted_at.is_(None)
    )
    return (await tx.execute(counted.returning(PLACES.c.place))).first() is not None


async def pause(tx: Tx, workspace_id: WorkspaceId, method: str, wait: timedelta, *, is_news: bool) -> None:
    """Leave Slack alone for so long, which is no longer than `limits` believes. Many calls that fail at once count as one,
    unless it `is_news`.
    """
    until = tx.now + wait
    insert = tx.insert(PauseRow).values(workspace_id=workspace_id, method=method, until=until, since=tx.now, tries=1)
    is_over = PAUSES.c.until.is_(None)
    again = {
        "until": until,
        "since": case((is_over, tx.now), else_=PAUSES.c.since) if method == ALL else tx.now,
        "ended_at": None,
        "tries": case((is_over, 1), else_=PAUSES.c.tries + 1),
    }
    where = None if is_news else may_be_tried(PAUSES.c.until)
    paused = insert.on_conflict_do_update(index_elements=["workspace_id", "method"], set_=again, where=where)
    await tx.execute(paused, {} if is_news else limits(tx.now))


async def probe(tx: Tx, workspace_id: WorkspaceId) -> None:
    """Be the one that tries whether Slack is back.

    Raises:
        HeldError: another process does.
    """
    of_all = PAUSES.c.workspace_id == workspace_id, PAUSES.c.method == ALL
    is_due = PAUSES.c.until.is_not(None), may_be_tried(PAUSES.c.until)
    tried = await tx.execute(PAUSES.update().where(*of_all, *is_due).values(until=tx.now + LEASE), limits(tx.now))
    if tried.rowcount == 0:
        raise HeldError


async def end_outage(tx: Tx, held: Held) -> None:
    """Slack has answered the one that tried it."""
    await tx.execute(PAUSES.update().where(*_probed_by(held)).values(until=None, ended_at=tx.now, tries=0))


async def probe_again(tx: Tx, held: Held) -> None:
    """Slack was not asked after all: the next message is the one that is tried."""
    await tx.execute(PAUSES.update().where(*_probed_by(held)).values(until=tx.now))


def _probed_by(held: Held) -> tuple[ColumnElement[bool], ...]:
    return PAUSES.c.workspace_id == held.workspace_id, PAUSES.c.method == ALL, PAUSES.c.until == held.until


async def try_now(tx: Tx, workspace_id: WorkspaceId) -> None:
    """Whatever Slack was left alone for may be over."""
    of_all = PAUSES.c.workspace_id == workspace_id, PAUSES.c.method == ALL
    await tx.execute(PAUSES.update().where(*of_all, PAUSES.c.until.is_not(None)).values(until=tx.now, tries=0))


async def last_outage(tx: Tx, workspace_id: WorkspaceId) -> Outage | None:
    of_all = PAUSES.c.workspace_id == workspace_id, PAUSES.c.method == ALL
    row = (await tx.execute(PAUSES.select().where(*of_all))).one_or_none()
    return None if row is None else Outage(since=row.since, ended_at=row.ended_at)
