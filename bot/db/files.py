"""Bytes of files. In the database, so that one back-up has all, and any worker on any machine can attach them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base


class FileRow(Base):
    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("workspace_id", "sha256"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    sha256: Mapped[str]
    name: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(deferred=True)
    created_at: Mapped[datetime]
