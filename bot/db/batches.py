"""Batches on their way: who holds one, what its call came to, and when it is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, func, or_, select

from bot.db.base import load, new_id, table_of
from bot.db.connections import ConnectionRow, TokenSetRow
from bot.db.publications import BATCHES, OPEN, STEPS, UNDER_WAY, USABLE
from bot.db.steps import StepId
from bot.db.unit_of_work import Nudge, Tx
from bot.db.workspaces import is_installed
from bot.domain.connections import Health
from bot.domain.ids import BatchId, ConnectionId, ItemId, OrganisationId, PublicationId, WorkspaceId
from bot.domain.postings import Attachment, Payment, Posting, Withdrawal, Work
from bot.domain.publishing import BatchState, StepKind

CONNECTIONS, TOKENS = table_of(ConnectionRow), table_of(TokenSetRow)

WORK_OF: dict[StepKind, type[Posting] | type[Payment] | type[Attachment] | type[Withdrawal]] = {
    StepKind.DOCUMENT: Posting,
    StepKind.PAYMENT: Payment,
    StepKind.ATTACHMENT: Attachment,
    StepKind.WITHDRAWAL: Withdrawal,
}

LOOKED_FOR = timedelta(days=1)
"""How long after its last call it is looked for in a ledger whose connection was ended meanwhile. Access is not given
back before.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckBatch:
    """A batch that is due and that nobody holds."""

    id: BatchId
    attempt: int
    provider: str
    tenant_id: str
    has_died: bool
    """Somebody began this attempt, and its lease ran out without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStep:
    """A step of a batch that is not over. `marker` is what the ledger's record of it is found by."""

    id: StepId
    item_id: ItemId
    marker: str
    work: Work
    ledger_id: str | None
    warning: str | None = None
    """With which the ledger took it, in its own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBatch:
    """A batch as one attempt claimed it. In state `sending` no end of its last call is known: it may still be going on."""

    id: BatchId
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    connection_id: ConnectionId
    kind: StepKind
    route: str
    """The provider's own name of the call."""
    provider: str
    is_ended: bool
    """Its connection was ended: nothing is sent, and what was sent is looked up."""
    attempt: int
    failures: int
    failing_since: datetime | None
    body: bytes
    idempotency_key: str
    created_at: datetime
    state: BatchState
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    steps: tuple[LiveStep, ...]


async def batches_due(tx: Tx) -> tuple[StuckBatch, ...]:
    """Open batches that are due and not held by anyone, of usable connections; of one that was ended, what was sent and
    may be in the ledger, while there is a sign-in to look by.
    """
    return tuple(
        StuckBatch(
            id=BatchId(row.id),
            attempt=row.attempt,
            provider=row.provider,
            tenant_id=row.tenant_id,
            has_died=row.leased_until is not None,
        )
        for row in (await tx.execute(_that_are_due(), {"now": tx.now, "looked_for_since": tx.now - LOOKED_FOR})).all()
    )


@cache
def _that_are_due() -> Select[Any]:
    """Built once: it is asked at each pass, and building it takes longer than answering it."""
    now, since = (bindparam(name, type_=BATCHES.c.due_at.type) for name in ("now", "looked_for_since"))
    has_sign_in = select(TOKENS.c.id).where(TOKENS.c.id == CONNECTIONS.c.token_set_id, TOKENS.c.ended_at.is_(None))
    is_looked_up = and_(CONNECTIONS.c.health == Health.DISCONNECTED, has_sign_in.exists(), _is_unknown_since(since))
    return (
        select(BATCHES.c.id, BATCHES.c.attempt, BATCHES.c.leased_until, CONNECTIONS.c.provider, CONNECTIONS.c.tenant_id)
        .join(CONNECTIONS, CONNECTIONS.c.id == BATCHES.c.connection_id)
        .where(
            BATCHES.c.state.in_(OPEN),
            BATCHES.c.number.is_(None),  # the others are a person's to download
            BATCHES.c.due_at <= now,
            or_(BATCHES.c.leased_until.is_(None), BATCHES.c.leased_until < now),
            or_(CONNECTIONS.c.health.in_(USABLE), is_looked_up),
            is_installed(BATCHES.c.workspace_id),
        )
        .order_by(BATCHES.c.due_at)
        .limit(100)
    )


