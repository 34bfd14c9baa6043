"""Whose turn it is: what is due in the outbox, for all workspaces."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, or_, select, tuple_

from bot.db.outbox import MESSAGES, PATIENCE, POST, Message, is_held, message_of
from bot.db.places import ALL, PAUSES, PLACES, is_free, limits, may_be_called, may_be_tried
from bot.db.unit_of_work import Tx
from bot.db.workspaces import is_installed
from bot.domain.ids import WorkspaceId

_PLACE = func.coalesce(MESSAGES.c.channel_id, MESSAGES.c.user_id, "")
"""`Message.place`, for the database."""
_WHERE = tuple_(MESSAGES.c.workspace_id, _PLACE)
"""`Message.where`, for the database."""
_METHOD: ColumnElement[str] = case(
    (MESSAGES.c.surface == "home", "views.publish"),
    (MESSAGES.c.surface == "ephemeral", "chat.postEphemeral"),
    (MESSAGES.c.surface == "reaction", "reactions.add"),
    (MESSAGES.c.ts.is_(None), POST),
    else_="chat.update",
)
"""`Message.method`, for the database."""


async def due(
    tx: Tx,
    subjects: Collection[str],
    busy: Collection[tuple[WorkspaceId, str]],
    limit: int,
    *,
    without: Collection[WorkspaceId] = (),
) -> list[Message]:
    """The first in line of each place that nobody is sending to, `busy` being those that this process does, `without` those
    of these workspaces. A reply waits until its parent stands.

    One a place, so that a channel with thousands of messages in line keeps no other place waiting; and the first of each
    workspace before the second of any, so that one with thousands of places keeps no other company waiting.
    While a method is to be left alone, whatever is first and needs it holds its place back, and keeps its turn. Of a
    workspace whose Slack could not be reached, it is one message that is tried.
    """
    asked = {
        **limits(tx.now),
        "subjects": list(subjects),
        "busy": list(busy),
        "without": list(without),
        "limit": limit,
    }
    return [_message_of(row) for row in (await tx.execute(_first_in_line(), asked)).all()]


@cache
def _first_in_line() -> Select[Any]:
    """Built once: this is asked many times a second, and building it takes longer than answering it."""
    now = bindparam("now", type_=MESSAGES.c.due_at.type)
    parents = MESSAGES.alias("parents")
    outages = PAUSES.alias("outages")
    is_new = and_(MESSAGES.c.ts.is_(None), MESSAGES.c.surface == "channel")
    # whoever was tried often enough lets others try: Slack may be well, and have trouble with this one alone
    tried = case((outages.c.until.is_not(None), MESSAGES.c.attempts // PATIENCE), else_=0)
    order = (tried, MESSAGES.c.due_at, MESSAGES.c.created_at)
    in_place = (MESSAGES.c.workspace_id, _PLACE)
    turns = (
        select(
            MESSAGES.c.id,
            _METHOD.label("method"),
            tried.label("tried"),
            outages.c.until.is_not(None).label("is_probe"),
            func.coalesce(outages.c.tries, 0).label("tries"),
            func.row_number().over(partition_by=in_place, order_by=order).label("turn"),
            func.sum(case((is_new, 1), else_=0)).over(partition_by=in_place).label("line"),
        )
        .outerjoin(parents, parents.c.id == MESSAGES.c.thread_of)
        .outerjoin(outages, and_(outages.c.workspace_id == MESSAGES.c.workspace_id, outages.c.method == ALL))
        .where(
            MESSAGES.c.is_waiting.is_(True),
            MESSAGES.c.due_at <= now,
            MESSAGES.c.subject.in_(bindparam("subjects", expanding=True)),
            _WHERE.not_in(bindparam("busy", expanding=True)),
            MESSAGES.c.workspace_id.not_in(bindparam("without", expanding=True)),
            is_installed(MESSAGES.c.workspace_id),
            may_be_tried(outages.c.until),
            is_free(MESSAGES.c.leased_until),
            ~is_held(),
            or_(MESSAGES.c.thread_of.is_(None), parents.c.ts.is_not(None)),
        )
        .subquery()
    )
    paused = and_(PAUSES.c.workspace_id == MESSAGES.c.workspace_id, PAUSES.c.method == turns.c.method)
    by_turn = (turns.c.tried, MESSAGES.c.due_at, MESSAGES.c.created_at)
    candidates = (
        select(
            MESSAGES,
            parents.c.ts.label("parent_ts"),
            turns.c.method,
            turns.c.tried,
            turns.c.is_probe,
            turns.c.tries,
            turns.c.line,
            PLACES.c.counted_at,
            func.row_number().over(partition_by=MESSAGES.c.workspace_id, order_by=by_turn).label("in_workspace"),
        )
        .join(turns, turns.c.id == MESSAGES.c.id)
        .outerjoin(parents, parents.c.id == MESSAGES.c.thread_of)
        .outerjoin(PLACES, and_(PLACES.c.workspace_id == MESSAGES.c.workspace_id, PLACES.c.place == _PLACE))
        .outerjoin(PAUSES, paused)
        .where(
            turns.c.turn == 1,
            is_free(PLACES.c.held_until),
            may_be_called(PAUSES.c.until, PAUSES.c.since),
        )
        .subquery()
    )
    found = candidates.c
    return (
        select(candidates)
        .where(or_(found.is_probe.is_not(True), found.in_workspace == 1))
        .order_by(found.tried, found.in_workspace, found.due_at, found.created_at)
        .limit(bindparam("limit"))
    )


def _message_of(row: Row[Any]) -> Message:
    return message_of(
        row,
        row.parent_ts,
        method=row.method,
        line=int(row.line),
        is_counted=row.counted_at is not None,
        is_probe=bool(row.is_probe),
        tries=row.tries,
    )
