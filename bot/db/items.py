"""Items and the decisions people took on them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, LongText


class ItemRow(Base):
    """An item. `facts` and `coding` are JSON of the domain values; the columns beside them are what is searched and sorted.

    `state` changes only by compare-and-set on (workspace, id, version, state).
    """

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("organisation_id", "source_key"),
        Index("ix_items_state", "workspace_id", "organisation_id", "state", "created_at"),
        Index("ix_items_mine", "workspace_id", "submitted_by", "state"),
        Index("ix_items_number", "organisation_id", "supplier_search", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    reference: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    version: Mapped[int]
    door: Mapped[str]
    source_key: Mapped[str]
    """What makes the document itself unique at its door: the file's sha256, the form's delivery."""
    file_id: Mapped[UUID | None]
    submitted_by: Mapped[str]
    created_at: Mapped[datetime]
    supplier_search: Mapped[str | None]
    number: Mapped[str | None]
    issued_on: Mapped[date | None]
    currency: Mapped[str | None]
    gross: Mapped[Decimal | None]
    facts: Mapped[str] = mapped_column(LongText)
    coding: Mapped[str] = mapped_column(LongText)
    complaints: Mapped[str] = mapped_column(LongText, default="[]")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    send_after: Mapped[datetime | None]
    ledger_url: Mapped[str | None]
    published_at: Mapped[datetime | None]


class ApprovalRow(Base):
    """One decision at one stage on one version; `is_standing` falls when a material edit asks again or it is undone."""

    __tablename__ = "approvals"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), index=True)
    version: Mapped[int]
    stage: Mapped[int]
    decision: Mapped[str]
    by: Mapped[str]
    reason: Mapped[str | None]
    at: Mapped[datetime]
    is_standing: Mapped[bool] = mapped_column(default=True)
