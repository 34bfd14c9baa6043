"""What is due to be sent, and freezing it into a batch: what the planner asks and writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.db.base import dump, new_id, table_of
from bot.db.connections import BudgetRow, ConnectionRow, SettingsRow
from bot.db.publications import BATCHES, OPEN, PUBLICATIONS, STEPS, USABLE
from bot.db.unit_of_work import Tx
from bot.db.workspaces import is_installed
from bot.domain.ids import BatchId, ConnectionId, ItemId, OrganisationId, PublicationId, WorkspaceId
from bot.domain.publishing import BatchState, Bill, PublicationState, StepState

CONNECTIONS, SETTINGS, BUDGETS = table_of(ConnectionRow), table_of(SettingsRow), table_of(BudgetRow)


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


async def organisations_due(tx: Tx) -> tuple[DueOrganisation, ...]:
    """Set up, connected, not paused, nothing in flight, and something due. Work of all workspaces, so none is named."""
    in_flight = select(BATCHES.c.id).where(
        BATCHES.c.organisation_id == CONNECTIONS.c.organisation_id, BATCHES.c.state.in_(OPEN)
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
        BATCHES.c.state.in_(OPEN),
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
