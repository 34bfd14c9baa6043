"""Smaller versions of files that are too large for a ledger: made once for each size that one takes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, table_of


class SmallerFileRow(Base):
    """`state`: waiting (to be made), made, none (it cannot be made so small, or was given up)."""

    __tablename__ = "smaller_files"
    __table_args__ = (UniqueConstraint("file_id", "most_bytes"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"))
    most_bytes: Mapped[int]
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it counts as not moving; None when it is over."""
    smaller_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))


SMALLER_FILES = table_of(SmallerFileRow)
