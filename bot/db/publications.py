"""Publications, their steps and the frozen batches that carry them: the truth about the ledger."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, LongText


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
    """Documents of one call. Body, hash and key never change; `attempt` names the one run that may act."""

    __tablename__ = "publish_batches"
    __table_args__ = (Index("ix_publish_batches_due", "state", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connections.id"))
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(default=1)
    failures: Mapped[int] = mapped_column(default=0)
    body: Mapped[bytes]
    body_hash: Mapped[str]
    idempotency_key: Mapped[str]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    first_sent_at: Mapped[datetime | None]
    last_sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