def in_hand(connection_id: ColumnElement[UUID], now: datetime) -> ColumnElement[bool]:
    """Whether an attempt at a batch of this connection is under way, or what was sent of it is looked for."""
    held = and_(BATCHES.c.state.in_(OPEN), BATCHES.c.leased_until > now)
    of_connection = BATCHES.c.connection_id == connection_id
    return select(BATCHES.c.id).where(of_connection, or_(held, is_looked_for(now))).exists()


def is_looked_for(now: datetime) -> ColumnElement[bool]:
    """Whether a batch was sent, nobody knows yet what came of it, and that was lately."""
    return _is_unknown_since(now - LOOKED_FOR)


def _is_unknown_since(since: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(BATCHES.c.state.in_(OPEN), BATCHES.c.first_sent_at.is_not(None), BATCHES.c.last_sent_at > since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A document that may be in the ledger. `is_looked_for`: it is asked for there, even where the connection was ended."""

    is_looked_for: bool


async def sent_of(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId, kind: StepKind) -> Sent | None:
    """What is known of an item's document on its way, or of its withdrawal; None where certainly nothing was written."""
    statement = (
        select(is_looked_for(tx.now).label("is_looked_for"))
        .join(STEPS, STEPS.c.batch_id == BATCHES.c.id)
        .where(
            STEPS.c.workspace_id == workspace_id,
            STEPS.c.item_id == item_id,
            STEPS.c.kind == kind,
            STEPS.c.state.in_(UNDER_WAY),
            BATCHES.c.first_sent_at.is_not(None),
        )
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else Sent(is_looked_for=bool(row.is_looked_for))


async def untouched_batches(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId
) -> tuple[LiveBatch, ...]:
    """Frozen, never sent, and in nobody's hands; locked, so that nobody takes one before the end of the transaction."""
    statement = select(BATCHES).where(
        BATCHES.c.workspace_id == workspace_id,
        BATCHES.c.organisation_id == organisation_id,
        BATCHES.c.state == BatchState.QUEUED,
        BATCHES.c.first_sent_at.is_(None),
        or_(BATCHES.c.leased_until.is_(None), BATCHES.c.leased_until < tx.now),
    )
    found = (await tx.execute(statement.with_for_update())).all()
    return tuple([await _live_batch(tx, row) for row in found])


async def next_attempt(tx: Tx, batch_id: BatchId, attempt: int, *, due_at: datetime) -> bool:
    """Compare-and-set on the attempt, so that two reconcilers make one; and what was put off, or is held again, stays so."""
    same = BATCHES.c.id == batch_id, BATCHES.c.attempt == attempt, BATCHES.c.state.in_(OPEN)
    statement = (
        BATCHES.update()
        .where(*same, BATCHES.c.due_at <= tx.now)
        .values(attempt=attempt + 1, due_at=due_at, leased_until=None)
    )
    return bool((await tx.execute(statement)).rowcount)


async def claim_batch(tx: Tx, batch_id: UUID, attempt: int, *, until: datetime) -> LiveBatch | None:
    """Take the lease for this attempt. None: it is over, another attempt is current, or somebody holds it or died over it:
    a job that a process left is run again, and a death is to be counted first.
    """
    statement = (
        BATCHES.update()
        .where(
            BATCHES.c.id == batch_id,
            BATCHES.c.attempt == attempt,
            BATCHES.c.state.in_(OPEN),
            BATCHES.c.leased_until.is_(None),
            is_installed(BATCHES.c.workspace_id),
        )
        .values(leased_until=until, due_at=until)
        .returning(BATCHES)
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else await _live_batch(tx, row)


async def batch_at(tx: Tx, batch_id: BatchId, attempt: int) -> LiveBatch | None:
    """As that attempt would find it. None: it is over, or another attempt is current."""
    at = BATCHES.c.id == batch_id, BATCHES.c.attempt == attempt, BATCHES.c.state.in_(OPEN)
    row = (await tx.execute(select(BATCHES).where(*at))).one_or_none()
    return None if row is None else await _live_batch(tx, row)


async def reload_batch(tx: Tx, batch: LiveBatch) -> LiveBatch | None:
    """The batch as it is now. None: it is over, or another attempt took over."""
    row = (await tx.execute(select(BATCHES).where(_ours(batch)))).one_or_none()
    return None if row is None else await _live_batch(tx, row)


async def _live_batch(tx: Tx, row: Row[Any]) -> LiveBatch:
    of_batch = select(CONNECTIONS.c.provider, CONNECTIONS.c.health).where(CONNECTIONS.c.id == row.connection_id)
    connection = (await tx.execute(of_batch)).one()
    return LiveBatch(
        id=BatchId(row.id),
        workspace_id=WorkspaceId(row.workspace_id),
        organisation_id=OrganisationId(row.organisation_id),
        connection_id=ConnectionId(row.connection_id),
        kind=StepKind(row.kind),
        route=row.route,
        provider=connection.provider,
        is_ended=connection.health == Health.DISCONNECTED,
        attempt=row.attempt,
        failures=row.failures,
        failing_since=row.failing_since,
        body=row.body,
        idempotency_key=row.idempotency_key,
        created_at=row.created_at,
        state=BatchState(row.state),
        first_sent_at=row.first_sent_at,
        last_sent_at=row.last_sent_at,
        steps=await live_steps(tx, BatchId(row.id)),
    )


async def live_steps(tx: Tx, batch_id: BatchId) -> tuple[LiveStep, ...]:
    """In the order of the batch's body."""
    statement = select(STEPS).where(STEPS.c.batch_id == batch_id, STEPS.c.state.in_(UNDER_WAY)).order_by(STEPS.c.place)
    return tuple(
        LiveStep(
            id=StepId(PublicationId(row.publication_id), row.position),
            item_id=ItemId(row.item_id),
            marker=row.marker,
            work=load(row.work, WORK_OF[StepKind(row.kind)]),
            ledger_id=row.ledger_id,
            warning=row.warning,
        )
        for row in (await tx.execute(statement)).all()
    )


def _ours(batch: LiveBatch) -> ColumnElement[bool]:
    """Fencing: a run whose attempt is no longer the batch's current one writes nothing."""
    return and_(BATCHES.c.id == batch.id, BATCHES.c.attempt == batch.attempt, BATCHES.c.state.in_(OPEN))


async def renew_lease(tx: Tx, batch: LiveBatch, *, until: datetime) -> bool:
    """False: another attempt took over. Also what every recording transaction begins with: the row is then locked."""
    statement = BATCHES.update().where(_ours(batch)).values(leased_until=until, due_at=until)
    return bool((await tx.execute(statement)).rowcount)


async def mark_sent(tx: Tx, batch: LiveBatch) -> bool:
    """Before bytes leave. False: another attempt took over, or the app was removed, so nothing may be sent."""
    statement = (
        BATCHES.update()
        .where(_ours(batch), is_installed(BATCHES.c.workspace_id))
        .values(
            state=BatchState.SENDING,
            first_sent_at=func.coalesce(BATCHES.c.first_sent_at, tx.now),
            last_sent_at=tx.now,
        )
    )
    return bool((await tx.execute(statement)).rowcount)


async def mark_call_ended(tx: Tx, batch: LiveBatch) -> None:
    """Whatever the outcome: from here on nothing more of this call can appear in the ledger."""
    await tx.execute(BATCHES.update().where(_ours(batch)).values(state=BatchState.CHECKING, last_sent_at=tx.now))


async def mark_not_sent(tx: Tx, batch: LiveBatch) -> None:
    """A clear answer said that nothing was written: as it was before this sending.

    Ledgers keep a refusal under its key and give it again, whatever became of the cause. So the next sending has a key
    of its own, unless the answer to an earlier one is open: that one's documents may come in yet, under this key.
    """
    is_open = batch.first_sent_at is not None
    await tx.execute(
        BATCHES.update()
        .where(_ours(batch))
        .values(state=batch.state, first_sent_at=batch.first_sent_at, last_sent_at=batch.last_sent_at)
        .values(idempotency_key=batch.idempotency_key if is_open else str(new_id()))
    )


async def postpone_batch(
    tx: Tx, batch: LiveBatch, at: datetime, *, failures: int, failing_since: datetime | None
) -> bool:
    """Nobody holds it until then; `failing_since` is None where waiting is no failure. False: another attempt took over."""
    values = {"due_at": at, "leased_until": None, "failures": failures, "failing_since": failing_since}
    return bool((await tx.execute(BATCHES.update().where(_ours(batch)).values(**values))).rowcount)


async def finish_batch(tx: Tx, batch: LiveBatch) -> None:
    """Over when none of its steps is under way any more."""
    if not await live_steps(tx, batch.id):
        await end_batch(tx, batch, BatchState.DONE)


async def end_batch(tx: Tx, batch: LiveBatch, state: BatchState) -> None:
    await tx.execute(BATCHES.update().where(_ours(batch)).values(state=state, ended_at=tx.now, leased_until=None))
    tx.nudge(Nudge.PLANNER)
