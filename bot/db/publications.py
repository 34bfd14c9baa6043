"""Publications and their steps: the truth about the ledger. `bot.db.steps` changes them, `bot.db.batches` carries them there."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, and_, bindparam, func, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, LongText, table_of
from bot.db.unit_of_work import Nudge, Tx
from bot.domain.ids import ItemId, WorkspaceId
from bot.domain.publishing import BatchState, PublicationState, StepState


class PublicationRow(Base):
    """One attempt to have one item in one ledger. An item has at most one that is not over.

    Over is what its document is: later steps go on, and are retried, while the publication is published.
    """

    __tablename__ = "publications"
    __table_args__ = (
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
    state: Mapped[str]
    ledger_id: Mapped[str | None]
    """Of its document."""
    problem: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StepRow(Base):
    """One step of a publication's plan, in order: the document, then its files."""

    __tablename__ = "publication_steps"
    __table_args__ = (Index("ix_publication_steps_due", "state", "due_at"),)

    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publications.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), index=True)
    kind: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[datetime]
    marker: Mapped[str]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    """What an attachment attaches."""
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("publish_batches.id"), index=True)
    place: Mapped[int | None]
    """In the batch's body."""
    work: Mapped[str | None] = mapped_column(LongText)
    """JSON of the step's content (`bot.domain.postings.Work`) as it was frozen into the batch."""
    ledger_id: Mapped[str | None]
    problem: Mapped[str | None] = mapped_column(LongText)
    warning: Mapped[str | None] = mapped_column(LongText)
    """With which the ledger took it, in its own words."""
    read_back_at: Mapped[datetime | None]
    deaths: Mapped[int] = mapped_column(default=0, server_default="0")
    """Attempts in a row that ended without an answer, as those of a process that dies do."""


class BatchRow(Base):
    """Steps of one call. Body and hash never change, and the key only where certainly nothing was written under it;
    `attempt` names the one run that may act.
    """

    __tablename__ = "publish_batches"
    __table_args__ = (Index("ix_publish_batches_due", "state", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connections.id"))
    kind: Mapped[str]
    """Of all its steps."""
    route: Mapped[str]
    """The provider's own name of the call that they go by."""
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
    number: Mapped[int | None]
    """Of one that a person downloads: counted within its organisation, and never used again."""
    set_aside_at: Mapped[datetime | None]
    """When processes had died over it for the last time that was waited for."""


PUBLICATIONS = table_of(PublicationRow)
STEPS = table_of(StepRow)
BATCHES = table_of(BatchRow)

USABLE = ("importing", "healthy", "at_risk")
"""States of a connection in which documents are sent."""
OPEN = (BatchState.QUEUED, BatchState.SENDING, BatchState.CHECKING)
"""States of a batch that is not over."""
LIVE = (PublicationState.SENDING, PublicationState.UNKNOWN)
"""States of a publication whose document may be on its way, or in the ledger."""
UNDER_WAY = (StepState.SENDING, StepState.UNKNOWN)
"""States of a step that a batch carries."""
SET_ASIDE_AFTER = timedelta(minutes=5)

_LAST = (
    select(PUBLICATIONS.c.id, PUBLICATIONS.c.ledger_id, PUBLICATIONS.c.state)
    .where(PUBLICATIONS.c.workspace_id == bindparam("workspace_id"), PUBLICATIONS.c.item_id == bindparam("item_id"))
    .order_by(PUBLICATIONS.c.created_at.desc())
    .limit(1)
)


def is_only_read_back() -> ColumnElement[bool]:
    """Whether the ledger has all of a batch, under known ids, so that nothing of it is sent again."""
    open_without_id = select(STEPS.c.position).where(
        STEPS.c.workspace_id == BATCHES.c.workspace_id,
        STEPS.c.batch_id == BATCHES.c.id,
        STEPS.c.state.in_(UNDER_WAY),
        STEPS.c.ledger_id.is_(None),
    )
    return and_(BATCHES.c.state.in_((BatchState.QUEUED, BatchState.CHECKING)), ~open_without_id.exists())


def holds_up(now: datetime) -> ColumnElement[bool]:
    """`holds_up_before`, at an instant."""
    return holds_up_before(bindparam(None, now - SET_ASIDE_AFTER, type_=BATCHES.c.failing_since.type))


def holds_up_before(failing: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether nothing else of its organisation is sent before this batch is over; `failing` is SET_ASIDE_AFTER ago.

    One that the ledger fails at again and again, and certainly has nothing of, does not: it was sent again since it began
    to fail, so it was looked for in between, and no call of it is under way. One of which the ledger has all, but does not
    let it be read, does not either. Nor does one that was set aside.
    """
    was_sent_again = and_(BATCHES.c.state == BatchState.CHECKING, BATCHES.c.last_sent_at > BATCHES.c.failing_since)
    keeps_failing = and_(BATCHES.c.failing_since < failing, or_(was_sent_again, is_only_read_back()))
    return and_(
        BATCHES.c.state.in_(OPEN), BATCHES.c.set_aside_at.is_(None), func.coalesce(keeps_failing, False).is_(False)
    )


async def document_left_behind(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> str | None:
    """The ledger's id of a document that the item's last publication created and that was not agreed to be right.

    Whatever is done next must look at that one first: sending again would make a second.
    """
    row = (await tx.execute(_LAST, {"workspace_id": workspace_id, "item_id": item_id})).one_or_none()
    is_left = row is not None and row.state in (PublicationState.REFUSED, PublicationState.CANCELLED)
    return row.ledger_id if row is not None and is_left else None


async def take_left_behind(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> str | None:
    """The document that was not agreed to be right is, as it is in the ledger; what comes after it begins. Its id there;
    None: there is none.
    """
    ledger_id = await document_left_behind(tx, workspace_id, item_id)
    if ledger_id is None:
        return None
    last = (await tx.execute(_LAST, {"workspace_id": workspace_id, "item_id": item_id})).one()
    of = STEPS.c.publication_id == last.id
    published = {"state": PublicationState.PUBLISHED, "problem": None, "ended_at": tx.now}
    done = {"state": StepState.DONE, "problem": None, "read_back_at": tx.now}
    begun = {"state": StepState.WAITING, "due_at": tx.now}
    await tx.execute(PUBLICATIONS.update().where(PUBLICATIONS.c.id == last.id).values(**published))
    await tx.execute(STEPS.update().where(of, STEPS.c.position == 0).values(**done))
    # they were cancelled when the document was refused
    await tx.execute(
        STEPS.update().where(of, STEPS.c.position > 0, STEPS.c.state == StepState.CANCELLED).values(**begun)
    )
    tx.nudge(Nudge.PLANNER)
    return ledger_id
