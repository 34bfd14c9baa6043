"""Pictures of documents as they are shown on cards: made once for each file, and uploaded once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base


class PreviewRow(Base):
    """`state`: waiting (to be drawn, uploaded, or looked at by Slack), ready, none (nothing to show, or given up)."""

    __tablename__ = "previews"

    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it counts as not moving; None when it is over."""
    slack_file_id: Mapped[str | None]
    """Slack's name for the picture, once Slack has it."""
