"""Publications and their steps: the truth about the ledger. `bot.db.batches` has what carries them there."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, bindparam, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, LongText, table_of
from bot.db.unit_of_work import Nudge, Tx
from bot.domain.ids import ItemId, PublicationId, WorkspaceId
from bot.domain.publishing import BatchState, PublicationState, StepState


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

USABLE = ("importing", "healthy", "at_risk")
"""States of a connection in which documents are sent."""
OPEN = (BatchState.QUEUED, BatchState.SENDING, BatchState.CHECKING)
"""States of a batch that is not over."""
LIVE = (PublicationState.SENDING, PublicationState.UNKNOWN)
"""States of a publication whose document may be on its way, or in the ledger."""

_LAST = (
    select(PUBLICATIONS.c.ledger_id, PUBLICATIONS.c.state)
    .where(PUBLICATIONS.c.workspace_id == bindparam("workspace_id"), PUBLICATIONS.c.item_id == bindparam("item_id"))
    .order_by(PUBLICATIONS.c.created_at.desc())
    .limit(1)
)


async def set_ledger_ids(tx: Tx, found: Mapping[PublicationId, str]) -> None:
    """The ledger has these, under these ids; what is left is reading them back."""
    if not found:
        return
    # spelt out, because the driver's executemany takes no list
    is_live = or_(*(PUBLICATIONS.c.state == state for state in LIVE))
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
        .where(PUBLICATIONS.c.id == publication_id, PUBLICATIONS.c.state.in_(LIVE))
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
    row = (await tx.execute(_LAST, {"workspace_id": workspace_id, "item_id": item_id})).one_or_none()
    is_left = row is not None and row.state in (PublicationState.REFUSED, PublicationState.CANCELLED)
    return row.ledger_id if row is not None and is_left else None
