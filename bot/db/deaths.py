"""Steps that a process died over: how often, who of them is tried by itself, and who is set aside.

A process that dies takes along whatever it held, so who is to blame is not known at first. What died twice goes on with no
other such batch beside it; dying for the third time, it is to blame itself.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from bot.db.base import new_id
from bot.db.batches import LiveBatch, LiveStep
from bot.db.publications import BATCHES, OPEN, STEPS, UNDER_WAY
from bot.db.steps import StepId
from bot.db.unit_of_work import Nudge, Tx
from bot.domain.ids import BatchId, ItemId, WorkspaceId
from bot.domain.publishing import StepKind

SUSPECT_FROM = 2
"""Deaths after which it goes on by itself: once, and a machine may have failed."""
TRIED_AGAIN_AFTER = timedelta(days=1)


async def deaths_of(tx: Tx, batch_id: BatchId) -> int:
    """Of the step that died most often of those it carries."""
    most = select(func.coalesce(func.max(STEPS.c.deaths), 0)).where(_carried_by(batch_id))
    return int((await tx.execute(most)).scalar_one())


async def count_death(tx: Tx, batch_id: BatchId) -> None:
    await tx.execute(STEPS.update().where(_carried_by(batch_id)).values(deaths=STEPS.c.deaths + 1))


async def lived_through(tx: Tx, batch: LiveBatch) -> None:
    """The ledger answered an attempt, and whoever made it lives: what died before was no row of deaths. What is only looked
    for stays suspect: the answer was about a search, and nobody sent it.
    """
    if batch.body:
        counted = STEPS.c.workspace_id == batch.workspace_id, STEPS.c.deaths > 0
        await tx.execute(STEPS.update().where(_carried_by(batch.id), *counted).values(deaths=0))


async def must_wait(tx: Tx, batch_id: BatchId | None, lease: timedelta) -> bool:
    """Whether another suspect is under way: what two of them die of tells nothing. Any workspace's, so none is named."""
    in_line = and_(BATCHES.c.leased_until.is_(None), BATCHES.c.due_at > tx.now, BATCHES.c.due_at <= tx.now + lease)
    statement = (
        select(BATCHES.c.id)
        .join(STEPS, STEPS.c.batch_id == BATCHES.c.id)
        .where(
            BATCHES.c.state.in_(OPEN),
            or_(BATCHES.c.leased_until > tx.now, in_line),
            STEPS.c.state.in_(UNDER_WAY),
            STEPS.c.deaths >= SUSPECT_FROM,
        )
    )
    if batch_id is not None:
        statement = statement.where(BATCHES.c.id != batch_id)
    return (await tx.execute(statement.limit(1))).first() is not None


async def is_suspect(tx: Tx, step: StepId) -> bool:
    of = select(STEPS.c.deaths).where(STEPS.c.publication_id == step.publication_id, STEPS.c.position == step.position)
    return int((await tx.execute(of)).scalar_one()) >= SUSPECT_FROM


async def look_up_alone(tx: Tx, batch: LiveBatch, step: LiveStep) -> None:
    """A batch of this step alone, which was sent with others: it has no body, so it can only be looked for, and holds
    nothing up.
    """
    batch_id = new_id()
    of = {"workspace_id": batch.workspace_id, "organisation_id": batch.organisation_id}
    call = {
        "connection_id": batch.connection_id,
        "kind": batch.kind,
        "route": batch.route,
        "body": b"",
        "body_hash": "",
    }
    sent = {"first_sent_at": batch.first_sent_at, "last_sent_at": batch.last_sent_at, "created_at": batch.created_at}
    life = {"state": batch.state, "attempt": 1, "failures": 0, "due_at": tx.now, "set_aside_at": tx.now}
    await tx.execute(
        BATCHES.insert().values(id=batch_id, idempotency_key=batch.idempotency_key, **of, **call, **sent, **life)
    )
    await tx.execute(STEPS.update().where(_is(step.id)).values(batch_id=batch_id, place=0))


async def set_aside(tx: Tx, batch: LiveBatch, until: datetime) -> None:
    """It may be in the ledger, so it is not given up; it holds up nothing else."""
    values = {"set_aside_at": tx.now, "due_at": until, "leased_until": None}
    await tx.execute(
        BATCHES.update().where(BATCHES.c.id == batch.id, BATCHES.c.workspace_id == batch.workspace_id).values(**values)
    )


async def wake(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId, kind: StepKind) -> bool:
    """What was set aside of this item is due now. False: nothing was."""
    of = select(STEPS.c.batch_id).where(
        STEPS.c.workspace_id == workspace_id,
        STEPS.c.item_id == item_id,
        STEPS.c.kind == kind,
        STEPS.c.state.in_(UNDER_WAY),
    )
    statement = BATCHES.update().where(
        BATCHES.c.workspace_id == workspace_id,
        BATCHES.c.id.in_(of),
        BATCHES.c.state.in_(OPEN),
        BATCHES.c.set_aside_at.is_not(None),
        or_(BATCHES.c.leased_until.is_(None), BATCHES.c.leased_until < tx.now),
    )
    if not (await tx.execute(statement.values(due_at=tx.now))).rowcount:
        return False
    tx.nudge(Nudge.PLANNER)
    return True


def _carried_by(batch_id: BatchId) -> ColumnElement[bool]:
    return and_(STEPS.c.batch_id == batch_id, STEPS.c.state.in_(UNDER_WAY))


def _is(step: StepId) -> ColumnElement[bool]:
    return and_(STEPS.c.publication_id == step.publication_id, STEPS.c.position == step.position)
