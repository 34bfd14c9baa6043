"""The steps of an organisation that are not over, for whoever looks after the product."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import aliased

from bot.db.base import load, table_of
from bot.db.items import ITEMS
from bot.db.messages import AlertRow
from bot.db.publications import BATCHES, PUBLICATIONS, STEPS, UNDER_WAY, PublicationRow
from bot.db.unit_of_work import Tx
from bot.domain.alerts import AlertState
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId
from bot.domain.items import ItemState
from bot.domain.problems import Problem
from bot.domain.publishing import ADDITIONS, StepKind, StepState
from bot.domain.queued import Queued

ALERTS = table_of(AlertRow)
_LATER = aliased(PublicationRow)


async def queued_steps(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    organisation: str,
    *,
    states: Collection[StepState],
    limit: int,
) -> tuple[Queued, ...]:
    """Oldest first. What was refused counts while its item waits for people because of it."""
    later = select(_LATER.id).where(
        _LATER.workspace_id == workspace_id,
        _LATER.item_id == STEPS.c.item_id,
        _LATER.created_at > PUBLICATIONS.c.created_at,
    )
    document = and_(STEPS.c.kind == StepKind.DOCUMENT, ITEMS.c.state == ItemState.REFUSED, ~later.exists())
    addition = and_(STEPS.c.kind.in_(ADDITIONS), ITEMS.c.state == ItemState.PUBLISHED)
    waits_for_people = or_(document, addition)
    its_alert = and_(
        ALERTS.c.workspace_id == STEPS.c.workspace_id,
        ALERTS.c.item_id == STEPS.c.item_id,
        ALERTS.c.kind == STEPS.c.kind,
        ALERTS.c.state == AlertState.OPEN,
        ALERTS.c.told_anew_at.is_(None),
    )
    statement = (
        select(
            STEPS,
            ITEMS.c.reference,
            ITEMS.c.state.label("item_state"),
            PUBLICATIONS.c.created_at.label("since"),
            BATCHES.c.attempt,
            BATCHES.c.due_at.label("batch_due_at"),
            ALERTS.c.look_at,
        )
        .join(PUBLICATIONS, PUBLICATIONS.c.id == STEPS.c.publication_id)
        .join(ITEMS, ITEMS.c.id == STEPS.c.item_id)
        .outerjoin(BATCHES, BATCHES.c.id == STEPS.c.batch_id)
        .outerjoin(ALERTS, its_alert)
        .where(
            STEPS.c.workspace_id == workspace_id,
            STEPS.c.organisation_id == organisation_id,
            STEPS.c.state.in_(tuple(states)),
            or_(STEPS.c.state != StepState.REFUSED, waits_for_people),
        )
        .order_by(PUBLICATIONS.c.created_at, STEPS.c.publication_id, STEPS.c.position)
        .limit(limit)
    )
    return tuple(_queued(row, organisation) for row in (await tx.execute(statement)).all())


def _queued(row: Row[Any], organisation: str) -> Queued:
    return Queued(
        item_id=ItemId(row.item_id),
        reference=row.reference,
        organisation=organisation,
        kind=StepKind(row.kind),
        state=StepState(row.state),
        item_state=ItemState(row.item_state),
        since=row.since,
        next_at=_next_at(row),
        attempts=row.attempt or 0,
        problem=None if row.problem is None else load(row.problem, Problem),
    )


def _next_at(row: Row[Any]) -> datetime | None:
    if row.state == StepState.WAITING:
        return row.due_at  # type: ignore[no-any-return]
    if row.state == StepState.REFUSED:
        return row.look_at  # type: ignore[no-any-return]
    return row.batch_due_at if row.state in UNDER_WAY else None
