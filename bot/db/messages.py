"""The outbox: what people in Slack should see, one row a subject and place.

A row names its subject, not its blocks: it is drawn when it is sent. `wanted` grows whenever the subject changed,
`sent` is what Slack last took, so many changes waiting for one place are one call, and a message survives an outage.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, LongText


class MessageRow(Base):
    """`subject` names a kind (item card, alert, connection …), `role` the place's part for it (home, copy, private).

    `surface`: channel, ephemeral, direct (a person's own conversation with us), home (App Home), reaction. A channel message
    with `thread_of` waits until that row has its `ts`.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("workspace_id", "subject", "subject_id", "role"),
        Index("ix_messages_due", "is_waiting", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    subject: Mapped[str]
    subject_id: Mapped[str]
    role: Mapped[str]
    surface: Mapped[str]
    channel_id: Mapped[str | None]
    user_id: Mapped[str | None]
    thread_of: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"))
    thread_ts: Mapped[str | None]
    """A thread under somebody else's message, which has no row here."""
    ts: Mapped[str | None]
    """What it is known by in Slack once it stands there; a reaction's name."""
    facts: Mapped[str] = mapped_column(LongText, default="{}")
    """JSON for a subject that is told once and has no table of its own."""
    wanted: Mapped[int] = mapped_column(default=1)
    sent: Mapped[int] = mapped_column(default=0)
    is_waiting: Mapped[bool] = mapped_column(default=True)
    due_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    """It is news, and its channel hears none until then; what stands there is changed all the same."""
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str | None]
    created_at: Mapped[datetime]


class AlertRow(Base):
    """What an item's step of one kind was refused for, and what became of it. A refusal after that is a row of its own, and
    so a message of its own: the last one, by `number`, is the one that something can be done about.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("item_id", "kind", "number"),
        Index("ix_alerts_look_at", "look_at"),
        Index("ix_alerts_opened", "organisation_id", "opened_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"))
    kind: Mapped[str]
    """Of the step."""
    number: Mapped[int] = mapped_column(default=1)
    state: Mapped[str]
    """open, fixed (not yet sent again), resolved, left"""
    problem: Mapped[str] = mapped_column(LongText)
    times: Mapped[int] = mapped_column(default=1)
    """How often it was refused for this cause by then."""
    outcome: Mapped[str | None]
    look_at: Mapped[datetime | None]
    """When it is looked next whether the cause is gone from the ledger; None where nobody waits for that."""
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    told_anew_at: Mapped[datetime | None]
    """When another alert followed this one; None for the last."""
