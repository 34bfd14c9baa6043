"""Publications, their steps and the frozen batches that carry them: the truth about the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Row, and_, bindparam, func, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, LongText, dump, load, new_id, table_of
from bot.db.connections import BudgetRow, ConnectionRow, SettingsRow
from bot.db.unit_of_work import Nudge, Tx
from bot.db.workspaces import is_installed
from bot.domain.ids import BatchId, ConnectionId, ItemId, OrganisationId, PublicationId, WorkspaceId
from bot.domain.publishing import BatchState, Bill, PublicationState, StepState


class PublicationRow(Base):
    """One attempt to have one item in one ledger. An item has at most one that is not over."""

    __tablename__ = "publications"
    __table_args__ = (
        Index("ix_publications_due", "state", "due_at"),
        Index(
            "uq_publications_live",
            "item_id",
            unique=True,
            sqlite_where=text("state in ('waiting', 'sending', 'unknown')"),
            postgresql_where=text("state in ('waiting', 'sending', 'unknown')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), index=True)
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("publish_batches.id"), index=True)
    position: Mapped[int | None]
    state: Mapped[str]
    due_at: Mapped[datetime]
    marker: Mapped[str]
    bill: Mapped[str | None] = mapped_column(LongText)
    """JSON of the `Bill` as it was frozen into the batch."""
    ledger_id: Mapped[str | None]
    problem: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StepRow(Base):
    """One step of a publication's plan, in order: the document, later its payment and files."""

    __tablename__ = "publication_steps"

    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publications.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    kind: Mapped[str]
    state: Mapped[str]
    marker: Mapped[str]
    ledger_id: Mapped[str | None]
    problem: Mapped[str | None] = mapped_column(LongText)
    read_back_at: Mapped[datetime | None]


class BatchRow(Base):
    """Documents of one call. Body and hash never change, and the key only where certainly nothing was written under it;
    `attempt` names the one run that may act.
    """

    __tablename__ = "publish_batches"
    __table_args__ = (Index("ix_publish_batches_due", "state", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connections.id"))
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(default=1)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    body: Mapped[bytes]
    body_hash: Mapped[str]
    idempotency_key: Mapped[str]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    first_sent_at: Mapped[datetime | None]
    last_sent_at: Mapped[datetime | None]
    """When the last call began, in state `sending`; when it ended, in state `checking`."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


PUBLICATIONS = table_of(PublicationRow)
STEPS = table_of(StepRow)
BATCHES = table_of(BatchRow)
CONNECTIONS = table_of(ConnectionRow)
SETTINGS = table_of(SettingsRow)
BUDGETS = table_of(BudgetRow)

USABLE = ("importing", "healthy", "at_risk")
"""States of a connection in which documents are sent."""

_OPEN = (BatchState.QUEUED, BatchState.SENDING, BatchState.CHECKING)
_LIVE = (PublicationState.SENDING, PublicationState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueOrganisation:
    """An organisation with something to send, and the connection to send it by."""

    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    connection_id: ConnectionId
    provider: str
    tenant_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePublication:
    """`ledger_id` is set where an earlier publication left a document in the ledger: it is read again, not sent.
    `goes_alone`: it was in a batch that the ledger refused as a whole.
    """

    id: PublicationId
    item_id: ItemId
    ledger_id: str | None
    goes_alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckBatch:
    """A batch that is due and that nobody holds."""

    id: BatchId
    attempt: int
    provider: str
    tenant_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePublication:
    """A publication of a batch that is not over. `marker` is what its document is found by."""

    id: PublicationId
    item_id: ItemId
    marker: str
    bill: Bill
    ledger_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBatch:
    """A batch as one attempt claimed it. In state `sending` no end of its last call is known: it may still be going on."""

    id: BatchId
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    connection_id: ConnectionId
    provider: str
    attempt: int
    failures: int
    failing_since: datetime | None
    body: bytes
    idempotency_key: str
    created_at: datetime
    state: BatchState
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    publications: tuple[LivePublication, ...]


async def organisations_due(tx: Tx) -> tuple[DueOrganisation, ...]:
    """Set up, connected, not paused, nothing in flight, and something due. Work of all workspaces, so none is named."""
    in_flight = select(BATCHES.c.id).where(
        BATCHES.c.organisation_id == CONNECTIONS.c.organisation_id, BATCHES.c.state.in_(_OPEN)
    )
    due = select(PUBLICATIONS.c.organisation_id).where(
        PUBLICATIONS.c.state == PublicationState.WAITING, PUBLICATIONS.c.due_at <= tx.now
    )
    paused = select(BUDGETS.c.tenant_id).where(
        BUDGETS.c.provider == CONNECTIONS.c.provider,
        BUDGETS.c.tenant_id == CONNECTIONS.c.tenant_id,
        BUDGETS.c.paused_until > tx.now,
    )
    statement = (
        select(CONNECTIONS)
        .join(SETTINGS, SETTINGS.c.organisation_id == CONNECTIONS.c.organisation_id)
        .where(
            CONNECTIONS.c.organisation_id.in_(due),
            is_installed(CONNECTIONS.c.workspace_id),
            CONNECTIONS.c.health.in_(USABLE),
            SETTINGS.c.general_confirmed_at.is_not(None),
            SETTINGS.c.tax_confirmed_at.is_not(None),
            ~in_flight.exists(),
            ~paused.exists(),
        )
    )
    return tuple(
        DueOrganisation(
            workspace_id=WorkspaceId(row.workspace_id),
            organisation_id=OrganisationId(row.organisation_id),
            connection_id=ConnectionId(row.id),
            provider=row.provider,
            tenant_id=row.tenant_id,
        )
        for row in (await tx.execute(statement)).all()
    )


async def take_due(tx: Tx, organisation: DueOrganisation, limit: int) -> tuple[DuePublication, ...]:
    """The oldest due publications, locked against another planner and against being taken back; nothing while a batch
    of theirs is in flight, or when their connection has ended meanwhile. What is only to be read again comes apart: it
    must not be sent with the others. What was refused with others comes by itself.
    """
    usable = select(CONNECTIONS.c.id).where(
        CONNECTIONS.c.id == organisation.connection_id,
        CONNECTIONS.c.workspace_id == organisation.workspace_id,
        CONNECTIONS.c.health.in_(USABLE),
    )
    if (await tx.execute(usable.with_for_update())).first() is None:
        return ()
    lock = select(SETTINGS.c.organisation_id).where(
        SETTINGS.c.organisation_id == organisation.organisation_id,
        SETTINGS.c.workspace_id == organisation.workspace_id,
    )
    await tx.execute(lock.with_for_update())
    busy = select(BATCHES.c.id).where(
        BATCHES.c.workspace_id == organisation.workspace_id,
        BATCHES.c.organisation_id == organisation.organisation_id,
        BATCHES.c.state.in_(_OPEN),
    )
    if (await tx.execute(busy.limit(1))).first() is not None:
        return ()
    statement = (
        select(PUBLICATIONS.c.id, PUBLICATIONS.c.item_id, PUBLICATIONS.c.ledger_id, PUBLICATIONS.c.batch_id)
        .where(
            PUBLICATIONS.c.workspace_id == organisation.workspace_id,
            PUBLICATIONS.c.organisation_id == organisation.organisation_id,
            PUBLICATIONS.c.state == PublicationState.WAITING,
            PUBLICATIONS.c.due_at <= tx.now,
        )
        .order_by(PUBLICATIONS.c.due_at, PUBLICATIONS.c.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = tuple(
        DuePublication(
            id=PublicationId(row.id),
            item_id=ItemId(row.item_id),
            ledger_id=row.ledger_id,
            goes_alone=row.batch_id is not None,
        )
        for row in (await tx.execute(statement)).all()
    )
    left_behind = tuple(publication for publication in found if publication.ledger_id is not None)
    alone = tuple(publication for publication in found if publication.goes_alone)[:1]
    return left_behind or alone or found


async def insert_batch(
    tx: Tx, organisation: DueOrganisation, *, body: bytes, body_hash: str, due_at: datetime
) -> BatchId:
    batch_id = BatchId(new_id())
    await tx.execute(
        BATCHES.insert().values(
            id=batch_id,
            workspace_id=organisation.workspace_id,
            organisation_id=organisation.organisation_id,
            connection_id=organisation.connection_id,
            state=BatchState.QUEUED,
            attempt=1,
            failures=0,
            body=body,
            body_hash=body_hash,
            idempotency_key=str(new_id()),
            due_at=due_at,
            created_at=tx.now,
        )
    )
    return batch_id


async def bind_publications(tx: Tx, batch_id: BatchId, taken: Sequence[tuple[PublicationId, Bill]]) -> None:
    """Freeze publications into their batch, in the order of its body: from here their bills never change."""
    publications = PUBLICATIONS.update().where(
        PUBLICATIONS.c.id == bindparam("of_id"), PUBLICATIONS.c.state == PublicationState.WAITING
    )
    steps = STEPS.update().where(STEPS.c.publication_id == bindparam("of_id"), STEPS.c.position == 0)
    bound = [
        {
            "of_id": publication_id,
            "state": PublicationState.SENDING,
            "batch_id": batch_id,
            "position": position,
            "bill": dump(bill),
            "marker": bill.marker,
        }
        for position, (publication_id, bill) in enumerate(taken)
    ]
    sending = [{"of_id": row["of_id"], "state": StepState.SENDING, "marker": row["marker"]} for row in bound]
    await tx.execute(publications, bound)
    await tx.execute(steps, sending)


async def batches_due(tx: Tx) -> tuple[StuckBatch, ...]:
    """Open batches that are due and not held by anyone, of usable connections."""
    statement = (
        select(BATCHES.c.id, BATCHES.c.attempt, CONNECTIONS.c.provider, CONNECTIONS.c.tenant_id)
        .join(CONNECTIONS, CONNECTIONS.c.id == BATCHES.c.connection_id)
        .where(
            BATCHES.c.state.in_(_OPEN),
            BATCHES.c.due_at <= tx.now,
            or_(BATCHES.c.leased_until.is_(None), BATCHES.c.leased_until < tx.now),
            CONNECTIONS.c.health.in_(USABLE),
            is_installed(BATCHES.c.workspace_id),
        )
        .order_by(BATCHES.c.due_at)
        .limit(100)
    )
    return tuple(
        StuckBatch(id=BatchId(row.id), attempt=row.attempt, provider=row.provider, tenant_id=row.tenant_id)
        for row in (await tx.execute(statement)).all()
    )


def in_hand(connection_id: ColumnElement[UUID], now: datetime) -> ColumnElement[bool]:
    """Whether an attempt at a batch of this connection is under way."""
    held = (BATCHES.c.state.in_(_OPEN), BATCHES.c.leased_until > now)
    return select(BATCHES.c.id).where(BATCHES.c.connection_id == connection_id, *held).exists()


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
    """Compare-and-set on the attempt, so that two reconcilers make one."""
    statement = (
        BATCHES.update()
        .where(BATCHES.c.id == batch_id, BATCHES.c.attempt == attempt, BATCHES.c.state.in_(_OPEN))
        .values(attempt=attempt + 1, due_at=due_at, leased_until=None)
    )
    return bool((await tx.execute(statement)).rowcount)


async def claim_batch(tx: Tx, batch_id: UUID, attempt: int, *, until: datetime) -> LiveBatch | None:
    """Take the lease for this attempt. None: it is over, another attempt is current, or somebody holds it."""
    statement = (
        BATCHES.update()
        .where(
            BATCHES.c.id == batch_id,
            BATCHES.c.attempt == attempt,
            BATCHES.c.state.in_(_OPEN),
            or_(BATCHES.c.leased_until.is_(None), BATCHES.c.leased_until < tx.now),
            is_installed(BATCHES.c.workspace_id),
        )
        .values(leased_until=until, due_at=until)
        .returning(BATCHES)
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else await _live_batch(tx, row)


async def reload_batch(tx: Tx, batch: LiveBatch) -> LiveBatch | None:
    """The batch as it is now. None: it is over, or another attempt took over."""
    row = (await tx.execute(select(BATCHES).where(_ours(batch)))).one_or_none()
    return None if row is None else await _live_batch(tx, row)


async def _live_batch(tx: Tx, row: Row[Any]) -> LiveBatch:
    connection = (await tx.execute(select(CONNECTIONS.c.provider).where(CONNECTIONS.c.id == row.connection_id))).one()
    return LiveBatch(
        id=BatchId(row.id),
        workspace_id=WorkspaceId(row.workspace_id),
        organisation_id=OrganisationId(row.organisation_id),
        connection_id=ConnectionId(row.connection_id),
        provider=connection.provider,
        attempt=row.attempt,
        failures=row.failures,
        failing_since=row.failing_since,
        body=row.body,
        idempotency_key=row.idempotency_key,
        created_at=row.created_at,
        state=BatchState(row.state),
        first_sent_at=row.first_sent_at,
        last_sent_at=row.last_sent_at,
        publications=await live_publications(tx, BatchId(row.id)),
    )


async def live_publications(tx: Tx, batch_id: BatchId) -> tuple[LivePublication, ...]:
    """In the order of the batch's body."""
    statement = (
        select(PUBLICATIONS)
        .where(PUBLICATIONS.c.batch_id == batch_id, PUBLICATIONS.c.state.in_(_LIVE))
        .order_by(PUBLICATIONS.c.position)
    )
    return tuple(
        LivePublication(
            id=PublicationId(row.id),
            item_id=ItemId(row.item_id),
            marker=row.marker,
            bill=load(row.bill, Bill),
            ledger_id=row.ledger_id,
        )
        for row in (await tx.execute(statement)).all()
    )


def _ours(batch: LiveBatch) -> ColumnElement[bool]:
    """Fencing: a run whose attempt is no longer the batch's current one writes nothing."""
    return and_(BATCHES.c.id == batch.id, BATCHES.c.attempt == batch.attempt, BATCHES.c.state.in_(_OPEN))


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
    """Whatever the outcome: from here on no more documents of this call can appear in the ledger."""
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


async def set_ledger_ids(tx: Tx, found: Mapping[PublicationId, str]) -> None:
    """The ledger has these, under these ids; what is left is reading them back."""
    if not found:
        return
    # spelt out, because the driver's executemany takes no list
    is_live = or_(*(PUBLICATIONS.c.state == state for state in _LIVE))
    publications = PUBLICATIONS.update().where(PUBLICATIONS.c.id == bindparam("of_id"), is_live)
    steps = STEPS.update().where(STEPS.c.publication_id == bindparam("of_id"))
    values = [{"of_id": publication_id, "ledger_id": ledger_id} for publication_id, ledger_id in found.items()]
    await tx.execute(publications, values)
    await tx.execute(steps, values)


async def end_publication(
    tx: Tx, publication_id: PublicationId, state: PublicationState, step: StepState, problem: str | None = None
) -> bool:
    """False when it had ended before, so that the item is told once."""
    statement = (
        PUBLICATIONS.update()
        .where(PUBLICATIONS.c.id == publication_id, PUBLICATIONS.c.state.in_(_LIVE))
        .values(state=state, problem=problem, ended_at=tx.now)
    )
    if not (await tx.execute(statement)).rowcount:
        return False
    read_back = tx.now if state is PublicationState.PUBLISHED else None
    await tx.execute(
        STEPS.update()
        .where(STEPS.c.publication_id == publication_id)
        .values(state=step, problem=problem, read_back_at=read_back)
    )
    return True


async def mark_unknown(tx: Tx, publication_id: PublicationId) -> None:
    await tx.execute(
        PUBLICATIONS.update()
        .where(PUBLICATIONS.c.id == publication_id, PUBLICATIONS.c.state == PublicationState.SENDING)
        .values(state=PublicationState.UNKNOWN)
    )
    await tx.execute(STEPS.update().where(STEPS.c.publication_id == publication_id).values(state=StepState.UNKNOWN))


async def release_publication(tx: Tx, publication_id: PublicationId, *, goes_alone: bool = False) -> None:
    """Certainly absent from the ledger: it waits for another batch, with another key.

    What goes alone keeps the batch that was refused as a whole, and is known by that.
    """
    batch_id = PUBLICATIONS.c.batch_id if goes_alone else None
    await tx.execute(
        PUBLICATIONS.update()
        .where(PUBLICATIONS.c.id == publication_id)
        .values(state=PublicationState.WAITING, batch_id=batch_id, position=None, ledger_id=None, due_at=tx.now)
    )
    await tx.execute(STEPS.update().where(STEPS.c.publication_id == publication_id).values(state=StepState.WAITING))
    tx.nudge(Nudge.PLANNER)


async def postpone_batch(
    tx: Tx, batch: LiveBatch, at: datetime, *, failures: int, failing_since: datetime | None
) -> None:
    """Nobody holds it until then; `failing_since` is None where waiting is no failure."""
    values = {"due_at": at, "leased_until": None, "failures": failures, "failing_since": failing_since}
    await tx.execute(BATCHES.update().where(_ours(batch)).values(**values))


async def finish_batch(tx: Tx, batch: LiveBatch) -> None:
    """Over when none of its publications lives any more."""
    if not await live_publications(tx, batch.id):
        await end_batch(tx, batch, BatchState.DONE)


async def end_batch(tx: Tx, batch: LiveBatch, state: BatchState) -> None:
    await tx.execute(BATCHES.update().where(_ours(batch)).values(state=state, ended_at=tx.now, leased_until=None))
    tx.nudge(Nudge.PLANNER)


async def current_attempts(tx: Tx, batch_ids: Sequence[BatchId]) -> dict[BatchId, int]:
    """The one attempt of each open batch that may act; others are cancelled in the engine."""
    statement = select(BATCHES.c.id, BATCHES.c.attempt).where(BATCHES.c.id.in_(batch_ids), BATCHES.c.state.in_(_OPEN))
    return {BatchId(row.id): row.attempt for row in (await tx.execute(statement)).all()}


async def end_waiting(tx: Tx, publication_id: PublicationId, state: PublicationState, problem: str | None) -> None:
    """A publication that is over before anything was frozen."""
    await tx.execute(
        PUBLICATIONS.update()
        .where(PUBLICATIONS.c.id == publication_id, PUBLICATIONS.c.state == PublicationState.WAITING)
        .values(state=state, problem=problem, ended_at=tx.now)
    )
    await tx.execute(
        STEPS.update().where(STEPS.c.publication_id == publication_id).values(state=StepState.REFUSED, problem=problem)
    )


async def document_left_behind(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> str | None:
    """The ledger's id of a document that the item's last publication created and that was not agreed to be right.

    Whatever is done next must look at that one first: sending again would make a second.
    """
    statement = (
        select(PUBLICATIONS.c.ledger_id, PUBLICATIONS.c.state)
        .where(PUBLICATIONS.c.workspace_id == workspace_id, PUBLICATIONS.c.item_id == item_id)
        .order_by(PUBLICATIONS.c.created_at.desc())
        .limit(1)
    )
    row = (await tx.execute(statement)).one_or_none()
    is_left = row is not None and row.state in (PublicationState.REFUSED, PublicationState.CANCELLED)
    return row.ledger_id if row is not None and is_left else None
